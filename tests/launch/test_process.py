"""What only a process of its own promises: what travels there, what it prints, how it outlives and how it dies."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import CannotTravelError
from gymdash_jupyter.launch import attending, forcing
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch import samples
from tests.launch.other_process import OtherProcess
from tests.launch.samples import made
from tests.leftovers import end_processes_of
from tests.waiting import wait_until

PATIENCE_S = 60.0


@pytest.fixture
def tracker(project: Project) -> Iterator[SimulationTracker]:
    """Give a tracker whose workers are gone afterwards."""
    yield SimulationTracker("process", project=project)
    end_processes_of(project.folder)


def done(tracker: SimulationTracker, sim: Simulation, **start_kwargs: Any) -> Simulation:
    """Start one and wait until it is done."""
    tracker.start_sim(sim, **start_kwargs)
    assert sim.wait(PATIENCE_S), sim
    return sim


def running(tracker: SimulationTracker, sim: Simulation) -> int:
    """Start one, wait until it runs, and give its pid."""
    tracker.start_sim(sim)
    wait_until(lambda: sim.state is SimState.RUNNING, PATIENCE_S, what=f"{sim} to run")
    return pid_of(tracker, sim)


def pid_of(tracker: SimulationTracker, sim: Simulation) -> int:
    """Give the pid of the process that the project names as its owner."""
    owner = tracker.project.store.simulation(sim.sim_id).owner
    assert owner is not None
    return owner.pid


# What travels


class Carrying(Simulation):
    """Leaves as its result what it finds where it executes."""

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.n_made = 1
        self.interactor.add_channel("volume")
        self.mirror = {"me": self, "mine": self.recorder}
        self.add_callback(Simulation.END_RUN, self._note_end)

    def _note_end(self) -> None:
        with Path(self.config.kwargs["log"]).open("a") as file:
            file.write(f"{os.getpid()}\n")

    def _run(self, **kwargs: Any) -> None:
        self.result = {
            "pid": os.getpid(),
            "folder": str(Path.cwd()),
            "n_made": self.n_made,
            "extra": getattr(self, "extra", None),
            "is_itself": self.mirror["me"] is self,
            "is_its_recorder": self.mirror["mine"] is self.recorder,
            "has_channel": "volume" in self.interactor.channels,
            "called": self.config.kwargs["function"](2),
            "start_kwargs": kwargs,
            "threads": os.environ["OMP_NUM_THREADS"],
            "project": os.environ["GYMDASH_PROJECT"],
        }


def carried(tracker: SimulationTracker, log: Path, **kwargs: Any) -> tuple[Simulation, Any]:
    sim = made(Carrying, log=str(log), function=lambda x: x * 21, **kwargs)
    sim.extra = {"set": "by hand"}  # type: ignore[attr-defined]
    done(tracker, sim, n=5)
    return sim, sim.result


def test_what_the_user_gave_and_set_is_there(tracker: SimulationTracker, tmp_path: Path) -> None:
    _, found = carried(tracker, tmp_path / "log")
    assert found["called"] == 42
    assert found["extra"] == {"set": "by hand"}
    assert found["n_made"] == 1
    assert found["start_kwargs"] == {"n": 5}
    assert found["folder"] == str(Path.cwd())


def test_it_is_one_object_there_with_parts_of_its_own(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    _, found = carried(tracker, tmp_path / "log")
    assert (found["is_itself"], found["is_its_recorder"], found["has_channel"]) == (
        True,
        True,
        True,
    )


def test_it_executes_elsewhere_with_one_thread_for_numbers(
    tracker: SimulationTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    _, found = carried(tracker, tmp_path / "log")
    assert found["pid"] != os.getpid()
    assert found["threads"] == "1"
    assert found["project"] == str(tracker.project.folder)


def test_callbacks_of_the_class_are_called_there_and_the_users_here(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    sim = made(Carrying, log=str(tmp_path / "log"), function=abs)
    here: list[int] = []
    sim.add_callback("end_run", lambda: here.append(os.getpid()))
    done(tracker, sim)
    assert here == [os.getpid()]
    wait_until((tmp_path / "log").exists, PATIENCE_S)
    wait_until(lambda: not psutil.pid_exists(sim.result["pid"]), PATIENCE_S)
    assert (tmp_path / "log").read_text().split() == [str(sim.result["pid"])]


@pytest.mark.parametrize(
    "result", [(1, 2), {"a", "b"}, {1: "one"}, "x" * (2**20 + 1), np.arange(5), 3 + 4j]
)
def test_a_result_that_json_cannot_hold_comes_to_its_parent(
    tracker: SimulationTracker, result: Any
) -> None:
    sim = done(tracker, made(Leaving, result=result))
    assert type(sim.result) is type(result)
    assert (
        np.array_equal(sim.result, result)
        if isinstance(result, np.ndarray)
        else (sim.result == result)
    )


class LeavingLate(Simulation):
    """Leaves what it is told to, when it is told."""

    def _run(self) -> None:
        wait_until(Path(self.config.kwargs["gate"]).exists, PATIENCE_S)
        self.result = self.config.kwargs["result"]


@pytest.mark.parametrize("result", [(1, 2), np.arange(200_000)], ids=["small", "large"])
def test_a_result_comes_also_while_a_callback_blocks(
    tracker: SimulationTracker, tmp_path: Path, result: Any
) -> None:
    sim = made(LeavingLate, result=result, gate=str(tmp_path / "gate"))

    def is_said(state: SimState) -> bool:
        return tracker.project.store.simulation(sim.sim_id).state is state

    def block() -> None:
        wait_until(lambda: is_said(SimState.RUNNING), PATIENCE_S)
        (tmp_path / "gate").touch()
        wait_until(lambda: is_said(SimState.SUCCEEDED), PATIENCE_S)

    sim.add_callback("start_setup", block)
    done(tracker, sim)
    assert type(sim.result) is type(result)
    assert np.array_equal(sim.result, result)
    assert [status.code for status in sim.statuses] == [SimStatusCode.SUCCESS]


class Leaving(Simulation):
    """Leaves what it is told to."""

    def _run(self) -> None:
        self.result = self.config.kwargs["result"]


def test_a_plain_result_is_the_same_for_everybody(tracker: SimulationTracker) -> None:
    sim = done(tracker, made(Leaving, result={"a": [1, 2.5, None, "x"]}))
    assert sim.result == tracker.project.store.simulation(sim.sim_id).result
    assert sim.result == {"a": [1, 2.5, None, "x"]}


def test_a_module_beside_the_script_is_found(project_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text(
        "import gymdash_jupyter as gd\n"
        "class Beside(gd.Simulation):\n"
        "    def _run(self):\n"
        "        import beside_it\n"
        "        self.result = beside_it.__file__\n"
    )
    script = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
import gymdash_jupyter as gd
from beside_it import Beside
gd.open_project({str(project_dir)!r})
sim = gd.run(Beside); sim.wait(60); print(sim.state, sim.result)
"""
    with OtherProcess(script) as other:
        assert other.line() == f"succeeded {tmp_path / 'beside_it.py'}"


