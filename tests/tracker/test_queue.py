"""The queue: first in, first out, as many at a time as there are places, and nothing blocks it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import ProjectStore
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Gated, Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def gated(gate: Path, log: Path) -> Any:
    """Make simulations that wait for the gate and note their name when they run."""

    def make(name: object, **kwargs: Any) -> Simulation:
        config = SimulationStartConfig(
            name=str(name), sim_key="gated", kwargs={"gate": str(gate), "log": str(log), **kwargs}
        )
        return Gated(config)

    return make


def ran(log: Path) -> list[str]:
    """Give the names of those that ran, in order."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.removeprefix("run ") for line in lines if line.startswith("run ")]


def states(*sims: Simulation) -> list[SimState]:
    return [sim.state for sim in sims]


def test_one_runs_and_the_others_wait(
    tracker: SimulationTracker, gated: Any, store: ProjectStore, log: Path
) -> None:
    sims = [tracker.queue_sim(gated(n))[1] for n in range(3)]
    wait_until(lambda: ran(log) == ["0"])
    assert states(*sims[1:]) == [SimState.QUEUED] * 2
    assert [store.simulation(sim.sim_id).state for sim in sims[1:]] == [SimState.QUEUED] * 2


def test_first_in_first_out(tracker: SimulationTracker, gated: Any, gate: Path, log: Path) -> None:
    sims = [tracker.queue_sim(gated(n))[1] for n in range(6)]
    gate.touch()
    done(*sims)
    assert ran(log) == ["0", "1", "2", "3", "4", "5"]


def test_no_more_run_than_there_are_places(
    project: Project, gated: Any, gate: Path, log: Path
) -> None:
    tracker = SimulationTracker(project=project, max_running=2)
    sims = [tracker.queue_sim(gated(n))[1] for n in range(4)]
    wait_until(lambda: len(ran(log)) == 2)
    assert states(*sims[2:]) == [SimState.QUEUED] * 2
    gate.touch()
    done(*sims)


def test_more_places_are_filled_at_once(tracker: SimulationTracker, gated: Any, log: Path) -> None:
    for n in range(4):
        tracker.queue_sim(gated(n))
    tracker.max_running = 3
    wait_until(lambda: sorted(ran(log)) == ["0", "1", "2"])
    assert tracker.max_running == 3


def test_fewer_places_let_what_runs_run(
    project: Project, gated: Any, gate: Path, log: Path
) -> None:
    tracker = SimulationTracker(project=project, max_running=2)
    sims = [tracker.queue_sim(gated(n))[1] for n in range(3)]
    wait_until(lambda: len(ran(log)) == 2)
    tracker.max_running = 1
    tracker.cancel(sims[0])
    done(sims[0])
    assert states(*sims[1:]) == [SimState.RUNNING, SimState.QUEUED]
    gate.touch()
    done(*sims)


def test_what_was_started_without_the_queue_takes_a_place_too(
    tracker: SimulationTracker, gated: Any, gate: Path
) -> None:
    tracker.start_sim(gated("started"))
    queued = tracker.queue_sim(gated("queued"))[1]
    assert queued.state is SimState.QUEUED
    gate.touch()
    done(queued)


def test_cancelling_one_that_waits_ends_it_at_once(
    tracker: SimulationTracker, gated: Any, gate: Path, log: Path, store: ProjectStore
) -> None:
    sims = [tracker.queue_sim(gated(n))[1] for n in range(3)]
    tracker.cancel(sims[1])
    assert (sims[1].state, sims[1].is_done) == (SimState.CANCELLED, True)
    record = store.simulation(sims[1].sim_id)
    assert (record.state, record.cancelled, record.failed, record.force_stopped) == (
        SimState.CANCELLED,
        True,
        True,
        False,
    )
    gate.touch()
    done(*sims)
    assert ran(log) == ["0", "2"]


def test_cancelling_what_was_only_created_ends_it_at_once(
    tracker: SimulationTracker, gated: Any
) -> None:
    sim = tracker.create_simulation(gated("a"))[1]
    tracker.cancel(sim, force=True)
    assert (sim.state, sim.is_done) == (SimState.CANCELLED, True)


def test_one_that_fails_lets_the_next_one_run(
    tracker: SimulationTracker, gated: Any, gate: Path, log: Path
) -> None:
    sims = [tracker.queue_sim(gated(n, fails=n == 0))[1] for n in range(2)]
    gate.touch()
    done(*sims)
    assert states(*sims) == [SimState.FAILED, SimState.SUCCEEDED]


def no_folder_for(project: Project, sim: Simulation) -> None:
    """Put a file where the simulation's folder should be, so that it cannot be started."""
    project.sim_folder(sim.sim_id).touch()


def test_one_that_cannot_be_started_fails_and_does_not_block_the_queue(
    tracker: SimulationTracker, project: Project, gated: Any, gate: Path, store: ProjectStore
) -> None:
    first, unlucky, last = (gated(name) for name in ("first", "unlucky", "last"))
    no_folder_for(project, unlucky)
    for sim in (first, unlucky, last):
        tracker.queue_sim(sim)
    gate.touch()
    done(first, unlucky, last)
    assert states(first, unlucky, last) == [
        SimState.SUCCEEDED,
        SimState.FAILED,
        SimState.SUCCEEDED,
    ]
    assert store.simulation(unlucky.sim_id).failed
    assert "File exists" in store.statuses([unlucky.sim_id])[0].status.details


