"""A project, and simulations that do what a test wants with their recorder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker

Say = Callable[[Recorder], object]
RunSaying = Callable[..., Simulation]


class Saying(Simulation):
    """Do with its recorder what it is told."""

    def __init__(self, config: SimulationStartConfig, say: Say) -> None:
        super().__init__(config)
        self.say = say

    def _run(self, **kwargs: Any) -> None:
        self.say(self.recorder)


def saying(say: Say, name: str = "saying") -> Saying:
    return Saying(SimulationStartConfig(name=name, sim_key="saying"), say)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project.open(tmp_path / "project")
    yield opened
    opened.store.close()


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    return SimulationTracker(project=project)


@pytest.fixture
def run_saying(tracker: SimulationTracker) -> RunSaying:
    """Run a simulation to its end: ``run_saying(lambda recorder: recorder.image(...))``."""

    def run(say: Say, name: str = "saying") -> Simulation:
        simulation = tracker.start_sim(saying(say, name))[1]
        assert simulation.wait(60), simulation
        return simulation

    return run


def problems(simulation: Simulation) -> list[str]:
    """Give what was said besides the end."""
    return [s.details for s in simulation.statuses if s.code.name == "INFO"]


def files(simulation: Simulation) -> list[str]:
    """List all files in the simulation's folder, small pictures too."""
    root = Path(simulation.sim_path or "")
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
