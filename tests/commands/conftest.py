"""A project with a type that can be started from a shell, and the command line, here or as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter import export
from gymdash_jupyter.__main__ import main
from gymdash_jupyter.export import SimulationExporter
from gymdash_jupyter.exported import registering
from gymdash_jupyter.project import PROJECT_VARIABLE, Project
from gymdash_jupyter.signatures import KEY_VARIABLE
from tests.commands.samples import Talking
from tests.launch.clean import clean_state
from tests.leftovers import end_processes_of
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gymdash_jupyter.store import ProjectStore


@dataclass(frozen=True)
class Said:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def ids(self) -> list[str]:
        """The first words of the lines of a table."""
        return [line.split()[0] for line in self.out.splitlines()[1:]]


@pytest.fixture(autouse=True)
def _apart_from_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "home" / "signing_key"))
    monkeypatch.delenv(PROJECT_VARIABLE, raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(export, "_prepared", export._Prepared())
    monkeypatch.setattr(registering, "_imported", registering._Imported())
    monkeypatch.chdir(tmp_path)
    with clean_state(monkeypatch):
        yield
    end_processes_of(tmp_path)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Give a function that executes a command line in this process."""

    def execute(*words: object) -> Said:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as exc:
            code = int(exc.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return execute


@pytest.fixture
def store(project_dir: Path) -> ProjectStore:
    """Give the store of the default project, which is made."""
    return Project.open(project_dir).store


@pytest.fixture
def talking(project_dir: Path) -> str:
    """Export the type of the samples for the default project, which is not made, and give its key."""
    SimulationExporter.prepare_for_export("talking", Talking)
    SimulationExporter.export_sims(project_dir)
    return "talking"


class Shell:
    """A command line in a process of its own, whose output is read when it has ended."""

    def __init__(self, folder: Path, words: list[str], **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gymdash_jupyter", *words],
            cwd=folder,
            env=dict(os.environ, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def ctrl_c(self) -> None:
        """Do what a terminal does at Ctrl-C: whatever belongs to the command line hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self, timeout_s: float = 60) -> Said:
        """Wait for its end."""
        out, err = self.process.communicate(timeout=timeout_s)
        return Said(self.process.returncode, out, err)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    """Give a function that executes a command line in a process of its own."""
    started: list[Shell] = []

    def execute(*words: object, **variables: str) -> Shell:
        started.append(Shell(tmp_path, [str(word) for word in words], **variables))
        return started[-1]

    yield execute
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()


def until_running(store: ProjectStore, n: int = 1) -> None:
    """Wait until so many simulations of a project run and have said something."""
    wait_until(
        lambda: (
            [r.state for r in store.simulations() if r.progress is not None].count("running") == n
        ),
        60,
        what=f"{n} simulations to run",
    )