def test_a_script_needs_no_main_guard_and_may_end(project_dir: Path) -> None:
    script = f"""
import gymdash_jupyter as gd
print("script", flush=True)
gd.open_project({str(project_dir)!r})
class Mine(gd.Simulation):
    def _run(self):
        self.result = __name__
print(gd.run(Mine).sim_id)
"""
    with OtherProcess(script) as other:
        assert other.line() == "script"
        sim_id = other.line()
        assert other.ended() == 0
        assert other.output.count("script") == 1
    sim = SimulationTracker(project=Project.open(project_dir)).get_sim(sim_id)
    assert sim.wait(PATIENCE_S)
    assert (sim.state, sim.result) == (SimState.SUCCEEDED, "__main__")


def test_environments_registered_here_are_there(tracker: SimulationTracker) -> None:
    gymnasium = pytest.importorskip("gymnasium")

    class Small(gymnasium.Env):  # type: ignore[misc, name-defined]
        observation_space = gymnasium.spaces.Discrete(2)
        action_space = gymnasium.spaces.Discrete(2)

        def reset(self, **kwargs: Any) -> tuple[int, dict[str, Any]]:
            return 1, {"small": True}

    class Playing(Simulation):
        def _run(self) -> None:
            env = gymnasium.make("GymDashSmall-v0")
            self.result = env.reset(seed=1)[1]

    gymnasium.register("GymDashSmall-v0", entry_point=Small)
    try:
        assert done(tracker, made(Playing)).result == {"small": True}
    finally:
        del gymnasium.registry["GymDashSmall-v0"]


