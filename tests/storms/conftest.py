"""What all storms share: a project, the table of their figures, and that nobody is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.clean import clean_state
from tests.leftovers import end_processes_of

Told = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _leave_nothing_behind(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "home" / "signing_key"))
    with clean_state(monkeypatch):
        yield
    end_processes_of(project.folder)


@pytest.fixture
def project(project_dir: Path) -> Project:
    """Give an open, empty project."""
    return Project.open(project_dir)


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    """Give a tracker that executes in processes."""
    return SimulationTracker("process", project=project)


@pytest.fixture
def tell(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Told:
    """Give a way to say a figure, which pytest prints behind the tests."""
    lines = request.config.stash.setdefault(_FIGURES, [])
    lines.append(f"{request.node.name}")

    def say(what: str, figure: str) -> None:
        record_property(what, figure)
        lines.append(f"    {what:<44} {figure}")

    return say


_FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the storms."""
    lines = terminalreporter.config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section("storms")
        for line in lines:
            terminalreporter.line(line)
