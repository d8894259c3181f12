"""What becomes of simulations whose processes died: settled once, soon, and with the truth."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch import Forcing, attended, last_words, settle, settle_dead
from gymdash_jupyter.launch.deaths import DeathWatch
from gymdash_jupyter.liveness import identity_of, own_identity
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import ProcessIdentity, Unsettled, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.dying import LOOKING_ON, RUNNING, SETTLE, id_said
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Polite, made
from tests.waiting import wait_until


@pytest.fixture
def dead() -> ProcessIdentity:
    """Give a process of this machine that has ended."""
    with OtherProcess("print('here'); input()") as process:
        process.line()
        identity = identity_of(process.pid)
        process.kill()
    return identity


@pytest.fixture
def killed(project: Project) -> UUID:
    """Give a simulation whose process was killed."""
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = id_said(running)
        running.kill()
    return sim_id


def left(
    project: Project, owner: ProcessIdentity, state: SimState = SimState.RUNNING
) -> Unsettled:
    """Leave a simulation in a state, as its owner would."""
    sim_id, config = uuid4(), SimulationStartConfig(name="left", sim_key="left")
    project.store.create(NewSimulation(sim_id, config, now_utc(), "left", "Left", "here"))
    way = {
        SimState.QUEUED: [SimState.QUEUED],
        SimState.SETTING_UP: [SimState.SETTING_UP],
        SimState.RUNNING: [SimState.SETTING_UP, SimState.RUNNING],
    }
    for step in way[state]:
        assert project.store.move(Move(sim_id, step, now_utc(), owner=owner, launcher="process"))
    return next(each for each in project.store.unsettled() if each.sim_id == sim_id)


def words(project: Project, sim_id: UUID) -> SimStatus:
    """Give the one status of a simulation."""
    (row,) = project.store.statuses([sim_id])
    return row.status


def state(project: Project, sim_id: UUID) -> SimState:
    return project.store.states([sim_id])[sim_id]


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# What is settled


def test_what_a_killed_process_left_becomes_lost(project: Project, killed: UUID) -> None:
    assert settle_dead(project.store) == 1
    record = project.store.simulation(killed)
    assert record.state is SimState.LOST
    assert (record.is_done, record.cancelled, record.failed, record.force_stopped) == (
        True,
        False,
        True,
        True,
    )
    assert record.ended is not None
    assert record.owner is not None
    status = words(project, killed)
    assert (status.code, status.subcode) == (SimStatusCode.FAIL, SimStatusSubcode.ERROR)
    assert f"pid {record.owner.pid}" in status.details
    assert len(project.store.read_scalars(killed, "score")[0]) > 5


def test_settling_again_changes_nothing(project: Project, killed: UUID) -> None:
    assert [settle_dead(project.store) for _ in range(3)] == [1, 0, 0]
    assert len(project.store.statuses([killed])) == 1


def test_opening_a_project_settles_what_the_dead_left(project: Project, killed: UUID) -> None:
    gd.open_project(project.folder)
    assert state(project, killed) is SimState.LOST


def test_of_many_processes_one_settles(project: Project, killed: UUID) -> None:
    settlers = [OtherProcess(SETTLE, project.folder) for _ in range(3)]
    for settler in settlers:
        assert settler.line() == "ready"
    for settler in settlers:
        settler.say()
    assert sorted(settler.line() for settler in settlers) == ["0", "0", "1"]
    for settler in settlers:
        settler.__exit__()
    assert len(project.store.statuses([killed])) == 1


def test_one_of_a_living_process_is_not_lost(tracker: SimulationTracker, project: Project) -> None:
    sim = tracker.start_sim(made(Polite))[1]
    assert settle_dead(project.store) == 0
    tracker.cancel(sim)
    wait_until(lambda: sim.is_done)
    assert sim.state is SimState.CANCELLED


def test_one_of_a_process_elsewhere_is_not_lost(project: Project) -> None:
    elsewhere = replace(own_identity(), domain="linux:another-boot:pid:[1]", pid=2**22 + 1)
    sim = left(project, elsewhere)
    assert settle_dead(project.store) == 0
    assert state(project, sim.sim_id) is SimState.RUNNING


def test_a_new_process_with_the_same_number_does_not_keep_it_running(project: Project) -> None:
    sim = left(project, replace(own_identity(), started="1"))
    assert settle_dead(project.store) == 1
    assert state(project, sim.sim_id) is SimState.LOST


def test_what_ended_well_before_its_process_died_stays_as_it_is(project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = id_said(running)
        running.say()
        assert running.ended() == 0
    assert settle_dead(project.store) == 0
    assert state(project, sim_id) is SimState.CANCELLED


def test_one_that_was_called_lost_by_mistake_ends_as_its_owner_says(
    tracker: SimulationTracker, project: Project
) -> None:
    sim = tracker.start_sim(made(Polite))[1]
    wait_until(lambda: state(project, sim.sim_id) is SimState.RUNNING)
    (unsettled,) = project.store.unsettled()
    assert settle(project.store, unsettled)
    assert state(project, sim.sim_id) is SimState.LOST
    n_points = len(project.store.read_scalars(sim.sim_id, "score")[0])
    wait_until(lambda: len(project.store.read_scalars(sim.sim_id, "score")[0]) > n_points)
    tracker.cancel(sim)
    wait_until(lambda: sim.is_done)
    assert state(project, sim.sim_id) is SimState.CANCELLED


def test_nobody_but_the_owner_brings_a_lost_one_back(
    project: Project, dead: ProcessIdentity
) -> None:
    sim = left(project, dead)
    settle_dead(project.store)
    for owner in (own_identity(), None):
        move = Move(sim.sim_id, SimState.SUCCEEDED, now_utc(), owner=owner)
        assert not project.store.move(move)
    assert project.store.move(Move(sim.sim_id, SimState.SUCCEEDED, now_utc(), owner=dead))


# What is said


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (None, "ended without a word while it was running."),
        (3, "ended with exit code 3 while it was running."),
        (0, "ended with exit code 0 while it was running."),
        (-signal.SIGKILL, "was killed by SIGKILL while it was running. Somebody killed it"),
        (-signal.SIGSEGV, "was killed by SIGSEGV while it was running. That is a crash in native"),
        (-signal.SIGTERM, "was killed by SIGTERM while it was running. Somebody asked it to end"),
        (-250, "was killed by signal 250 while it was running."),
    ],
)
def test_how_a_process_ended_is_said(
    project: Project, dead: ProcessIdentity, exit_code: int | None, said: str
) -> None:
    sim = left(project, dead)
    assert settle(project.store, sim, exit_code=exit_code)
    details = words(project, sim.sim_id).details
    who = f"Lost: the process that executed it (pid {dead.pid} on {dead.host}) "
    assert details.startswith(who + said)


def test_exit_codes_are_as_subprocess_gives_them(project: Project) -> None:
    with OtherProcess("import os, sys; os.kill(os.getpid(), int(sys.argv[1]))", 6) as process:
        sim = left(project, replace(own_identity(), pid=process.pid))
        settle(project.store, sim, exit_code=process.ended())
    assert "was killed by SIGABRT" in words(project, sim.sim_id).details


def test_one_that_was_set_up_says_so(project: Project, dead: ProcessIdentity) -> None:
    sim = left(project, dead, SimState.SETTING_UP)
    settle_dead(project.store)
    assert words(project, sim.sim_id).details.endswith("while it was setting up.")


def test_one_that_waited_in_a_dead_queue_says_so(project: Project, dead: ProcessIdentity) -> None:
    sim = left(project, dead, SimState.QUEUED)
    settle_dead(project.store)
    assert state(project, sim.sim_id) is SimState.LOST
    assert words(project, sim.sim_id).details == (
        f"Lost: it waited in the queue of a process (pid {dead.pid} on {dead.host}) that ended; "
        "what it needed was only in that process's memory."
    )


def test_what_it_printed_last_is_kept(project: Project, dead: ProcessIdentity) -> None:
    sim = left(project, dead)
    log = project.sim_folder(sim.sim_id) / "output.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {i}\n" for i in range(30)) + "Fatal Python error\n")
    settle_dead(project.store)
    lines = words(project, sim.sim_id).error_trace.splitlines()
    assert lines == [*(f"line {i}" for i in range(11, 30)), "Fatal Python error"]


def test_one_that_printed_nothing_has_no_trace(project: Project, killed: UUID) -> None:
    settle_dead(project.store)
    assert words(project, killed).error_trace == ""


def test_one_that_was_ordered_to_be_killed_is_cancelled(
    project: Project, dead: ProcessIdentity
) -> None:
    sim = left(project, dead)
    project.store.ask(sim.sim_id, "stop_simulation", True, is_forced=True)
    assert settle(project.store, sim, exit_code=-9)
    record = project.store.simulation(sim.sim_id)
    assert record.state is SimState.CANCELLED
    assert record.force_stopped
    status = words(project, sim.sim_id)
    assert (status.code, status.subcode) == (SimStatusCode.FAIL, SimStatusSubcode.STOPPED)
    assert status.details == "Simulation stopped: it had to be killed."


def test_who_only_keeps_it_in_a_queue_is_not_killed_with_it(project: Project) -> None:
    with OtherProcess("print('here'); input(); print('alive')") as keeper:
        keeper.line()
        sim = left(project, identity_of(keeper.pid), SimState.QUEUED)
        clock = Clock()
        forcing = Forcing(project.store, clock=clock)
        forcing.order(sim.sim_id)
        clock.now += 60
        forcing.look()
        keeper.say()
        assert keeper.line() == "alive"
        assert project.store.settle(sim.sim_id, sim.owner, last_words.stopped_status())
        forcing.look()  # which ends its thread


def test_one_that_was_only_asked_to_stop_is_lost(project: Project, dead: ProcessIdentity) -> None:
    sim = left(project, dead)
    project.store.ask(sim.sim_id, "stop_simulation", True)
    settle_dead(project.store)
    assert state(project, sim.sim_id) is SimState.LOST


# Whoever awaits the end knows more


def test_whose_end_is_awaited_here_is_left_to_who_awaits_it(
    project: Project, dead: ProcessIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim = left(project, dead)
    clock = Clock()
    watch = DeathWatch(project.store, clock=clock)
    attended.add(dead)
    try:
        assert settle_dead(project.store) == 0
        for clock.now in (0.0, 10.0, 20.0):
            watch.look()
        assert state(project, sim.sim_id) is SimState.RUNNING
    finally:
        attended.discard(dead)
    for clock.now in (30.0, 40.0):
        watch.look()
    assert state(project, sim.sim_id) is SimState.LOST


def test_who_looks_again_and_again_gives_the_parent_a_second(
    project: Project, dead: ProcessIdentity
) -> None:
    sim = left(project, dead)
    clock = Clock()
    watch = DeathWatch(project.store, clock=clock)
    seen = []
    for clock.now in (0.0, 0.5, 0.9, 1.0):
        watch.look()
        seen.append(state(project, sim.sim_id))
    assert seen == [SimState.RUNNING] * 3 + [SimState.LOST]


def test_what_the_parent_says_meanwhile_stays(project: Project, dead: ProcessIdentity) -> None:
    sim = left(project, dead)
    clock = Clock()
    watch = DeathWatch(project.store, clock=clock)
    watch.look()
    assert settle(project.store, sim, exit_code=7)
    clock.now += 5
    watch.look()
    assert "exit code 7" in words(project, sim.sim_id).details


# Clocks do not decide


def test_one_that_is_stopped_is_never_lost_whatever_clocks_say(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    watch = DeathWatch(project.store, clock=clock)
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = id_said(running)
        running.signal(signal.SIGSTOP)
        for hours in (0, 5, -5):
            later = now_utc() + timedelta(hours=hours)
            monkeypatch.setattr(last_words, "now_utc", lambda later=later: later)
            clock.now += 300
            watch.look()
            assert settle_dead(project.store) == 0
        assert state(project, sim_id) is SimState.RUNNING
        running.signal(signal.SIGCONT)
        running.say()
        assert running.ended() == 0
    assert state(project, sim_id) is SimState.CANCELLED


def test_a_dead_one_is_lost_also_when_the_clock_was_put_back(
    project: Project, killed: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = now_utc() - timedelta(days=1)
    monkeypatch.setattr(last_words, "now_utc", lambda: before)
    settle_dead(project.store)
    assert state(project, killed) is SimState.LOST


# Live trackers notice by themselves


def test_a_tracker_elsewhere_notices_a_death(project: Project) -> None:
    with (
        OtherProcess(RUNNING, project.folder) as running,
        OtherProcess(LOOKING_ON, project.folder) as looking_on,
    ):
        sim_id = id_said(running)
        looking_on.line()
        running.kill()
        wait_until(lambda: state(project, sim_id) is SimState.LOST, what="the death to be seen")


def test_a_tracker_here_notices_what_begins_and_dies_later(
    tracker: SimulationTracker, project: Project
) -> None:
    assert tracker.project is project
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = id_said(running)
        running.kill()
        wait_until(lambda: state(project, sim_id) is SimState.LOST, what="the death to be seen")
    assert len(project.store.statuses([sim_id])) == 1


def test_two_that_notice_at_once_say_it_once(project: Project, killed: UUID) -> None:
    trackers = [SimulationTracker(project=Project.open(project.folder)) for _ in range(2)]
    watches = [DeathWatch(tracker.project.store) for tracker in trackers]
    threads = [threading.Thread(target=watch.look) for watch in watches for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state(project, killed) is SimState.LOST
    assert len(project.store.statuses([killed])) == 1


class Watching:
    """The threads that watch for deaths, but for those of trackers that other tests have left."""

    def __init__(self) -> None:
        self._before = set(threading.enumerate())

    def __len__(self) -> int:
        new = set(threading.enumerate()) - self._before
        return sum(thread.name == "gymdash-deaths" for thread in new)


@pytest.fixture
def watching() -> Watching:
    return Watching()


def test_a_tracker_without_a_project_starts_no_thread(
    project_dir: Path, watching: Watching
) -> None:
    tracker = SimulationTracker()
    project = Project.open(project_dir)
    assert len(watching) == 0
    del tracker, project


def test_who_only_reads_starts_no_thread(
    project: Project, seen: Callable[[], Project], watching: Watching
) -> None:
    tracker = SimulationTracker(project=seen())
    assert tracker.project.is_read_only
    assert len(watching) == 0


def test_the_watch_ends_with_its_tracker(project_dir: Path, watching: Watching) -> None:
    tracker = SimulationTracker(project=Project.open(project_dir))
    assert tracker.project.folder == project_dir
    assert len(watching) == 1
    del tracker

    def has_ended() -> bool:
        gc.collect()  # again and again: it does nothing while another thread collects
        return len(watching) == 0

    wait_until(has_ended, what="the watch to end")


def test_a_watch_can_be_stopped_twice(project: Project, watching: Watching) -> None:
    watch = DeathWatch(project.store)
    watch.start()
    watch.stop()
    watch.stop()
    assert len(watching) == 0


def test_a_watch_outlives_a_project_that_cannot_be_read(
    project: Project, dead: ProcessIdentity
) -> None:
    sim = left(project, dead)
    clock = Clock()
    watch = DeathWatch(Project.open(project.folder).store, clock=clock)
    away = project.folder / "away"
    project.db_folder.rename(away)
    in_a_thread(watch.look)
    away.rename(project.db_folder)
    for clock.now in (2000.0, 2001.0):
        in_a_thread(watch.look)
    assert state(project, sim.sim_id) is SimState.LOST


def in_a_thread(work: Callable[[], None]) -> None:
    """Do something in a thread without a connection of its own, and hear of its error."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