# What cannot travel


def _with_kwarg() -> Simulation:
    return made(samples.Quick, lock=[threading.Lock()])


def _with_attribute() -> Simulation:
    sim = made(samples.Quick)
    sim.numbers = (n for n in range(3))  # type: ignore[attr-defined]
    return sim


def _with_variable() -> Simulation:
    the_lock = threading.Lock()

    class Locking(Simulation):
        def _run(self) -> None:
            with the_lock:
                pass

    return made(Locking)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_with_kwarg, r"kwarg 'lock', a _thread\.lock"),
        (_with_attribute, r"attribute 'numbers', a generator"),
        (_with_variable, r"variable 'the_lock' in the method '_run' .* a _thread\.lock"),
    ],
)
def test_what_cannot_travel_is_named_and_nothing_is_left(
    tracker: SimulationTracker, make: Any, words: str
) -> None:
    with pytest.raises(CannotTravelError, match=words):
        tracker.start_sim(make())
    assert tracker.project.store.simulations() == []
    assert list(tracker.project.sims_folder.iterdir()) == []


def test_what_was_refused_can_start_here(tracker: SimulationTracker) -> None:
    sim = made(samples.Quick, lock=threading.Lock())
    with pytest.raises(CannotTravelError, match="launcher='thread'"):
        tracker.start_sim(sim)
    tracker.start_sim(sim, launcher="thread")
    assert sim.wait(PATIENCE_S)
    assert sim.state is SimState.SUCCEEDED


def test_a_module_that_is_not_there_makes_it_failed_with_the_trace(project_dir: Path) -> None:
    script = f"""
import sys, importlib.util, pathlib, tempfile
import gymdash_jupyter as gd
folder = tempfile.TemporaryDirectory()
path = pathlib.Path(folder.name, "vanishing.py")
path.write_text("import gymdash_jupyter as gd\\nclass V(gd.Simulation):\\n    def _run(self): pass\\n")
sys.path.insert(0, folder.name)
import vanishing
folder.cleanup()
gd.open_project({str(project_dir)!r})
sim = gd.run(vanishing.V); sim.wait(60); print(sim.state, "|", sim.statuses[-1].details)
"""
    with OtherProcess(script) as other:
        assert other.line() == "failed | No module named 'vanishing'"


# What it prints


class Printing(Simulation):
    """Prints from Python and from below it."""

    def _run(self) -> None:
        print("from Python")
        os.write(1, b"from below\n")
        os.system("echo from a child")  # noqa: S605 - the point


def test_what_it_prints_is_in_its_log(tracker: SimulationTracker) -> None:
    sim = done(tracker, made(Printing))
    lines = sim.output().splitlines()
    assert set(lines) >= {"from Python", "from below", "from a child"}
    assert tracker.project.sim_folder(sim.sim_id).joinpath("output.log").is_file()


# How it dies


