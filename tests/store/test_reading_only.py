"""``read_only=True`` changes no byte and leaves no file, whatever state the project is in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from gymdash_jupyter.store import ProjectStore, open_store
from gymdash_jupyter.store.filesystem import lock_holders
from tests.store import gymdash_sql
from tests.store.makers import OWNER, batch, created, running

OLD = "0c1a2b3c-0000-4000-8000-000000000001"
needs_lock_table = pytest.mark.skipif(
    not Path("/proc/locks").exists(), reason="the system does not list locks"
)


def look(folder: Path) -> dict[str, str]:
    """Give every file of a folder with its hash."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def killed_while_open(database: Path) -> None:
    """Leave a project as a writer leaves it that is killed: with a -wal and a -shm file."""
    program = (
        "import os, signal, sys; from pathlib import Path; from gymdash_jupyter.store import open_store;"
        "from tests.store.makers import running, batch;"
        "store = open_store(Path(sys.argv[1])); sim_id = running(store); store.write([batch(sim_id, k=[1.0, 2.0])]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(database)], check=False)
    assert Path(f"{database}-wal").exists()


@contextmanager
def read_only(database: Path) -> Iterator[ProjectStore]:
    with closing(open_store(database, read_only=True)) as store:
        yield store


def read_everything(store: ProjectStore) -> None:
    for record in store.changes(0).simulations:
        store.statuses([record.sim_id])
    store.read_table()
    store.media()
    store.api_calls()
    store.control_requests()
    store.queue()
    store.keeper()
    store.max_running()
    store.unsettled()
    store.environments()


def test_project_of_gymdash_stays_as_it_is(database: Path) -> None:
    with closing(gymdash_sql.connect(database)) as connection:
        gymdash_sql.add_simulation(connection, OLD)
    before = look(database.parent)
    with read_only(database) as store:
        read_everything(store)
        assert len(store.simulations()) == 1
        assert look(database.parent) == before
    assert look(database.parent) == before


def test_project_at_rest_stays_as_it_is(database: Path) -> None:
    with closing(open_store(database)) as store:
        store.write([batch(running(store), k=[1.0])])
    before = look(database.parent)
    with read_only(database) as store:
        read_everything(store)
        assert len(store.read_table().steps) == 1
        assert look(database.parent) == before
    assert look(database.parent) == before


@needs_lock_table
def test_project_of_a_killed_writer_stays_as_it_is_and_shows_all(database: Path) -> None:
    killed_while_open(database)
    before = look(database.parent)
    with read_only(database) as store:
        read_everything(store)
        assert len(store.read_table().steps) == 2
        assert look(database.parent) == before
    assert look(database.parent) == before


def test_wal_without_its_shared_memory_is_read_from_a_copy(database: Path) -> None:
    killed_while_open(database)
    Path(f"{database}-shm").unlink()
    before = look(database.parent)
    with read_only(database) as store:
        assert len(store.read_table().steps) == 2
    assert look(database.parent) == before


def test_copies_are_cleared_away(
    database: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_while_open(database)
    Path(f"{database}-shm").unlink()
    folder = tmp_path_factory.mktemp("copies")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with read_only(database) as store:
        store.simulations()
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []


def test_empty_file_reads_as_an_empty_project(database: Path) -> None:
    database.touch()
    with read_only(database) as store:
        read_everything(store)
        assert store.changes(0).simulations == []
    assert look(database.parent) == {database.name: hashlib.sha256(b"").hexdigest()}


def test_living_writer_is_followed(database: Path) -> None:
    with closing(open_store(database)) as writer, read_only(database) as reader:
        sim_id = running(writer)
        for number in range(20):
            writer.write([batch(sim_id, k=[float(number)])], owner=OWNER)
            assert reader.read_scalars(sim_id, "k", after=number)[0].values.tolist() == [
                float(number)
            ]


def test_reader_of_a_project_at_rest_sees_a_writer_come_and_go(database: Path) -> None:
    with closing(open_store(database)) as writer:
        sim_id = running(writer)
    with read_only(database) as reader:
        assert len(reader.simulations()) == 1
        for number in range(3):
            with closing(open_store(database)) as writer:
                writer.write([batch(sim_id, k=[float(number)])])
                assert reader.read_scalars(sim_id, "k")[1] == number + 1
            assert reader.read_scalars(sim_id, "k")[1] == number + 1


def test_reader_of_a_gymdash_project_sees_gymdash_write_and_ours_arrive(database: Path) -> None:
    with closing(gymdash_sql.connect(database)) as gymdash, read_only(database) as reader:
        assert reader.simulations() == []
        gymdash_sql.add_simulation(gymdash, OLD)
        assert len(reader.simulations()) == 1
        with closing(open_store(database)) as writer:
            created(writer)
            assert [record.is_foreign for record in reader.simulations()] == [True, False]
            gymdash_sql.delete_all_simulations(gymdash)
            assert reader.simulations() == []


def test_half_finished_write_of_gymdash_is_not_seen(database: Path) -> None:
    # A rollback journal with a killed writer: only a writer may roll back, so a copy is read.
    program = (
        "import os, signal, sqlite3, sys; con = sqlite3.connect(sys.argv[1]); con.execute('PRAGMA cache_size = 5');"
        "con.execute('CREATE TABLE simulations (sim_id UUID PRIMARY KEY, name TEXT, created TIMESTAMP, started "
        "TIMESTAMP, ended TIMESTAMP, is_done BOOL, cancelled BOOL, failed BOOL, force_stopped BOOL, config "
        "SIMULATIONCONFIG, start_kwargs KWARGS, sim_type_name TEXT, sim_module_name TEXT)'); con.commit();"
        f"con.execute('INSERT INTO simulations (sim_id, name) VALUES (?, ?)', ('{OLD}', 'kept')); con.commit();"
        "con.execute('UPDATE simulations SET name = ?', ('half',));"
        "con.executemany('INSERT INTO simulations (sim_id, name) VALUES (?, ?)', "
        "[(str(i), 'x' * 3000) for i in range(500)]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(database)], check=False)
    assert Path(f"{database}-journal").stat().st_size > 0
    before = look(database.parent)
    with read_only(database) as store:
        assert [record.name for record in store.simulations()] == ["kept"]
    assert look(database.parent) == before


@pytest.mark.parametrize("is_killed", [False, True])
def test_project_in_a_read_only_folder_is_read(database: Path, is_killed: bool) -> None:
    if is_killed:
        killed_while_open(database)
    else:
        with closing(open_store(database)) as store:
            store.write([batch(running(store), k=[1.0, 2.0])])
    before = look(database.parent)
    _set_writable(database.parent, False)
    try:
        with read_only(database) as store:
            assert len(store.read_table().steps) == 2
    finally:
        _set_writable(database.parent, True)
    assert look(database.parent) == before


@needs_lock_table
def test_locks_of_living_writers_are_seen_and_kept(database: Path) -> None:
    shm = Path(f"{database}-shm")
    with closing(open_store(database)) as writer, read_only(database) as reader:
        running(writer)
        reader.simulations()
        assert os.getpid() in (lock_holders(shm) or {})
    assert not shm.exists()


@pytest.mark.slow
def test_many_readers_beside_a_busy_writer_never_fail(database: Path) -> None:
    stop, errors = threading.Event(), []

    def read() -> None:
        try:
            with read_only(database) as reader:
                while not stop.is_set():
                    table = reader.read_table()
                    assert table.values.tolist() == list(range(len(table.values)))
        except BaseException as exc:  # noqa: BLE001 - told to the main thread
            errors.append(exc)

    with closing(open_store(database)) as writer:
        sim_id = running(writer)
    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(300):
        if number % 10 == 0:
            writer.close()
            writer = open_store(
                database
            )  # comes and goes, so that readers change their way of reading
        writer.write([batch(sim_id, k=[float(number * 20 + point) for point in range(20)])])
    stop.set()
    for thread in threads:
        thread.join()
    writer.close()
    assert errors == []


def _set_writable(folder: Path, is_writable: bool) -> None:
    for path in folder.iterdir():
        path.chmod(0o644 if is_writable else 0o444)
    folder.chmod(0o755 if is_writable else 0o555)
