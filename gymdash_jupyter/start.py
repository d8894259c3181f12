"""GymDash's command line flags, and opening JupyterLab on a project."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.current import ProjectManager
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    MissingDependencyError,
    SimulationStateError,
    UserFolderError,
)
from gymdash_jupyter.export import SimulationExporter
from gymdash_jupyter.project import DEFAULT_FOLDER, PROJECT_VARIABLE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

DEFAULT_PORT = 8888
_INTERRUPTED = 130
_LAST_PORT = 65535
_N_PORTS_TO_SUGGEST = 50

_WITHOUT_EFFECT: dict[str, Any] = {
    "apiport": 8887,
    "apiaddr": "127.0.0.1",
    "apiworkers": 1,
    "apiserver": "dev",
    "apiserver_ip": "127.0.0.1",
    "no_backend": False,
}
"""GymDash's options for its second server, with their defaults, by attribute."""

_NO_EFFECT = "Accepted for GymDash's sake; has no effect here, where there is no second server."


def add_gymdash_arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add GymDash's command line flags to a parser.

    Args:
        parser: Gets ten more flags.

    Returns:
        The same parser.
    """
    add = parser.add_argument
    add(
        "-d",
        "--project-dir",
        default=DEFAULT_FOLDER,
        help="Folder of the project; made if it is not there (default: %(default)s).",
    )
    add(
        "-p",
        "--port",
        default=DEFAULT_PORT,
        type=int,
        help="Port on which JupyterLab answers (default: %(default)s).",
    )
    add("-b", "--apiport", default=_WITHOUT_EFFECT["apiport"], type=int, help=_NO_EFFECT)
    add("-a", "--apiaddr", default=_WITHOUT_EFFECT["apiaddr"], help=_NO_EFFECT)
    add("-w", "--apiworkers", default=_WITHOUT_EFFECT["apiworkers"], type=int, help=_NO_EFFECT)
    add(
        "--apiserver",
        default=_WITHOUT_EFFECT["apiserver"],
        choices=["dev", "lan", "custom_ip"],
        help=_NO_EFFECT,
    )
    add("--apiserver-ip", default=_WITHOUT_EFFECT["apiserver_ip"], help=_NO_EFFECT)
    add(
        "--no-frontend",
        action="store_true",
        help="Open no browser; JupyterLab prints its address.",
    )
    add("--no-backend", action="store_true", help=_NO_EFFECT)
    add(
        "--no-project",
        action="store_true",
        help="Use a temporary project, which is removed at the end.",
    )
    return parser


def start(args: Any) -> int:
    """Open JupyterLab on a project and block until it ends; Ctrl-C ends it.

    JupyterLab shows the current directory. Notebooks that are opened in it use the project without
    naming it, as ``GYMDASH_PROJECT`` in their environment says where it is. What the script prepared
    for export (``SimulationExporter``) is exported, and what this user exported for the project before
    is registered.

    Args:
        args: What ``add_gymdash_arguments`` parses, or anything with some of the same attributes.

    Returns:
        The exit code: 0 when JupyterLab was ended by Ctrl-C, by its menu or by SIGTERM.

    Raises:
        MissingDependencyError: JupyterLab is not installed.
        InvalidArgumentError: The port is in use or is none.
        SimulationStateError: A notebook or another thread calls this.
        ProjectError: The project cannot be opened.
    """
    _check_place()
    lab = _lab_app()
    port = _checked_port(getattr(args, "port", DEFAULT_PORT))
    for note in _ignored(args):
        logger.warning(note)
    project = ProjectManager.setup_from_args(args)
    _know_exported_types()
    options = [
        f"--ServerApp.root_dir={Path.cwd()}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        # Projects lie in hidden folders; the file browser is asked to go to a simulation's.
        "--ContentsManager.allow_hidden=True",
    ]
    if getattr(args, "no_frontend", False):
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    with _environment(PROJECT_VARIABLE, str(project.folder)):
        try:
            return _serve(lab, options)
        except KeyboardInterrupt:  # before it was up, or for the second time
            return _INTERRUPTED


def _serve(lab: Any, options: list[str]) -> int:
    """Run JupyterLab in this process until it ends."""
    try:
        server = lab.initialize_server(argv=options)

        def end(*_: object) -> None:
            # Jupyter's own handler asks for confirmation in a terminal, and without one leaves
            # the kernels behind. A second Ctrl-C does not wait for the kernels.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            server.stop(from_signal=True)

        before = signal.signal(signal.SIGINT, end)
        try:
            server.start()
        finally:
            signal.signal(signal.SIGINT, before)
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    return 0


def _know_exported_types() -> None:
    """Export for the project what the calling script prepared, and register what was exported."""
    try:
        SimulationExporter.export_sims()
        SimulationExporter.import_and_register()
    except UserFolderError as exc:  # JupyterLab is of use without them
        logger.warning("%s", exc)


def _lab_app() -> Any:
    try:
        labapp = import_module("jupyterlab.labapp")
    except ImportError as exc:
        msg = (
            f"start() opens JupyterLab, which cannot be imported: {exc}. "
            "Install it: pip install jupyterlab."
        )
        raise MissingDependencyError(msg) from exc
    return labapp.LabApp


def _check_place() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        is_notebook = False
    else:
        is_notebook = True
    if is_notebook or threading.current_thread() is not threading.main_thread():
        msg = (
            "start() opens JupyterLab and blocks: call it from a script, in its main thread. In a "
            "notebook, open the project instead: gymdash_jupyter.open_project('./.gymdash-projects')."
        )
        raise SimulationStateError(msg)


def _ignored(args: Any) -> list[str]:
    """Say which of the given options have no effect, a line each."""
    given = {name: getattr(args, name, default) for name, default in _WITHOUT_EFFECT.items()}
    return [
        f"--{name.replace('_', '-')}{'' if value is True else f' {value}'} has no effect here, "
        "where there is no second server."
        for name, value in given.items()
        if value != _WITHOUT_EFFECT[name]
    ]


def _checked_port(port: Any) -> int:
    """Give the port as a number, once it is known to be free; 0 means any free one."""
    try:
        number = int(port)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= _LAST_PORT:
        msg = f"A port is a number from 0 to {_LAST_PORT}, 0 meaning any free one; got {port!r}."
        raise InvalidArgumentError(msg, port=port)
    trouble = _why_not_free(number)
    if trouble is None:
        return number
    if trouble.errno != errno.EADDRINUSE:
        msg = f"JupyterLab cannot have port {number}: {trouble.strerror}. Choose another: --port."
        raise InvalidArgumentError(msg, port=number) from trouble
    later = range(number + 1, min(number + _N_PORTS_TO_SUGGEST, _LAST_PORT + 1))
    free = next((n for n in later if _why_not_free(n) is None), 0)
    msg = (
        f"Port {number} is in use, perhaps by another JupyterLab. "
        f"Choose another: --port {free}{' (free now)' if free else ' (any free one)'}."
    )
    raise InvalidArgumentError(msg, port=number) from trouble


def _why_not_free(port: int) -> OSError | None:
    """Say why nothing can listen on a port of this machine, or None when it is free."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as listener:
                if os.name == "posix":  # connections that are being closed are no hindrance
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
        except OSError as exc:
            if exc.errno in (errno.EADDRINUSE, errno.EACCES):
                return exc  # any other: the machine has no such kind of address
    return None


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
