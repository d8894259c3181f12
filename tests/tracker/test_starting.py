"""Creating, starting and restarting, and what the project then holds."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    SimulationStateError,
    UnknownSimulationError,
    UnknownSimulationTypeError,
)
from gymdash_jupyter.launch import LAUNCHERS, Execution, Launcher, Place
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import ProjectStore
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until

CONFIG = gd.SimulationStartConfig(name="quick", sim_key="quick", kwargs={"rate": 1})


@pytest.fixture(autouse=True)
def quick() -> None:
    gd.SimulationRegistry.register("quick", Quick, CONFIG)


# Creating


def test_a_created_simulation_is_in_the_project_and_has_not_begun(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim_id, sim = tracker.create_simulation("quick")
    assert isinstance(sim_id, UUID)
    assert sim.sim_id == sim_id
    record = store.simulation(sim_id)
    assert (record.state, record.name, record.sim_key, record.config) == (
        SimState.CREATED,
        "quick",
        "quick",
        CONFIG,
    )


@pytest.mark.parametrize(
    "x", ["quick", CONFIG, Quick, None], ids=["key", "config", "class", "simulation"]
)
def test_all_that_can_be_meant_by_a_simulation(tracker: SimulationTracker, x: Any) -> None:
    sim = tracker.start_sim(x or made(Quick))[1]
    done(sim)
    assert (type(sim), sim.state) == (Quick, SimState.SUCCEEDED)


def test_it_learns_where_its_folders_are(tracker: SimulationTracker, project: Project) -> None:
    sim_id, sim = tracker.create_simulation("quick")
    assert sim.sim_path == str(project.folder / "sims" / str(sim_id))
    assert sim.resources_path == str(project.folder / "resources")
    assert sim._project_info_set


def test_its_folder_is_there_when_it_starts(tracker: SimulationTracker) -> None:
    sim = tracker.start_sim("quick")[1]
    assert sim.sim_path is not None
    assert Path(sim.sim_path).is_dir()
    done(sim)


def test_starting_what_was_created_starts_that_one(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim_id, sim = tracker.create_simulation("quick")
    assert tracker.start_sim(sim) == (sim_id, sim)
    done(sim)
    assert len(store.simulations()) == 1


def test_the_class_and_its_module_are_stored(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim_id, _ = tracker.create_simulation("quick")
    record = store.simulation(sim_id)
    assert (record.sim_type_name, record.sim_module_name) == ("Quick", "tests.launch.samples")


def test_making_one_in_the_registry_writes_nothing(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    gd.SimulationRegistry.make("quick")
    assert store.simulations() == []


def test_one_of_another_tracker_is_refused(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim = tracker.create_simulation("quick")[1]
    with pytest.raises(SimulationStateError, match="belongs to another tracker"):
        other.start_sim(sim)


def test_one_that_was_run_by_hand_is_refused(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim = made(Quick)
    sim.run()
    with pytest.raises(
        SimulationStateError, match="has run already; start a new one from its config"
    ):
        tracker.start_sim(sim)
    assert store.simulations() == []


def test_an_unknown_key_creates_nothing(tracker: SimulationTracker, store: ProjectStore) -> None:
    with pytest.raises(UnknownSimulationTypeError, match="Did you mean 'quick'"):
        tracker.start_sim("quik")
    assert store.simulations() == []


# A launcher that cannot start


class Broken(Launcher):
    """Has no room left."""

    name: ClassVar[str] = "broken"
    is_here: ClassVar[bool] = True

    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> Place:
        return Place(own_identity())

    def release(self, place: Place) -> None:
        raise AssertionError("it was wanted")

    def start(self, execution: Execution, kwargs: Mapping[str, Any], place: Place) -> None:
        raise RuntimeError("can't start new thread")

    def force_stop(self, execution: Execution) -> None:
        raise AssertionError("it never ran")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAUNCHERS, "broken", Broken)


@pytest.mark.usefixtures("broken")
def test_one_that_cannot_be_launched_fails_and_says_so(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim_id, sim = tracker.create_simulation("quick")
    ends: list[Any] = []
    tracker.on_all_done(sim_id, lambda: ends.append(1))
    with pytest.raises(RuntimeError, match="can't start new thread"):
        tracker.start_sim(sim, launcher="broken")
    assert (sim.state, sim.is_done, ends) == (SimState.FAILED, True, [1])
    record = store.simulation(sim_id)
    assert (record.state, record.failed) == (SimState.FAILED, True)
    assert store.statuses([sim_id])[0].status.details == "can't start new thread"


@pytest.mark.usefixtures("broken")
def test_one_that_cannot_be_launched_leaves_its_place(tracker: SimulationTracker) -> None:
    with pytest.raises(RuntimeError):
        tracker.start_sim("quick", launcher="broken")
    sim = tracker.queue_sim("quick")[1]
    done(sim)


# Restarting


def test_a_restart_has_the_same_config_and_kwargs_and_another_id(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    first_id, first = tracker.start_sim("quick", n=4)
    done(first)
    second_id, second = tracker.restart_sim(first_id)
    done(second)
    assert second_id != first_id
    assert (second.config, second.start_kwargs) == (first.config, {"n": 4})
    assert store.simulation(second_id).parent_id == first_id
    assert second.result == {"n": 4}


def test_a_restart_may_change_kwargs(tracker: SimulationTracker) -> None:
    first_id, first = tracker.start_sim("quick")
    done(first)
    second = tracker.restart_sim(first_id, rate=2)[1]
    done(second)
    assert (first.config.kwargs, second.config.kwargs) == ({"rate": 1}, {"rate": 2})


def test_one_made_by_hand_can_be_restarted(tracker: SimulationTracker) -> None:
    first = tracker.start_sim(made(Quick, rate=1))[1]
    done(first)
    second = tracker.restart_sim(first.sim_id)[1]
    done(second)
    assert (type(second), second.config.kwargs) == (Quick, {"rate": 1})


def test_one_of_another_day_can_be_restarted(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    first_id, first = tracker.start_sim("quick", n=2)
    done(first)
    second = other.restart_sim(str(first_id), rate=5)[1]
    done(second)
    assert (second.config.kwargs, second.result) == ({"rate": 5}, {"n": 2})


def test_what_is_only_described_must_be_given_again(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    config = CONFIG.with_kwargs(schedule=lambda progress: progress)
    first_id, first = tracker.start_sim(config)
    done(first)
    with pytest.raises(
        InvalidArgumentError,
        match=r"'schedule', which the project can only describe.*schedule=\.\.\.",
    ):
        other.restart_sim(first_id)
    second = other.restart_sim(first_id, schedule="constant")[1]
    done(second)


def test_a_function_that_is_at_hand_needs_not_be_given_again(tracker: SimulationTracker) -> None:
    def schedule(progress: float) -> float:
        return progress

    first_id, first = tracker.start_sim(CONFIG.with_kwargs(schedule=schedule))
    done(first)
    second = tracker.restart_sim(first_id)[1]
    done(second)
    assert second.config.kwargs["schedule"] is schedule


# Deleting


def test_deleting_removes_rows_and_files(
    tracker: SimulationTracker, store: ProjectStore, project: Project
) -> None:
    sim_id, sim = tracker.start_sim("quick")
    done(sim)
    (project.sim_folder(sim_id) / "model.zip").touch()
    tracker.delete(sim_id)
    assert store.simulations() == []
    assert not project.sim_folder(sim_id).exists()
    with pytest.raises(UnknownSimulationError):
        tracker.get_sim(sim_id)


def test_what_runs_is_not_deleted_and_neither_are_the_others(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    first = tracker.start_sim("quick")[1]
    done(first)
    running = tracker.start_sim(made(Polite))[1]
    with pytest.raises(
        SimulationStateError,
        match=r"1 simulation has not ended, so none of 2 was deleted.*Cancel and wait",
    ):
        tracker.delete([first.sim_id, running.sim_id])
    assert len(store.simulations()) == 2


def test_an_unknown_id_deletes_nothing(tracker: SimulationTracker, store: ProjectStore) -> None:
    sim = tracker.start_sim("quick")[1]
    done(sim)
    with pytest.raises(UnknownSimulationError):
        tracker.delete([sim.sim_id, UUID(int=5)])
    assert len(store.simulations()) == 1


def test_created_ones_can_be_deleted(tracker: SimulationTracker, store: ProjectStore) -> None:
    tracker.delete(tracker.create_simulation("quick")[0])
    assert store.simulations() == []


def test_deleting_all(tracker: SimulationTracker, store: ProjectStore) -> None:
    sims = [tracker.start_sim("quick")[1] for _ in range(3)]
    done(*sims)
    tracker.delete_all()
    assert store.simulations() == []
    tracker.delete_all()


def test_what_gymdash_left_as_running_can_be_deleted(
    tracker: SimulationTracker, project: Project
) -> None:
    tracker.create_simulation("quick")
    with sqlite3.connect(project.db_path) as connection:
        connection.execute(
            "INSERT INTO simulations (sim_id, name, created, started, is_done, cancelled, failed, force_stopped) "
            "VALUES (?, 'old', '2024-01-01 10:00:00.000000', '2024-01-01 10:00:01.000000', 0, 0, 0, 0)",
            (str(UUID(int=7)),),
        )
    connection.close()
    tracker.delete(UUID(int=7))
    assert [record.name for record in project.store.simulations()] == ["quick"]


def test_one_that_is_deleted_behind_its_back_harms_no_other(
    tracker: SimulationTracker, project: Project, gate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    victim, neighbour = (tracker.start_sim(made(Polite))[1] for _ in range(2))
    with sqlite3.connect(project.db_path, timeout=10) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM simulations WHERE sim_id = ?", (str(victim.sim_id),))
    connection.close()
    tracker.cancel(neighbour)
    victim.interactor.set_in("stop_simulation", True)
    done(victim, neighbour)
    assert project.store.simulation(neighbour.sim_id).state is SimState.CANCELLED
    said = [message for message in caplog.messages if str(project.db_path) in message]
    assert not [message for message in said if "cannot be written" in message]


# Scripts

SCRIPT = """
import signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Quick, Gated, Polite, Deaf, made
tracker = SimulationTracker(project=Project.open(sys.argv[1]))

