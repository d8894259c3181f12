"""What one view of a card looks at, and the points it has already got.

A card may be on the page several times (in a notebook's output, in the sidebar); each view has its own key, width and
smoothing, and gets its own points. Used in the refresh loop's thread only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.widgets.card_output import OpenOutput
from gymdash_jupyter.widgets.curves import ROWS, Curve, Floats, Sparkline
from gymdash_jupyter.widgets.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SeriesInfo
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.card_media import CardMedia
    from gymdash_jupyter.widgets.card_output import CardOutput

Message = tuple[dict[str, Any], list[bytes]]

_DEFAULT_WIDTH: Final = 800
_LARGEST_WIDTH: Final = 8000
_MANY: Final = 4
"""With more simulations than this in one chart, each gets half the points a pixel."""


@dataclass
class _Line:
    """One simulation's series: all points here, and how many of them the browser has."""

    curve: Curve
    last: float = math.nan
    cursor: int = 0
    sent: int = 0
    sent_of: int = 0
    must_resend: bool = True


@dataclass
class _Tab:
    sparkline: Sparkline = field(default_factory=Sparkline)
    cursor: int = 0


@dataclass
class CardView(View):
    """One place on the page where a card is shown.

    Attributes:
        key: The series that is drawn.
        smoothing: Weight of the running average, 0 to 0.99.
        width: Of the chart, in CSS pixels.
        between: Only these steps are drawn, or None for all.
        tabs: Keys that are shown with a small curve.
        grown: Series that have new points which this view has not got.
        output: What simulations printed, as far as it is open here.
    """

    key: str = ""
    smoothing: float = 0.0
    width: int = _DEFAULT_WIDTH
    between: tuple[float, float] | None = None
    tabs: tuple[str, ...] = ()
    grown: set[tuple[UUID, str]] = field(default_factory=set)
    output: OpenOutput = field(default_factory=OpenOutput)
    _lines: dict[UUID, _Line] = field(default_factory=dict)
    _tabs: dict[str, _Tab] = field(default_factory=dict)
    _media_sent: int = -1
    _must_read: bool = True
    _must_value: bool = True

    def wish(self, content: Mapping[str, Any]) -> None:
        """Take over what the browser says it shows; what makes no sense is left as it was."""
        key = content.get("key")
        if isinstance(key, str) and key != self.key:
            self.key = key
            self._lines = {}
            self.is_new = self._must_read = True
        self._wish_width(content.get("width"))
        self._wish_smoothing(content.get("smoothing"))
        self._wish_between(content.get("between"))
        self.output.wish(content.get("output"))
        tabs = content.get("tabs")
        if isinstance(tabs, list) and all(isinstance(tab, str) for tab in tabs):
            if tuple(tabs) != self.tabs:
                self._must_value = True
            self.tabs = tuple(tabs)

    def start_again(self) -> None:
        """Read and send everything once more: something may have been missed."""
        self._must_read = self._must_value = self.is_new = True
        self._media_sent = -1
        self.output.start_again()
        for line in self._lines.values():
            line.must_resend = True

    def series_message(self, store: ProjectStore, sim_ids: Sequence[UUID]) -> Message | None:
        """Read the drawn series and give the points that the browser lacks.

        Args:
            store: Where to read.
            sim_ids: The card's simulations.

        Returns:
            The message with the buffers x, y, time, smoothed and the last value of each part (float64), or None when
            there is nothing new.
        """
        if not self.key:
            return None
        for sim_id in sim_ids:
            if self._must_read or (sim_id, self.key) in self.grown:
                self._read_line(store, sim_id)
        self._must_read = False
        budget = self._budget(len(self._lines))
        parts: list[dict[str, Any]] = []
        pictures: list[Floats] = []
        last: list[float] = []
        for sim_id, line in self._lines.items():
            picture, is_all = _next_picture(line, budget, self.between)
            if picture is not None:
                parts.append(_part(sim_id, line, picture.shape[1], is_all=is_all))
                pictures.append(picture)
                last.append(line.last)
        if not parts and not self.is_new:
            return None
        joined = np.concatenate(pictures, axis=1) if pictures else np.empty((ROWS, 0))
        message = {
            "id": 0,
            "kind": "series",
            "view": self.view_id,
            "key": self.key,
            "smoothing": self.smoothing,
            "is_new": self.is_new,
            "parts": parts,
        }
        self.is_new = False
        return message, [*(row.tobytes() for row in joined), np.array(last, np.float64).tobytes()]

    def values_message(
        self,
        store: ProjectStore,
        sim_id: UUID,
        infos: Mapping[str, SeriesInfo],
    ) -> Message | None:
        """Give the last value of every key of one simulation, and the small curves of the tabs.

        Args:
            store: Where to read.
            sim_id: The simulation.
            infos: Its series by key.

        Returns:
            The message with the buffers of last values and of small curves (float64), or None when nothing is new.
        """
        if not self._must_value and not any(each == sim_id for each, _ in self.grown):
            return None
        curves = []
        for key in self.tabs:
            tab = self._tabs.get(key)
            if tab is None:
                tab = self._tabs[key] = _Tab()
            if self._must_value or (sim_id, key) in self.grown:
                points, tab.cursor = store.read_scalars(sim_id, key, after=tab.cursor)
                tab.sparkline.add(points.values)
            curves.append(tab.sparkline.means())
        self._must_value = False
        message = {
            "id": 0,
            "kind": "values",
            "view": self.view_id,
            "keys": list(infos),
            "tabs": [[key, len(curve)] for key, curve in zip(self.tabs, curves, strict=True)],
        }
        last = np.array([info.last_value for info in infos.values()], dtype=np.float64)
        joined = np.concatenate(curves) if curves else np.empty(0)
        return message, [last.tobytes(), joined.tobytes()]

    def media_message(self, media: CardMedia) -> Message | None:
        """Give the media that the browser does not know yet, or None when there are none."""
        start = max(self._media_sent, 0)
        if len(media) == start:
            return None
        is_new = self._media_sent < 0
        self._media_sent = len(media)
        shown = media.shown(start)
        view = self.view_id
        return {"id": 0, "kind": "media", "view": view, "items": shown, "is_new": is_new}, []

    def output_message(self, output: CardOutput) -> Message | None:
        """Give the last lines of the output that is open here, or None when there is nothing new."""
        text = self.output.news(output)
        if text is None:
            return None
        told = {"sim_id": self.output.sim_id, "text": text}
        return {"id": 0, "kind": "output", "view": self.view_id, **told}, []

    def _read_line(self, store: ProjectStore, sim_id: UUID) -> None:
        line = self._lines.get(sim_id)
        try:
            points, cursor = store.read_scalars(sim_id, self.key, after=line.cursor if line else 0)
        except UnknownSimulationError:  # deleted meanwhile; the card says so
            return
        if not len(points):
            return
        if line is None:
            line = self._lines[sim_id] = _Line(Curve(self.smoothing))
        line.cursor = cursor
        line.last = float(points.values[-1])
        if not line.curve.extend(points):
            line.must_resend = True

    def _budget(self, lines: int) -> int:
        return self.width * (4 if lines <= 1 else 2 if lines <= _MANY else 1)

    def _wish_width(self, width: object) -> None:
        if not isinstance(width, (int, float)) or not 1 <= width <= _LARGEST_WIDTH:
            return
        if int(width) > self.width:  # a narrower chart can live with more points than it needs
            self._resend()
        self.width = int(width)

    def _wish_smoothing(self, smoothing: object) -> None:
        if not isinstance(smoothing, (int, float)) or smoothing == self.smoothing:
            return
        self.smoothing = min(max(float(smoothing), 0.0), 0.99)
        for line in self._lines.values():
            line.curve.set_smoothing(self.smoothing)
        self._resend()

    def _wish_between(self, between: object) -> None:
        wanted: tuple[float, float] | None = None
        if isinstance(between, list) and len(between) == 2:
            wanted = (float(between[0]), float(between[1]))
        if wanted != self.between:
            self.between = wanted
            self._resend()

    def _resend(self) -> None:
        for line in self._lines.values():
            line.must_resend = True


def _next_picture(
    line: _Line, budget: int, between: tuple[float, float] | None
) -> tuple[Floats | None, bool]:
    """Choose between the points that came since, and all of them thinned anew."""
    total = len(line.curve)
    if not line.must_resend and line.sent_of == total:
        return None, False
    is_all = line.must_resend
    picture = np.empty((ROWS, 0))
    if not is_all:
        picture = line.curve.picture(budget // 4, start=line.sent_of, between=between)
        # Half as many again as fit: thinning everything is for every few hundred points, not for each.
        is_all = line.sent + picture.shape[1] > budget + budget // 2
    if is_all:
        picture = line.curve.picture(budget, between=between)
        line.sent = 0
    line.sent += picture.shape[1]
    line.sent_of = total
    line.must_resend = False
    return picture, is_all


def _part(sim_id: UUID, line: _Line, count: int, *, is_all: bool) -> dict[str, Any]:
    return {
        "sim_id": str(sim_id),
        "is_all": is_all,
        "count": count,
        "total": len(line.curve),
    }
