"""The command line as a process among others: what it loads, pipes, and shells that complete it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.frames.projects import add_simulation
from tests.start.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gymdash_jupyter.store import ProjectStore
    from tests.commands.conftest import Said

HEAVY = {"IPython", "anywidget", "ipykernel", "jupyterlab", "matplotlib", "pandas", "torch"}
SAY_LOADED = """
import sys
from gymdash_jupyter.__main__ import main
codes = [main(line.split()) for line in sys.argv[1:]]
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(max(codes))
"""


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=dict(os.environ, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_no_command_loads_jupyter_pandas_or_torch(store: ProjectStore) -> None:
    add_simulation(store, "one")
    reading = ["list", "show one", "tail one", "export one --to json", "types"]
    done = python("-c", SAY_LOADED, *reading, "stop one", "delete one --yes")
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stderr.split())


def test_a_reader_that_goes_away_is_no_error(store: ProjectStore) -> None:
    for i in range(2000):  # more than a pipe holds
        add_simulation(store, f"a name that makes the line quite long {i}", minute=i)
    listing = subprocess.Popen(
        [sys.executable, "-m", "gymdash_jupyter", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    assert listing.stdout.readline().startswith("ID")
    listing.stdout.close()
    assert listing.stderr.read() == ""
    assert listing.wait(60) == 141
    listing.stderr.close()


def test_a_terminal_of_another_alphabet_shows_names_all_the_same(store: ProjectStore) -> None:
    add_simulation(store, "日本")
    done = python("-m", "gymdash_jupyter", "list", PYTHONIOENCODING="ascii")
    assert (done.returncode, "\\u65e5\\u672c" in done.stdout) == (0, True)


def complete(line: str, tmp_path: Path, **variables: str) -> list[str]:
    """Do what bash does when somebody presses Tab at the end of a line."""
    answer = tmp_path / "answer"
    answer.unlink(missing_ok=True)
    done = python(
        "-m",
        "gymdash_jupyter",
        _ARGCOMPLETE="1",
        COMP_LINE=line,
        COMP_POINT=str(len(line)),
        COMP_TYPE="9",
        _ARGCOMPLETE_IFS="\n",
        _ARGCOMPLETE_STDOUT_FILENAME=str(answer),
        **variables,
    )
    assert (done.stdout, done.stderr) == ("", "")
    return sorted(word.strip() for word in answer.read_text().split("\n") if word.strip())


def test_a_shell_completes_commands_ids_names_and_types(
    store: ProjectStore, tmp_path: Path
) -> None:
    pytest.importorskip("argcomplete")
    sim_id = str(add_simulation(store, "my-ppo"))
    assert complete("gymdash-jupyter sh", tmp_path) == ["show"]
    assert complete(f"gymdash-jupyter show {sim_id[:3]}", tmp_path) == [sim_id[:8]]
    assert complete("gymdash-jupyter stop my-", tmp_path) == ["my-ppo"]
    assert complete("gymdash-jupyter run stab", tmp_path) == ["stable_baselines"]
    assert complete("gymdash-jupyter -d /nowhere show a", tmp_path) == []


def test_lab_is_what_no_command_means(cli: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "file").touch()  # so that it goes no further
    flags = ["--no-frontend", "-p", free_port()]
    said = [
        cli(*words, *flags)
        for words in (["lab", "-d", "file"], ["-d", "file", "lab"], ["-d", "file"])
    ]
    assert str(tmp_path / "file") in said[0].err
    assert said == [said[0]] * 3
