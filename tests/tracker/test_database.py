"""GymDash's tables as another program sees them: flags by state, formats, and which calls are taken down."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch import settle_dead
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.dying import RUNNING
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Asking, Deaf, FailingRun, Gated, Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
FLAGS = "is_done, cancelled, failed, force_stopped"


@pytest.fixture
def sql(project: Project) -> Callable[..., list[Any]]:
    """Ask the database as any program with SQLite does."""

    def ask(query: str, *values: Any) -> list[Any]:
        connection = sqlite3.connect(f"file:{project.db_path}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    return ask


class Pausing(Simulation):
    """Waits for the person, paused."""

    def _run(self, **kwargs: Any) -> None:
        with self.paused():
            while not self.interactor.set_out_if_in("stop_simulation", True):
                pass


# Flags by state


def flags(sql: Any, sim: Simulation) -> tuple[Any, ...]:
    (row,) = sql(f"SELECT {FLAGS} FROM simulations WHERE sim_id = ?", str(sim.sim_id))
    return row  # type: ignore[no-any-return]


def in_state(project: Project, sim: Simulation, state: SimState) -> None:
    wait_until(
        lambda: project.store.simulation(sim.sim_id).state is state, what=f"{sim} to be {state}"
    )


def test_nothing_is_up_before_the_end(
    tracker: SimulationTracker, project: Project, gate: Path, sql: Any
) -> None:
    created = tracker.create_simulation(made(Quick))[1]
    running = tracker.start_sim(made(Gated, gate=str(gate)))[1]
    queued = tracker.queue_sim(made(Quick))[1]
    paused = tracker.start_sim(Pausing(SimulationStartConfig(name="a", sim_key="b")))[1]
    in_state(project, running, SimState.RUNNING)
    in_state(project, paused, SimState.PAUSED)
    in_state(project, queued, SimState.QUEUED)
    assert [flags(sql, sim) for sim in (created, running, queued, paused)] == [(0, 0, 0, 0)] * 4


def test_flags_of_those_that_ended(tracker: SimulationTracker, project: Project, sql: Any) -> None:
    succeeded, failed = (tracker.start_sim(made(kind))[1] for kind in (Quick, FailingRun))
    cancelled, killed = (tracker.start_sim(made(kind))[1] for kind in (Polite, Deaf))
    never_ran = tracker.create_simulation(made(Quick))[1]
    for sim in (cancelled, killed):
        in_state(project, sim, SimState.RUNNING)
    tracker.cancel(cancelled)
    tracker.cancel(killed, force=True)
    tracker.cancel(never_ran)
    sims = (succeeded, failed, cancelled, killed, never_ran)
    done(*sims)
    assert [flags(sql, sim) for sim in sims] == [
        (1, 0, 0, 0),
        (1, 0, 1, 0),
        (1, 1, 1, 0),
        (1, 1, 1, 1),
        (1, 1, 1, 0),
    ]


def test_flags_of_a_lost_one(project: Project, sql: Any) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        running.line()
        running.kill()
    settle_dead(project.store)
    assert sql(f"SELECT {FLAGS} FROM simulations") == [(1, 0, 1, 1)]


def test_flags_are_known_on_the_simulation_too(
    tracker: SimulationTracker, project: Project
) -> None:
    killed = tracker.start_sim(made(Deaf))[1]
    in_state(project, killed, SimState.RUNNING)
    tracker.cancel(killed, force=True)
    done(killed)
    assert killed.force_stopped is True


# Formats


def test_a_row_has_gymdashs_formats(tracker: SimulationTracker, sql: Any) -> None:
    sim_id, sim = tracker.start_sim(made(Quick, rate=1), n=2)
    done(sim)
    ((row_id, name, *times, config, kwargs, type_name, module),) = sql(
        "SELECT sim_id, name, created, started, ended, config, start_kwargs, sim_type_name, sim_module_name "
        "FROM simulations"
    )
    assert (row_id, name, type_name, module) == (
        str(sim_id),
        "Quick",
        "Quick",
        "tests.launch.samples",
    )
    assert all(TIME.fullmatch(time) for time in times)
    assert times == sorted(times)
    assert json.loads(config) == {
        "name": "Quick",
        "sim_key": "Quick",
        "sim_family": "",
        "sim_type": "",
        "kwargs": {"rate": 1},
    }
    assert json.loads(kwargs) == {"n": 2}


def test_a_created_row_has_no_nulls_where_gymdash_has_none(
    tracker: SimulationTracker, sql: Any
) -> None:
    tracker.create_simulation(made(Quick))
    ((started, ended, kwargs, *up),) = sql(
        f"SELECT started, ended, start_kwargs, {FLAGS} FROM simulations"
    )
    assert (started, ended, kwargs, up) == (None, None, "{}", [0, 0, 0, 0])


def test_a_status_row_has_gymdashs_codes(tracker: SimulationTracker, sql: Any) -> None:
    sim_id, sim = tracker.start_sim(made(FailingRun))
    done(sim)
    ((row_id, time, code, subcode, details, trace),) = sql(
        "SELECT sim_id, time, code, subcode, details, error_trace FROM sim_status"
    )
    assert (row_id, code, subcode, details) == (str(sim_id), 1, 1, "the loss is gone")
    assert TIME.fullmatch(time)
    assert "Traceback" in trace


# Calls


def calls(sql: Any) -> list[tuple[str, int]]:
    return [(name, code) for name, code in sql("SELECT name, code FROM api_calls ORDER BY id")]


def test_creating_is_no_call(tracker: SimulationTracker, sql: Any) -> None:
    tracker.create_simulation(made(Quick))
    assert calls(sql) == []


def test_what_a_person_does_is_taken_down(
    tracker: SimulationTracker, project: Project, gate: Path, sql: Any
) -> None:
    first = tracker.start_sim(made(Quick))[1]
    done(first)
    second = tracker.restart_sim(first.sim_id)[1]
    done(second)
    polite = tracker.start_sim(made(Polite))[1]
    tracker.query(polite.sim_id, custom_query=1)
    queued = tracker.queue_sim(made(Quick))[1]
    tracker.cancel(queued)
    tracker.cancel(polite)
    done(polite)
    tracker.delete([first.sim_id, second.sim_id])
    asking = tracker.start_sim(made(Asking))[1]
    wait_until(lambda: project.store.control_requests([asking.sim_id]))
    tracker.query(asking.sim_id, custom_query=1)
    done(asking)
    assert calls(sql) == [
        ("start", 0),
        ("restart", 0),
        ("start", 0),
        ("query", 0),
        ("queue", 0),
        ("cancel", 0),
        ("cancel", 0),
        ("delete", 0),
        ("start", 0),
        ("reply", 0),
    ]


def test_looking_is_no_call(tracker: SimulationTracker, sql: Any) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    tracker.query(sim_id, progress=True, progress_status=True, is_done=True, failed=True)
    tracker.all_done(sim_id)
    tracker.wait(sim_id)
    tracker.get_sim(sim_id)
    assert calls(sql) == [("start", 0)]


def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(gd.GymDashError):
        call()


def test_what_is_refused_is_taken_down_with_its_reason(
    tracker: SimulationTracker, sql: Any
) -> None:
    refused(lambda: tracker.start_sim("no such key"))
    refused(lambda: tracker.queue_sim(42))  # type: ignore[arg-type]
    running = tracker.start_sim(made(Polite))[1]
    refused(lambda: tracker.query(running.sim_id, no_such_channel=1))
    refused(lambda: tracker.delete(running.sim_id))
    refused(lambda: tracker.start_sim(made(Quick), launcher="mars"))
    refused(lambda: tracker.cancel(uuid4()))
    refused(lambda: tracker.query(uuid4(), custom_query=1))
    assert calls(sql) == [
        ("start", 1),
        ("queue", 1),
        ("start", 0),
        ("query", 1),
        ("delete", 1),
        ("start", 1),
        ("cancel", 1),
        ("query", 1),
    ]
    details = [
        json.loads(text)
        for (text,) in sql("SELECT details FROM api_calls WHERE code = 1 ORDER BY id")
    ]
    assert details[0]["error"].startswith(
        "UnknownSimulationTypeError: No simulation type is registered as 'no such key'"
    )
    assert all("error" in detail for detail in details)


def test_cancelling_what_has_ended_is_no_call(tracker: SimulationTracker, sql: Any) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    tracker.cancel(sim_id)
    assert calls(sql) == [("start", 0)]


def test_a_call_names_the_simulation_and_its_time(tracker: SimulationTracker, sql: Any) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    ((time, details),) = sql("SELECT time, details FROM api_calls")
    assert TIME.fullmatch(time)
    assert json.loads(details) == {"name": "Quick", "sim_key": "Quick", "sim_id": str(sim_id)}


def test_a_question_that_json_cannot_hold_is_described(
    tracker: SimulationTracker, sql: Any
) -> None:
    sim_id = tracker.start_sim(made(Polite))[0]
    tracker.query(sim_id, custom_query=lambda: 1)
    (details,) = sql("SELECT details FROM api_calls WHERE name = 'query'")[0]
    assert "<lambda>" in details


# ProjectManager over the same rows


@pytest.fixture
def several(tracker: SimulationTracker, project: Project) -> dict[str, Simulation]:
    """Make the project current and put one of each end into it."""
    gd.open_project(project.folder)
    sims = {
        "succeeded": tracker.start_sim(made(Quick))[1],
        "failed": tracker.start_sim(made(FailingRun))[1],
        "cancelled": tracker.create_simulation(made(Quick))[1],
        "created": tracker.create_simulation(made(Quick))[1],
    }
    tracker.cancel(sims["cancelled"])
    done(sims["succeeded"], sims["failed"])
    return sims


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, {"succeeded", "failed", "cancelled", "created"}),
        ({"is_done": True}, {"succeeded", "failed", "cancelled"}),
        ({"is_done": False}, {"created"}),
        ({"failed": True}, {"failed", "cancelled"}),
        ({"cancelled": True, "is_done": False}, {"cancelled", "created"}),
        ({"failed": True, "cancelled": False, "set_mode": "AND"}, {"failed"}),
        ({"force_stopped": True}, set()),
    ],
)
def test_filtering_by_flags(several: dict[str, Simulation], given: Any, names: set[str]) -> None:
    found = {record.sim_id for record in gd.ProjectManager.get_filtered_simulations(**given)}
    assert {name for name, sim in several.items() if sim.sim_id in found} == names


def test_filtering_by_id(several: dict[str, Simulation]) -> None:
    sim_id = several["failed"].sim_id
    for form in (sim_id, str(sim_id)):
        (record,) = gd.ProjectManager.get_filtered_simulations(form)
        assert record.sim_id == sim_id
    both = gd.ProjectManager.get_filtered_simulations(sim_id, is_done=False)
    assert {record.sim_id for record in both} == {sim_id, several["created"].sim_id}
    assert gd.ProjectManager.get_filtered_simulations(sim_id, is_done=False, set_mode="AND") == []


def test_latest_statuses(several: dict[str, Simulation]) -> None:
    ids = [several[name].sim_id for name in ("failed", "created")]
    found = gd.ProjectManager.get_latest_statuses(map(str, ids))
    assert found[str(ids[0])].details == "the loss is gone"
    assert found[str(ids[1])] is None


def test_an_id_that_the_project_does_not_know_has_no_status(
    several: dict[str, Simulation],
) -> None:
    unknown = uuid4()
    assert gd.ProjectManager.get_latest_statuses([unknown]) == {str(unknown): None}
