"""What may come between two steps of ours: another thread, a stop, an end, a store that closes."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.ends import Ends
from gymdash_jupyter.errors import GymDashError, StopSimException
from gymdash_jupyter.launch import Execution, Relay, own_identity, worker
from gymdash_jupyter.launch.orders import order_for, read_order
from gymdash_jupyter.media.desk import MediaDesk
from gymdash_jupyter.media.recorder import MediaRecorder
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import Move
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.verdict import cancelled
from tests.launch.samples import Deaf, Polite, Quick, made
from tests.logged import logged_here
from tests.waiting import wait_until

TIME = datetime(2026, 1, 1, tzinfo=UTC)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


# A store that is closed


def test_a_store_may_be_closed_when_nothing_runs_any_more(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay(project.store, clock=lambda: 1000.0)
    project.store.close()
    relay.flush()
    assert not logged_here(caplog)


def test_who_waits_for_ends_is_quiet_about_a_store_that_cannot_be_read(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    sim_id = tracker.create_simulation(made(Quick))[0]
    ends = Ends(project.store, lambda _: None)
    ends.watch(sim_id, lambda: None)
    project.store.close()
    ends._watcher._look()
    assert not logged_here(caplog)
    ends._watcher._task.stop()


# Handles of simulations elsewhere


def stored_status(project: Project, sim: Simulation, details: str) -> None:
    project.store.add_statuses(sim.sim_id, [SimStatus(SimStatusCode.INFO, TIME, details=details)])


@pytest.fixture
def handle(tracker: SimulationTracker) -> tuple[Simulation, Execution]:
    """Give a handle of a simulation that executes elsewhere, and its execution."""
    sim_id, sim = tracker.create_simulation(made(Quick))
    execution = tracker._executions[sim_id]
    execution.leave_to_others({})
    return sim, execution


def test_two_who_look_at_once_see_each_status_once_and_store_none(
    handle: tuple[Simulation, Execution], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, execution = handle
    refresh, is_in = execution.following.refresh, threading.Event()
    goes_on = threading.Event()

    def slow_refresh(n_stored: int) -> int:
        if not is_in.is_set():
            is_in.set()
            goes_on.wait(60)
        return refresh(n_stored)

    monkeypatch.setattr(execution.following, "refresh", slow_refresh)
    stored_status(project, sim, "first")
    lookers = [in_thread(execution.refresh)]
    assert is_in.wait(60)
    lookers.append(in_thread(execution.refresh))
    lookers[1].join(0.05)  # without turns it is through by now
    goes_on.set()
    for looker in lookers:
        looker.join(60)
    stored_status(project, sim, "second")
    assert [status.details for status in sim.statuses] == ["first", "second"]
    assert execution.simulation_statuses() == []


def test_a_status_that_came_before_reading_failed_is_seen_once(
    handle: tuple[Simulation, Execution], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, execution = handle
    stored_status(project, sim, "first")

    def fail(sim_id: object) -> Any:
        raise GymDashError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(execution.following._store, "simulation", fail, raising=False)
        execution.refresh()
    stored_status(project, sim, "second")
    assert [status.details for status in sim.statuses] == ["first", "second"]
    assert execution.simulation_statuses() == []


def test_a_stop_by_hand_is_carried_by_whoever_takes_a_simulation_elsewhere() -> None:
    sim, carried = made(Quick), []
    lock = sim.interactor._lock
    is_asking = threading.Event()

    def ask() -> None:
        is_asking.set()
        sim.interactor.set_in("stop_simulation", True)

    with lock:  # whoever asks stands before it, having looked whether it is carried
        asker = in_thread(ask)
        assert is_asking.wait(60)
        asker.join(0.05)
        sim.interactor._forward = lambda channel, value: carried.append((channel, value))
    asker.join(60)
    assert carried == [("stop_simulation", True)]


def test_who_asked_before_it_went_elsewhere_hears_at_least_of_its_end() -> None:
    sim = made(Quick)
    ask = sim.interactor.ask("custom_query", 1)
    sim.interactor.forward(lambda channel, value: None, list)
    sim.interactor.end("It has ended.")
    assert ask.wait(0)
    assert str(ask.error) == "It has ended."


# Ends


def test_one_that_is_ended_before_it_begins_is_ended_once_and_by_one_thread() -> None:
    sim, calls = made(Quick), []
    is_ending, goes_on = threading.Event(), threading.Event()

    def end_slowly() -> None:
        calls.append("end")
        is_ending.set()
        goes_on.wait(60)

    sim.add_callback("end_run", end_slowly)
    ending = in_thread(lambda: sim._end_before_run(cancelled()))
    assert is_ending.wait(60)
    sim._execute({})
    assert not sim.is_done  # callbacks are still being called
    goes_on.set()
    ending.join(60)
    assert (sim.state, sim.is_done, calls) == (SimState.CANCELLED, True, ["end"])
    assert [status.details for status in sim.statuses] == ["Simulation stopped."]


def test_one_that_is_cancelled_while_it_is_launched_leaves_nobody_sampling(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_id, sim = tracker.create_simulation(made(Polite))
    execution = tracker._executions[sim_id]
    move = execution._store_move

    def move_and_cancel(step: Move) -> None:
        move(step)
        sim.cancel()

    monkeypatch.setattr(execution, "_store_move", move_and_cancel)
    tracker.start_sim(sim)
    wait_until(lambda: sim.is_done)
    wait_until(lambda: not execution.thread or not execution.thread.is_alive())
    assert tracker.project.store.simulation(sim_id).state is SimState.CANCELLED
    assert tracker._bind().relay.sampling._sampled == {}


def test_a_second_forced_stop_in_the_middle_of_an_end_ends_it_all_the_same(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim = made(Deaf)
    n_stops, before_end = iter(range(3)), sim._before_end

    def stopped_again() -> None:
        if next(n_stops, None) is not None:
            raise StopSimException("again")
        before_end()

    monkeypatch.setattr(sim, "_before_end", stopped_again)
    tracker.start_sim(sim)
    wait_until(lambda: sim.state is SimState.RUNNING)
    sim.cancel(force=True)
    assert sim.wait(60)
    assert tracker.project.store.simulation(sim.sim_id).state is SimState.CANCELLED


def test_one_for_which_no_helper_can_be_started_fails_in_the_project_too(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))

    def refuse(execution: Execution) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(tracker._bind().relay, "attach", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        tracker.start_sim(sim)
    assert (sim.is_done, tracker.project.store.simulation(sim_id).state) == (True, SimState.FAILED)


def test_one_that_waits_and_is_cancelled_by_two_at_once_is_stopped_once(
    tracker: SimulationTracker, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    other = SimulationTracker(project=project)
    monkeypatch.setattr(sim, "_before_end", lambda: other.cancel(sim_id))
    tracker.cancel(sim_id)
    said = [row.status.details for row in project.store.statuses([sim_id])]
    assert said == ["Simulation stopped."]


def test_one_that_another_tracker_here_has_just_started_is_asked_to_stop(
    tracker: SimulationTracker, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_id, sim = tracker.create_simulation(made(Polite))
    other = SimulationTracker(project=project)
    look = project.store.simulation

    def look_and_start(wanted: UUID) -> Any:
        record = look(wanted)
        monkeypatch.undo()
        tracker.start_sim(sim)
        wait_until(lambda: project.store.simulation(sim_id).state is SimState.RUNNING)
        return record

    monkeypatch.setattr(project.store, "simulation", look_and_start, raising=False)
    other.cancel(sim_id)
    wait_until(lambda: sim.is_done)
    assert project.store.commands([sim_id]) == []
    assert sim.result == "stopped"  # by itself, when it had heard of it


def test_one_that_was_cancelled_elsewhere_while_it_waited_says_so_here_too(
    tracker: SimulationTracker, project: Project
) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    SimulationTracker(project=project).cancel(sim_id)
    tracker._executions[sim_id].ended_elsewhere()
    assert [status.details for status in sim.statuses] == ["Simulation stopped."]
    assert len(project.store.statuses([sim_id])) == 1


def test_a_worker_that_is_stopped_as_it_takes_over_stores_that(
    tracker: SimulationTracker, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_id = tracker.create_simulation(made(Quick))[0]
    order = read_order(order_for(project, sim_id, own_identity()))
    working = worker._Working(project, order, worker.Parent(io.BytesIO()), made(Quick))

    def take_over(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        wait_until(lambda: False, 10)  # here the signal arrives

    monkeypatch.setattr(working._execution, "take_over", take_over)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)
    try:
        working.execute({})
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGHUP, before[1])
    assert project.store.simulation(sim_id).state is SimState.CANCELLED
    assert "SIGTERM" in project.store.statuses([sim_id])[-1].status.details


def test_threads_that_open_a_project_at_once_get_the_same_one(
    project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, open_, opened = threading.Barrier(2, timeout=60), Project.open, []

    def open_together(path: Path, *, read_only: bool) -> Project:
        made = open_(path, read_only=read_only)
        both.wait()
        return made

    monkeypatch.setattr(Project, "open", open_together)
    threads = [in_thread(lambda: opened.append(gd.open_project(project_dir))) for _ in range(2)]
    for thread in threads:
        thread.join(60)
    assert opened[0] is opened[1]


class _Stopping:
    """What a training records just when it is stopped by force."""

    def __float__(self) -> float:
        raise StopSimException

    __str__ = keys = items = __array__ = __float__


@pytest.mark.parametrize(
    "say",
    [
        lambda recorder: recorder.scalar("score", _Stopping(), 1),
        lambda recorder: recorder.scalars(_Stopping(), 1),
        lambda recorder: recorder.progress(_Stopping()),
        lambda recorder: recorder.image("picture", _Stopping(), 1),
        lambda recorder: recorder.video("film", (float(_Stopping()) for _ in range(1)), 1),
    ],
)
def test_a_forced_stop_is_no_trouble_with_what_is_recorded(
    say: Callable[[Recorder], None], tmp_path: Path
) -> None:
    recorder = Recorder()
    recorder.keep_media_in(str(tmp_path))
    with pytest.raises(StopSimException):
        say(recorder)
    assert recorder.take_problems() == []


# What a simulation could not record


def test_each_problem_is_said_once_however_many_take_it(tracker: SimulationTracker) -> None:
    sim = made(Quick)
    for n in range(200):
        sim.recorder.note_problem(n, f"problem {n}")
    takers = [in_thread(sim._say_problems) for _ in range(4)]
    for taker in takers:
        taker.join(60)
    said = [status.details for status in sim.statuses]
    assert sorted(said) == sorted(f"problem {n}" for n in range(100))  # so many are kept


def test_a_problem_that_another_thread_has_taken_is_said_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sim, is_taken, goes_on = made(Quick), threading.Event(), threading.Event()
    sim.recorder.note_problem("one", "no number")
    take = sim.recorder.take_problems

    def take_slowly() -> list[str]:
        taken = take()
        if taken:
            is_taken.set()
            goes_on.wait(60)
        return taken

    monkeypatch.setattr(sim.recorder, "take_problems", take_slowly)
    flusher = in_thread(sim._say_problems)
    assert is_taken.wait(60)
    running = in_thread(lambda: (sim.setup(), sim.run()))
    running.join(0.1)  # without turns it has ended by now
    goes_on.set()
    running.join(60)
    flusher.join(60)
    assert [status.details for status in sim.statuses] == [
        "no number",
        "Simulation successfully run.",
    ]


def test_all_threads_of_a_simulation_share_one_desk_for_media(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sim, desks = made(Quick), []
    both = threading.Barrier(2, timeout=0.2)

    class SlowDesk(MediaDesk):
        def __init__(self) -> None:
            super().__init__()
            desks.append(self)
            with suppress(threading.BrokenBarrierError):
                both.wait()  # two that make one at once meet here

    monkeypatch.setattr(sys.modules[MediaRecorder.__module__], "MediaDesk", SlowDesk)
    putting = [in_thread(lambda: sim.recorder.put_media_work(lambda: None, 0)) for _ in range(2)]
    for thread in putting:
        thread.join(60)
    assert len(desks) == 1


def test_what_a_recorder_writes_is_written_where_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start, done = threading.Thread.start, []

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "gymdash-media":
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    sim = made(Quick)
    sim.recorder.put_media_work(lambda: done.append(1), 10)
    sim.recorder.close_media()
    assert done == [1]
