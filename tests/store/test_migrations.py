"""Old projects open: GymDash's, and one of each version of ours."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from gymdash_jupyter.records import Keeper
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, open_store
from gymdash_jupyter.store import migrations as migrations_module
from gymdash_jupyter.store.migrations import MIGRATIONS, VERSION
from tests.old_projects.make_gymdash_0_1_4 import SIMULATIONS
from tests.old_projects.make_version_2 import ENVIRONMENT
from tests.old_projects.make_version_3 import REPLY
from tests.old_projects.make_version_4 import SAMPLES
from tests.store.makers import OWNER, STRANGER, created, later, queued, running

OLD_PROJECTS = Path(__file__).parents[1] / "old_projects"


@pytest.fixture(params=sorted(path.name for path in OLD_PROJECTS.glob("*.db")))
def old_database(request: pytest.FixtureRequest, database: Path) -> Path:
    shutil.copyfile(OLD_PROJECTS / request.param, database)
    return database


def test_there_is_an_old_project_of_every_version() -> None:
    versions = {f"version_{version}.db" for version in range(1, VERSION + 1)}
    assert versions <= {path.name for path in OLD_PROJECTS.glob("*.db")}


@pytest.mark.parametrize("read_only", [False, True])
def test_old_project_reads_whole(old_database: Path, read_only: bool) -> None:
    with closing(open_store(old_database, read_only=read_only)) as store:
        records = store.simulations()
        assert len(records) >= 3
        assert store.changes(0).simulations == records
        assert {row.sim_id for row in store.statuses()} <= {record.sim_id for record in records}
        assert store.api_calls()


def test_old_project_is_written_and_stays_sound(old_database: Path) -> None:
    with closing(open_store(old_database)) as store:
        before = store.simulations()
        running(store)
        assert [
            r.config for r in store.simulations() if r.sim_id in {b.sim_id for b in before}
        ] == [record.config for record in before]
    with closing(sqlite3.connect(old_database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_states_of_gymdashs_simulations_come_from_their_flags(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "gymdash_0_1_4.db", database)
    with closing(open_store(database)) as store:
        states = {record.name: record.state for record in store.simulations()}
    assert states == {str(row["name"] or ""): row["state"] for row in SIMULATIONS}


def test_odd_values_of_gymdash_read_as_empty(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "gymdash_0_1_4.db", database)
    with closing(open_store(database)) as store:
        records = {record.name: record for record in store.simulations()}
        bare = records["null everywhere"]
        assert (bare.config.sim_family, bare.config.sim_type, bare.config.kwargs) == (
            None,
            None,
            {},
        )
        assert (bare.start_kwargs, bare.started, bare.sim_type_name) == ({}, None, "")
        assert records["empty texts"].config.sim_family is None
        whole_second = records["whole second"]
        assert whole_second.created == datetime(2024, 5, 6, 7, 8, 9).astimezone()
        assert (
            store.latest_statuses([whole_second.sim_id])[whole_second.sim_id].details == "second"
        )


def test_version_1_reads_as_it_was_written(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_1.db", database)
    with closing(open_store(database)) as store:
        records = {record.name: record for record in store.simulations()}
        done = records["done"]
        assert (done.state, done.result) == (SimState.SUCCEEDED, {"best": 475.0})
        assert store.read_scalars(done.sim_id, "rollout/ep_rew_mean")[0].values.tolist()[:3] == [
            0.0,
            1.0,
            2.0,
        ]
        assert store.read_scalars(records["busy"].sim_id, "train/loss")[1] == 3
        assert [request.channel for request in store.control_requests()] == ["custom_query"]
        assert [item.path for item in store.media()] == [
            "media/episode_video/rl-video-episode-3_2704.mp4"
        ]


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("name", ["gymdash_0_1_4.db", "version_1.db"])
def test_project_from_before_the_queue_reads_as_one_with_nothing_in_it(
    database: Path, name: str, read_only: bool
) -> None:
    shutil.copyfile(OLD_PROJECTS / name, database)
    with closing(open_store(database, read_only=read_only)) as store:
        assert (store.queue(), store.keeper(), store.max_running()) == ([], None, None)
        assert store.environments() == {}
        assert store.n_active("process") == 0


def test_version_1_gets_a_queue_with_its_first_write(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_1.db", database)
    with closing(open_store(database)) as store:
        assert store.queue() == []
        records = {record.name: record for record in store.simulations()}
        assert [one.name for one in store.unsettled()] == ["busy"]
        sim_id = queued(store)
        store.set_environment(records["done"].sim_id, {"python": "3.11.9"})
        assert [entry.sim_id for entry in store.queue()] == [sim_id]
        assert store.environments() == {records["done"].sim_id: {"python": "3.11.9"}}
        # What waited in a kernel's memory goes on as it did.
        waiting = Move(records["waiting"].sim_id, SimState.SETTING_UP, later(99), owner=OWNER)
        assert store.move(waiting)


def test_a_version_1_and_a_new_project_end_with_the_same_tables(
    database: Path, tmp_path: Path
) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_1.db", database)
    fresh = tmp_path / "fresh.db"
    for path in (database, fresh):
        with closing(open_store(path)) as store:
            store.log_call("start", 0, None)
    assert _schema(database) == _schema(fresh)


def test_version_2_reads_as_it_was_written(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_2.db", database)
    with closing(open_store(database)) as store:
        names = {record.sim_id: record.name for record in store.simulations()}
        assert [(names[entry.sim_id], entry.order, entry.owner) for entry in store.queue()] == [
            ("next", '{"name": "next"}', None),
            ("later", '{"name": "later"}', None),
        ]
        assert (store.max_running(), store.keeper()) == (2, Keeper(STRANGER, "keeper.sock"))
        environments = {names[key]: facts for key, facts in store.environments().items()}
        assert environments == {"done": ENVIRONMENT, "busy": {"python": "3.12.1"}}


def test_version_3_reads_as_it_was_written(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_3.db", database)
    with closing(open_store(database)) as store:
        assert [
            (each.number, each.name, each.tags, each.note, each.colour)
            for each in store.simulations()
        ] == [
            (1, "baseline", ("baseline", "für alle"), "The one to beat.\nSee chapter 2.", None),
            (3, "third", (), "", 5),
            (4, "fourth", (), "", None),
        ]
        assert [each.value for each in store.presets("reply:custom_query")] == [REPLY]
        assert store.setting("simulations_panel") == {"sort": "name"}


def test_version_4_reads_as_it_was_written(database: Path) -> None:
    shutil.copyfile(OLD_PROJECTS / "version_4.db", database)
    with closing(open_store(database)) as store:
        names = {record.sim_id: record.name for record in store.simulations()}
        samples = {names[key]: found for key, found in store.resources().items()}
    assert samples == {"done": SAMPLES, "busy": SAMPLES[:1]}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("name", ["gymdash_0_1_4.db", "version_1.db", "version_3.db"])
def test_project_from_before_samples_of_resource_use_has_none(
    database: Path, name: str, read_only: bool
) -> None:
    shutil.copyfile(OLD_PROJECTS / name, database)
    with closing(open_store(database, read_only=read_only)) as store:
        assert store.resources() == {}


@pytest.mark.parametrize("name", ["gymdash_0_1_4.db", "version_1.db", "version_2.db"])
def test_older_projects_are_numbered_on_reading_and_keep_the_numbers(
    database: Path, name: str
) -> None:
    shutil.copyfile(OLD_PROJECTS / name, database)
    with closing(open_store(database, read_only=True)) as store:
        read = {record.sim_id: record.number for record in store.simulations()}
        assert sorted(read.values()) == list(range(1, len(read) + 1))
        assert store.presets("start:ppo") == []
    with closing(open_store(database)) as store:
        assert {record.sim_id: record.number for record in store.simulations()} == read
        new = created(store)
        written = {record.sim_id: record.number for record in store.simulations()}
    assert written == {**read, new: len(read) + 1}


def test_migration_that_fails_leaves_everything_as_it_was(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(OLD_PROJECTS / "gymdash_0_1_4.db", database)

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half_done (x)")
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations_module, "MIGRATIONS", (*MIGRATIONS, half))
    with closing(open_store(database)) as store, pytest.raises(KeyboardInterrupt):
        created(store)
    with closing(sqlite3.connect(database)) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        }
        assert tables == {"simulations", "sim_status", "api_calls", "sqlite_sequence"}
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


def test_migration_to_a_next_version_keeps_what_is_there(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(database)) as store:
        sim_id = running(store)

    def next_version(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE runtime ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'")

    monkeypatch.setattr(migrations_module, "MIGRATIONS", (*MIGRATIONS, next_version))
    monkeypatch.setattr(migrations_module, "VERSION", VERSION + 1)
    with closing(open_store(database)) as store:
        created(store)
        assert store.states([sim_id]) == {sim_id: SimState.RUNNING}
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT DISTINCT mood FROM runtime").fetchall() == [("good",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)


def _schema(database: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return set(connection.execute("SELECT type, name, sql FROM sqlite_master"))