def test_hundreds_that_cannot_be_started_do_not_block_the_queue(
    tracker: SimulationTracker, project: Project, gated: Any, gate: Path
) -> None:
    first = tracker.queue_sim(gated("first"))[1]
    unlucky = [gated(n) for n in range(150)]
    for sim in unlucky:
        no_folder_for(project, sim)
        tracker.queue_sim(sim)
    last = tracker.queue_sim(gated("last"))[1]
    gate.touch()
    done(first, *unlucky, last)
    assert set(states(*unlucky)) == {SimState.FAILED}
    assert last.state is SimState.SUCCEEDED


def test_starting_one_that_waits_lets_it_jump_the_queue(
    tracker: SimulationTracker, gated: Any, gate: Path, log: Path
) -> None:
    sims = [tracker.queue_sim(gated(n))[1] for n in range(3)]
    wait_until(lambda: ran(log) == ["0"])
    tracker.start_sim(sims[2])
    wait_until(lambda: ran(log) == ["0", "2"])
    assert sims[1].state is SimState.QUEUED
    gate.touch()
    done(*sims)
    assert ran(log) == ["0", "2", "1"]
    assert set(states(*sims)) == {SimState.SUCCEEDED}


def test_what_jumped_the_queue_keeps_its_place_while_it_runs(
    tracker: SimulationTracker, gated: Any, gate: Path, log: Path
) -> None:
    sims = [tracker.queue_sim(gated(n))[1] for n in range(3)]
    tracker.start_sim(sims[2])
    tracker.cancel(sims[0])
    done(sims[0])
    assert not sims[1].wait(0.2), "one place, and the one that jumped has it"
    assert sims[1].state is SimState.QUEUED
    gate.touch()
    done(*sims)


def test_queueing_twice_is_refused(tracker: SimulationTracker, gated: Any) -> None:
    tracker.queue_sim(gated("first"))
    sim = tracker.queue_sim(gated("second"))[1]
    with pytest.raises(SimulationStateError, match="is queued and cannot be started again"):
        tracker.queue_sim(sim)


def test_start_kwargs_wait_with_it(tracker: SimulationTracker, gate: Path, gated: Any) -> None:
    tracker.queue_sim(gated("first"))
    sim = tracker.queue_sim(Quick, n=5)[1]
    gate.touch()
    done(sim)
    assert sim.result == {"n": 5}


@pytest.mark.parametrize("n", [0, -1, 1.5, "2", True])
def test_places_are_a_whole_number_from_one_up(project: Project, n: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="max_running is a whole number from 1 up; got"):
        SimulationTracker(project=project, max_running=n)


def test_queueing_from_many_threads_runs_each_once(
    project: Project, gated: Any, gate: Path, log: Path
) -> None:
    tracker = SimulationTracker(project=project, max_running=3)
    sims = [gated(n) for n in range(24)]

    def add(mine: list[Simulation]) -> None:
        for sim in mine:
            tracker.queue_sim(sim)

    gate.touch()
    threads = [threading.Thread(target=add, args=(sims[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done(*sims)
    assert sorted(map(int, ran(log))) == list(range(24))


# Seen from elsewhere


def test_another_tracker_ends_one_that_waits_at_once(
    tracker: SimulationTracker, other: SimulationTracker, gated: Any, gate: Path, log: Path
) -> None:
    first, waiting, last = (tracker.queue_sim(gated(n))[1] for n in range(3))
    ends: list[Any] = []
    waiting.add_callback("end_run", ends.append)
    other.cancel(waiting.sim_id)
    assert other.get_sim(waiting.sim_id).state is SimState.CANCELLED
    wait_until(lambda: waiting.is_done, what="its own tracker to notice")
    assert (waiting.state, ends) == (SimState.CANCELLED, [waiting])
    gate.touch()
    done(first, last)
    assert ran(log) == ["0", "2"]
    assert len(other.project.store.statuses([waiting.sim_id])) == 1


def test_one_that_another_tracker_ended_cannot_be_started(
    tracker: SimulationTracker, other: SimulationTracker, gated: Any, log: Path
) -> None:
    sim = tracker.create_simulation(gated("a"))[1]
    other.cancel(sim.sim_id)
    with pytest.raises(SimulationStateError, match="the project says that it is cancelled"):
        tracker.start_sim(sim)
    assert (sim.state, sim.is_done, ran(log)) == (SimState.CANCELLED, True, [])


QUEUED_AND_DEAD = """
import sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Polite, made
tracker = SimulationTracker(project=Project.open(sys.argv[1]))
tracker.queue_sim(made(Polite))
print(tracker.queue_sim(made(Polite))[0])
input()
"""


def test_what_waits_in_the_queue_of_a_dead_process_can_be_ended_and_deleted(
    tracker: SimulationTracker, project: Project
) -> None:
    with OtherProcess(QUEUED_AND_DEAD, project.folder) as dying:
        sim_id = dying.line()
        dying.kill()
    tracker.cancel(sim_id)
    assert tracker.all_done(sim_id)
    tracker.delete(sim_id)


def test_a_running_simulation_asked_by_two_trackers_to_stop_stops_once(
    tracker: SimulationTracker, other: SimulationTracker, store: ProjectStore
) -> None:
    sim = tracker.start_sim(Polite)[1]
    tracker.cancel(sim)
    other.cancel(sim.sim_id)
    done(sim)
    assert len(store.statuses([sim.sim_id])) == 1


def test_one_in_a_process_takes_no_place_of_those_in_threads(tracker: SimulationTracker) -> None:
    elsewhere = tracker.start_sim(made(Polite), launcher="process")[1]
    here = tracker.queue_sim(made(Quick), launcher="thread")[1]
    done(here)
    assert not elsewhere.is_done
    elsewhere.cancel()
    done(elsewhere)
