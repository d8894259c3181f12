"""The project's queue as a tracker shows it: handles follow, order and places can be changed, one can jump it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gymdash_jupyter.errors import (
    CannotTravelError,
    InvalidArgumentError,
    SimulationStateError,
    UnknownSimulationError,
)
from gymdash_jupyter.launch import usable_cpus
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import ProjectStore
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.queueing import PATIENCE_S, gated, most_at_once, ran
from tests.launch.samples import Polite, Quick, made
from tests.waiting import wait_until


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    return SimulationTracker("process", project=project, max_running=1)


@pytest.fixture
def queued(tracker: SimulationTracker, tmp_path: Path) -> list[Simulation]:
    """Let the first of four run and the others wait."""
    sims = [tracker.queue_sim(gated(n, tmp_path))[1] for n in range(4)]
    wait_until(lambda: ran(tmp_path) == ["0"], PATIENCE_S)
    return sims


def open_gate(tmp_path: Path, tracker: SimulationTracker, sims: list[Simulation]) -> None:
    """Let all of them end."""
    (tmp_path / "gate").touch()
    tracker.wait(sims, PATIENCE_S)


def test_one_runs_and_the_others_wait(
    tracker: SimulationTracker, queued: list[Simulation], store: ProjectStore
) -> None:
    wait_until(lambda: queued[0].state is SimState.RUNNING)
    assert {sim.state for sim in queued[1:]} == {SimState.QUEUED}
    assert tracker.queued() == [sim.sim_id for sim in queued[1:]]
    assert {store.simulation(sim.sim_id).launcher for sim in queued} == {"process"}
    assert [call.name for call in store.api_calls()] == ["queue"] * 4


def test_the_order_can_be_changed(
    tracker: SimulationTracker, queued: list[Simulation], tmp_path: Path
) -> None:
    tracker.reorder_queue([queued[3], queued[2]])
    assert tracker.queued() == [queued[n].sim_id for n in (3, 2, 1)]
    open_gate(tmp_path, tracker, queued)
    assert ran(tmp_path) == ["0", "3", "2", "1"]


def test_cancelling_one_that_waits_ends_it_at_once(
    tracker: SimulationTracker, store: ProjectStore, queued: list[Simulation], tmp_path: Path
) -> None:
    ends: list[Any] = []
    queued[1].add_callback("end_run", ends.append)
    tracker.cancel(queued[1])
    assert store.simulation(queued[1].sim_id).state is SimState.CANCELLED
    assert queued[1].wait(PATIENCE_S)  # whoever looks at it just now calls back
    assert (queued[1].state, ends) == (SimState.CANCELLED, [queued[1]])
    open_gate(tmp_path, tracker, queued)
    assert ran(tmp_path) == ["0", "2", "3"]
    assert ends == [queued[1]]


def test_more_places_are_filled_at_once_for_all_trackers(
    tracker: SimulationTracker, other: SimulationTracker, queued: list[Simulation], tmp_path: Path
) -> None:
    tracker.max_running = 3
    wait_until(lambda: sorted(ran(tmp_path)) == ["0", "1", "2"], PATIENCE_S)
    assert SimulationTracker("process", project=other.project).max_running == 3
    open_gate(tmp_path, tracker, queued)
    assert most_at_once(tracker.project.store) == 3


def test_places_are_as_many_as_we_may_use_cpus_unless_set(project: Project) -> None:
    tracker = SimulationTracker("process", project=project)
    assert tracker.max_running == usable_cpus()
    tracker.max_running = 7
    assert tracker.max_running == 7
    tracker.max_running = None
    assert tracker.max_running == usable_cpus()


@pytest.mark.parametrize("n", [0, -1, 1.5, "2", True])
def test_places_are_a_whole_number_from_one_up(project: Project, n: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="max_running is a whole number from 1 up"):
        SimulationTracker("process", project=project, max_running=n)
    with pytest.raises(InvalidArgumentError, match="max_running is a whole number from 1 up"):
        SimulationTracker("process", project=project).max_running = n


def test_starting_one_that_waits_lets_it_jump_the_queue(
    tracker: SimulationTracker, queued: list[Simulation], tmp_path: Path
) -> None:
    tracker.start_sim(queued[3])
    wait_until(lambda: ran(tmp_path) == ["0", "3"], PATIENCE_S)
    assert tracker.queued() == [queued[1].sim_id, queued[2].sim_id]
    open_gate(tmp_path, tracker, queued)
    assert ran(tmp_path) == ["0", "3", "1", "2"]
    assert {sim.state for sim in queued} == {SimState.SUCCEEDED}


def test_one_of_a_notebook_can_jump_the_queue_too(
    tracker: SimulationTracker, queued: list[Simulation], tmp_path: Path
) -> None:
    sim = tracker.queue_sim(made(Quick))[1]
    tracker.start_sim(sim, n=7)
    tracker.wait(sim, PATIENCE_S)
    assert (sim.state, sim.result) == (SimState.SUCCEEDED, {"n": 7})
    open_gate(tmp_path, tracker, queued)


def test_one_that_waits_for_a_process_cannot_be_started_in_a_thread(
    tracker: SimulationTracker, queued: list[Simulation]
) -> None:
    with pytest.raises(SimulationStateError, match="was queued to be executed in a process"):
        tracker.start_sim(queued[2], launcher="thread")
    assert queued[2].sim_id in tracker.queued()


def test_queueing_twice_is_refused(tracker: SimulationTracker, queued: list[Simulation]) -> None:
    with pytest.raises(SimulationStateError, match="is queued and cannot be started again"):
        tracker.queue_sim(queued[1])


def test_what_cannot_travel_is_refused_and_nothing_is_written(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim = made(Quick)
    sim.door = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(CannotTravelError, match="'door'"):
        tracker.queue_sim(sim)
    assert store.simulations() == []
    assert store.queue() == []


def test_start_kwargs_wait_with_it(tracker: SimulationTracker) -> None:
    stored = tracker.queue_sim(Quick, n=5)[1]
    held = tracker.queue_sim(made(Quick), n=6)[1]
    tracker.wait([stored, held], PATIENCE_S)
    assert [sim.result for sim in (stored, held)] == [{"n": 5}, {"n": 6}]
    assert [sim.start_kwargs for sim in (stored, held)] == [{"n": 5}, {"n": 6}]


def test_callbacks_are_called_once_and_one_that_blocks_holds_up_nobody(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    (tmp_path / "gate").touch()
    release = threading.Event()
    events: list[str] = []
    first, second = (tracker.queue_sim(gated(n, tmp_path))[1] for n in range(2))
    first.add_callback("start_run", lambda: release.wait(PATIENCE_S))
    for event in ("start_setup", "end_setup", "start_run", "end_run"):
        second.add_callback(event, lambda event=event: events.append(event))
    assert second.wait(PATIENCE_S)
    assert not first.is_done
    release.set()
    assert first.wait(PATIENCE_S)
    assert events == ["start_setup", "end_setup", "start_run", "end_run"]


def test_one_can_be_awaited_asked_and_stopped_when_its_turn_has_come(
    tracker: SimulationTracker,
) -> None:
    sim = tracker.queue_sim(Polite)[1]
    assert sim.query(PATIENCE_S, custom_query="hello")["custom_query"] == {"you said": "hello"}
    sim.cancel()
    assert asyncio.run(awaited(sim)).state is SimState.CANCELLED


async def awaited(sim: Simulation) -> Simulation:
    return await sim


def test_one_that_cannot_be_started_fails_and_does_not_block_the_queue(
    tracker: SimulationTracker, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "gate").touch()
    unlucky = made(Quick)
    project.sim_folder(unlucky.sim_id).touch()
    tracker.queue_sim(unlucky)
    last = tracker.queue_sim(gated("last", tmp_path))[1]
    tracker.wait([unlucky, last], PATIENCE_S)
    assert [unlucky.state, last.state] == [SimState.FAILED, SimState.SUCCEEDED]
    assert "File exists" in unlucky.statuses[-1].details


def test_another_tracker_removes_one_that_waits(
    other: SimulationTracker, queued: list[Simulation]
) -> None:
    other.cancel(queued[2].sim_id)
    wait_until(lambda: queued[2].is_done, what="its own tracker to notice")
    assert queued[2].state is SimState.CANCELLED


def test_those_for_threads_wait_in_the_trackers_own_queue(
    tracker: SimulationTracker, queued: list[Simulation], tmp_path: Path
) -> None:
    here = [tracker.queue_sim(gated(f"t{n}", tmp_path), launcher="thread")[1] for n in range(3)]
    wait_until(lambda: ran(tmp_path) == ["0", "t0"])
    assert tracker.queued()[3:] == [here[1].sim_id, here[2].sim_id]
    tracker.reorder_queue([here[2], queued[2]])
    ids = [sim.sim_id for sim in (queued[2], queued[1], queued[3], here[2], here[1])]
    assert tracker.queued() == ids
    open_gate(tmp_path, tracker, [*queued, *here])


def test_only_what_waits_can_be_put_in_order(
    tracker: SimulationTracker, queued: list[Simulation]
) -> None:
    before = tracker.queued()
    with pytest.raises(InvalidArgumentError, match="does not wait in it"):
        tracker.reorder_queue([queued[3], queued[0]])
    with pytest.raises(UnknownSimulationError):
        tracker.reorder_queue([uuid4()])
    assert tracker.queued() == before


def test_a_tracker_for_threads_knows_the_projects_queue(
    tracker: SimulationTracker, queued: list[Simulation], other: SimulationTracker
) -> None:
    assert other.queued() == tracker.queued()
    assert other.max_running == 1
