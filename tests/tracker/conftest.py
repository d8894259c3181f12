"""Trackers to test with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gymdash_jupyter.launch.queue.keeping import LOG_FILE
from gymdash_jupyter.project import Project
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.store import ProjectStore
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.clean import clean_state
from tests.leftovers import end_processes_of
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield


@pytest.fixture(autouse=True)
def _leave_no_keeper(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "home" / "signing_key"))
    yield
    if (project_dir / "db" / LOG_FILE).exists():
        end_processes_of(project_dir)


@pytest.fixture
def project(project_dir: Path) -> Project:
    """Give an open, empty project."""
    return Project.open(project_dir)


@pytest.fixture
def store(project: Project) -> ProjectStore:
    """Give the project's store."""
    return project.store


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    """Give a tracker of the project."""
    return SimulationTracker(project=project)


@pytest.fixture
def other(project: Project) -> SimulationTracker:
    """Give a second tracker that opened the same project by itself, as another process would."""
    return SimulationTracker(project=Project.open(project.folder))


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Give a file that simulations wait for."""
    return tmp_path / "gate"


def done(*sims: Simulation, timeout_s: float = 60) -> None:
    """Wait until these are done."""
    for sim in sims:
        wait_until(lambda sim=sim: sim.is_done, timeout_s, what=f"{sim} to be done")
