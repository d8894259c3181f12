"""Ask git which commit a folder is at.

Only what git says of the folder itself is taken: never a remote, which may hold a password, and
nothing is written into the repository. No answer is an answer: None.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OPTIONS = ("-c", "core.fsmonitor=false")  # a file watcher that git starts would outlive it
_STATUS = (
    "status",
    "--porcelain=v2",
    "--branch",
    "--untracked-files=no",  # data that lies around is not a change, and finding it is slow
    "--ignore-submodules=dirty",
)
_HEAD = ("rev-parse", "HEAD", "--abbrev-ref", "HEAD")
_OF_THE_CALLER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
_KILL_GRACE_S = 1.0


class _TooSlow(Exception):  # noqa: N818 - a signal within this file, not an error
    """Git did not answer in time."""


def repository_facts(
    folder: str | Path | None, *, timeout_s: float = 5.0
) -> dict[str, str | bool | None]:
    """Tell commit, branch and changes of the repository that a folder lies in; never fails.

    Args:
        folder: Any folder; None knows nothing.
        timeout_s: How long git may take to look for changes, in seconds. A repository that takes
            longer still tells its commit, within the same time again.

    Returns:
        ``git_commit`` (the full hash), ``git_branch`` (None on a detached head) and
        ``git_is_dirty`` (whether a tracked file is changed; untracked files do not count). None
        where it is not known: there is no git, no repository, no commit yet, or no time.
    """
    unknown: dict[str, str | bool | None] = dict.fromkeys(
        ("git_commit", "git_branch", "git_is_dirty")
    )
    git = shutil.which("git")
    if git is None or folder is None:
        return unknown
    try:
        return unknown | _from_status(_answer(git, _STATUS, folder, timeout_s))
    except _TooSlow:
        pass
    with contextlib.suppress(_TooSlow):
        return unknown | _from_head(_answer(git, _HEAD, folder, timeout_s))
    return unknown


def _from_status(answer: str | None) -> dict[str, str | bool | None]:
    if answer is None:
        return {}
    lines = answer.splitlines()
    heads = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    if not heads:
        return {}
    commit, branch = heads.get("branch.oid"), heads.get("branch.head")
    return {
        "git_commit": None if commit == "(initial)" else commit,
        "git_branch": None if branch == "(detached)" else branch,
        "git_is_dirty": any(not line.startswith("#") for line in lines),
    }


def _from_head(answer: str | None) -> dict[str, str | bool | None]:
    match (answer or "").split():
        case [commit, branch]:
            return {"git_commit": commit, "git_branch": None if branch == "HEAD" else branch}
    return {}


def _answer(
    git: str, question: tuple[str, ...], folder: str | Path, timeout_s: float
) -> str | None:
    """Give what git prints, or None when it refuses.

    Raises:
        _TooSlow: It did not answer in time; it is gone.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_CALLER}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        process = subprocess.Popen(  # noqa: S603 - git from the path, our own words
            [git, *_OPTIONS, *question],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # An interrupted cell must not reach it, and what it started must end with it.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError):  # the folder is gone, or there are no more processes to have
        return None
    try:
        printed, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _end(process)
        raise _TooSlow from None
    return printed.decode("utf-8", "replace") if process.returncode == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill git and its children without waiting for one that a dead network drive holds."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    if process.stdout is not None:
        process.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_KILL_GRACE_S)
