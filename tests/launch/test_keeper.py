"""The keeper of a queue: it goes on without notebooks, starts each once, and trusts only this user's orders."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from gymdash_jupyter.errors import LaunchError
from gymdash_jupyter.launch.queue import keeping, mailbox
from gymdash_jupyter.launch.queue.keeping import KEEPER_MODULE, LOG_FILE, living_keeper
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import NewSimulation
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import ROOT, OtherProcess, locked
from tests.launch.queueing import (
    NOTEBOOK,
    PATIENCE_S,
    gated,
    is_gone,
    most_at_once,
    pid_of_keeper,
    quick,
    ran,
)
from tests.launch.samples import Quick, made
from tests.waiting import wait_until


def queue_in_a_notebook_that_dies(project: Project, folder: Path, *names: str) -> list[UUID]:
    """Queue in another process, one at a time, and kill that."""
    with OtherProcess(NOTEBOOK, project.folder, folder, 1, *names) as notebook:
        ids = [UUID(notebook.line()) for _ in names]
        assert notebook.line() == "all queued"
        notebook.kill()
    return ids


def all_ended(project: Project, ids: list[UUID]) -> list[SimState]:
    """Give the states of these when all have ended."""
    states = project.store.states
    wait_until(
        lambda: all(state.is_terminal for state in states(ids).values()),
        PATIENCE_S,
        what="all to end",
    )
    return [states(ids)[sim_id] for sim_id in ids]


def all_wait(project: Project, ids: list[UUID]) -> bool:
    return all(project.store.states(ids)[sim_id] is SimState.QUEUED for sim_id in ids)


def start_keeper(project: Project) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", KEEPER_MODULE, str(project.folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


# Without a notebook


def test_the_queue_goes_on_when_the_notebook_is_dead(project: Project, tmp_path: Path) -> None:
    names = ["1", "notebook", "2", "notebook", "3"]
    ids = queue_in_a_notebook_that_dies(project, tmp_path, *names)
    keeper = pid_of_keeper(project)
    (tmp_path / "gate").touch()
    assert set(all_ended(project, ids)) == {SimState.SUCCEEDED}
    assert ran(tmp_path) == names, "in order, and each once"
    assert most_at_once(project.store) == 1
    assert project.store.simulation(ids[1]).result == "of a notebook"
    wait_until(lambda: is_gone(keeper), what="the keeper to leave")
    assert project.store.keeper() is None


def test_a_dead_keepers_queue_is_adopted_and_what_it_held_is_lost(
    project: Project, tmp_path: Path
) -> None:
    ids = queue_in_a_notebook_that_dies(project, tmp_path, "1", "2", "notebook", "3")
    wait_until(lambda: ran(tmp_path) == ["1"], PATIENCE_S)
    keeper = pid_of_keeper(project)
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: is_gone(keeper))
    (tmp_path / "gate").touch()
    assert SimulationTracker(project=project).project is project  # binds it
    good, lost = SimState.SUCCEEDED, SimState.LOST
    assert all_ended(project, ids) == [good, good, lost, good]
    assert ran(tmp_path) == ["1", "2", "3"]
    words = project.store.latest_statuses([ids[2]])[ids[2]].details
    assert "was only in that process's memory" in words


def test_a_keeper_that_dies_while_a_notebook_waits_is_replaced(
    project: Project, tmp_path: Path
) -> None:
    tracker = SimulationTracker("process", project=project, max_running=1)
    sims = [tracker.queue_sim(gated(n, tmp_path))[1] for n in range(2)]
    wait_until(lambda: ran(tmp_path) == ["0"], PATIENCE_S)
    os.kill(pid_of_keeper(project), signal.SIGKILL)
    (tmp_path / "gate").touch()
    tracker.wait(sims, PATIENCE_S)
    assert [sim.state for sim in sims] == [SimState.SUCCEEDED] * 2


def test_a_keeper_that_is_asked_to_end_loses_what_it_holds_and_leaves_the_rest(
    project: Project, tmp_path: Path
) -> None:
    ids = queue_in_a_notebook_that_dies(project, tmp_path, "1", "notebook", "2")
    wait_until(lambda: ran(tmp_path) == ["1"], PATIENCE_S)
    keeper = pid_of_keeper(project)
    os.kill(keeper, signal.SIGTERM)
    wait_until(lambda: is_gone(keeper))
    states = project.store.states(ids)
    assert [states[s] for s in ids] == [SimState.RUNNING, SimState.LOST, SimState.QUEUED]
    assert "asked to end" in project.store.latest_statuses([ids[1]])[ids[1]].details
    assert living_keeper(project) is None
    (tmp_path / "gate").touch()
    all_ended(project, ids[:1])


def test_of_keepers_that_start_at_once_one_stays(project: Project, tmp_path: Path) -> None:
    ids = queue_in_a_notebook_that_dies(
        project, tmp_path, "1", "2"
    )  # who stays has something to keep
    first = pid_of_keeper(project)
    os.kill(first, signal.SIGKILL)
    keepers = [start_keeper(project) for _ in range(4)]
    wait_until(
        lambda: sum(k.poll() is None for k in keepers) == 1, PATIENCE_S, what="three to end"
    )
    alive = next(k for k in keepers if k.poll() is None)
    assert pid_of_keeper(project) == alive.pid
    (tmp_path / "gate").touch()
    all_ended(project, ids)
    assert alive.wait(PATIENCE_S) == 0
    assert ran(tmp_path) == ["1", "2"]


def test_the_keeper_waits_while_nobody_can_write(project: Project, tmp_path: Path) -> None:
    ids = queue_in_a_notebook_that_dies(project, tmp_path, "1", "2")
    wait_until(lambda: ran(tmp_path) == ["1"], PATIENCE_S)
    with locked(project.db_path):
        (tmp_path / "gate").touch()
    assert set(all_ended(project, ids)) == {SimState.SUCCEEDED}
    assert (project.db_folder / LOG_FILE).read_text().count("Keeping the queue") == 1


def test_an_idle_keeper_takes_hardly_any_time(project: Project, tmp_path: Path) -> None:
    tracker = SimulationTracker("process", project=project, max_running=1)
    SimulationTracker("process", project=project).start_sim(gated("long", tmp_path))
    waiting = tracker.queue_sim(gated("waiting", tmp_path))[1]
    keeper = psutil.Process(pid_of_keeper(project))
    wait_until(lambda: ran(tmp_path) == ["long"], PATIENCE_S)

    def rested() -> bool:
        before = sum(keeper.cpu_times()[:2])
        assert not waiting.wait(2.0)
        return sum(keeper.cpu_times()[:2]) - before <= 0.06  # clock ticks are 10 ms

    # Again and again: on a busy machine, the keeper may still be at what it began when they were queued.
    wait_until(rested, what="two seconds of which the keeper takes less than 3 %")
    (tmp_path / "gate").touch()
    tracker.wait(waiting, PATIENCE_S)


# Trust


def waiting_without_a_keeper(project: Project, folder: Path) -> UUID:
    """Let one wait that this user queued and that no keeper has started."""
    first, second = queue_in_a_notebook_that_dies(project, folder, "first", "second")
    wait_until(lambda: ran(folder) == ["first"], PATIENCE_S)
    keeper = pid_of_keeper(project)
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: is_gone(keeper))
    (folder / "gate").touch()
    all_ended(project, [first])
    return second


def change(project: Project, statement: str, *values: str) -> None:
    """Change the database as somebody else could who has it."""
    connection = sqlite3.connect(project.db_path)
    with connection:
        connection.execute(statement, values)
    connection.close()


def is_left_alone_by_a_keeper(project: Project, sim_id: UUID) -> bool:
    keeper = start_keeper(project)
    keeper.wait(PATIENCE_S)
    return all_wait(project, [sim_id]) and keeper.returncode == 0


def test_what_this_user_signed_is_started_by_any_keeper(project: Project, tmp_path: Path) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    keeper = start_keeper(project)
    assert all_ended(project, [second]) == [SimState.SUCCEEDED]
    assert keeper.wait(PATIENCE_S) == 0


EVIL = "from pathlib import Path\nPath({!r}).touch()\n"


def test_a_changed_order_is_never_followed(project: Project, tmp_path: Path) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    trace = tmp_path / "imported"
    (tmp_path / "evil.py").write_text(EVIL.format(str(trace)))
    order = json.loads(project.store.queue()[0].order)
    order["maker"] = "evil:Evil"
    order["surroundings"]["sys_path"].insert(0, str(tmp_path))
    change(project, "UPDATE queue SET order_text = ?", json.dumps(order))
    assert is_left_alone_by_a_keeper(project, second)
    assert not trace.exists()
    assert living_keeper(project) is None


@pytest.mark.slow
def test_a_changed_config_is_never_followed(project: Project, tmp_path: Path) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    config = json.loads(
        gated("second", tmp_path, log=str(tmp_path / "elsewhere")).model_dump_json()
    )
    change(
        project,
        "UPDATE simulations SET config = ? WHERE sim_id = ?",
        json.dumps(config),
        str(second),
    )
    assert is_left_alone_by_a_keeper(project, second)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
def test_changed_start_kwargs_are_never_followed(project: Project, tmp_path: Path) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    change(
        project,
        "UPDATE simulations SET start_kwargs = ? WHERE sim_id = ?",
        '{"total_timesteps": 9}',
        str(second),
    )
    assert is_left_alone_by_a_keeper(project, second)


def test_somebody_elses_queue_waits_for_a_person(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "home" / "of_somebody_else"))
    tracker = SimulationTracker("process", project=project, max_running=1)
    own = tracker.queue_sim(quick("own", tmp_path))[1]
    tracker.wait(own, PATIENCE_S)
    assert own.state is SimState.SUCCEEDED, "it waits behind nobody"
    assert all_wait(project, [second])
    wait_until(lambda: living_keeper(project) is None, what="the keeper to leave")
    tracker.cancel(second)
    assert project.store.simulation(second).state is SimState.CANCELLED


def test_an_order_of_another_simulation_is_never_followed(
    project: Project, tmp_path: Path
) -> None:
    second = waiting_without_a_keeper(project, tmp_path)
    entry, record = project.store.queue()[0], project.store.simulation(second)
    copied = Quick(record.config).sim_id
    project.store.create(NewSimulation(copied, record.config, now_utc(), "gated", "Gated", "x"))
    project.store.enqueue(
        copied,
        time=now_utc(),
        launcher="process",
        start_kwargs={},
        order=entry.order,
        signature=entry.signature,
    )
    keeper = start_keeper(project)
    all_ended(project, [second])
    keeper.wait(PATIENCE_S)
    assert all_wait(project, [copied])


# What is held


def test_what_no_key_can_sign_is_held(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "file" / "key"))
    tracker = SimulationTracker("process", project=project, max_running=1)
    first = tracker.queue_sim(gated("1", tmp_path))[1]
    second = tracker.queue_sim(gated("2", tmp_path))[1]
    keeper = pid_of_keeper(project)
    entry = next(e for e in project.store.queue() if e.sim_id == second.sim_id)
    assert (entry.order, entry.signature) == ("", "")
    assert entry.owner is not None
    assert entry.owner.pid == keeper
    (tmp_path / "gate").touch()
    tracker.wait([first, second], PATIENCE_S)
    assert ran(tmp_path) == ["1", "2"]


def test_cancelling_what_is_held_lets_the_keeper_leave(project: Project, tmp_path: Path) -> None:
    tracker = SimulationTracker("process", project=project, max_running=1)
    first = tracker.queue_sim(gated("1", tmp_path))[1]
    second = tracker.queue_sim(made(Quick))[1]
    tracker.cancel(second)
    (tmp_path / "gate").touch()
    tracker.wait(first, PATIENCE_S)
    wait_until(lambda: living_keeper(project) is None, what="the keeper to leave")
    assert second.state is SimState.CANCELLED


def test_a_keeper_that_is_stopped_keeps_nobody_waiting_for_ever(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (keeping, mailbox):
        monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    tracker = SimulationTracker("process", project=project, max_running=1)
    first = tracker.queue_sim(gated("1", tmp_path))[1]
    keeper = pid_of_keeper(project)
    os.kill(keeper, signal.SIGSTOP)
    try:
        with pytest.raises(LaunchError, match="did not answer"):
            tracker.queue_sim(made(Quick))
    finally:
        os.kill(keeper, signal.SIGCONT)
    monkeypatch.setattr(keeping, "_PATIENCE_S", PATIENCE_S)
    second = tracker.queue_sim(made(Quick))[1]
    (tmp_path / "gate").touch()
    tracker.wait([first, second], PATIENCE_S)
    assert second.state is SimState.SUCCEEDED
    assert len(project.store.simulations()) == 2


# Many


TWELVE = """
import sys
from pathlib import Path
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.queueing import gated
tracker = SimulationTracker("process", project=Project.open(sys.argv[1]))
print(tracker.project.folder)
input()
print(*[tracker.queue_sim(gated(f"{sys.argv[3]}{n}", Path(sys.argv[2])))[0] for n in range(int(sys.argv[4]))])
"""


def queue_from_two(project: Project, folder: Path, n: int) -> list[UUID]:
    """Let two processes queue n each at the same time, and end."""
    project.store.set_max_running(3)
    (folder / "gate").touch()
    with (
        OtherProcess(TWELVE, project.folder, folder, "a", n) as one,
        OtherProcess(TWELVE, project.folder, folder, "b", n) as other,
    ):
        for process in (one, other):
            process.line()
        for process in (one, other):
            process.say()
        return [UUID(text) for process in (one, other) for text in process.line(60).split()]


def test_two_trackers_that_queue_at_once_have_each_run_once(
    project: Project, tmp_path: Path
) -> None:
    ids = queue_from_two(project, tmp_path, 4)
    assert set(all_ended(project, ids)) == {SimState.SUCCEEDED}
    assert sorted(ran(tmp_path)) == sorted(f"{who}{n}" for who in "ab" for n in range(4))
    assert most_at_once(project.store) <= 3


@pytest.mark.slow
def test_two_trackers_that_queue_twenty_at_once_have_each_run_once(
    project: Project, tmp_path: Path
) -> None:
    ids = queue_from_two(project, tmp_path, 20)
    assert set(all_ended(project, ids)) == {SimState.SUCCEEDED}
    assert sorted(ran(tmp_path)) == sorted(f"{who}{n}" for who in "ab" for n in range(20))
    assert most_at_once(project.store) <= 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_short_ones_succeed(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracker = SimulationTracker("process", project=project, max_running=2)
    (tmp_path / "gate").touch()
    began = now_utc()
    sims = [tracker.queue_sim(gated(n, tmp_path) if n % 2 else made(Quick))[1] for n in range(200)]
    keeper = psutil.Process(pid_of_keeper(project))
    peak = 0
    while not tracker.all_done(sims):
        if keeper.is_running() and keeper.status() != psutil.STATUS_ZOMBIE:
            peak = max(peak, keeper.memory_info().rss)
        sims[-1].wait(0.5)
    seconds = (now_utc() - began).total_seconds()
    with capsys.disabled():
        print(f"\n200 short simulations: {seconds:.0f} s, keeper {peak / 2**20:.0f} MiB")
    assert {sim.state for sim in sims} == {SimState.SUCCEEDED}
    assert most_at_once(project.store) <= 2
    assert (project.db_folder / LOG_FILE).stat().st_size < 2**20
