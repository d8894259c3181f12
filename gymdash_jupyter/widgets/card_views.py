"""The places in browsers where one card is looked at. Used in the refresh loop's thread only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.widgets.card_view import CardView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DOUBTFUL_S: Final = 40.0
_FORGOTTEN_S: Final = 600.0
"""A browser that was closed cannot say so. After the first time its views get less, after the second nothing."""

_DOUBTFUL_INTERVAL_S: Final = 2.0


class CardViews:
    """Hold the views of a card by the names that browsers gave them."""

    def __init__(self) -> None:
        self._views: dict[str, CardView] = {}
        self._first_page = ""

    def __iter__(self) -> Iterator[CardView]:
        return iter(list(self._views.values()))

    def take(self, content: Mapping[str, Any]) -> None:
        """Take over what a browser says of a view: what it shows, that it is there, or gone."""
        view_id = str(content.get("view"))
        if content["kind"] == "gone":
            self._views.pop(view_id, None)
            return
        view = self._views.get(view_id)
        if view is None:
            view = self._views[view_id] = CardView(view_id)
        view.hear(content)
        view.is_seen = bool(content.get("is_seen", True))
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

    def due(self) -> list[CardView]:
        """List the views that get what is new now."""
        return [view for view in self._views.values() if _is_due(view)]

    def idle_s(self, since: float) -> float:
        """Say for how many seconds nobody has touched any, at most those since a moment on the monotonic clock."""
        touched = max([since, *(view.touched for view in self._views.values())])
        return time.monotonic() - touched


def _is_due(view: CardView) -> bool:
    now = time.monotonic()
    silence = now - view.heard
    if silence > _FORGOTTEN_S:
        view.is_seen = False
    return view.is_seen and (silence < _DOUBTFUL_S or now - view.sent > _DOUBTFUL_INTERVAL_S)
