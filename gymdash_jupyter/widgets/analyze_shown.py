"""What an AnalyzePanel shows, computed anew from all recorded points: for frames, files and figures.

Nothing here shares anything with a panel that is looked at, so any thread may use it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.statistics import thinned_indices
from gymdash_jupyter.widgets.analyze_curves import CurveShelf
from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
from gymdash_jupyter.widgets.analyze_numbers import MOST_GRID_POINTS, Between, LineNumbers, Look
from gymdash_jupyter.widgets.curves import SMOOTHED, Floats, X, Y

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.analyze_line import Line, LineChoice


@dataclass(frozen=True, eq=False)
class ShownLine:
    """One line of one chart.

    Attributes:
        line: Whose.
        key: Of which series.
        n: How many of its simulations report.
        x: Ascending; float64, shape (m,).
        value: As recorded, or the statistic of what was; float64, shape (m,).
        smoothed: The same as ``value`` without smoothing; float64, shape (m,).
        low: Lower end of the band, NaN where there is none; float64, shape (m,).
        high: Upper end.
        extent: Least and greatest value over all of x.
    """

    line: Line
    key: str
    n: int
    x: Floats
    value: Floats
    smoothed: Floats
    low: Floats
    high: Floats
    extent: tuple[float, float] = (math.nan, math.nan)


@dataclass(frozen=True)
class ShownChoice:
    """What is shown.

    Attributes:
        lines: Which lines.
        look: How their numbers are made.
        keys: Of which series.
        between: Of which range of x, or None for all.
        hidden: Ids of lines that are left out.
        most_points: How many points of one line at most; None for every recorded one.
    """

    lines: LineChoice
    look: Look
    keys: Sequence[str]
    between: Between = None
    hidden: Collection[str] = ()
    most_points: int | None = None


def shown_lines(store: ProjectStore, choice: ShownChoice) -> list[ShownLine]:
    """Compute the lines that are shown, key by key, in the order of the table."""
    known = AnalyzeLines(store)
    known.load(choice.lines)
    numbers = LineNumbers(store, known, CurveShelf(store, most_points=0))
    numbers.look = choice.look
    found = []
    for key in choice.keys:
        for line in known.lines:
            reporting = numbers.reporting(line, key)
            if line.line_id in choice.hidden or not reporting:
                continue
            if len(reporting) == 1:
                shown = _line_of_one(numbers, line, key, choice)
            else:
                shown = _line_of_several(numbers, line, key, choice)
            found.append(shown)
            numbers.keep_only(set())
    return found


def _line_of_one(numbers: LineNumbers, line: Line, key: str, choice: ShownChoice) -> ShownLine:
    curve = numbers.curve(line, key)
    data = curve.data
    if choice.between is not None:
        low, high = choice.between
        begin = int(np.searchsorted(data[X], low, side="left"))
        end = int(np.searchsorted(data[X], high, side="right"))
        data = data[:, begin:end]
    if choice.most_points is not None and data.shape[1]:
        data = data[:, thinned_indices(data[X], data[Y], choice.most_points)]
    none = np.full(data.shape[1], np.nan)
    extent = (curve.lowest[0], curve.highest[0])
    x, value, smoothed = (data[row].copy() for row in (X, Y, SMOOTHED))
    return ShownLine(line, key, 1, x, value, smoothed, none, none, extent)


def _line_of_several(numbers: LineNumbers, line: Line, key: str, choice: ShownChoice) -> ShownLine:
    joined = numbers.joined(line, key, choice.between, MOST_GRID_POINTS)
    shown = joined.shown
    return ShownLine(
        line=line,
        key=key,
        n=int(shown.n[-1]) if len(shown) else 0,
        x=shown.x,
        value=joined.recorded.value,
        smoothed=shown.value,
        low=shown.low,
        high=shown.high,
        extent=numbers.extent(line, key),
    )
