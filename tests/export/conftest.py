"""A data folder of each test's own, and other processes that share it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gymdash_jupyter import export
from gymdash_jupyter.exported import registering
from tests.export.kernel import Kernel
from tests.launch.clean import clean_state

ROOT = Path(__file__).parents[2]

Python = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(export, "_prepared", export._Prepared())
    monkeypatch.setattr(registering, "_imported", registering._Imported())
    monkeypatch.setattr(sys, "path", sys.path[:])
    modules = set(sys.modules)
    with clean_state(monkeypatch):
        yield
    for name in set(sys.modules) - modules:
        if name.startswith(("gymdash_exported.", "mod_")):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the user's data folder, which is not there yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("GYMDASH_PROJECT", raising=False)
    return tmp_path / "data" / "gymdash-jupyter"


@pytest.fixture(scope="session")
def a_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with Kernel(tmp_path_factory.mktemp("notebook")) as kernel:
        yield kernel


@pytest.fixture
def kernel(a_kernel: Kernel, data_folder: Path, project_dir: Path) -> Kernel:
    """Give a notebook's kernel whose current project is the test's; cells of earlier tests are forgotten."""
    a_kernel.begin(data_folder.parent, project_dir)
    return a_kernel


@pytest.fixture
def python(tmp_path: Path) -> Python:
    """Give a function that runs a script in a new process and gives the lines that it printed."""

    def run(code: str | Path, *arguments: object, folder: Path = tmp_path) -> list[str]:
        script = [str(code)] if isinstance(code, Path) else ["-c", code]
        done = subprocess.run(
            [sys.executable, *script, *map(str, arguments)],
            cwd=folder,
            env=dict(os.environ, PYTHONPATH=str(ROOT)),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return [*done.stdout.splitlines(), *done.stderr.splitlines()]

    return run
