"""GymDash and this package work on one database, in either order and at once."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, SimulationEndedError
from gymdash_jupyter.records import Batch, ResourceSample
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, ProjectStore, open_store
from tests.store import gymdash_sql
from tests.store.makers import (
    NOON,
    OWNER,
    batch,
    created,
    ended,
    later,
    queued,
    running,
    status,
)

OLD = "0c1a2b3c-0000-4000-8000-000000000001"
OLDER = "0c1a2b3c-0000-4000-8000-000000000002"
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")


@pytest.fixture
def gymdash(database: Path, store: ProjectStore) -> Iterator[sqlite3.Connection]:
    """Give GymDash's own connection to a project of ours."""
    with closing(gymdash_sql.connect(database)) as connection:
        yield connection


def rows(database: Path, query: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query).fetchall()


def tables_of(database: Path, sim_id: UUID) -> set[str]:
    """Name the tables that hold a row of a simulation."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
            "WHERE m.type = 'table' AND c.name = 'sim_id'"
        )
        names = [name for (name,) in found]
        return {
            name
            for name in names
            if connection.execute(
                f"SELECT 1 FROM {name} WHERE sim_id = ?", (str(sim_id),)
            ).fetchone()
        }


# What stands in GymDash's tables


def test_columns_are_gymdashs_to_the_letter(
    database: Path, store: ProjectStore, tmp_path: Path
) -> None:
    original = tmp_path / "original.db"
    gymdash_sql.connect(original).close()
    for table in ("simulations", "sim_status", "api_calls"):
        for pragma in ("table_info", "foreign_key_list"):
            query = f"SELECT * FROM pragma_{pragma}('{table}')"
            assert list(map(tuple, rows(database, query))) == list(
                map(tuple, rows(original, query))
            )


def test_simulation_row_is_written_to_the_letter(database: Path, store: ProjectStore) -> None:
    config = SimulationStartConfig(name="Kuh", sim_key="dqn", kwargs={"lr": 0.1})
    sim_id = running(store, config=config, created=NOON.replace(microsecond=0))
    row = dict(rows(database, "SELECT * FROM simulations")[0])
    assert row["sim_id"] == str(sim_id)
    assert (
        row["name"],
        row["is_done"],
        row["cancelled"],
        row["failed"],
        row["force_stopped"],
    ) == ("Kuh", 0, 0, 0, 0)
    assert (
        row["config"]
        == '{"name": "Kuh", "sim_key": "dqn", "sim_family": "", "sim_type": "", "kwargs": {"lr": 0.1}}'
    )
    assert row["start_kwargs"] == "{}"
    assert row["created"] == NOON.astimezone().strftime("%Y-%m-%d %H:%M:%S.000000")
    assert LOCAL_TIME.fullmatch(row["started"])
    assert row["ended"] is None


def test_status_and_call_rows_are_written_to_the_letter(
    database: Path, store: ProjectStore
) -> None:
    sim_id = created(store)
    store.add_statuses(
        sim_id, [SimStatus(SimStatusCode.FAIL, NOON, SimStatusSubcode.ERROR, "boom", "Trace")]
    )
    store.log_call("start", 0, {"sim_key": "ppo"})
    row = rows(database, "SELECT * FROM sim_status")[0]
    assert (row["sim_id"], row["code"], row["subcode"]) == (str(sim_id), 1, 1)
    assert (row["details"], row["error_trace"]) == ("boom", "Trace")
    assert LOCAL_TIME.fullmatch(row["time"])
    call = rows(database, "SELECT * FROM api_calls")[0]
    assert (call["name"], call["code"], json.loads(call["details"])) == (
        "start",
        0,
        {"sim_key": "ppo"},
    )
    assert LOCAL_TIME.fullmatch(call["time"])


@pytest.mark.parametrize(
    ("state", "flags"),
    [
        (SimState.SUCCEEDED, (1, 0, 0, 0)),
        (SimState.FAILED, (1, 0, 1, 0)),
        (SimState.CANCELLED, (1, 1, 1, 0)),
        (SimState.LOST, (1, 0, 1, 1)),
    ],
)
def test_flags_are_written_by_state(
    database: Path, store: ProjectStore, state: SimState, flags: tuple[int, ...]
) -> None:
    ended(store, state)
    row = rows(database, "SELECT is_done, cancelled, failed, force_stopped FROM simulations")[0]
    assert tuple(row) == flags


def test_times_are_exact_where_local_time_is_ambiguous(
    database: Path, store: ProjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time
    from datetime import UTC, datetime

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        # 02:30 local time happened twice in this night.
        first, second = (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        )
        sim_id = created(store, created=first)
        store.move(
            Move(sim_id, SimState.QUEUED, second), statuses=[SimStatus(SimStatusCode.INFO, second)]
        )
        row = rows(
            database,
            "SELECT s.created, t.time FROM simulations AS s JOIN sim_status AS t USING (sim_id)",
        )[0]
        assert tuple(row) == ("2026-10-25 02:30:00.000000", "2026-10-25 02:30:00.000000")
        assert store.simulation(sim_id).created == first
        assert store.statuses()[0].status.time == second
    finally:
        monkeypatch.undo()
        time.tzset()


# GymDash works on our database


def test_gymdash_deletes_one_of_ours(store: ProjectStore, gymdash: sqlite3.Connection) -> None:
    gone, stays = running(store), running(store)
    for sim_id in (gone, stays):
        store.write([Batch(sim_id, batch(sim_id, k=[1.0]).scalars, [status()])])
    tick = store.tick()
    gymdash_sql.delete_simulations(gymdash, [str(gone)])
    assert [record.sim_id for record in store.simulations()] == [stays]
    assert [info.sim_id for info in store.series()] == [stays]
    assert list(store.changes(tick).deleted) == [gone]


def test_gymdash_deletes_what_waits_in_our_queue(
    store: ProjectStore, gymdash: sqlite3.Connection
) -> None:
    gone, stays = queued(store), queued(store)
    store.set_environment(gone, {"python": "3.11.9"})
    gymdash_sql.delete_simulations(gymdash, [str(gone)])
    assert [entry.sim_id for entry in store.queue()] == [stays]
    assert store.environments() == {}


@pytest.mark.parametrize("by_gymdash", [False, True])
def test_deleting_leaves_no_row_of_a_simulation(
    database: Path, store: ProjectStore, gymdash: sqlite3.Connection, by_gymdash: bool
) -> None:
    gone, waits = running(store), queued(store)
    used = [ResourceSample(1.75e9, 1.0, 4096)]
    store.write([Batch(gone, batch(gone, k=[1.0]).scalars, [status()], resources=used)])
    store.ask(gone, "progress", None)
    store.set_environment(gone, {"python": "3.11.9"})
    assert tables_of(database, gone) >= {"environment", "resource_samples"}
    assert "queue" in tables_of(database, waits)
    if by_gymdash:
        gymdash_sql.delete_simulations(gymdash, [str(gone), str(waits)])
    else:
        store.delete([gone, waits])
    assert tables_of(database, gone) | tables_of(database, waits) == {"tombstones"}


def test_gymdash_deletes_all_of_ours(
    database: Path, store: ProjectStore, gymdash: sqlite3.Connection
) -> None:
    sim_id = running(store)
    queued(store)
    store.write([Batch(sim_id, batch(sim_id, k=[1.0]).scalars, [status()])])
    tick = store.tick()
    gymdash_sql.delete_all_simulations(gymdash)
    assert store.simulations() == []
    assert store.series() == []
    assert store.queue() == []
    assert sim_id in store.changes(tick).deleted
    assert rows(database, "SELECT * FROM scalar_log UNION ALL SELECT 1, 2, 3 FROM runtime") == []


def test_we_go_on_after_gymdash_made_its_tables_anew(
    store: ProjectStore, gymdash: sqlite3.Connection, open_again: Callable[[], ProjectStore]
) -> None:
    running(store)
    gymdash_sql.delete_all_simulations(gymdash)
    gymdash_sql.add_simulation(gymdash, OLD)
    tick = store.tick()
    sim_id = running(store)
    store.write([batch(sim_id, k=[1.0])])
    assert {record.sim_id for record in store.changes(tick).simulations} == {UUID(OLD), sim_id}
    gymdash_sql.delete_simulations(gymdash, [OLD, str(sim_id)])
    assert set(open_again().changes(tick).deleted) >= {UUID(OLD), sim_id}


def test_reading_goes_on_while_gymdashs_tables_are_missing(
    store: ProjectStore, gymdash: sqlite3.Connection
) -> None:
    running(store)
    gymdash.execute("DROP TABLE sim_status")
    gymdash.execute("DROP TABLE simulations")
    assert store.simulations() == []
    assert store.statuses() == []
    sim_id = running(store)
    store.add_statuses(sim_id, [status()])
    assert [row.sim_id for row in store.statuses()] == [sim_id]


def test_writes_of_gymdash_are_changes(store: ProjectStore, gymdash: sqlite3.Connection) -> None:
    running(store)
    tick = store.tick()
    gymdash_sql.add_simulation(gymdash, OLD)
    added = store.changes(tick)
    gymdash.execute("UPDATE simulations SET is_done = 1 WHERE sim_id = ?", (OLD,))
    gymdash.commit()
    changed = store.changes(added.tick)
    gymdash_sql.add_status(gymdash, OLD)
    said = store.changes(changed.tick)
    seen = [
        [(record.sim_id, record.is_done) for record in step.simulations]
        for step in (added, changed, said)
    ]
    assert seen == [[(UUID(OLD), False)], [(UUID(OLD), True)], [(UUID(OLD), True)]]


def test_gymdash_reads_our_rows_with_its_own_query(
    store: ProjectStore, gymdash: sqlite3.Connection
) -> None:
    sim_id = ended(store)
    found = gymdash.execute(
        "SELECT sim_id, is_done, cancelled FROM simulations WHERE is_done=? OR cancelled=? ORDER BY created ASC",
        (1, 1),
    ).fetchall()
    assert found == [(str(sim_id), 1, 0)]


# We work on GymDash's database


@pytest.fixture
def old_project(database: Path) -> Path:
    """Give a database that GymDash made, with two simulations."""
    with closing(gymdash_sql.connect(database)) as connection:
        gymdash_sql.add_simulation(connection, OLD)
        gymdash_sql.add_simulation(
            connection, OLDER, created="2024-05-05 00:00:00", is_done=1, cancelled=1
        )
        gymdash_sql.add_status(connection, OLD)
    return database


def test_opening_a_gymdash_project_changes_no_byte_before_the_first_write(
    old_project: Path,
) -> None:
    before = old_project.read_bytes()
    with closing(open_store(old_project)) as store:
        assert [record.sim_id for record in store.simulations()] == [UUID(OLDER), UUID(OLD)]
        assert store.tick() == 0
        assert len(store.changes(0).simulations) == 2
        assert [path.name for path in old_project.parent.iterdir()] == [old_project.name]
    assert old_project.read_bytes() == before


def test_the_first_write_adds_ours_and_keeps_theirs(old_project: Path) -> None:
    query = "SELECT * FROM simulations ORDER BY sim_id"
    before = list(map(tuple, rows(old_project, query)))
    with closing(open_store(old_project)) as store:
        store.log_call("start", 0, {})
        changes = store.changes(0)
        assert [record.sim_id for record in changes.simulations] == [UUID(OLDER), UUID(OLD)]
        assert all(record.is_foreign for record in changes.simulations)
        assert store.changes(changes.tick).simulations == ()
    assert list(map(tuple, rows(old_project, query))) == before
    assert rows(old_project, "PRAGMA journal_mode")[0][0] == "wal"


def test_simulations_of_gymdash_are_never_changed(old_project: Path) -> None:
    old = UUID(OLD)
    with closing(open_store(old_project)) as store:
        before = store.simulation(old)
        assert before.state is SimState.RUNNING
        assert not store.move(Move(old, SimState.FAILED, NOON))
        assert not store.settle(old, OWNER, status())
        assert not store.finish(batch(old, k=[1.0]), Move(old, SimState.FAILED, NOON))
        store.write([batch(old, k=[1.0])])
        store.add_statuses(old, [status()])
        store.note_stop_asked(old, NOON)
        with pytest.raises(SimulationEndedError, match="GymDash itself ran it"):
            store.ask(old, "stop_simulation", True)
        after = store.simulation(old)
        assert (after.state, after.is_done, after.stop_asked) == (SimState.RUNNING, False, None)
        assert [row.status.details for row in store.statuses()] == ["old status"]
        assert store.series() == []


def test_simulations_of_gymdash_are_never_queued_or_settled(old_project: Path) -> None:
    with closing(open_store(old_project)) as store:
        assert not store.enqueue(UUID(OLD), time=NOON, launcher="process", start_kwargs={})
        store.set_environment(UUID(OLD), {"python": "3.11.9"})
        assert (store.queue(), store.unsettled(), store.environments()) == ([], [], {})
        with pytest.raises(InvalidArgumentError, match="it is run by GymDash"):
            store.reorder_queue([UUID(OLD)])


def test_simulations_of_gymdash_can_be_deleted(old_project: Path) -> None:
    with closing(open_store(old_project)) as store:
        store.log_call("open", 0, {})
        tick = store.tick()
        assert store.delete([UUID(OLD)]) == [UUID(OLD)]
        assert list(store.changes(tick).deleted) == [UUID(OLD)]
        assert store.statuses() == []


def test_one_of_ours_may_restart_one_of_gymdashs(old_project: Path) -> None:
    with closing(open_store(old_project)) as store:
        sim_id = created(store, parent_id=UUID(OLD), created=later(1))
        assert store.simulation(sim_id).parent_id == UUID(OLD)
        assert [record.is_foreign for record in store.simulations()] == [True, True, False]
