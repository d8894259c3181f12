"""Keep the points of a series as a chart draws them: ordered by step, smoothed, thinned when asked.

Nothing here knows a store, a widget or a thread. Smoothing is computed over all points before any thinning, so that a
thinned picture shows the same curve as a full one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.statistics import thinned_indices

if TYPE_CHECKING:
    from gymdash_jupyter.records import ScalarSeries

Floats: TypeAlias = NDArray[np.float64]

X: Final = 0
Y: Final = 1
TIME: Final = 2
SMOOTHED: Final = 3
ROWS: Final = 4
"""Rows of a curve's data: step, value, time (seconds since the epoch), smoothed value."""

MAX_SMOOTHING: Final = 0.99
_SMALLEST_BUDGET: Final = 8
_LARGEST_LOG: Final = 140.0
_LARGEST_BLOCK: Final = 4096


class PiecewiseSmoother(Protocol):
    """Smooth a series piece by piece."""

    def add(self, values: Floats) -> Floats:
        """Smooth the next values; a new array of the same length."""


class Smoother:
    """Smooth a series piece by piece, with the same result as ``statistics.ema`` of the whole.

    The running sum ``s = a s + (1 - a) y`` over the norm ``w = a w + (1 - a)``, both 0 at first. Written out for a
    block of values, ``s_i = a^i (s_0 + (1 - a) sum_j a^-j y_j)``: one cumulative sum a block, a handful of numpy
    calls for a million points.

    Args:
        weight: ``a``, from 0 (the values themselves) to 0.99; what is outside is moved to the nearer end.
    """

    def __init__(self, weight: float) -> None:
        self.weight = min(max(float(weight), 0.0), MAX_SMOOTHING)
        self._sum = 0.0
        self._norm = 0.0

    def add(self, values: Floats) -> Floats:
        """Smooth the next values; a new array of the same length, not finite where they are not."""
        smoothed = values.copy()
        is_finite = np.isfinite(values)
        known = values if is_finite.all() else values[is_finite]
        if self.weight == 0.0 or not len(known):
            return smoothed
        sums = self._running_sums(known)
        self._sum = float(sums[-1])
        norms = self._norms(len(known))
        sums[: len(norms)] /= norms  # all later ones are 1
        smoothed[is_finite] = sums
        return smoothed

    def _running_sums(self, values: Floats) -> Floats:
        a = self.weight
        # As long as a^-n stays far from the end of what a float holds.
        size = min(int(_LARGEST_LOG / -math.log(a)) + 1, _LARGEST_BLOCK, len(values))
        count = -(-len(values) // size)
        blocks = np.zeros((count, size))
        blocks.ravel()[: len(values)] = values
        powers = a ** np.arange(1.0, size + 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            blocks *= (1.0 - a) / powers
            np.cumsum(blocks, axis=1, out=blocks)
            before = self._sum
            starts = np.empty((count, 1))
            for i, end in enumerate((blocks[:, -1] * powers[-1]).tolist()):
                starts[i] = before
                before = before * powers[-1] + end
            blocks += starts
            blocks *= powers
        return blocks.ravel()[: len(values)]

    def _norms(self, count: int) -> Floats:
        """Give the norms of the next points, as far as they are not 1."""
        missing = 1.0 - self._norm
        # From there on a^n is nothing beside 1.
        enough = int(_LARGEST_LOG / -math.log(self.weight)) + 1
        norms = 1.0 - missing * self.weight ** np.arange(1.0, min(count, enough) + 1.0)
        self._norm = float(norms[-1])
        return norms


class Curve:
    """Hold all points of one series in the order in which they are drawn, with their smoothed values.

    Points are kept in the order of their steps. A series may go back (a training that is continued,
    a counter that starts again with each episode); it is then sorted stably by step, because a line
    that runs backwards cannot be searched, zoomed or read. The store keeps the recorded order.

    Args:
        smoothing: Weight of the running average, 0 to 0.99.
    """

    def __init__(self, smoothing: float) -> None:
        self.smoothing = smoothing
        self._smoother = self._new_smoother()
        self._data = np.empty((ROWS, 64))
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def data(self) -> Floats:
        """All points: float64 (4, n), rows X, Y, TIME, SMOOTHED; a view, valid until ``extend``."""
        return self._data[:, : self._n]

    def extend(self, points: ScalarSeries) -> bool:
        """Add points that were recorded after those that are there.

        Returns:
            Whether they were simply appended; False when everything was put in order again.
        """
        if not len(points):
            return True
        first = self._n
        new = self._room_for(len(points))
        self._fill(new, points)
        places = self._data[X, max(first - 1, 0) : self._n]
        is_appended = bool((places[1:] >= places[:-1]).all())
        if not is_appended:
            order = np.argsort(self.data[X], kind="stable")
            self._data[:, : self._n] = self.data[:, order]
            self._smoother = self._new_smoother()
            first = 0
        new_values = self._data[Y, first : self._n]
        self._data[SMOOTHED, first : self._n] = self._smoother.add(new_values)
        return is_appended

    def set_smoothing(self, smoothing: float) -> None:
        """Smooth all points anew with another weight."""
        self.smoothing = smoothing
        self._smoother = self._new_smoother()
        self._data[SMOOTHED, : self._n] = self._smoother.add(self._data[Y, : self._n])

    def picture(
        self, budget: int, *, start: int = 0, between: tuple[float, float] | None = None
    ) -> Floats:
        """Copy what there is to draw, thinned by the lowest and highest value of each stretch.

        Args:
            budget: How many points at most.
            start: Leave out the points before this one.
            between: Only what can be seen between two steps, with one point more at either side.

        Returns:
            float64 (4, m), a copy.
        """
        data = self._data[:, start : self._n]
        if between is not None and data.shape[1]:
            left = int(np.searchsorted(data[X], between[0], side="left"))
            right = int(np.searchsorted(data[X], between[1], side="right"))
            data = data[:, max(left - 1, 0) : right + 1]
        return data[:, thinned_indices(data[X], data[Y], max(budget, _SMALLEST_BUDGET))]

    def _fill(self, new: Floats, points: ScalarSeries) -> None:
        """Write points into the room that was made for them, float64 (4, n)."""
        new[X] = points.steps
        new[Y] = points.values
        new[TIME] = points.times

    def _new_smoother(self) -> PiecewiseSmoother:
        return Smoother(self.smoothing)

    def _room_for(self, count: int) -> Floats:
        end = self._n + count
        if end > self._data.shape[1]:
            grown = np.empty((ROWS, max(end, 2 * self._data.shape[1])))
            grown[:, : self._n] = self._data[:, : self._n]
            self._data = grown
        new = self._data[:, self._n : end]
        self._n = end
        return new


class Sparkline:
    """Keep the shape of a series in at most 64 means, whatever its length.

    Each mean stands for the same number of points; when there are too many, neighbours are joined
    and the number doubles. Values that are not finite are passed over.
    """

    LENGTH: Final = 64

    def __init__(self) -> None:
        self._means = np.empty(0)
        self._rest = np.empty(0)
        self._size = 1

    def add(self, values: Floats) -> None:
        """Add the next values of the series."""
        self._take(np.concatenate([self._rest, values[np.isfinite(values)]]))
        while len(self._means) > self.LENGTH:
            if len(self._means) % 2:  # the odd one waits with the rest, as often as it counts
                self._rest = np.concatenate([np.full(self._size, self._means[-1]), self._rest])
                self._means = self._means[:-1]
            self._means = self._means.reshape(-1, 2).mean(axis=1)
            self._size *= 2
            self._take(self._rest)

    def means(self) -> Floats:
        """Return the means so far, the unfinished one included; a copy."""
        if not len(self._rest):
            return self._means.copy()
        return np.append(self._means, self._rest.mean())

    def _take(self, pending: Floats) -> None:
        count = len(pending) // self._size
        cut = count * self._size
        whole = pending[:cut].reshape(count, self._size).mean(axis=1)
        self._means = np.append(self._means, whole)
        self._rest = pending[cut:]