def calls_of_main():
    frame = sys._current_frames()[threading.main_thread().ident]
    while frame:
        yield frame.f_code.co_name
        frame = frame.f_back

def tell_when_it_waits():
    while not {"wait_at_exit", "wait"} <= set(calls_of_main()):
        time.sleep(0.005)
    print("waiting at its end")

def end_of_script():
    threading.Thread(target=tell_when_it_waits, daemon=True).start()
"""


def test_a_script_that_comes_to_its_end_waits_for_its_simulations(
    project: Project, gate: Path
) -> None:
    code = f"{SCRIPT}\ntracker.start_sim(made(Gated, gate=sys.argv[2])); end_of_script()"
    with OtherProcess(code, project.folder, gate) as script:
        assert script.line() == "waiting at its end"
        assert script.process.poll() is None
        gate.touch()
        assert script.ended() == 0
    assert [record.state for record in project.store.simulations()] == [SimState.SUCCEEDED]


def test_an_interrupt_at_the_end_of_a_script_stops_its_simulations(project: Project) -> None:
    code = f"{SCRIPT}\ntracker.start_sim(made(Polite)); end_of_script()"
    with OtherProcess(code, project.folder) as script:
        assert script.line() == "waiting at its end"
        wait_until(lambda: project.store.simulations()[0].started)
        script.signal(signal.SIGINT)
        script.ended()
    assert [record.state for record in project.store.simulations()] == [SimState.CANCELLED]


def test_an_interrupt_in_the_middle_of_a_script_stops_its_simulations(project: Project) -> None:
    code = f"{SCRIPT}\nsim = tracker.start_sim(made(Polite))[1]; print('waiting'); sim.wait()"
    with OtherProcess(code, project.folder) as script:
        assert script.line() == "waiting"
        wait_until(lambda: project.store.simulations()[0].started)
        script.signal(signal.SIGINT)
        assert script.ended() != 0
    assert [record.state for record in project.store.simulations()] == [SimState.CANCELLED]


def test_a_script_can_be_left_although_a_simulation_never_looks(project: Project) -> None:
    code = f"{SCRIPT}\ntracker.start_sim(made(Deaf)); end_of_script()"
    with OtherProcess(code, project.folder) as script:
        assert script.line() == "waiting at its end"
        wait_until(lambda: project.store.simulations()[0].started)
        script.signal(signal.SIGINT)
        script.ended()
    Project.open(project.folder)
    gd.open_project(project.folder)
    assert [record.state for record in project.store.simulations()] == [SimState.LOST]


def test_queued_simulations_run_too_before_a_script_ends(project: Project) -> None:
    code = f"{SCRIPT}\nfor _ in range(3): tracker.queue_sim(made(Quick))\nprint('end of script')"
    with OtherProcess(code, project.folder) as script:
        assert script.line() == "end of script"
        assert script.ended() == 0
    assert [record.state for record in project.store.simulations()] == [SimState.SUCCEEDED] * 3


class Drawing(Simulation):
    """Draws its first image when its script has come to its end."""

    def _run(self, **kwargs: Any) -> None:
        while not kwargs["gate"].exists():
            time.sleep(0.005)
        self.recorder.image("picture", np.zeros((8, 8, 3), dtype=np.uint8), 1)


NO_MORE_THREADS = """
import atexit
from tests.tracker.test_starting import Drawing
from pathlib import Path