def test_a_killed_worker_is_lost_with_its_signal_and_last_lines(
    tracker: SimulationTracker,
) -> None:
    class Talking(Simulation):
        def _run(self) -> None:
            print("my last words")
            self.recorder.scalar("x", 1, 1)
            time.sleep(60)

    sim = made(Talking)
    pid = running(tracker, sim)
    wait_until(lambda: "last words" in sim.output(), PATIENCE_S)
    os.kill(pid, signal.SIGKILL)
    assert sim.wait(PATIENCE_S)
    closing = sim.statuses[-1]
    assert sim.state is SimState.LOST
    assert "SIGKILL" in closing.details
    assert "my last words" in closing.error_trace


def test_one_that_leaves_python_by_the_back_door_is_lost_with_its_exit_code(
    tracker: SimulationTracker,
) -> None:
    class Leaving(Simulation):
        def _run(self) -> None:
            os._exit(7)

    sim = done(tracker, made(Leaving))
    assert sim.state is SimState.LOST
    assert "exit code 7" in sim.statuses[-1].details


def test_terminating_the_worker_from_outside_cancels_it(tracker: SimulationTracker) -> None:
    sim = made(samples.Deaf)
    os.kill(running(tracker, sim), signal.SIGTERM)
    assert sim.wait(PATIENCE_S)
    record = tracker.project.store.simulation(sim.sim_id)
    assert (record.state, record.force_stopped) == (SimState.CANCELLED, False)
    assert "SIGTERM" in sim.statuses[-1].details


