"""What one chart in one view of an AnalyzePanel has got, and what it gets next: new points, or all thinned anew.

Used in the refresh loop's thread only.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.widgets.analyze_numbers import MOST_GRID_POINTS, Between, LineNumbers, Look
from gymdash_jupyter.widgets.curves import ROWS as CURVE_ROWS
from gymdash_jupyter.widgets.curves import SMOOTHED, Floats, X, Y

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.widgets.analyze_line import Line

Message = tuple[dict[str, Any], list[bytes]]

ROWS: Final = 5
"""Rows of a picture: x, recorded, smoothed, low, high."""

_MANY: Final = 4
_SHARE_OF_TIME: Final = 0.2
"""A joined curve that grows is made anew so often that it costs no more than this share of the time."""


@dataclass
class _Sent:
    """How much of a line the browser has."""

    size: int = -1
    length: int = 0
    points: int = 0
    n_sorted: int = 0
    sims: tuple[object, ...] = ()
    is_joined: bool = False
    is_whole: bool = False
    must_resend: bool = True
    not_before: float = 0.0


@dataclass(frozen=True)
class ChartWish:
    """What a chart shows.

    Attributes:
        chart_id: ``overview``, ``detail`` or ``key:`` and its key.
        key: The series.
        width: Of its plot, in CSS pixels.
        between: The range of x that is shown, or None for all.
        wants_extent: Whether the y axis of a part of x shall hold all of x.
    """

    chart_id: str
    key: str
    width: int
    between: Between = None
    wants_extent: bool = False


class ChartFeed:
    """Remember what one chart has got.

    Attributes:
        is_done: Whether it has everything that is there.
        seen: When it was last on screen, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.is_done = False
        self.seen = 0.0
        self._wish = ChartWish("", "", 0)
        self._look = Look()
        self._sent: dict[str, _Sent] = {}
        self._is_new = True
        self._told: tuple[object, ...] = ()

    def message(
        self,
        numbers: LineNumbers,
        lines: Sequence[Line],
        wish: ChartWish,
        *,
        end: float | None,
        deadline: float,
    ) -> Message | None:
        """Give what the chart lacks.

        Args:
            numbers: Where points come from.
            lines: What is shown, in order.
            wish: What the chart shows.
            end: How far x will reach, or None.
            deadline: When to stop reading, on the monotonic clock; what is then missing comes with the next call.

        Returns:
            The message and its buffers, see ``analyze_messages``; None when there is nothing new.
        """
        self._take_wish(wish, numbers.look)
        with_points = [line for line in lines if numbers.size(line, wish.key) > 0]
        budget = wish.width * (1 if len(with_points) > _MANY else 2 if len(with_points) > 1 else 4)
        parts: list[dict[str, Any]] = []
        pictures: list[Floats] = []
        was_done, self.is_done = self.is_done, True
        for line in with_points:
            sent = self._sent.setdefault(line.line_id, _Sent())
            if not self._is_behind(sent, line, numbers):
                continue
            if parts and time.monotonic() > deadline:
                self.is_done = False
                break
            if not numbers.read(line, wish.key, deadline):
                self.is_done = False
                break
            picture, is_all = self._next(sent, line, numbers, budget)
            parts.append(_part(line, picture, numbers, wish.key, is_all=is_all))
            pictures.append(picture)
        told = (end, self.is_done, wish.wants_extent)
        if not parts and not self._is_new and told == self._told and was_done == self.is_done:
            return None
        self._told = told
        extent = self._extent(numbers, with_points)
        content = self._content(parts, end, extent)
        return content, _buffers(pictures, content)

    def _take_wish(self, wish: ChartWish, look: Look) -> None:
        before, self._wish = self._wish, wish
        before_look, self._look = self._look, look
        if (before.key, before_look.x) != (wish.key, look.x):
            self._sent = {}
            self._is_new = True
        is_other = (before_look.smoothing, before_look.statistic) != (
            look.smoothing,
            look.statistic,
        )
        for sent in self._sent.values():
            sent.must_resend |= is_other or (
                not sent.is_whole and (before.between != wish.between or wish.width > before.width)
            )

    def _is_behind(self, sent: _Sent, line: Line, numbers: LineNumbers) -> bool:
        is_joined = len(numbers.reporting(line, self._wish.key)) > 1
        members = (*line.sim_ids, *sorted(map(str, line.broken_off)))
        if is_joined != sent.is_joined or members != sent.sims:
            sent.must_resend = True
            sent.is_joined, sent.sims = is_joined, members
        if sent.must_resend:
            return True
        is_grown = sent.size != numbers.size(line, self._wish.key)
        return is_grown and time.monotonic() >= sent.not_before

    def _next(
        self, sent: _Sent, line: Line, numbers: LineNumbers, budget: int
    ) -> tuple[Floats, bool]:
        """Choose between the points that came since, and all of them thinned anew."""
        size = numbers.size(line, self._wish.key)
        if sent.is_joined:
            began = time.monotonic()
            picture = joined_picture(numbers, line, self._wish)
            cost = time.monotonic() - began
            sent.not_before = began + cost / _SHARE_OF_TIME
            is_all = True
        else:
            picture, is_all = self._next_of_one(sent, line, numbers, budget)
        sent.size = size
        sent.must_resend = False
        return picture, is_all

    def _next_of_one(
        self, sent: _Sent, line: Line, numbers: LineNumbers, budget: int
    ) -> tuple[Floats, bool]:
        curve = numbers.curve(line, self._wish.key)
        between = self._wish.between
        # Points that came out of order were sorted in, somewhere among those that were sent.
        is_all = sent.must_resend or curve.n_sorted != sent.n_sorted
        sent.n_sorted = curve.n_sorted
        picture = np.empty((CURVE_ROWS, 0))
        if not is_all:
            picture = curve.picture(max(budget // 4, 8), start=sent.length, between=between)
            # Half as many again as fit: thinning everything is for every few hundred points, not for each.
            is_all = sent.points + picture.shape[1] > budget + budget // 2
        if is_all:
            sent.is_whole = len(curve) <= budget
            picture = curve.picture(budget, between=None if sent.is_whole else between)
            sent.points = 0
        elif sent.is_whole:  # the browser has every point, and shall have
            picture = curve.data[:, sent.length :]
        sent.points += picture.shape[1]
        sent.length = len(curve)
        none = np.full((2, picture.shape[1]), np.nan)
        return np.vstack([picture[[X, Y, SMOOTHED]], none]), is_all

    def _extent(self, numbers: LineNumbers, lines: Sequence[Line]) -> list[float] | None:
        """Between which values all lines lie."""
        if self._wish.between is None or not self._wish.wants_extent or not self.is_done:
            return None
        pairs = [numbers.extent(line, self._wish.key) for line in lines]
        low = min((pair[0] for pair in pairs if math.isfinite(pair[0])), default=None)
        high = max((pair[1] for pair in pairs if math.isfinite(pair[1])), default=None)
        return None if low is None or high is None else [low, high]

    def _content(
        self, parts: list[dict[str, Any]], end: float | None, extent: list[float] | None
    ) -> dict[str, Any]:
        is_new, self._is_new = self._is_new, False
        between = self._wish.between
        return {
            "chart": self._wish.chart_id,
            "key": self._wish.key,
            "x": self._look.x,
            "is_new": is_new,
            "is_done": self.is_done,
            "is_smoothed": self._look.smoothing.is_on,
            "has_band": any(self._sent[part["line"]].is_joined for part in parts),
            "between": None if between is None else list(between),
            "extent": extent,
            "end": end,
            "parts": parts,
        }


def joined_picture(numbers: LineNumbers, line: Line, wish: ChartWish) -> Floats:
    """Give the curve of several simulations as rows x, y, smoothed, low, high."""
    max_points = min(MOST_GRID_POINTS, max(wish.width // 2, 100))
    joined = numbers.joined(line, wish.key, wish.between, max_points)
    shown = joined.shown
    return np.vstack([shown.x, joined.recorded.value, shown.value, shown.low, shown.high])


def _part(
    line: Line, picture: Floats, numbers: LineNumbers, key: str, *, is_all: bool
) -> dict[str, Any]:
    is_one = len(numbers.reporting(line, key)) == 1
    return {
        "line": line.line_id,
        "count": picture.shape[1],
        "is_all": is_all,
        "total": numbers.size(line, key) if is_one else 0,
    }


def _buffers(pictures: list[Floats], content: dict[str, Any]) -> list[bytes]:
    rows = np.concatenate(pictures, axis=1) if pictures else np.empty((ROWS, 0))
    x, y, smoothed, low, high = (row.tobytes() for row in rows)
    if not content["is_smoothed"]:
        smoothed = b""
    if not content["has_band"]:
        low = high = b""
    return [x, y, smoothed, low, high]
