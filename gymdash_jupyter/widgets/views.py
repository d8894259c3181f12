"""The places in browsers where one panel is looked at. Used in the refresh loop's thread only."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_DOUBTFUL_S: Final = 40.0
_FORGOTTEN_S: Final = 600.0
"""A browser that was closed cannot say so. After the first time its views get less, after the second nothing."""

_DOUBTFUL_INTERVAL_S: Final = 2.0


@dataclass
class View:
    """One place on a page where a panel is shown.

    Attributes:
        view_id: Chosen by the browser.
        send: Sends content and buffers to the panel's browsers.
        is_seen: Whether somebody can see it.
        is_new: Whether it has got nothing since somebody began to look.
        heard: When the browser last spoke of it, on the monotonic clock.
        touched: When somebody last did something with it, on the monotonic clock.
        page: Which browser page it is on; another after a reload.
        sent: When something was last sent to it, on the monotonic clock.
        shown: What the browser said that it shows.
        memo: What the panel remembers of it; emptied when somebody begins to look.
    """

    view_id: str
    send: Callable[[dict[str, Any], Sequence[bytes]], None] | None = None
    is_seen: bool = True
    is_new: bool = True
    heard: float = 0.0
    touched: float = 0.0
    page: str = ""
    sent: float = 0.0
    shown: dict[str, Any] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    def hear(self, content: Mapping[str, Any]) -> None:
        """Note that the browser spoke."""
        self.heard = time.monotonic()
        idle = content.get("idle_s")
        if isinstance(idle, (int, float)):
            self.touched = max(self.touched, self.heard - idle)
        if isinstance(content.get("page"), str):
            self.page = content["page"]

    def wish(self, content: Mapping[str, Any]) -> None:
        """Take over what the browser says it shows."""
        self.shown = dict(content)

    def start_again(self) -> None:
        """Send everything once more: something may have been missed."""
        self.is_new = True
        self.memo = {}

    def tell(self, kind: str, content: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Send something to this view only.

        Args:
            kind: What it is.
            content: JSON-able, without NaN.
            buffers: Binary parts.
        """
        if self.send is not None:
            self.send({"id": 0, "kind": kind, "view": self.view_id, **content}, buffers)
        self.sent = time.monotonic()


AnyView = TypeVar("AnyView", bound=View)


class Views(Generic[AnyView]):
    """Hold the views of a panel by the names that browsers gave them.

    Args:
        make: Makes a view of a name.
    """

    def __init__(self, make: Callable[[str], AnyView]) -> None:
        self._make = make
        self._views: dict[str, AnyView] = {}
        self._first_page = ""

    def __iter__(self) -> Iterator[AnyView]:
        return iter(list(self._views.values()))

    def take(self, content: Mapping[str, Any]) -> None:
        """Take over what a browser says of a view: what it shows, that it is there, or gone."""
        view_id = str(content.get("view"))
        if content["kind"] == "gone":
            self._views.pop(view_id, None)
            return
        view = self._views.get(view_id)
        if view is None:
            view = self._views[view_id] = self._make(view_id)
        view.hear(content)
        was_seen, view.is_seen = view.is_seen, bool(content.get("is_seen", True))
        if view.is_seen and not was_seen:
            view.start_again()
        if content["kind"] == "show":
            view.wish(content)
        self._first_page = self._first_page or view.page

    @property
    def are_seen(self) -> bool:
        """Whether somebody sees one of them."""
        return any(view.is_seen for view in self._views.values())

    @property
    def are_elsewhere(self) -> bool:
        """Whether one is on another page than the first one was, as after a reload."""
        return any(view.page != self._first_page for view in self._views.values())

    def due(self) -> list[AnyView]:
        """List the views that get what is new now."""
        return [view for view in self._views.values() if _is_due(view)]

    def idle_s(self, since: float) -> float:
        """Say for how many seconds nobody has touched any, at most those since a moment on the monotonic clock."""
        touched = max([since, *(view.touched for view in self._views.values())])
        return time.monotonic() - touched


def _is_due(view: View) -> bool:
    now = time.monotonic()
    silence = now - view.heard
    if silence > _FORGOTTEN_S:
        view.is_seen = False
    return view.is_seen and (silence < _DOUBTFUL_S or now - view.sent > _DOUBTFUL_INTERVAL_S)
