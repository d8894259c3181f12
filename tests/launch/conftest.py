"""Projects and launchers to test with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gymdash_jupyter.launch.queue.keeping import LOG_FILE
from gymdash_jupyter.project import Project
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.clean import clean_state
from tests.leftovers import end_processes_of


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
def tracker(project: Project) -> SimulationTracker:
    """Give a tracker of the project."""
    return SimulationTracker(project=project)
