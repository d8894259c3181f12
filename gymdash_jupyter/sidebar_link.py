"""What this kernel says to JupyterLab's sidebar, and what it answers: one comm, in JSON.

The kernel opens the comm when the package is imported and says nothing more until a sidebar says hello. Messages come
in a thread of their own where the front end has subshells, so that the sidebar works while a cell runs; elsewhere they
wait for the cell. What the panels show goes another way: they are widgets.

kernel to page: ``{"kind": "state", ...}`` and ``{"kind": "answer", "id", "result" | "error"}``; page to kernel:
``{"kind": "hello"}`` every 20 s and ``{"kind": "ask", "id", "what", ...}``, where ``what`` is ``panel``, ``dashboard``,
``start``, ``size`` or ``settings``.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.openings import when_opened

if TYPE_CHECKING:
    from gymdash_jupyter.background import PeriodicTask
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.widgets.dashboard import Dashboard
    from gymdash_jupyter.widgets.sidebar_panel import SidebarPanel

logger = logging.getLogger(__name__)

TARGET: Final = "gymdash.sidebar"
"""Name of the comm."""

_LISTENING_S: Final = 60.0
"""A page that was silent for so long is taken to be gone, until it says hello again."""

_LOOK_S: Final = 1.0


class _Greeting:
    """The one link of this Python process; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.link: SidebarLink | None = None


_greeting = _Greeting()


def greet(version: str) -> None:
    """Say hello to the sidebars of this kernel's pages; only in a live kernel, twice is harmless.

    Never raises: a kernel without comms works as before.
    """
    try:
        if _greeting.link is None:
            _greeting.link = SidebarLink(version)
            when_opened(_greeting.link.on_opened)
    except Exception:
        logger.debug("The sidebar could not be greeted.", exc_info=True)


