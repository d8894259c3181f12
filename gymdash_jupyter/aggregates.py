"""Join series of several seeds into one curve with a band: numpy in, numpy out.

The seeds are the sample: a statistic is taken over them at each step, and the band says how far it would move if other
seeds had been drawn. Nothing here knows a project, a simulation or a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.resampling import drawn_counts, drawn_means, drawn_ranks, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

STATISTICS: Final = ("mean", "median", "iqm")

_MOST_NUMBERS: Final = 4_000_000
"""How many numbers are held at once while resampling."""


@dataclass(frozen=True, eq=False)
class Aggregate:
    """Several series as one.

    Attributes:
        x: Where, growing; float64, shape (m,).
        value: The statistic of those that report there; float64, shape (m,), NaN where none does.
        low: Lower end of the band; float64, shape (m,), NaN where fewer than two report.
        high: Upper end of the band, likewise.
        n: How many series report; int64, shape (m,).
    """

    x: Floats
    value: Floats
    low: Floats
    high: Floats
    n: Counts

    def __len__(self) -> int:
        return len(self.x)


def aggregate(
    series: Sequence[tuple[ArrayLike, ArrayLike]],
    statistic: str = "mean",
    *,
    max_points: int = 400,
    must_reach: Sequence[bool] | None = None,
    between: tuple[float, float] | None = None,
    resamples: int = 2000,
    confidence: float = 0.95,
    strata: Sequence[object] | None = None,
    seed: int = 0,
) -> Aggregate:
    """Join series into one curve with a band, on steps that they have in common.

    The curve goes only as far as every series that must reach has come: behind that, the statistic would be of the fast
    ones alone. A value between two recorded steps is interpolated; see ``shared_grid``.

    Args:
        series: Pairs of x and values, each of shape (n_i,); one seed each. Those without points are left out.
        statistic: ``mean``, ``median`` or ``iqm``; see ``statistic_of``.
        max_points: How long the curve may be, at least 2.
        must_reach: Which series end the curve where they end themselves; None for all. One that was broken off has
            ``False``: it counts as far as it came, and ``n`` says that it is missing afterwards.
        between: Only this range of x, with as many points as the whole would have.
        resamples: How often to draw for the band; 0 for no band.
        confidence: How much of what was drawn lies in the band.
        strata: A label for each series, such as its task; drawing keeps the number of each label. None for one for all.
        seed: Of the random numbers: the same series give the same band.

    Returns:
        The curve; empty when there are no points.

    Raises:
        InvalidArgumentError: An argument makes no sense.
    """
    checked_statistic(statistic)
    has_points = [np.size(x) > 0 for x, _ in series]
    kept = [pair for pair, is_there in zip(series, has_points, strict=True) if is_there]
    reaching = [True] * len(series) if must_reach is None else list(must_reach)
    needed = _only(reaching, has_points, "must_reach")
    labels = None if strata is None else _only(strata, has_points, "strata")
    x, table = shared_grid(kept, max_points=max_points, must_reach=needed, between=between)
    low, high = bootstrap_band(
        table, statistic, resamples=resamples, confidence=confidence, strata=labels, seed=seed
    )
    counts = np.isfinite(table).sum(axis=0).astype(np.int64)
    return Aggregate(x, statistic_of(table, statistic), low, high, counts)


def shared_grid(
    series: Sequence[tuple[ArrayLike, ArrayLike]],
    *,
    max_points: int = 400,
    must_reach: Sequence[bool] | None = None,
    between: tuple[float, float] | None = None,
) -> tuple[Floats, Floats]:
    """Put series on one grid of x: all recorded places if they fit, else evenly spaced ones.

    A value between two recorded places is interpolated linearly; before the first and after the last of a series its
    value is NaN. Of several points at one place, the newest counts. Where a NaN was recorded, its surroundings are NaN.

    Args:
        series: Pairs of x and values, each of shape (n_i,) with n_i of at least 1. Fastest when x ascends.
        max_points: How long the grid may be, at least 2.
        must_reach: Which series end the grid where they end themselves; None for all.
        between: Only this range of x.

    Returns:
        The grid, float64, shape (m,), growing; and the values, float64, shape (len(series), m).

    Raises:
        InvalidArgumentError: ``max_points`` is below 2, or x and values of a series differ in length.
    """
    if max_points < 2:
        msg = f"A grid needs at least 2 points; got max_points={max_points!r}."
        raise InvalidArgumentError(msg, max_points=max_points)
    functions = [_function(x, values) for x, values in series]
    needed = [True] * len(functions) if must_reach is None else list(must_reach)
    functions = [
        each if len(each[0]) else (np.array([np.nan]), np.array([np.nan])) for each in functions
    ]
    firsts = [float(x[0]) for x, _ in functions if np.isfinite(x[0])]
    if not firsts:
        return np.empty(0), np.empty((len(functions), 0))
    lasts = [
        float(x[-1]) for (x, _), is_needed in zip(functions, needed, strict=True) if is_needed
    ]
    lasts = [last for last in lasts if np.isfinite(last)]
    ends = [float(x[-1]) for x, _ in functions if np.isfinite(x[-1])]
    low, high = min(firsts), min(lasts) if lasts else max(ends)
    if between is not None:
        low, high = max(low, between[0]), min(high, between[1])
    if high < low:
        return np.empty(0), np.empty((len(functions), 0))
    grid = _grid([x for x, _ in functions], low, high, int(max_points))
    table = np.full((len(functions), len(grid)), np.nan)
    for row, (x, values) in zip(table, functions, strict=True):
        if np.isfinite(x[0]):
            row[:] = np.interp(grid, x, values, left=np.nan, right=np.nan)
    return grid, table


def statistic_of(table: ArrayLike, statistic: str) -> Floats:
    """Take a statistic over the seeds that report.

    Args:
        table: Shape (seeds, m); what is not finite does not report.
        statistic: ``mean``; ``median``; or ``iqm``, the interquartile mean: the mean of what is left when a quarter of
            the values, rounded down to whole seeds, is cut off at either end. It is less moved by a single lucky or
            failed seed than the mean, and needs fewer seeds than the median (Agarwal et al. 2021, "Deep Reinforcement
            Learning at the Edge of the Statistical Precipice", section 4, https://arxiv.org/abs/2108.13264). With
            fewer than four seeds it is the mean.

    Returns:
        float64, shape (m,); NaN where no seed reports.

    Raises:
        InvalidArgumentError: There is no such statistic.
    """
    checked_statistic(statistic)
    values = _table(table)
    is_there = np.isfinite(values)
    counts = is_there.sum(axis=0)
    ordered = np.sort(np.where(is_there, values, np.inf), axis=0)
    begins, ends = _kept_ranks(counts, statistic)
    ranks = np.arange(len(ordered))[:, np.newaxis]
    kept = np.where((ranks >= begins) & (ranks < ends), ordered, 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, kept.sum(axis=0) / np.maximum(ends - begins, 1), np.nan)


def bootstrap_band(
    table: ArrayLike,
    statistic: str = "mean",
    *,
    resamples: int = 2000,
    confidence: float = 0.95,
    strata: Sequence[object] | None = None,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Say within which band a statistic over seeds is known, by drawing seeds again with replacement.

    The percentile bootstrap (Efron 1979, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7),
    with the seed as the unit, and drawn within each stratum as in Agarwal et al. 2021, section 4.

    Instead of gathering what was drawn, it is counted how often each seed was; along the seeds in the order of their
    values these counts, summed up, say which values a median or interquartile mean keeps.

    Args:
        table: Shape (seeds, m); what is not finite does not report, and is not drawn there.
        statistic: See ``statistic_of``.
        resamples: How often to draw; 0 gives NaN.
        confidence: Between 0 and 1.
        strata: A label for each seed; each label keeps its number of seeds. None for one for all.
        seed: Of the random numbers.

    Returns:
        The lower and the upper end, float64, shape (m,); NaN where fewer than two seeds report.

    Raises:
        InvalidArgumentError: An argument makes no sense.
    """
    checked_statistic(statistic)
    if not 0.0 < confidence < 1.0 or resamples < 0:
        msg = f"A band needs a confidence between 0 and 1 and resamples >= 0; got {confidence!r} and {resamples!r}."
        raise InvalidArgumentError(msg)
    values = _table(table)
    if strata is not None and len(strata) != len(values):
        msg = f"Strata are one label a seed; got {len(strata)} for {len(values)} seeds."
        raise InvalidArgumentError(msg)
    low, high = np.full((2, values.shape[1]), np.nan)
    if resamples == 0 or not values.size:
        return low, high
    tail = (1.0 - confidence) / 2.0
    is_there = np.isfinite(values)
    for pattern in np.unique(is_there, axis=1).T:  # who reports changes at few places only
        if pattern.sum() < 2:
            continue
        columns = np.flatnonzero((is_there == pattern[:, np.newaxis]).all(axis=0))
        labels = None if strata is None else [strata[int(i)] for i in np.flatnonzero(pattern)]
        drawn = drawn_counts(int(pattern.sum()), resamples, labels, seed=seed)
        part = values[pattern][:, columns]
        low[columns], high[columns] = _percentiles(part, drawn, statistic, (tail, 1.0 - tail))
    return low, high


def checked_statistic(statistic: str) -> str:
    """Return a statistic's name if there is one.

    Raises:
        InvalidArgumentError: There is none of this name.
    """
    if statistic not in STATISTICS:
        hint = did_you_mean(statistic, STATISTICS)
        msg = f"The statistics over seeds are {', '.join(STATISTICS)}; got {statistic!r}.{hint}"
        raise InvalidArgumentError(msg)
    return statistic


def _table(table: ArrayLike) -> Floats:
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2:
        msg = f"Expected a table of shape (seeds, points); got one of shape {values.shape}."
        raise InvalidArgumentError(msg)
    return values


def _only(labels: Sequence[object], is_kept: list[bool], name: str) -> list[bool]:
    if len(labels) != len(is_kept):
        msg = f"{name} needs one entry a series; got {len(labels)} for {len(is_kept)} series."
        raise InvalidArgumentError(msg)
    return [label for label, keep in zip(labels, is_kept, strict=True) if keep]  # type: ignore[misc]


def _function(x: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    """Give a series as x that grows and one value each; the newest of several at one x."""
    xs = np.asarray(x, dtype=np.float64)
    ys = np.asarray(values, dtype=np.float64)
    if xs.ndim != 1 or xs.shape != ys.shape:
        msg = (
            f"A series needs as many x as values, in one dimension; got {xs.shape} and {ys.shape}."
        )
        raise InvalidArgumentError(msg)
    if not np.isfinite(xs).all():
        is_place = np.isfinite(xs)
        xs, ys = xs[is_place], ys[is_place]
    distances = np.diff(xs)
    if (distances > 0).all():
        return xs, ys
    if not (distances >= 0).all():
        order = np.argsort(xs, kind="stable")
        xs, ys = xs[order], ys[order]
    is_newest = np.append(xs[1:] != xs[:-1], True)
    return xs[is_newest], ys[is_newest]


def _grid(places: list[Floats], low: float, high: float, max_points: int) -> Floats:
    inside = [x[np.searchsorted(x, low) : np.searchsorted(x, high, side="right")] for x in places]
    if max((len(x) for x in inside), default=0) <= max_points:
        every = np.unique(np.concatenate([*inside, [low, high]]))
        if len(every) <= max_points:
            return every
    even = np.linspace(low, high, max_points)
    if all(bool((x == np.rint(x)).all()) for x in inside) and high - low >= max_points:
        even = np.unique(np.rint(even))  # steps stay whole
    return np.clip(even, low, high)


def _kept_ranks(counts: Counts, statistic: str) -> tuple[Counts, Counts]:
    """Say from which to before which rank values are kept, when there are so many."""
    if statistic == "iqm":
        cut = counts // 4
        return cut, counts - cut
    if statistic == "median":
        return np.maximum(counts - 1, 0) // 2, counts // 2 + (counts > 0)
    return np.zeros_like(counts), counts


def _percentiles(
    values: Floats, drawn: NDArray[np.int16], statistic: str, at: tuple[float, float]
) -> tuple[Floats, Floats]:
    n, m = values.shape
    low, high = np.empty((2, m))
    of_drawn: Callable[[Floats, NDArray[np.int16]], Floats]
    if statistic == "mean" or (statistic == "iqm" and n < 4):
        of_drawn = drawn_means
    else:
        begin, end = (int(rank[0]) for rank in _kept_ranks(np.array([n]), statistic))
        of_drawn = lambda part, counts: drawn_ranks(part, counts, begin, end)  # noqa: E731
    width = max(_MOST_NUMBERS // (len(drawn) * n), 1)
    for first in range(0, m, width):
        part = slice(first, first + width)
        found = of_drawn(values[:, part], drawn)
        low[part], high[part] = quantiles(found, at)
    return low, high
