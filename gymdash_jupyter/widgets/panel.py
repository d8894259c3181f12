"""What all panels of the dashboard share: messages, threads, who looks, trouble, and what is left when they are closed.

The browser speaks in the kernel's thread for widgets, which must not wait: what it says of its views is left for the
refresh loop, and what it asks is answered in helper threads. What a panel keeps is read and changed in the loop's
thread only. Nothing is read or sent while nobody sees a panel.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final

import traitlets
from anywidget import AnyWidget
from IPython.display import display

from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.running import tracker_for
from gymdash_jupyter.widgets.bundles import bundle_text
from gymdash_jupyter.widgets.command_line import command_line_for
from gymdash_jupyter.widgets.outputs import Outputs
from gymdash_jupyter.widgets.refresh import News, RefreshLoop
from gymdash_jupyter.widgets.subshells import follow_front_end
from gymdash_jupyter.widgets.views import View, Views
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.tracker import SimulationTracker

logger = logging.getLogger(__name__)

_BEAT_S: Final = 2.0
"""A view of something that goes on hears from the kernel at least this often, or it says as of when it is."""


class Panel(AnyWidget):
    """Show one side of a project live, in a cell or beside other panels.

    A trait may not be called ``keys``: ipywidgets keeps the names of synchronised traits there.

    Subclasses override ``_load``, ``_take``, ``_send_to`` and ``_is_lively``, which are called in the refresh loop's
    one thread, and answer the question ``kind`` of the browser by a method ``_do_<kind>``, called in a helper thread.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: Values of traits.

    Raises:
        InvalidArgumentError: It is not a project.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str]
    """Name of the panel's bundle."""

    problem = traitlets.Unicode(read_only=True).tag(sync=True)
    """What keeps the panel from being up to date, or ``""``."""

    is_read_only = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether nothing in the project can be changed."""

    command_line = traitlets.Unicode(read_only=True).tag(sync=True)
    """What a terminal begins with to work on the project: said where the kernel does not hear."""

    def __init__(self, project: object = None, **traits: Any) -> None:
        self.tracker: SimulationTracker = tracker_for(project)
        self.project: Project = self.tracker.project
        self.store: ProjectStore = self.project.store
        self._loop = RefreshLoop.of(self.store)
        self._heard: deque[dict[str, Any]] = deque()
        self._views: Views[View] = Views(lambda view_id: View(view_id, self._send_message))
        self._lanes: dict[str, WorkQueue] = {}
        self._lanes_lock = threading.Lock()
        self._must_load = True
        self._is_closed = False
        self._outputs = Outputs()
        super().__init__(**traits)
        self.set_trait("is_read_only", self.project.is_read_only)
        self.set_trait("command_line", command_line_for(self.project.folder))
        self.on_msg(self._on_message)
        self.observe(self._on_trait)
        follow_front_end(self)

    @property
    def _esm(self) -> str:
        # Read when a panel is made, so that a missing bundle breaks the panel and not the import.
        return bundle_text(self.stem)

    # For subclasses

    def _load(self) -> None:
        """Read everything anew: somebody begins to look, or something may have been missed."""

    def _take(self, news: News) -> None:
        """Take over what changed in the project."""

    def _send_to(self, view: View) -> None:
        """Send to a view what is new for it; ``view.is_new`` says that it has nothing yet."""

    def _is_lively(self) -> bool:
        """Say whether something that is shown may change soon."""
        return False

    def _lane(self, content: dict[str, Any]) -> str:
        """Name the queue in which a question waits for those before it; each name has a thread of its own."""
        return str(content["kind"])

    def _static_html(self) -> str:
        """Draw the panel as it is now, as HTML that needs no kernel; what simulations said is escaped."""
        return f"<p>{escape(repr(self))}</p>"

    # The browser speaks; any thread

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
            return
        if content["kind"] == "ping":  # from here, in the thread that hears: that is the question
            self._send_message({"id": content.get("id"), "kind": "ping", "result": None})
        elif content.get("id"):
            self._queue(content)
        elif not self._is_closed:
            self._heard.append(content)
            self._loop.subscribe(self)

    def _queue(self, question: dict[str, Any]) -> None:
        lane = self._lane(question)
        with self._lanes_lock:
            queue = self._lanes.setdefault(lane, WorkQueue(f"gymdash-{lane}"))
        queue.put(lambda: self._answer(question))

    def _answer(self, question: dict[str, Any]) -> None:
        kind = question["kind"]
        said = {"id": question["id"], "kind": kind}
        answer = getattr(self, f"_do_{kind}", None)
        try:
            if answer is None:
                said["error"] = f"This panel does not know how to {kind!r}."
                buffers: Sequence[bytes] = ()
            else:
                result, buffers = _parts(answer(question))
                said["result"] = jsonable(result)
        except Exception as exc:
            logger.debug("What a panel was asked to do failed.", exc_info=True)
            said["error"], buffers = str(exc) or type(exc).__name__, ()
        self._send_message(said, buffers)
        self._loop.wake()

    def _on_trait(self, change: Any) -> None:
        if change["name"] in self.keys:
            self._loop.wake()

    def _send_message(self, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        self.send(content, list(buffers))

    # The loop refreshes; its thread only

    def refresh(self, news: News) -> bool:
        """Take over what browsers said and send what is new; called by the refresh loop."""
        try:
            return self._refresh(news)
        except Exception as exc:
            logger.debug("A panel could not be refreshed.", exc_info=True)
            self._must_load = True
            self.show_problem(
                f"The project's database cannot be read: {exc or type(exc).__name__}"
            )
            return False

    def show_problem(self, problem: str) -> None:
        """Show what keeps the panel from being up to date; called by the refresh loop."""
        if problem:
            problem += " Simulations go on; trying again."
        if problem != self.problem:
            self.set_trait("problem", problem)

    def _refresh(self, news: News) -> bool:
        while self._heard:
            self._views.take(self._heard.popleft())
        due = self._views.due()
        if not self._views.are_seen:
            self._rest()
            return False
        if self._must_load:
            self._load()
            self._must_load = False
            for view in self._views:
                view.start_again()
        else:
            self._take(news)
        self.show_problem("")
        is_lively = self._is_lively()
        for view in due:
            self._send_to(view)
            view.is_new = False
            self._beat(view, is_lively)
        return is_lively

    def _rest(self) -> None:
        self._must_load = True  # what changes from now on is not heard
        self._loop.unsubscribe(self)
        if self._heard and not self._is_closed:  # something came between
            self._loop.subscribe(self)

    def _beat(self, view: View, is_lively: bool) -> None:
        is_silent = time.monotonic() - view.sent > _BEAT_S
        if view.memo.get("is_lively") != is_lively or (is_lively and is_silent):
            view.memo["is_lively"] = is_lively
            view.tell("beat", {"clock": now_utc().timestamp(), "is_lively": is_lively})

    # Places without widgets

    def close(self) -> None:
        """Take the panel off the page for good; a static picture stays where it was displayed."""
        self._is_closed = True
        if getattr(self, "_loop", None) is not None:
            self._loop.unsubscribe(self)
            self._outputs.replace(self._static_bundle)
        super().close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.project.folder}>"

    def _ipython_display_(self) -> None:
        # IPython would give the place no name by which it can be replaced.
        if self._is_closed:
            display(self._static_bundle(), raw=True)
            return
        bundle = self._repr_mimebundle_()
        data = dict((bundle[0] if isinstance(bundle, tuple) else bundle) or {})
        self._outputs.display(data | {"text/plain": repr(self)})

    def _static_bundle(self) -> dict[str, Any]:
        try:
            return {"text/html": self._static_html(), "text/plain": repr(self)}
        except Exception:  # the project is gone: the words are left
            logger.debug("No static picture of a panel.", exc_info=True)
            return {"text/plain": repr(self)}


def _parts(answer: Any) -> tuple[Any, Sequence[bytes]]:
    """Split what a method gave into its result and its binary parts."""
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], list):
        buffers = answer[1]
        if all(isinstance(each, (bytes, bytearray, memoryview)) for each in buffers):
            return answer[0], buffers
    return answer, ()