class SidebarLink:
    """The kernel's end of the comm.

    Args:
        version: Of the package.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._lock = threading.Lock()  # guards the project and the task's start and stop
        self._making = threading.Lock()  # guards the panels
        self._project: Project | None = None
        self._panels: dict[tuple[str, Path], Any] = {}
        self._size_bytes: int | None = None
        self._open_requests = 0
        self._tick: int | None = None
        self._heard = 0.0
        self._task: PeriodicTask | None = None
        self._comm: Any = None
        self._open()

    def on_opened(self, project: Project) -> None:
        """Hear that a project is the current one now."""
        with self._lock:
            is_new = project is not self._project
            self._project = project
            if is_new:
                self._size_bytes, self._tick, self._open_requests = None, None, 0
        if self._comm is None:  # closed by a page without our extension; perhaps this one has it
            self._open()
        elif is_new and self._is_heard:
            self._look()
            self._say_state()
            self._watch()

    # The comm

    def _open(self) -> None:
        from comm import create_comm

        comm = create_comm(target_name=TARGET, data=self._state())
        # See widgets/subshells.py: without this, messages would wait for the cell that imported us.
        if hasattr(comm, "_reply_subshell_for"):
            comm._reply_subshell_for = None  # noqa: SLF001
        comm.on_msg(self._on_message)
        comm.on_close(self._on_close)
        self._comm = comm

    def _on_close(self, _message: Any) -> None:
        self._comm = None

    def _send(self, data: dict[str, Any]) -> None:
        comm = self._comm
        if comm is not None:
            comm.send(data)

    def _on_message(self, message: Any) -> None:
        data = message["content"]["data"]
        kind = data.get("kind") if isinstance(data, dict) else None
        if kind == "hello":
            self._heard = time.monotonic()
            self._look()
            self._say_state()
            self._watch()
        elif kind == "ask" and isinstance(data.get("id"), str):
            self._answer(data)

    def _answer(self, question: dict[str, Any]) -> None:
        what = question.get("what")
        if what == "size":  # many files on a slow disk: nothing else may wait for it
            self._in_background(lambda: self._say_answer(question, self._do_size))
            return
        answers = {
            "panel": self._do_panel,
            "dashboard": self._do_dashboard,
            "start": self._do_start,
            "settings": self._do_settings,
        }
        self._say_answer(question, answers.get(str(what), _unknown))

    def _say_answer(self, question: dict[str, Any], answer: Any) -> None:
        said: dict[str, Any] = {"kind": "answer", "id": question["id"]}
        try:
            said["result"] = answer(question)
        except Exception as exc:
            logger.debug("What the sidebar asked for failed.", exc_info=True)
            said["error"] = str(exc) or type(exc).__name__
        self._send(said)

    def _in_background(self, work: Any) -> None:
        from gymdash_jupyter.widgets.work_queue import WorkQueue

        with self._lock:
            queue = self.__dict__.setdefault("_queue", WorkQueue("gymdash-sidebar-size"))
        queue.put(work)

    # What is asked

    def _do_panel(self, _question: dict[str, Any]) -> dict[str, str] | None:
        panel = self._sidebar_panel()
        return None if panel is None else {"model_id": panel.model_id}

    def _do_dashboard(self, question: dict[str, Any]) -> dict[str, str] | None:
        from gymdash_jupyter.ids import to_uuid

        dashboard: Dashboard | None = self._made("dashboard")
        if dashboard is None:
            return None
        if sim := question.get("sim"):
            dashboard.simulations.selection = [str(to_uuid(sim))]
            dashboard.is_starting = False
            dashboard.tab = "analyze"
        return {"model_id": dashboard.model_id}

    def _do_start(self, _question: dict[str, Any]) -> None:
        panel = self._sidebar_panel()
        if panel is not None and panel.can_start:
            panel.is_starting = True

    def _do_size(self, _question: dict[str, Any]) -> dict[str, int] | None:
        project = self._project
        if project is None:
            return None
        size = project.disk_usage().total_bytes
        if project is self._project:
            self._size_bytes = size
        return {"size_bytes": size}

    def _do_settings(self, question: dict[str, Any]) -> None:
        from gymdash_jupyter.widgets.refresh import RefreshLoop

        wanted = question.get("refresh_s")
        if isinstance(wanted, (int, float)):
            RefreshLoop.interval_s = min(max(float(wanted), 0.1), 5.0)

    # Panels: one of each kind for a project, so that all pages and tabs see the same

    def _sidebar_panel(self) -> SidebarPanel | None:
        panel: SidebarPanel | None = self._made("sidebar")
        return panel

    def _made(self, kind: str) -> Any:
        """Give the current project's panel, making it the first time; None when no project is open."""
        with self._making:
            project = self._project
            if project is None:
                return None
            key = kind, project.folder
            found = self._panels.get(key)
            if found is None or found.store is not project.store or found.comm is None:
                found = self._panels[key] = self._make(kind, project)
            return found

    def _make(self, kind: str, project: Project) -> Any:
        if kind == "dashboard":
            from gymdash_jupyter.widgets.dashboard import Dashboard

            return Dashboard(project)
        from gymdash_jupyter.widgets.sidebar_panel import SidebarPanel

        panel = SidebarPanel(project)
        panel.observe(lambda _change: self._say_state(), ["is_starting", "can_start"])
        return panel

    # The state

    def _say_state(self) -> None:
        if self._is_heard:
            self._send({"kind": "state", **self._state()})

    def _state(self) -> dict[str, Any]:
        project = self._project
        panel = None if project is None else self._panels.get(("sidebar", project.folder))
        is_read_only = project is not None and project.is_read_only
        return {
            "project": None if project is None else str(project.folder),
            "place": "" if project is None else _place(project.folder),
            "home": _home(),
            "cwd": _cwd(),
            "is_read_only": is_read_only,
            "open_requests": self._open_requests,
            "size_bytes": self._size_bytes,
            "is_starting": bool(panel is not None and panel.is_starting),
            "can_start": not is_read_only if panel is None else bool(panel.can_start),
            "version": self._version,
            "pid": os.getpid(),
        }

    @property
    def _is_heard(self) -> bool:
        return self._heard > 0 and time.monotonic() - self._heard < _LISTENING_S

    def _watch(self) -> None:
        """Look at the project once a second from now on, as long as a page listens."""
        from gymdash_jupyter.background import PeriodicTask

        with self._lock:
            if self._project is None:
                return
            if self._task is None:
                self._task = PeriodicTask("gymdash-sidebar", self._notice, interval_s=_LOOK_S)
            self._task.start()

    def _notice(self) -> None:
        with self._lock:
            if not self._is_heard:
                if self._task is not None:
                    self._task.stop()
                return
        if self._look():
            self._say_state()

    def _look(self) -> bool:
        """Count the open control requests anew; say whether their number changed."""
        project = self._project
        if project is None:
            return False
        try:
            tick = project.store.tick()
            if tick == self._tick:
                return False
            count = len(project.store.control_requests())
        except Exception:  # the project is gone or locked: the panel says so
            logger.debug("A project could not be looked at.", exc_info=True)
            return False
        if project is not self._project:
            return False
        self._tick = tick
        has_changed = count != self._open_requests
        self._open_requests = count
        return has_changed


def _unknown(question: dict[str, Any]) -> None:
    msg = (
        f"This kernel's gymdash_jupyter does not know how to {question.get('what')!r}. "
        "Update gymdash-jupyter in its environment and restart the kernel."
    )
    raise ValueError(msg)


def _place(folder: Path) -> str:
    """Write a folder so that a person knows it: with the one around it."""
    return "/".join(part for part in folder.parts[-2:] if part != folder.anchor)


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:  # a user that the machine does not know
        return ""


def _cwd() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was deleted
        return ""
