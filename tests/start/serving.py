"""JupyterLab as ``start`` opens it: a process of its own, apart from the person's settings."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-of-this-test"  # noqa: S105 - it guards nothing


def free_port() -> int:
    """Give a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Served:
    """A Python process that should open JupyterLab on a port.

    Args:
        arguments: What comes after ``python``.
        port: Where JupyterLab should answer.
        folder: Its working directory; its settings, runtime and temporary files are inside.
        stdin: A file descriptor to read from; None means nothing.
    """

    def __init__(
        self, arguments: list[str], port: int, folder: Path, stdin: int | None = None
    ) -> None:
        self.port = port
        self.runtime = folder / "runtime"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._log = folder / "output.log"
        environment = dict(
            os.environ,
            JUPYTER_CONFIG_DIR=str(folder / "config"),
            JUPYTER_RUNTIME_DIR=str(self.runtime),
            JUPYTERLAB_SETTINGS_DIR=str(folder / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(folder / "workspaces"),
            IPYTHONDIR=str(folder / "ipython"),
            JUPYTER_TOKEN=TOKEN,
            TMPDIR=str(self.temporary),
        )
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._log.read_text()

    def wait_until_it_answers(self) -> None:
        """Wait until JupyterLab serves its page."""
        wait_until(self._answers, 60, what="JupyterLab to answer", interval_s=0.1)

    def request(self, method: str, path: str) -> Any:
        """Ask the server's REST API; gives the decoded JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())

    def end_by(self, signal_number: signal.Signals) -> int:
        """Send a signal to this one process and give its exit code."""
        self._process.send_signal(signal_number)
        return self._process.wait(60)

    def stop(self) -> None:
        """End it and whatever it started; stopping twice is harmless."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            message = f"It ended with {self._process.returncode}:\n{self.output[-3000:]}"
            raise RuntimeError(message)
        try:
            self.request("GET", "status")
        except (urllib.error.URLError, OSError):
            return False
        return True
