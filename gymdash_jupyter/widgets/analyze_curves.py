"""All points of the series that charts show, by simulation and key: read as far as needed, kept for a while.

Used in one thread at a time.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.statistics import moving_average
from gymdash_jupyter.widgets.curves import Curve, Floats, PiecewiseSmoother, Smoother, X, Y

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from numpy.typing import NDArray

    from gymdash_jupyter.records import ScalarSeries
    from gymdash_jupyter.store import ProjectStore

XKind: TypeAlias = Literal["step", "relative", "wall"]

_MOST_POINTS: Final = 8_000_000
"""Points that are kept; one takes 24 bytes."""

_IN_USE_S: Final = 5.0


@dataclass(frozen=True)
class Smoothing:
    """How lines are smoothed.

    Attributes:
        kind: ``ema`` (exponential moving average with bias correction) or ``window`` (mean of the newest points).
        weight: Of the former, 0 (none) to 0.99.
        window: Of the latter: how many points a mean spans, 1 for none.
        passes: How often the latter is applied.
    """

    kind: str = "ema"
    weight: float = 0.0
    window: int = 1
    passes: int = 1

    @property
    def is_on(self) -> bool:
        """Whether lines are changed by it."""
        if self.kind == "window":
            return self.window > 1 and self.passes > 0
        return self.weight > 0.0

    def smoother(self) -> PiecewiseSmoother:
        """Make what smooths one series piece by piece."""
        if self.kind == "window":
            return WindowSmoother(self.window, self.passes)
        return Smoother(self.weight)


class WindowSmoother:
    """Smooth a series piece by piece, with the same result as ``statistics.moving_average`` of the whole.

    Args:
        window: How many points a mean spans.
        passes: How often to smooth.
    """

    def __init__(self, window: int, passes: int) -> None:
        self._window = window
        self._passes = passes
        self._before = np.empty(0)

    def add(self, values: Floats) -> Floats:
        """Smooth the next values; a new array of the same length."""
        # A mean reaches back by a window in each pass; what lies further back changes nothing.
        reach = (self._window - 1) * self._passes
        every = np.concatenate([self._before, values])
        smoothed = moving_average(every, self._window, self._passes)[len(self._before) :]
        self._before = every[max(len(every) - reach, 0) :].copy()
        return smoothed


class LineCurve(Curve):
    """All points of one series of one simulation, in the order and the unit of x.

    Args:
        smoothing: How it is smoothed.
        x: Unit of x.
        origin: When ``relative`` x begins, in seconds since the epoch; None for the first point.

    Attributes:
        cursor: Where to read on in the store.
        used: When it was last asked for, on the monotonic clock.
        highest: Greatest finite value and the x of it, first of several; NaN before there is one.
        lowest: Least finite value, likewise.
        n_sorted: How often points came that belong between those that were there.
    """

    def __init__(self, smoothing: Smoothing, x: XKind, origin: float | None) -> None:
        self.way = smoothing
        self.x = x
        self._origin = origin
        self.cursor = 0
        self.used = 0.0
        self.highest = (math.nan, math.nan)
        self.lowest = (math.nan, math.nan)
        self.n_sorted = 0
        super().__init__(smoothing.weight)

    def extend(self, points: ScalarSeries) -> bool:
        """Add points that were recorded after those that are there; see ``Curve.extend``."""
        if not len(points):
            return True
        places = self._places(points)
        self._note_ends(places, points.values)
        is_appended = super().extend(points)
        self.n_sorted += not is_appended
        return is_appended

    def smooth(self, smoothing: Smoothing) -> None:
        """Smooth all points in another way; does nothing where it is the same."""
        if smoothing != self.way:
            self.way = smoothing
            self.set_smoothing(smoothing.weight)

    @property
    def origin(self) -> float:
        """When ``relative`` x begins, in seconds since the epoch; 0 before there is a point."""
        return self._origin or 0.0

    def _note_ends(self, places: NDArray[Any], values: Floats) -> None:
        high, low = int(np.argmax(values)), int(np.argmin(values))
        if not (math.isfinite(values[high]) and math.isfinite(values[low])):
            finite = np.isfinite(values)
            if not finite.any():
                return
            high = int(np.argmax(np.where(finite, values, -np.inf)))
            low = int(np.argmin(np.where(finite, values, np.inf)))
        if not values[high] <= self.highest[0]:
            self.highest = (float(values[high]), float(places[high]))
        if not values[low] >= self.lowest[0]:
            self.lowest = (float(values[low]), float(places[low]))

    def _fill(self, new: Floats, points: ScalarSeries) -> None:
        # The row of times stays empty: x is in the unit that is wanted, and memory that nobody touches is not taken.
        new[X] = self._places(points)
        new[Y] = points.values

    def _places(self, points: ScalarSeries) -> NDArray[np.float64] | NDArray[np.int64]:
        if self.x == "step":
            return points.steps
        if self.x == "wall":
            return points.times
        if self._origin is None:
            self._origin = float(points.times[0])
        return points.times - self._origin

    def _new_smoother(self) -> PiecewiseSmoother:
        return self.way.smoother()


class CurveShelf:
    """Keep curves by simulation and key; those not asked for longest go first when there are too many points.

    Args:
        store: Where they are read.
        most_points: How many points to keep.
    """

    def __init__(self, store: ProjectStore, most_points: int = _MOST_POINTS) -> None:
        self._store = store
        self._most_points = most_points
        self._curves: dict[tuple[UUID, str], LineCurve] = {}

    @property
    def points(self) -> int:
        """How many points are kept."""
        return sum(len(curve) for curve in self._curves.values())

    def has(self, sim_id: UUID, key: str, *, n: int, x: XKind, smoothing: Smoothing) -> bool:
        """Say whether a series is here as it is wanted, so that ``curve`` costs nothing."""
        curve = self._curves.get((sim_id, key))
        return curve is not None and curve.cursor >= n and curve.x == x and curve.way == smoothing

    def curve(
        self,
        sim_id: UUID,
        key: str,
        *,
        n: int,
        x: XKind,
        smoothing: Smoothing,
        origin: float | None = None,
    ) -> LineCurve:
        """Give a series with at least so many points as the project said it has; what is missing is read.

        Args:
            sim_id: The simulation.
            key: The series.
            n: How many points there are known to be.
            x: Unit of x.
            smoothing: How it is smoothed.
            origin: When ``relative`` x begins, in seconds since the epoch; None for the first point.
        """
        curve = self._curves.get((sim_id, key))
        if curve is None or curve.x != x:
            curve = LineCurve(smoothing, x, origin)
            self._curves[sim_id, key] = curve
        curve.used = time.monotonic()
        curve.smooth(smoothing)
        if curve.cursor < n:
            try:
                points, curve.cursor = self._store.read_scalars(sim_id, key, after=curve.cursor)
            except UnknownSimulationError:  # deleted meanwhile; the next news say so
                return curve
            curve.extend(points)
        return curve

    def tidy(self) -> None:
        """Let go of what is too much, what was used last stays."""
        too_many = self.points - self._most_points
        if too_many <= 0:
            return
        now = time.monotonic()
        for name, curve in sorted(self._curves.items(), key=lambda each: each[1].used):
            if too_many <= 0 or now - curve.used < _IN_USE_S:
                return
            too_many -= len(curve)
            del self._curves[name]

    def keep_only(self, keys: Collection[str], sim_ids: Collection[UUID]) -> None:
        """Let go of what is not of these keys and simulations."""
        for name in [
            name for name in self._curves if name[0] not in sim_ids or name[1] not in keys
        ]:
            del self._curves[name]