def refuse(*args, **kwargs):
    raise RuntimeError("can't create new thread at interpreter shutdown")

def refuse_threads():  # as Python 3.12 does by itself
    for name in ("_start_new_thread", "_start_joinable_thread"):
        setattr(threading, name, refuse)
"""


def test_at_the_end_of_a_script_simulations_start_threads_and_one_another(
    project: Project, gate: Path
) -> None:
    code = (
        f"{SCRIPT}{NO_MORE_THREADS}\nfor _ in range(2):\n    tracker.queue_sim(made(Drawing), gate=Path(sys.argv[2]))"
        "\natexit.register(refuse_threads); end_of_script()"
    )
    with OtherProcess(code, project.folder, gate) as script:
        assert script.line() == "waiting at its end"
        gate.touch()
        assert script.ended() == 0
    assert [record.state for record in project.store.simulations()] == [SimState.SUCCEEDED] * 2
    assert len(project.store.media()) == 2


def test_an_interrupt_at_the_end_of_a_script_runs_nothing_that_is_queued(
    project: Project, gate: Path
) -> None:
    code = f"{SCRIPT}\nfor _ in range(3): tracker.queue_sim(made(Polite, log=sys.argv[2]))\nend_of_script()"
    with OtherProcess(code, project.folder, gate) as script:
        assert script.line() == "waiting at its end"
        wait_until(lambda: gate.exists() and "run" in gate.read_text())
        script.signal(signal.SIGINT)
        script.ended()
    assert [record.state for record in project.store.simulations()] == [SimState.CANCELLED] * 3
    assert gate.read_text().split().count("run") == 1


# By a key alone


def test_a_type_without_a_default_config_starts_and_queues_by_its_key(
    tracker: SimulationTracker,
) -> None:
    gd.SimulationRegistry.register("bare", Quick)
    sims = [tracker.start_sim("bare")[1], tracker.queue_sim("bare")[1]]
    for sim in sims:
        done(sim)
    assert [sim.name for sim in sims] == ["bare", "bare"]


class Unregistered(Quick):
    """Has no key."""


def test_restarting_one_of_an_unknown_type_names_its_class(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim = tracker.start_sim(made(Unregistered))[1]
    done(sim)
    with pytest.raises(gd.UnknownSimulationTypeError, match=r"test_starting\.Unregistered"):
        other.restart_sim(sim.sim_id)
