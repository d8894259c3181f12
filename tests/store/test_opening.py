"""Opening a store: what is made, and what is said when it cannot be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gymdash_jupyter.errors import (
    NewerProjectError,
    ProjectDatabaseError,
    ProjectFolderError,
    ReadOnlyProjectError,
    StoreBusyError,
)
from gymdash_jupyter.store import ProjectStore, open_store
from gymdash_jupyter.store.migrations import VERSION
from tests.store.makers import created, running
from tests.store.somebody import as_somebody_else


def test_a_new_database_has_all_tables_at_once(database: Path) -> None:
    open_store(database).close()
    with closing(sqlite3.connect(database)) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        }
        assert {
            "simulations",
            "sim_status",
            "api_calls",
            "runtime",
            "scalar_log",
            "scalar_chunks",
        } <= tables
        assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_an_empty_file_becomes_a_project(database: Path) -> None:
    database.touch()
    with closing(open_store(database)) as store:
        assert store.simulations() == []
        created(store)


def test_only_the_database_is_left_after_closing(database: Path) -> None:
    with closing(open_store(database)) as store:
        running(store)
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectFolderError, match=r"nowhere.* does not exist"):
        open_store(tmp_path / "nowhere" / "simulations.db")


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectFolderError, match="is a file"):
        open_store(tmp_path / "file" / "simulations.db")


def test_a_folder_in_the_place_of_the_database_is_named(database: Path) -> None:
    database.mkdir()
    with pytest.raises(ProjectFolderError, match="there is a folder"):
        open_store(database)


def test_reading_what_is_not_there_makes_nothing(database: Path) -> None:
    with pytest.raises(ProjectFolderError, match="no project"):
        open_store(database, read_only=True)
    assert not database.exists()


def test_a_folder_that_may_not_be_written_is_named(locked_folder: Path) -> None:
    def claim() -> None:
        with pytest.raises(ProjectFolderError, match="is not writable"):
            open_store(locked_folder / "new.db")

    as_somebody_else(claim)


def test_a_database_that_may_not_be_written_is_named_and_read(locked_folder: Path) -> None:
    def claim() -> None:
        with pytest.raises(
            ProjectFolderError, match=r"is not writable. Open it with read_only=True"
        ):
            open_store(locked_folder / "simulations.db")
        with closing(open_store(locked_folder / "simulations.db", read_only=True)) as store:
            assert len(store.simulations()) == 1

    as_somebody_else(claim)


def test_a_reader_without_rights_follows_a_living_writer(locked_folder: Path) -> None:
    with closing(open_store(locked_folder / "simulations.db")) as writer:
        created(writer)

        def claim() -> None:
            with closing(open_store(locked_folder / "simulations.db", read_only=True)) as store:
                assert len(store.simulations()) == 2

        as_somebody_else(claim)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 30, b"short"]
)
def test_a_file_that_is_no_database_stays_as_it_is(
    database: Path, content: bytes, read_only: bool
) -> None:
    database.write_bytes(content)
    with pytest.raises(ProjectDatabaseError, match="not an SQLite database"):
        open_store(database, read_only=read_only)
    assert database.read_bytes() == content


def test_a_database_of_something_else_stays_as_it_is(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = database.read_bytes()
    with pytest.raises(ProjectDatabaseError, match=r"not a GymDash project's: it holds recipes"):
        open_store(database)
    assert database.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_database_is_refused_and_stays_as_it_is(database: Path, read_only: bool) -> None:
    open_store(database).close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = database.read_bytes()
    with pytest.raises(NewerProjectError, match="has version 99"):
        open_store(database, read_only=read_only)
    assert database.read_bytes() == before


def test_a_database_that_becomes_newer_while_open_is_written_no_more(
    database: Path, store: ProjectStore
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE from_the_future (x)")
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerProjectError):
        created(store)
    with pytest.raises(NewerProjectError):
        store.simulations()


def test_a_damaged_database_is_said_to_be_damaged(database: Path) -> None:
    with closing(open_store(database)) as store:
        for _ in range(50):
            running(store)
    content = bytearray(database.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    database.write_bytes(content)
    with (
        pytest.raises(ProjectDatabaseError, match="damaged"),
        closing(open_store(database)) as store,
    ):
        store.simulations()


def test_a_database_that_vanishes_is_said_to_be_gone(database: Path, store: ProjectStore) -> None:
    database.unlink()
    with pytest.raises(ProjectFolderError, match="is gone"):
        store.simulations()


def test_a_database_that_is_replaced_is_opened_anew(database: Path, tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "other.db")) as other:
        sim_id = created(other)
    with closing(open_store(database)) as store:
        created(store)
        (tmp_path / "other.db").replace(database)
        for suffix in ("-wal", "-shm"):
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        assert [record.sim_id for record in store.simulations()] == [sim_id]


def test_a_read_only_store_refuses_every_write(database: Path) -> None:
    with closing(open_store(database)) as store:
        sim_id = created(store)
    with closing(open_store(database, read_only=True)) as store:
        assert store.is_read_only
        with pytest.raises(ReadOnlyProjectError, match="read_only=True"):
            store.delete([sim_id])


def test_a_path_with_odd_letters_opens(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1 ? & äö"
    folder.mkdir()
    with closing(open_store(folder / "simulations.db")) as store:
        sim_id = created(store)
    with closing(open_store(folder / "simulations.db", read_only=True)) as store:
        assert [record.sim_id for record in store.simulations()] == [sim_id]


def test_somebody_elses_lock_is_named(database: Path) -> None:
    from gymdash_jupyter.store.sqlite import SqliteStore

    open_store(database).close()
    with (
        closing(SqliteStore(database, patience_s=0.05)) as store,
        closing(sqlite3.connect(database)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match=r"locked for more than 0\.05 s"):
            created(store)
        other.rollback()
        created(store)