@pytest.mark.slow
def test_one_whose_project_is_gone_can_still_be_terminated(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    sim = made(samples.Gated, gate=str(tmp_path / "gate"), log=str(tmp_path / "log"))
    pid = running(tracker, sim)
    shutil.rmtree(tracker.project.folder)
    (tmp_path / "gate").touch()
    worker = psutil.Process(pid)

    def is_gone() -> bool:
        if worker.is_running():
            worker.terminate()
        return not worker.is_running()

    wait_until(is_gone, PATIENCE_S)


class Stuck(Simulation):
    """Holds the GIL until a child ends that ignores SIGTERM; the child says that it is there."""

    def _run(self) -> None:
        import ctypes

        log = self.config.kwargs["log"]
        script = f"trap '' TERM; echo $$ > {log}.part; mv {log}.part {log}; exec sleep 300"
        ctypes.PyDLL(None).system(script.encode())  # unlike CDLL it keeps the GIL


def test_one_that_is_stuck_in_native_code_is_killed_with_its_children(
    tracker: SimulationTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forcing, "TERMINATE_AFTER_S", 0.3)
    monkeypatch.setattr(forcing, "KILL_AFTER_S", 0.6)
    sim = made(Stuck, log=str(tmp_path / "log"))
    tracker.start_sim(sim)
    wait_until((tmp_path / "log").exists, PATIENCE_S)
    child = int((tmp_path / "log").read_text())
    tracker.cancel(sim.sim_id, force=True)
    assert sim.wait(PATIENCE_S)
    record = tracker.project.store.simulation(sim.sim_id)
    assert (record.state, record.cancelled, record.force_stopped) == (
        SimState.CANCELLED,
        True,
        True,
    )
    wait_until(
        lambda: (
            not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        )
    )


def test_a_child_that_holds_the_pipe_does_not_hide_the_end(tracker: SimulationTracker) -> None:
    class Forking(Simulation):
        def _run(self) -> None:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            os._exit(3)

    sim = done(tracker, made(Forking))
    assert "exit code 3" in sim.statuses[-1].details


class WithChild(Simulation):
    """Terminates a child that catches every exception, as some environments do; its result is how that ended."""

    def _run(self) -> None:
        child = multiprocessing.get_context("fork").Process(target=self._swallow, daemon=True)
        child.start()
        wait_until(lambda: "ready" in self.output())
        child.terminate()
        child.join(60)
        self.result = child.exitcode

    @staticmethod
    def _swallow() -> None:
        print("ready", flush=True)
        while True:
            try:
                time.sleep(60)
            except Exception:  # noqa: BLE001 - the point
                print("swallowed")


def test_a_forked_child_can_be_terminated(tracker: SimulationTracker) -> None:
    sim = done(tracker, made(WithChild))
    assert sim.result == -signal.SIGTERM
    assert "swallowed" not in sim.output()


class Forking(Simulation):
    """Forks a child that leaves the simulation's code in one way or the other."""

    def _run(self, is_failing: bool) -> None:
        child = os.fork()
        if child == 0:
            if is_failing:
                raise ValueError("in the child")
            return
        _, status = os.waitpid(child, 0)
        self.recorder.scalar("x", 1, 1)
        self.result = os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize("is_failing", [False, True])
def test_a_forked_child_does_not_end_the_simulation(
    tracker: SimulationTracker, is_failing: bool
) -> None:
    sim = done(tracker, made(Forking), is_failing=is_failing)
    assert (sim.state, sim.result) == (SimState.SUCCEEDED, int(is_failing))
    assert [status.code for status in sim.statuses] == [SimStatusCode.SUCCESS]
    assert ("in the child" in sim.output()) is is_failing


# How it outlives

_STARTING = """
import sys
sys.path.insert(0, "")
import gymdash_jupyter as gd
from tests.launch.samples import Polite, made
gd.open_project(sys.argv[1])
sim = gd.run(made(Polite))
sim.add_callback("start_run", lambda: print(sim.sim_id, flush=True))
input()
"""


def test_it_goes_on_when_its_parent_is_killed_and_can_be_asked_and_stopped(
    project_dir: Path,
) -> None:
    with OtherProcess(_STARTING, project_dir) as parent:
        sim_id = parent.line()
        parent.kill()
    tracker = SimulationTracker(project=Project.open(project_dir))
    store = tracker.project.store
    sim = tracker.get_sim(sim_id)
    n = len(store.read_scalars(sim.sim_id, "score")[0])
    wait_until(lambda: len(store.read_scalars(sim.sim_id, "score")[0]) > n + 10, PATIENCE_S)
    assert sim.state is SimState.RUNNING
    assert sim.query(custom_query="still there?") == {"custom_query": {"you said": "still there?"}}
    sim.cancel()
    assert sim.wait(PATIENCE_S)
    assert sim.state is SimState.CANCELLED


def test_an_interrupt_of_its_parents_group_does_not_reach_it(project_dir: Path) -> None:
    with OtherProcess(_STARTING, project_dir) as parent:
        sim_id = parent.line()
        parent.signal(signal.SIGINT)
        parent.ended()
    tracker = SimulationTracker(project=Project.open(project_dir))
    sim = tracker.get_sim(sim_id)
    assert not sim.wait(0.5)
    assert sim.state is SimState.RUNNING
    sim.cancel()
    assert sim.wait(PATIENCE_S)


def test_it_holds_nothing_of_its_parent(tracker: SimulationTracker, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        sim = made(samples.Polite)
        pid = running(tracker, sim)
        links = {os.path.realpath(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
        assert str(tmp_path / "open") not in links
        assert os.getsid(pid) == pid != os.getsid(0)
    sim.cancel()
    assert sim.wait(PATIENCE_S)


def test_the_process_is_gone_soon_after_the_end(tracker: SimulationTracker) -> None:
    sim = made(samples.Polite)
    pid = running(tracker, sim)
    sim.cancel()
    assert sim.wait(PATIENCE_S)
    wait_until(lambda: not psutil.pid_exists(pid), what="the worker to end")


# The handle


def test_asking_by_hand_reaches_it(tracker: SimulationTracker) -> None:
    sim = made(samples.Polite)
    running(tracker, sim)
    sim.interactor.set_in("stop_simulation", True)
    assert sim.wait(PATIENCE_S)
    assert sim.state is SimState.CANCELLED


async def _awaited(sim: Simulation) -> SimState:
    return (await sim).state


def test_it_can_be_awaited(tracker: SimulationTracker) -> None:
    import asyncio

    sim = made(samples.Quick)
    tracker.start_sim(sim)
    assert asyncio.run(_awaited(sim)) is SimState.SUCCEEDED


def test_its_statuses_and_progress_are_seen_while_it_runs(tracker: SimulationTracker) -> None:
    sim = made(samples.Polite)
    running(tracker, sim)
    wait_until(lambda: "%" in repr(sim), PATIENCE_S)
    sim.cancel()
    assert sim.wait(PATIENCE_S)
    assert [status.details for status in sim.statuses] == ["Simulation stopped."]


def test_a_deleted_one_ends_for_its_handle(tracker: SimulationTracker) -> None:
    sim = made(samples.Gated, gate="/nowhere")
    pid = running(tracker, sim)
    tracker.project.store.delete([sim.sim_id])
    os.kill(pid, signal.SIGKILL)
    assert sim.wait(PATIENCE_S)
    assert sim.state is SimState.LOST


def test_one_that_was_wrongly_taken_for_dead_comes_back(tracker: SimulationTracker) -> None:
    sim = made(samples.Polite)
    running(tracker, sim)
    store = tracker.project.store
    owner = store.simulation(sim.sim_id).owner
    assert owner is not None
    lost = SimStatus(SimStatusCode.FAIL, time=now_utc(), details="Lost: so it seemed.")
    assert store.settle(sim.sim_id, owner, lost)
    wait_until(lambda: store.simulation(sim.sim_id).state is SimState.RUNNING, PATIENCE_S)
    wait_until(lambda: "goes on" in store.latest_statuses([sim.sim_id])[sim.sim_id].details)
    record = store.simulation(sim.sim_id)
    assert (record.is_done, record.failed, record.ended) == (False, False, None)
    sim.cancel()
    assert sim.wait(PATIENCE_S)
    assert store.simulation(sim.sim_id).state is SimState.CANCELLED


def test_its_questions_are_seen_by_hand(tracker: SimulationTracker) -> None:
    sim = made(samples.Asking)
    running(tracker, sim)
    wait_until(lambda: sim.interactor.has_requests, PATIENCE_S)
    (request,) = sim.interactor.get_all_control_requests()["custom_query"]
    assert (request.details, request.subkeys) == ("Which number?", ("number",))
    sim.interactor.set_in("custom_query", {"number": 3})
    assert sim.wait(PATIENCE_S)
    assert (sim.result, sim.interactor.has_requests) == ({"number": 3}, False)


def test_waiting_ends_when_the_project_and_the_worker_are_gone(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "_GONE_S", 0.5)
    sim = made(samples.Deaf)
    pid = running(tracker, sim)
    shutil.rmtree(tracker.project.folder)
    os.kill(pid, signal.SIGKILL)
    assert sim.wait(PATIENCE_S)
    assert sim.state is SimState.LOST


class Fathering(Simulation):
    """Has a child and never looks at its channels."""

    def _run(self) -> None:
        child = subprocess.Popen(["sleep", "300"])
        Path(self.config.kwargs["log"]).write_text(str(child.pid))
        while True:
            time.sleep(0.01)


def test_children_of_one_that_is_stopped_by_force_end_with_it(
    tracker: SimulationTracker, tmp_path: Path
) -> None:
    sim = made(Fathering, log=str(tmp_path / "log"))
    running(tracker, sim)
    wait_until(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text(), PATIENCE_S)
    child = int((tmp_path / "log").read_text())
    sim.cancel(force=True)
    assert sim.wait(PATIENCE_S)
    wait_until(lambda: not psutil.pid_exists(child), what="the child to end")
