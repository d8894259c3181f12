"""Projects and launchers to test with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.clean import clean_state


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with clean_state(monkeypatch):
        yield


@pytest.fixture
def project(project_dir: Path) -> Project:
    """Give an open, empty project."""
    return Project.open(project_dir)


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    """Give a tracker of the project."""
    return SimulationTracker(project=project)
