"""What all tests share. Keep it tiny: what one room's tests need lies beside them."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.leftovers import end_processes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# How long an example takes says how busy the machine is, and nothing of the example.
settings.register_profile(
    "new examples", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# `make test` says the same of the same code each time; `make slow` looks for what nobody has thought of.
settings.register_profile("same examples", settings.get_profile("new examples"), derandomize=True)
settings.load_profile("same examples")


@pytest.fixture(scope="session", autouse=True)
def _leave_no_process_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """End the workers and keepers of all projects of these tests, which would outlive them."""
    yield
    end_processes_of(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", autouse=True)
def _let_children_hear_ctrl_c() -> None:
    """Undo what a shell does to programs in the background: they ignore Ctrl-C, and so do their children."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project_dir(tmp_path: Path) -> Path:
    """Give the path of a project folder that does not exist yet."""
    return tmp_path / ".gymdash-projects"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests that need a GPU where there is none."""
    if item.get_closest_marker("gpu") and shutil.which("nvidia-smi") is None:
        pytest.skip("needs a GPU")
