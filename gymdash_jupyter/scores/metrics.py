"""One number for all scores of an algorithm: interquartile mean, median, mean, optimality gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.aggregates import statistic_of
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.resampling import DrawnCounts, drawn_means, drawn_ranks
from gymdash_jupyter.scores.table import Scores, task_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]

METRICS: Final = ("median", "iqm", "mean", "optimality_gap")


def metric_of(scores: Scores, metric: str = "iqm", *, gamma: float = 1.0) -> float:
    """Say how good an algorithm is over all its tasks (Agarwal et al. 2021, section 4.3).

    Args:
        scores: See ``Scores``; of comparable size in all tasks, such as normalised ones.
        metric: ``iqm``: the interquartile mean, the mean of the middle half of all scores of all tasks; robust to
            outliers, and sure with fewer seeds than the median. ``mean``: the mean over tasks of the means over seeds;
            one outstanding task can carry it. ``median``: the median over tasks of the means over seeds; indifferent
            to how bad nearly half of the tasks are. ``optimality_gap``: by how much scores fall short of ``gamma``;
            smaller is better, and what lies above ``gamma`` earns nothing. Tasks count the same in all of them; only
            in ``iqm`` a task with more seeds counts more.
        gamma: What the optimality gap holds to be good enough.

    Raises:
        InvalidArgumentError: There is no such metric, or the scores are bad.
    """
    checked_metric(metric)
    checked = task_scores(scores)
    column = checked.pooled[:, np.newaxis]
    return float(metric_in_columns(column, checked.places, metric, gamma=gamma)[0])


def metric_in_columns(
    values: Floats, places: Sequence[slice], metric: str, *, gamma: float = 1.0
) -> Floats:
    """Take a metric in each column of a table.

    Args:
        values: Finite, shape (n, m): a row a seed, task by task.
        places: Where the rows of each task are.
        metric: See ``metric_of``.
        gamma: See ``metric_of``.

    Returns:
        float64, shape (m,).
    """
    if metric == "iqm":
        return statistic_of(values, "iqm")
    counted = np.minimum(values, gamma) if metric == "optimality_gap" else values
    means = np.stack([counted[place].mean(axis=0) for place in places])
    return _over_tasks(means, metric, gamma)


def metric_in_draws(
    values: Floats,
    places: Sequence[slice],
    drawn: DrawnCounts,
    metric: str,
    *,
    gamma: float = 1.0,
) -> Floats:
    """Take a metric in each column of a table for each drawn sample of its rows.

    Args:
        values: As in ``metric_in_columns``.
        places: Likewise.
        drawn: How often each row was drawn, shape (resamples, n).
        metric: See ``metric_of``.
        gamma: See ``metric_of``.

    Returns:
        float64, shape (m, resamples).
    """
    if metric == "iqm":
        cut = len(values) // 4
        return drawn_ranks(values, drawn, cut, len(values) - cut)
    counted = np.minimum(values, gamma) if metric == "optimality_gap" else values
    means = np.stack([drawn_means(counted[place], drawn[:, place]) for place in places])
    return _over_tasks(means, metric, gamma)


def checked_metric(metric: str) -> str:
    """Return a metric's name if there is one.

    Raises:
        InvalidArgumentError: There is none of this name.
    """
    if metric not in METRICS:
        hint = did_you_mean(str(metric), METRICS)
        msg = f"The metrics over tasks are {', '.join(METRICS)}; got {metric!r}.{hint}"
        raise InvalidArgumentError(msg)
    return metric


def _over_tasks(means: Floats, metric: str, gamma: float) -> Floats:
    """Join the means of tasks, shape (tasks, ...), over the tasks."""
    joined: Floats = np.median(means, axis=0) if metric == "median" else means.mean(axis=0)
    return gamma - joined if metric == "optimality_gap" else joined
