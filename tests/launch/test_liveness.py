"""Who is alive, who is dead, and who is only silent; and that a death is settled once."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gymdash_jupyter.launch import is_alive, own_identity, settle_dead
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import ProcessIdentity, SimState, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import OtherProcess
from tests.launch.samples import Polite, made
from tests.waiting import wait_until

IDENTITY = """
import dataclasses, json
from gymdash_jupyter.launch import own_identity
print(json.dumps(dataclasses.asdict(own_identity())))
input()
"""

RUNNING = """
import sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Polite, made
from tests.waiting import wait_until
tracker = SimulationTracker(project=Project.open(sys.argv[1]))
sim_id, sim = tracker.start_sim(made(Polite))
store = tracker.project.store
wait_until(lambda: len(store.read_scalars(sim_id, "score")[0]) > 5)
print(sim_id)
input()
tracker.cancel(sim_id)
"""

SETTLE = """
import sys
from gymdash_jupyter.launch import settle_dead
from gymdash_jupyter.project import Project
project = Project.open(sys.argv[1])
print("ready")
input()
print(settle_dead(project.store))
"""


@pytest.fixture
def other() -> Iterator[OtherProcess]:
    with OtherProcess(IDENTITY) as process:
        yield process


def identity_of(process: OtherProcess) -> ProcessIdentity:
    return ProcessIdentity(**json.loads(process.line()))


def test_this_process_is_alive() -> None:
    assert is_alive(own_identity()) is True


def test_another_process_is_alive_until_it_ends(other: OtherProcess) -> None:
    identity = identity_of(other)
    assert is_alive(identity) is True
    other.say()
    other.ended()
    assert is_alive(identity) is False


def test_a_zombie_is_dead(other: OtherProcess) -> None:
    identity = identity_of(other)
    other.kill(leaves_zombie=True)
    wait_until(lambda: is_alive(identity) is False, what="the kill to arrive")
    assert Path(f"/proc/{other.pid}").exists(), "it is still there, as a zombie"


def test_a_stopped_process_is_alive(other: OtherProcess) -> None:
    identity = identity_of(other)
    other.signal(signal.SIGSTOP)
    assert is_alive(identity) is True


def test_another_process_with_the_same_number_is_not_it() -> None:
    assert is_alive(replace(own_identity(), started="1")) is False


@pytest.mark.parametrize("domain", ["linux:other-boot:pid:[1]", "windows:box", ""])
def test_of_a_process_elsewhere_nothing_is_known(domain: str) -> None:
    assert is_alive(replace(own_identity(), domain=domain)) is None
    assert is_alive(replace(own_identity(), domain=domain, pid=10**6)) is None


def test_a_forked_child_is_another_process() -> None:
    code = """
import os
from gymdash_jupyter.launch import own_identity
before = own_identity()
pid = os.fork()
if pid == 0:
    print(own_identity().pid == os.getpid() and own_identity() != before, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    with OtherProcess(code) as forking:
        assert forking.line() == "True"


# Settling


def settled(project: Project) -> list[SimState]:
    return [record.state for record in project.store.simulations()]


def test_what_a_killed_process_left_becomes_lost(project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = running.line()
        running.kill()
    assert settle_dead(project.store) == 1
    (record,) = project.store.simulations()
    assert str(record.sim_id) == sim_id
    assert record.state is SimState.LOST
    assert (record.is_done, record.cancelled, record.failed, record.force_stopped) == (
        True,
        False,
        True,
        True,
    )
    (row,) = project.store.statuses([record.sim_id])
    assert (row.status.code, row.status.subcode) == (SimStatusCode.FAIL, SimStatusSubcode.ERROR)
    assert f"pid {running.pid}" in row.status.details
    assert len(project.store.read_scalars(record.sim_id, "score")[0]) > 5


def test_settling_again_changes_nothing(project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        running.line()
        running.kill()
    assert [settle_dead(project.store) for _ in range(3)] == [1, 0, 0]
    assert len(project.store.statuses()) == 1


def test_opening_a_project_settles_what_the_dead_left(project: Project) -> None:
    from gymdash_jupyter.session import open_project

    with OtherProcess(RUNNING, project.folder) as running:
        running.line()
        running.kill()
    open_project(project.folder)
    assert settled(project) == [SimState.LOST]


def test_of_many_processes_one_settles(project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        running.line()
        running.kill()
    settlers = [OtherProcess(SETTLE, project.folder) for _ in range(3)]
    for settler in settlers:
        assert settler.line() == "ready"
    for settler in settlers:
        settler.say()
    assert sorted(settler.line() for settler in settlers) == ["0", "0", "1"]
    for settler in settlers:
        settler.__exit__()
    assert len(project.store.statuses()) == 1


def test_one_whose_process_is_stopped_is_not_lost(project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        running.line()
        running.signal(signal.SIGSTOP)
        assert settle_dead(project.store) == 0
        assert settled(project) == [SimState.RUNNING]
        running.signal(signal.SIGCONT)
        running.say()
        assert running.ended() == 0
    assert settled(project) == [SimState.CANCELLED]


def test_one_of_a_living_process_is_not_lost(tracker: SimulationTracker, project: Project) -> None:
    sim = tracker.start_sim(made(Polite))[1]
    assert settle_dead(project.store) == 0
    tracker.cancel(sim)
    wait_until(lambda: sim.is_done)
    assert sim.state is SimState.CANCELLED


def test_one_that_was_called_lost_by_mistake_comes_back(
    tracker: SimulationTracker, project: Project
) -> None:
    sim = tracker.start_sim(made(Polite))[1]
    wait_until(lambda: project.store.simulation(sim.sim_id).state is SimState.RUNNING)
    record = project.store.simulation(sim.sim_id)
    from gymdash_jupyter.records import SimStatus, now_utc

    assert record.owner is not None
    assert project.store.settle(
        sim.sim_id, record.owner, SimStatus(SimStatusCode.FAIL, time=now_utc(), details="Lost.")
    )
    tracker.cancel(sim)
    wait_until(lambda: sim.is_done)
    assert project.store.simulation(sim.sim_id).state is SimState.CANCELLED
