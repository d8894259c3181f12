"""The numbers behind the lines of an AnalyzePanel: curves of single simulations, joined curves of groups.

Used in one thread at a time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from gymdash_jupyter.aggregates import Aggregate, aggregate
from gymdash_jupyter.widgets.analyze_curves import CurveShelf, LineCurve, Smoothing, XKind
from gymdash_jupyter.widgets.curves import SMOOTHED, X, Y

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.analyze_line import Line
    from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines

MOST_GRID_POINTS: Final = 400
"""More points than this a joined curve does not have: a band over them costs what it shows."""

_MOST_JOINED: Final = 400
_RESAMPLES: Final = 2000

Between: TypeAlias = tuple[float, float] | None


@dataclass(frozen=True)
class Look:
    """How numbers are made of what was recorded.

    Attributes:
        x: Unit of x.
        smoothing: How lines are smoothed.
        statistic: ``mean``, ``median`` or ``iqm`` for lines of several simulations.
    """

    x: XKind = "step"
    smoothing: Smoothing = field(default_factory=Smoothing)
    statistic: str = "mean"


@dataclass(frozen=True, eq=False)
class Joined:
    """The curve of several simulations.

    Attributes:
        recorded: Of the values as they were recorded; with smoothing it has no band.
        shown: Of the smoothed values, with the band; the same as ``recorded`` without smoothing.
    """

    recorded: Aggregate
    shown: Aggregate


class LineNumbers:
    """Give the numbers of lines, read as far as they are needed.

    Args:
        store: Where they are read.
        lines: The lines, and what there is of their series.
        shelf: Where curves are kept; None for a new one.

    Attributes:
        look: How numbers are made; set by who asks.
    """

    def __init__(
        self, store: ProjectStore, lines: AnalyzeLines, shelf: CurveShelf | None = None
    ) -> None:
        self.look = Look()
        self._lines = lines
        self._shelf = shelf or CurveShelf(store)
        self._joined: dict[tuple[object, ...], tuple[object, Aggregate]] = {}

    def reporting(self, line: Line, key: str) -> list[UUID]:
        """List the simulations of a line that have recorded a key."""
        infos = ((sim_id, self._lines.info(sim_id, key)) for sim_id in line.sim_ids)
        return [sim_id for sim_id, info in infos if info is not None and info.n > 0]

    def size(self, line: Line, key: str) -> int:
        """Say how many points a line has."""
        total = 0
        for sim_id in line.sim_ids:
            info = self._lines.info(sim_id, key)
            total += 0 if info is None else info.n
        return total

    def read(self, line: Line, key: str, deadline: float) -> bool:
        """Read what is missing of a line; False when the time was over before everything was there.

        Something is always read, so that calling it again and again comes to an end.
        """
        is_late = False
        for sim_id in self.reporting(line, key):
            info = self._lines.info(sim_id, key)
            if info is None or self._has(sim_id, key, info.n):
                continue
            if is_late:
                return False
            self._curve(sim_id, key)
            is_late = time.monotonic() > deadline
        return True

    def is_here(self, line: Line, key: str) -> bool:
        """Say whether everything of a line was read."""
        infos = ((sim_id, self._lines.info(sim_id, key)) for sim_id in line.sim_ids)
        return all(info is None or self._has(sim_id, key, info.n) for sim_id, info in infos)

    def curve(self, line: Line, key: str) -> LineCurve:
        """Give the curve of the one simulation of a line that has recorded a key."""
        return self._curve(self.reporting(line, key)[0], key)

    def joined(
        self, line: Line, key: str, between: Between = None, max_points: int = MOST_GRID_POINTS
    ) -> Joined:
        """Give the curve of several simulations, only as far as all have come that were not broken off.

        Args:
            line: Whose.
            key: The series.
            between: Only this range of x.
            max_points: How long it may be.
        """
        row = SMOOTHED if self.look.smoothing.is_on else Y
        shown = self._aggregate(line, key, row, between, max_points, has_band=True)
        if row == Y:
            return Joined(shown, shown)
        return Joined(self._aggregate(line, key, Y, between, max_points, has_band=False), shown)

    def recorded(self, line: Line, key: str) -> Aggregate:
        """Give the curve of the recorded values of several simulations over all of x, without a band."""
        return self._aggregate(line, key, Y, None, MOST_GRID_POINTS, has_band=False)

    def band_at(self, line: Line, key: str, x: float) -> tuple[float, float]:
        """Say within which band the recorded values of several simulations lie at one x."""
        sim_ids = self.reporting(line, key)
        curves = [self._curve(sim_id, key) for sim_id in sim_ids]
        series = [(curve.data[X], curve.data[Y]) for curve in curves]
        everywhere = [False] * len(series)
        there = aggregate(
            series, self.look.statistic, must_reach=everywhere, between=(x, x), max_points=2
        )
        return (float(there.low[0]), float(there.high[0])) if len(there) else (np.nan, np.nan)

    def extent(self, line: Line, key: str) -> tuple[float, float]:
        """Say between which values a line lies, its band included; NaN without a value."""
        if len(self.reporting(line, key)) == 1:
            curve = self.curve(line, key)
            return curve.lowest[0], curve.highest[0]
        joined = self.joined(line, key)
        rows = (joined.recorded.value, joined.shown.low, joined.shown.high)
        every = np.concatenate(rows)
        every = every[np.isfinite(every)]
        return (float(every.min()), float(every.max())) if len(every) else (np.nan, np.nan)

    def tidy(self) -> None:
        """Let go of what is too much."""
        self._shelf.tidy()

    def keep_only(self, keys: set[str]) -> None:
        """Let go of curves of other keys, and of simulations that are not shown any more."""
        self._shelf.keep_only(keys, set(self._lines.records))

    def _has(self, sim_id: UUID, key: str, n: int) -> bool:
        look = self.look
        return self._shelf.has(sim_id, key, n=n, x=look.x, smoothing=look.smoothing)

    def _curve(self, sim_id: UUID, key: str) -> LineCurve:
        info = self._lines.info(sim_id, key)
        return self._shelf.curve(
            sim_id,
            key,
            n=0 if info is None else info.n,
            x=self.look.x,
            smoothing=self.look.smoothing,
            origin=self._lines.origin(sim_id),
        )

    def _aggregate(
        self,
        line: Line,
        key: str,
        row: int,
        between: Between,
        max_points: int,
        *,
        has_band: bool,
    ) -> Aggregate:
        """Join curves, unless that was done since they last grew."""
        name = (line.line_id, key, row, between, max_points, has_band)
        smoothing = self.look.smoothing if row == SMOOTHED else None
        made_of = (self.look.x, self.look.statistic, smoothing, line.sim_ids, line.broken_off)
        stamp = (self.size(line, key), made_of)
        known = self._joined.pop(name, None)
        if known is None or known[0] != stamp:
            sim_ids = self.reporting(line, key)
            curves = [self._curve(sim_id, key) for sim_id in sim_ids]
            found = aggregate(
                [(curve.data[X], curve.data[row]) for curve in curves],
                self.look.statistic,
                max_points=max_points,
                must_reach=[sim_id not in line.broken_off for sim_id in sim_ids],
                between=between,
                resamples=_RESAMPLES if has_band else 0,
            )
            known = stamp, found
        self._joined[name] = known
        while len(self._joined) > _MOST_JOINED:
            del self._joined[next(iter(self._joined))]
        return known[1]
