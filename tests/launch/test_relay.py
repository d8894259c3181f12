"""A store that cannot be written for a while: a warning and a buffer, nothing lost, no training blocked."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter import recorder as recorder_module
from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import StoreBusyError
from gymdash_jupyter.launch import relay as relay_module
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.other_process import locked
from tests.launch.samples import Asking, Polite, Quick, made
from tests.waiting import wait_until


@pytest.fixture
def project(project_dir: Path) -> Project:
    """Give a project whose flushes lose patience soon."""
    project = Project.open(project_dir)
    project.store.inner._flush_patience_s = 0.2  # type: ignore[attr-defined]
    project.store.inner._patience_s = 0.5  # type: ignore[attr-defined]
    return project


class Counting(Simulation):
    """Records as fast as it can until it is stopped, and counts."""

    n_said = 0
    pause_s = 0.0005

    def _run(self, **kwargs: Any) -> None:
        while not self.interactor.set_out_if_in("stop_simulation", True):
            self.recorder.scalar("score", self.n_said, self.n_said)
            self.n_said += 1
            if self.pause_s:
                time.sleep(self.pause_s)


def counting(tracker: SimulationTracker, simulation_type: type[Counting] = Counting) -> Counting:
    sim = simulation_type(SimulationStartConfig(name="counting", sim_key="any"))
    tracker.start_sim(sim)
    wait_until(lambda: sim.n_said > 10)
    return sim


def stopped(tracker: SimulationTracker, sim: Simulation) -> None:
    sim.interactor.set_in("stop_simulation", True)
    wait_until(lambda: sim.is_done)


def warnings_of(caplog: pytest.LogCaptureFixture, project: Project) -> list[str]:
    """Give what was said of a project that cannot be written; those of other tests are nothing to us."""
    messages = [record.getMessage() for record in caplog.records]
    return [m for m in messages if "cannot be written now" in m and str(project.db_path) in m]


def steps(project: Project, sim: Simulation) -> list[int]:
    return project.store.read_scalars(sim.sim_id, "score")[0].steps.tolist()  # type: ignore[no-any-return]


def test_a_locked_database_is_one_warning_and_blocks_no_training(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        sim = counting(tracker)
        with locked(project.db_path):
            wait_until(lambda: warnings_of(caplog, project), what="the warning")
            n_then = sim.n_said
            wait_until(lambda: sim.n_said > n_then + 300, what="the training to go on")
        stopped(tracker, sim)
    assert len(warnings_of(caplog, project)) == 1


def test_nothing_is_lost_while_the_database_was_locked(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    sim = counting(tracker)
    with locked(project.db_path):
        wait_until(lambda: warnings_of(caplog, project))
    stopped(tracker, sim)
    assert steps(project, sim) == list(range(sim.n_said))


def test_a_status_tells_that_it_could_not_be_written_and_that_nothing_was_lost(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    sim = counting(tracker)
    with locked(project.db_path):
        wait_until(lambda: warnings_of(caplog, project))
    wait_until(
        lambda: any(
            "could not be written for" in s.details and "nothing was lost" in s.details
            for s in project_statuses(project, sim)
        ),
        what="the status",
    )
    stopped(tracker, sim)


def project_statuses(project: Project, sim: Simulation) -> list[Any]:
    return [row.status for row in project.store.statuses([sim.sim_id])]


def test_one_that_ends_while_the_database_is_locked_is_done_and_stored_later(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    sim = counting(tracker)
    with locked(project.db_path):
        wait_until(lambda: warnings_of(caplog, project))
        stopped(tracker, sim)
        assert sim.state is SimState.CANCELLED
        assert not project.store.simulation(sim.sim_id).is_done
    wait_until(lambda: project.store.simulation(sim.sim_id).state is SimState.CANCELLED)
    assert steps(project, sim) == list(range(sim.n_said))


def test_others_go_on_when_the_database_is_free_again(
    tracker: SimulationTracker, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    with locked(project.db_path), pytest.raises(StoreBusyError, match="locked for more than"):
        tracker.start_sim(made(Quick))
    sim = tracker.start_sim(made(Quick))[1]
    wait_until(lambda: sim.is_done)
    assert project.store.simulation(sim.sim_id).state is SimState.SUCCEEDED


def test_what_memory_cannot_hold_is_dropped_and_counted(
    tracker: SimulationTracker,
    project: Project,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder_module, "MAX_WAITING_POINTS", 2000)

    class Fast(Counting):
        pause_s = 0

    sim = counting(tracker, Fast)
    with locked(project.db_path):
        wait_until(lambda: warnings_of(caplog, project))
        n_then = sim.n_said
        wait_until(lambda: sim.n_said > n_then + 5000, what="the training to go on")
    wait_until(
        lambda: any(
            "of the oldest points were lost" in s.details for s in project_statuses(project, sim)
        )
    )
    stopped(tracker, sim)
    (told,) = [s.details for s in project_statuses(project, sim) if "were lost" in s.details]
    n_lost = int(told.partition("; ")[2].split()[0].replace(",", ""))
    assert len(steps(project, sim)) == sim.n_said - n_lost


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def test_a_full_disk_loses_nothing_once_there_is_room_again(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = Project.open(small_disk / "project")
    sim = counting(tracker := SimulationTracker(project=project))
    filler = small_disk / "filler"
    fill(filler)
    wait_until(lambda: warnings_of(caplog, project), what="the warning")
    filler.unlink()
    wait_until(
        lambda: steps(project, sim)[-1:] > [sim.n_said - 2000], what="the store to catch up"
    )
    stopped(tracker, sim)
    assert steps(project, sim) == list(range(sim.n_said))
    project.store.close()


# Helper threads


def helpers() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name in {"gymdash-flush", "gymdash-poll"}}


def test_helper_threads_rest_when_nothing_runs_and_come_back(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_IDLE_S", 0.2)
    wait_until(lambda: not helpers(), what="those of other tests to rest")
    first = tracker.start_sim(made(Quick))[1]
    wait_until(lambda: first.is_done)
    wait_until(lambda: not helpers(), what="them to rest")
    second = tracker.start_sim(made(Polite))[1]
    assert helpers() == {"gymdash-flush", "gymdash-poll"}
    other = SimulationTracker(project=Project.open(tracker.project.folder))
    assert other.query(second.sim_id, custom_query=1) == {"custom_query": {"you said": 1}}
    stopped(tracker, second)


def test_starting_never_waits_for_helpers_that_go_to_rest(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_IDLE_S", 0.0)
    monkeypatch.setattr(PeriodicTask.stop, "__defaults__", (150.0,))
    slowest = 0.0
    for _ in range(40):
        begin = time.monotonic()
        sim = tracker.start_sim(made(Quick))[1]
        slowest = max(slowest, time.monotonic() - begin)
        wait_until(lambda sim=sim: sim.is_done, interval_s=0.001)
    assert slowest < 60  # who waits for a helper thread in vain does so for 150 s here


def test_a_request_is_seen_in_the_project_while_the_simulation_waits(
    tracker: SimulationTracker,
) -> None:
    sim = tracker.start_sim(made(Asking))[1]
    (request,) = wait_until(lambda: tracker.project.store.control_requests([sim.sim_id]))
    assert (request.details, request.subkeys, request.channel) == (
        "Which number?",
        ("number",),
        "custom_query",
    )
    tracker.query(sim.sim_id, custom_query=1)
    wait_until(lambda: sim.is_done)
    assert tracker.project.store.control_requests([sim.sim_id]) == []


def test_a_flush_while_the_end_is_prepared_stores_no_end_without_its_last_sample(
    tracker: SimulationTracker, project: Project
) -> None:
    sim = made(Polite)
    tracker.start_sim(sim)
    wait_until(lambda: sim.state is SimState.RUNNING)
    execution = tracker._executions[sim.sim_id]
    execution.on_ending = tracker._bind().relay.flush  # type: ignore[attr-defined]
    stopped(tracker, sim)
    assert project.store.resources([sim.sim_id])[sim.sim_id]