# Projects that are read only


@pytest.fixture
def seen(project: Project) -> Callable[[], Project]:
    """Open the project for reading only."""
    return lambda: Project.open(project.folder, read_only=True)


def test_who_only_reads_sees_the_dead_as_lost(
    project: Project, killed: UUID, seen: Callable[[], Project]
) -> None:
    tracker = SimulationTracker(project=seen())
    sim = tracker.get_sim(killed)
    assert sim.state is SimState.LOST
    assert sim.is_done
    assert tracker.wait(killed, timeout_s=60) == {killed: SimState.LOST}
    assert tracker.all_done(killed)
    assert state(project, killed) is SimState.RUNNING, "and nothing was changed"
    assert project.store.statuses([killed]) == []


def test_who_only_reads_waits_until_the_process_dies(
    project: Project, seen: Callable[[], Project]
) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = id_said(running)
        tracker = SimulationTracker(project=seen())
        assert tracker.wait(sim_id, timeout_s=0) == {sim_id: SimState.RUNNING}
        assert not tracker.all_done(sim_id)
        calls: list[int] = []
        tracker.on_all_done(sim_id, lambda: calls.append(1))
        running.kill()
        assert tracker.wait(sim_id, timeout_s=60) == {sim_id: SimState.LOST}
        wait_until(lambda: calls == [1], what="the callback")


def test_lists_of_who_only_reads_say_lost_too(
    project: Project, killed: UUID, seen: Callable[[], Project]
) -> None:
    store = seen().store
    (record,) = store.simulations()
    assert (record.state, record.is_done, record.failed) == (SimState.LOST, True, True)
    assert store.simulations({"is_done": True, "force_stopped": True}, mode="AND") == [record]
    assert store.simulations({"is_done": False}) == []
    assert store.simulations({"cancelled": True}) == []
    assert list(store.changes(0).simulations) == [record]
    gd.open_project(project.folder, read_only=True)
    assert list(gd.simulations()["state"]) == ["lost"]


def test_who_only_reads_sees_what_the_living_do(
    seen: Callable[[], Project], project: Project
) -> None:
    sim = left(project, own_identity())
    store = seen().store
    assert store.simulation(sim.sim_id).state is SimState.RUNNING
    assert store.simulations({"is_done": False}) == store.simulations()
    project.store.move(Move(sim.sim_id, SimState.SUCCEEDED, now_utc(), owner=own_identity()))
    assert store.states([sim.sim_id]) == {sim.sim_id: SimState.SUCCEEDED}
