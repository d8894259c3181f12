"""A real ipykernel and the page's side of its link to the sidebar, message by message."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty
from typing import Any, Self

from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).parents[2]
TARGET = "gymdash.sidebar"


class LinkedKernel:
    """A kernel in a process of its own, and what it says to the sidebar.

    Attributes:
        folder: Its working directory.
        comm_id: Of the link, once the kernel opened it.
    """

    def __init__(self, folder: Path) -> None:
        environment = dict(os.environ, PYTHONPATH=str(ROOT), IPYTHONDIR=str(folder / "ipython"))
        self._manager, self._client = start_new_kernel(cwd=str(folder), env=environment)
        self.folder = folder
        self.comm_id = ""
        self.opened = 0

    def start(self, cell: str) -> str:
        """Begin a cell and return at once; gives the id of the request."""
        request: str = self._client.execute(cell, allow_stdin=False)
        return request

    def run(self, cell: str, timeout_s: float = 60) -> str:
        """Execute a cell to its end and give what it printed."""
        request = self.start(cell)
        printed: list[str] = []
        error = ""
        for message in self._messages(timeout_s):
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                error = f"{content['ename']}: {content['evalue']}"
            elif content.get("execution_state") == "idle":
                if error:
                    raise AssertionError(error)
                return "".join(printed)
        raise AssertionError("the cell did not end")

    def say(self, data: dict[str, Any], *, subshell: str | None = None) -> None:
        """Send to the kernel's end of the link, in the kernel's main thread or a subshell."""
        content = {"comm_id": self.comm_id, "data": data}
        message = self._client.session.msg("comm_msg", content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self._client.shell_channel.send(message)

    def hear(self, kind: str, timeout_s: float = 60, **wanted: Any) -> dict[str, Any]:
        """Wait for a message over the link: ``opened``, ``state`` or ``answer``, with these values in it."""
        for message in self._messages(timeout_s):
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_open" and message["content"]["target_name"] == TARGET:
                self.comm_id = message["content"]["comm_id"]
                self.opened += 1
                data = {**data, "kind": "opened"}
            elif message["content"].get("comm_id") != self.comm_id:
                continue
            if data.get("kind") == kind and wanted.items() <= data.items():
                found: dict[str, Any] = data
                return found
        raise AssertionError(f"the kernel did not say {kind} with {wanted} in {timeout_s:g} s")

    def ask(self, what: str, *, subshell: str | None = None, **content: Any) -> dict[str, Any]:
        """Ask something and wait for the answer, which has ``result`` or ``error``."""
        question = f"page-{time.monotonic_ns()}"
        self.say({"kind": "ask", "id": question, "what": what, **content}, subshell=subshell)
        return self.hear("answer", id=question)

    def hello(self, **wanted: Any) -> dict[str, Any]:
        """Say hello as a page does and wait for the state."""
        self.say({"kind": "hello"})
        return self.hear("state", **wanted)

    def new_subshell(self) -> str:
        """Make a thread in the kernel that answers while a cell runs, as JupyterLab does for a comm."""
        self._client.control_channel.send(self._client.session.msg("create_subshell_request"))
        reply = self._client.get_control_msg(timeout=60)
        subshell: str = reply["content"]["subshell_id"]
        return subshell

    def _messages(self, timeout_s: float) -> Any:
        end = time.monotonic() + timeout_s
        while (left := end - time.monotonic()) > 0:
            try:
                yield self._client.get_iopub_msg(timeout=left)
            except Empty:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
