"""Smooth, thin and align series: numpy in, numpy out.

Nothing here knows a project, a simulation or a picture. All functions take anything that
``numpy.asarray`` takes, return new arrays and leave their arguments as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

_SAFE_EXPONENT = 960
"""Sums of 2**60 numbers below 2**960 stay finite."""


def ema(values: ArrayLike, weight: float) -> Floats:
    """Smooth by an exponential moving average with bias correction.

    The running value ``s = weight * s + (1 - weight) * v`` starts at 0 and is divided by ``1 -
    weight**n`` after n points, so that the first points are not drawn towards 0. This is
    TensorBoard's smoothing slider; the correction is that of Adam (Kingma and Ba 2015, section 3,
    https://arxiv.org/abs/1412.6980).

    Written out, the corrected value is the mean of all points so far with weights ``weight**age``.
    The sums are doubled in length in each of about log2(n) passes over the array (Hillis and
    Steele 1986, "Data parallel algorithms"), so no Python loop runs over the points; unlike
    differences of cumulative sums this never subtracts, so a huge early value costs no later
    precision.

    Args:
        values: Shape (n,), in any unit, in the order in which they were recorded.
        weight: Between 0 (as recorded) and below 1 (smoother).

    Returns:
        float64, shape (n,). A point that is NaN or infinite stays what it is at its place and has
        no share in others.

    Raises:
        InvalidArgumentError: ``weight`` is outside [0, 1), or ``values`` is not one-dimensional.
    """
    points = _one_dimensional(values)
    if not 0.0 <= weight < 1.0:
        msg = f"Smoothing is a weight from 0 (none) to below 1 (most); got {weight!r}."
        raise InvalidArgumentError(msg, weight=weight)
    smoothed = points.copy()
    finite = np.isfinite(points)
    known = points[finite]
    if weight == 0.0 or len(known) == 0:
        return smoothed
    sums, shift = _scaled(known)
    factor, distance = float(weight), 1
    while distance < len(sums) and factor > 0.0:
        sums[distance:] += factor * sums[:-distance]
        factor, distance = factor * factor, 2 * distance
    ages = np.arange(1, len(sums) + 1, dtype=np.float64)
    total_weight = np.expm1(ages * np.log(weight)) / (weight - 1.0)
    smoothed[finite] = _within_seen(np.ldexp(sums / total_weight, shift), known)
    return smoothed


def moving_average(values: ArrayLike, window: int, passes: int = 1) -> Floats:
    """Smooth by the mean of each point and those just before it.

    The window trails, so a point that is drawn does not change when the next one comes. It shrinks
    at the beginning, where there are fewer points. Several passes, each over the result of the one
    before, weigh near points more.

    Args:
        values: Shape (n,), in any unit, in the order in which they were recorded.
        window: How many points a mean spans, this one included; 1 leaves everything as it is.
        passes: How often to smooth; 0 leaves everything as it is.

    Returns:
        float64, shape (n,). A point that is NaN or infinite stays what it is at its place; it
        counts for the length of the window and has no share in the means.

    Raises:
        InvalidArgumentError: ``window`` is below 1, ``passes`` below 0, or ``values`` is not
            one-dimensional.
    """
    points = _one_dimensional(values)
    if window < 1 or passes < 0 or window != int(window) or passes != int(passes):
        msg = (
            "A moving average needs a whole window >= 1 and whole passes >= 0; got "
            f"window={window!r}, passes={passes!r}."
        )
        raise InvalidArgumentError(msg, window=window, passes=passes)
    smoothed = points.copy()
    finite = np.isfinite(points)
    width = min(int(window), len(points))
    if width <= 1 or not finite.any():
        return smoothed
    counts = _window_sums(finite.astype(np.float64), width)[finite]
    for _ in range(int(passes)):
        scaled, shift = _scaled(smoothed[finite])
        padded = np.zeros(len(points))
        padded[finite] = scaled
        smoothed[finite] = np.ldexp(_window_sums(padded, width)[finite] / counts, shift)
    return smoothed


def thin_min_max(x: ArrayLike, y: ArrayLike, max_points: int) -> tuple[Floats, Floats]:
    """Choose points so that the line through them looks like the line through all.

    The x range is cut into equal bins; each keeps the points with its least and greatest y, and
    one point that is not finite if it has any, so that a gap stays a gap. The first and the last
    point are always kept. (Min-max preselection of pixel-true line charts: Jugel et al. 2014, "M4:
    A Visualization-Oriented Time Series Data Aggregation", PVLDB 7.)

    Args:
        x: Shape (n,). Where it goes back somewhere, or is not finite, bins of equal numbers of
            points are used instead.
        y: Shape (n,).
        max_points: How many points to keep at most, at least 8.

    Returns:
        x and y of the chosen points, float64, shape (m,) with m <= max_points, in their order; all
        of them, copied, when n <= max_points. Values are those that came in, never averages.

    Raises:
        InvalidArgumentError: ``max_points`` is below 8, or the arrays are not one-dimensional and
            of one length.
    """
    xs, ys = _one_dimensional(x), _one_dimensional(y)
    if len(xs) != len(ys):
        msg = f"x and y need one length; got {len(xs)} and {len(ys)}."
        raise InvalidArgumentError(msg)
    chosen = thinned_indices(xs, ys, max_points)
    return xs[chosen], ys[chosen]


def thinned_indices(x: Floats, y: Floats, max_points: int) -> Indices:
    """Give the places of the points that ``thin_min_max`` keeps, int64, growing."""
    if max_points < 8:
        msg = f"Thinning needs room for at least 8 points; got max_points={max_points!r}."
        raise InvalidArgumentError(msg, max_points=max_points)
    n = len(y)
    if n <= max_points:
        return np.arange(n, dtype=np.int64)
    finite = np.isfinite(y)
    has_gaps = not finite.all()
    bins = (int(max_points) - 2) // (3 if has_gaps else 2)
    starts = _bin_starts(x, bins)
    low, high = (np.where(finite, y, end) if has_gaps else y for end in (np.inf, -np.inf))
    lowest = _first_extreme(np.minimum, low, starts, finite)
    highest = _first_extreme(np.maximum, high, starts, finite)
    kept = [np.array([0, n - 1]), lowest, highest]
    if has_gaps:
        kept.append(_first_in_bins(np.flatnonzero(~finite), starts))
    return np.unique(np.concatenate(kept)).astype(np.int64)


def common_grid(
    series: Sequence[tuple[ArrayLike, ArrayLike]], *, max_points: int = 1000
) -> tuple[Floats, Floats]:
    """Put several series on one grid of steps, so that they can be compared step by step.

    A value between two recorded steps is interpolated linearly. Before the first and after the
    last step of a series its value is NaN: nothing is extrapolated, and a mean may count who
    reports. Where a series has a step several times, or goes back, the newest point of a step is
    the one that counts. A recorded NaN makes its surroundings NaN.

    Args:
        series: Pairs of steps and values, each of shape (n_i,); n_i may be 0 and may differ.
        max_points: How long the grid may be. All recorded steps are used if they fit, else evenly
            spaced ones.

    Returns:
        The grid, float64, shape (m,), growing; and the values, float64, shape (len(series), m).

    Raises:
        InvalidArgumentError: ``max_points`` is below 2, or steps and values of a series differ in
            length.
    """
    if max_points < 2:
        msg = f"A grid needs at least 2 points; got max_points={max_points!r}."
        raise InvalidArgumentError(msg, max_points=max_points)
    clean = [_newest_of_each_step(steps, values) for steps, values in series]
    every_step = np.unique(np.concatenate([steps for steps, _ in clean] or [np.empty(0)]))
    if len(every_step) > max_points:
        every_step = np.linspace(every_step[0], every_step[-1], int(max_points))
    table = np.full((len(clean), len(every_step)), np.nan)
    for row, (steps, values) in zip(table, clean, strict=True):
        if len(steps):
            row[:] = np.interp(every_step, steps, values, left=np.nan, right=np.nan)
    return every_step, table


def _one_dimensional(values: ArrayLike) -> Floats:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 1:
        msg = f"Expected a one-dimensional array; got one of shape {points.shape}."
        raise InvalidArgumentError(msg)
    return points


def _scaled(known: Floats) -> tuple[Floats, int]:
    """Copy finite numbers over 2**shift, chosen so that sums cannot overflow; give shift too."""
    shift = max(0, int(np.frexp(np.abs(known).max())[1]) - _SAFE_EXPONENT)
    return np.ldexp(known, -shift), shift


def _within_seen(means: Floats, known: Floats) -> Floats:
    """Clip means to the range seen so far: rounding must not bend a flat series."""
    np.maximum(means, np.minimum.accumulate(known), out=means)
    return np.minimum(means, np.maximum.accumulate(known), out=means)


def _window_sums(numbers: Floats, width: int) -> Floats:
    """Sum each number and the ``width - 1`` before it, from blocks of 1, 2, 4... numbers."""
    total = np.zeros_like(numbers)
    block = numbers.copy()
    length, covered = 1, 0
    while covered < width:
        if width & length:
            total[covered:] += block[: len(block) - covered]
            covered += length
        block[length:] += block[:-length].copy()
        length *= 2
    return total


def _bin_starts(x: Floats, bins: int) -> Indices:
    """Give the first place of every bin that is not empty, growing, the first of them 0."""
    n = len(x)
    if x[-1] > x[0] and np.isfinite(x[0]) and np.isfinite(x[-1]) and bool((x[1:] >= x[:-1]).all()):
        edges = np.linspace(x[0], x[-1], bins + 1)[:-1]
        return np.unique(np.concatenate([[0], np.searchsorted(x, edges)])).astype(np.int64)
    return np.unique(np.arange(bins, dtype=np.int64) * n // bins)


def _first_extreme(
    extreme: np.ufunc, y: Floats, starts: Indices, finite: NDArray[np.bool_]
) -> Indices:
    best = extreme.reduceat(y, starts)
    is_best = (y == np.repeat(best, np.diff(starts, append=len(y)))) & finite
    return _first_in_bins(np.flatnonzero(is_best), starts)


def _first_in_bins(places: Indices, starts: Indices) -> Indices:
    """Keep the first of the growing places in each bin."""
    bins = np.searchsorted(starts, places, side="right")
    return places[np.diff(bins, prepend=0) > 0]


def _newest_of_each_step(steps: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    xs, ys = _one_dimensional(steps), _one_dimensional(values)
    if len(xs) != len(ys):
        msg = f"A series needs as many steps as values; got {len(xs)} and {len(ys)}."
        raise InvalidArgumentError(msg)
    # Reversed, the first of equal steps is the newest.
    unique, first = np.unique(xs[::-1], return_index=True)
    return unique, ys[::-1][first]
