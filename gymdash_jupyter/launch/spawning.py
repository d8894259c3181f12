"""Starting fresh Python interpreters that outlive this process.

Each is the leader of a session of its own, so that neither an interrupt of a notebook's kernel nor
the kernel's end reaches it, and holds nothing of this process but the pipes it is given.
"""

from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gymdash_jupyter.errors import LaunchError
from gymdash_jupyter.project import PROJECT_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

THREADS_VARIABLE = "GYMDASH_WORKER_THREADS"
"""How many threads the numeric libraries of one worker may use; 1 unless it is set."""

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_PACKAGE_ROOT = str(Path(__file__).parents[2])
_PATH_VARIABLE = "PYTHONPATH"


def spawn(
    module: str,
    *arguments: str,
    folder: Path | None,
    stdout: int | IO[Any],
    stderr: int | IO[Any],
    stdin: int | IO[Any] = subprocess.PIPE,
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``python -m module`` detached.

    Args:
        module: Its name, in this package.
        *arguments: Of its command line.
        folder: The project's folder, which becomes its current project; None for none.
        stdout: As ``subprocess.Popen`` takes it.
        stderr: Likewise.
        stdin: Likewise; a pipe unless something else is given.
        variables: Environment variables of its own.

    Raises:
        LaunchError: The system cannot start one more process.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, in this interpreter
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=worker_environment(folder) | dict(variables or {}),
            bufsize=-1,
            close_fds=True,
            **_detached(),
        )
    except OSError as exc:
        msg = (
            f"No process can be started for a simulation: {exc}. Start it here: launcher='thread'."
        )
        raise LaunchError(msg) from exc


def variables_for_simulations() -> dict[str, str | None]:
    """Give what a simulation's process finds in its environment instead of what it came with; None: nothing."""
    return {_PATH_VARIABLE: os.environ.get(_PATH_VARIABLE)}


def worker_environment(folder: Path | None) -> dict[str, str]:
    """Give the environment variables of a worker that is started now.

    Args:
        folder: The project's folder, which becomes its current project; None for none.
    """
    env = dict(os.environ)
    n_threads = env.get(THREADS_VARIABLE) or "1"
    for name in _THREAD_LIMITS:
        # So that as many simulations as there are cores do not fight for them.
        env.setdefault(name, n_threads)
    env.pop(PROJECT_VARIABLE, None)
    if folder is not None:
        env[PROJECT_VARIABLE] = str(folder)
    env["MPLBACKEND"] = "Agg"  # a kernel's own backend would want the kernel
    env["SDL_NO_SIGNAL_HANDLERS"] = "1"  # SDL, hence pygame, would take SIGTERM away from us
    env["PYTHONFAULTHANDLER"] = "1"  # a crash in native code leaves its trace in the output
    if not _is_installed():  # it may be importable here only because of sys.path
        path = (env.get(_PATH_VARIABLE), _PACKAGE_ROOT)
        env[_PATH_VARIABLE] = os.pathsep.join(filter(None, path))
    return env


def _is_installed() -> bool:
    """Tell whether every interpreter of this environment finds this package by itself."""
    return _PACKAGE_ROOT in (*site.getsitepackages(), site.getusersitepackages())


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}
