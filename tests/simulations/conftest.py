"""What the tests of simulation types share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from gymdash_jupyter.project import Project
from gymdash_jupyter.signatures import KEY_VARIABLE
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread() -> None:
    """Nets this small train several times faster when torch does not share their work out on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project.open(tmp_path / "project")
    yield project
    project.store.close()


@pytest.fixture
def tracker(project: Project) -> Iterator[SimulationTracker]:
    tracker = SimulationTracker(project=project)
    yield tracker
    # What a failed test leaves would otherwise wait for an answer until somebody kills the tests.
    ids = [record.sim_id for record in project.store.simulations()]
    for sim_id in ids:
        tracker.cancel(sim_id)
    tracker.wait(ids, timeout_s=60)


@pytest.fixture(autouse=True)
def own_signing_key(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep the key that signs models out of the home of whoever runs the tests."""
    path = signing_key_of(tmp_path_factory)
    monkeypatch.setenv(KEY_VARIABLE, str(path))
    return path


def signing_key_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give where the key of these tests is."""
    return tmp_path_factory.getbasetemp() / "signing_key"
