"""How fast algorithms learn: a metric over all seeds and tasks, at each of many steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gymdash_jupyter.aggregates import shared_grid
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.resampling import quantiles
from gymdash_jupyter.scores.metrics import checked_metric, metric_in_columns, metric_in_draws
from gymdash_jupyter.scores.table import TaskScores, checked_resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Floats: TypeAlias = NDArray[np.float64]
Curves: TypeAlias = "Mapping[str, Sequence[tuple[ArrayLike, ArrayLike]]]"
"""One algorithm's curves: for each task, x and values of each seed."""

_MOST_NUMBERS: Final = 4_000_000
"""How many numbers are held at once while resampling."""


@dataclass(frozen=True, eq=False)
class EfficiencyCurve:
    """A metric of one algorithm over training.

    Attributes:
        algorithm: Its name.
        x: Where, growing; float64, shape (m,): only where all its seeds in all tasks have a value.
        value: The metric there; float64, shape (m,).
        low: Lower end of the interval; NaN where a task has a single seed.
        high: Upper end.
        n_seeds: How many seeds the task with the fewest has, and that with the most.
    """

    algorithm: str
    x: Floats
    value: Floats
    low: Floats
    high: Floats
    n_seeds: tuple[int, int]


def sample_efficiency(
    algorithms: Mapping[str, Curves],
    metric: str = "iqm",
    *,
    max_points: int = 100,
    gamma: float = 1.0,
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[EfficiencyCurve, ...]:
    """Take a metric over all seeds and tasks at many steps (Agarwal et al. 2021, figure 8).

    Values between recorded steps are interpolated; nothing is extrapolated, so a curve begins when the last of its
    seeds has begun and ends where the first one ends. Seeds are drawn as whole curves.

    Args:
        algorithms: For each name its curves; values of comparable size in all tasks, such as normalised ones.
        metric: See ``metrics.metric_of``.
        max_points: How many steps at most, evenly spaced over a curve.
        gamma: What the optimality gap holds to be good enough.
        resamples: How often to draw for the interval.
        confidence: How much of what was drawn lies in it.
        seed: Of the random numbers.

    Returns:
        The algorithms in their order; a curve is empty where its seeds have no step in common.

    Raises:
        InvalidArgumentError: An argument makes no sense, or a task of an algorithm has no curve.
    """
    checked_metric(metric)
    tail = checked_resampling(resamples, confidence)
    generator = np.random.default_rng(seed)
    found = []
    for algorithm, curves in algorithms.items():
        x, scores, table = _table(algorithm, curves, max_points)
        places = scores.places
        value = metric_in_columns(table, places, metric, gamma=gamma) if len(x) else np.empty(0)
        low, high = np.full((2, len(x)), np.nan)
        if scores.has_interval:
            drawn = scores.drawn(resamples, generator)
            width = max(_MOST_NUMBERS // (resamples * len(places)), 1)
            for first in range(0, len(x), width):
                part = slice(first, first + width)
                samples = metric_in_draws(table[:, part], places, drawn, metric, gamma=gamma)
                low[part], high[part] = quantiles(samples, (tail, 1.0 - tail))
        found.append(EfficiencyCurve(algorithm, x, value, low, high, scores.n_seeds))
    return tuple(found)


def _table(algorithm: str, curves: Curves, max_points: int) -> tuple[Floats, TaskScores, Floats]:
    """Put an algorithm's curves on one grid; give it, how seeds belong to tasks, and a row a seed."""
    empty = [task for task, series in curves.items() if not len(series)]
    if empty or not curves:
        on = f" on {empty[0]}" if empty else ""
        msg = f"{algorithm} has no curve{on}: leave it out, or the task for all algorithms."
        raise InvalidArgumentError(msg)
    every = [pair for series in curves.values() for pair in series]
    x, table = shared_grid(every, max_points=max_points)
    has_all = np.isfinite(table).all(axis=0)
    if has_all.any() and not has_all.all() and len(x) >= max_points:
        # The grid began before some had begun: spend its points where all have.
        between = float(x[has_all][0]), float(x[has_all][-1])
        x, table = shared_grid(every, max_points=max_points, between=between)
        has_all = np.isfinite(table).all(axis=0)
    sizes = [len(series) for series in curves.values()]
    groups = TaskScores(tuple(curves), tuple(np.zeros(size) for size in sizes))
    return x[has_all], groups, table[:, has_all]
