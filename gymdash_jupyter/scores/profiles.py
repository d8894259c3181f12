"""How the scores of an algorithm spread: which part of them lies above a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.resampling import DrawnCounts, drawn_means, quantiles
from gymdash_jupyter.scores.table import (
    Scores,
    TaskScores,
    checked_algorithms,
    checked_resampling,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats: TypeAlias = NDArray[np.float64]

_N_THRESHOLDS: Final = 201
_MOST_NUMBERS: Final = 4_000_000
"""How many numbers are held at once while resampling."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The performance profile of one algorithm.

    Attributes:
        algorithm: Its name.
        thresholds: In the unit of the scores, growing; float64, shape (m,).
        share: Which part of the scores is above, from 0 to 1; float64, shape (m,), never growing.
        low: Lower end of its interval, point by point; NaN where a task has a single seed.
        high: Upper end.
        n_seeds: How many seeds the task with the fewest has, and that with the most.
    """

    algorithm: str
    thresholds: Floats
    share: Floats
    low: Floats
    high: Floats
    n_seeds: tuple[int, int]


def performance_profiles(
    algorithms: Mapping[str, Scores],
    thresholds: ArrayLike | None = None,
    *,
    of: str = "seeds",
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[Profile, ...]:
    """Say for each threshold which part of the scores of an algorithm is above (Agarwal et al. 2021, section 4.2).

    An algorithm whose profile is above another's everywhere is better; where they cross, it depends on what one wants.
    Tasks count the same, whatever their numbers of seeds.

    Args:
        algorithms: For each name its scores; of comparable size in all tasks, such as normalised ones.
        thresholds: Where to look, shape (m,); None for 201 even ones from below the least score to the greatest.
        of: ``seeds``: of all scores (rliable's run-score distribution); ``tasks``: of the tasks' means, which hides
            how seeds differ.
        resamples: How often to draw for the interval.
        confidence: How much of what was drawn lies in it, at each threshold for itself.
        seed: Of the random numbers.

    Returns:
        The algorithms in their order, all over the same thresholds.

    Raises:
        InvalidArgumentError: An argument makes no sense.
    """
    tail = checked_resampling(resamples, confidence)
    if of not in ("seeds", "tasks"):
        msg = f"A profile is of 'seeds' or of 'tasks'; got {of!r}."
        raise InvalidArgumentError(msg)
    checked = checked_algorithms(algorithms)
    at = _thresholds(thresholds, checked)
    generator = np.random.default_rng(seed)
    found = []
    for algorithm, scores in checked.items():
        share = _share(scores, at, of)
        low, high = np.full((2, len(at)), np.nan)
        if scores.has_interval:
            low, high = _ends(scores, at, of, resamples, tail, generator)
        found.append(Profile(algorithm, at, share, low, high, scores.n_seeds))
    return tuple(found)


def _thresholds(given: ArrayLike | None, algorithms: Mapping[str, TaskScores]) -> Floats:
    if given is None:
        every = np.concatenate([scores.pooled for scores in algorithms.values()])
        low, high = float(every.min()), float(every.max())
        margin = (high - low) * 0.02 or max(abs(low) * 0.02, 1e-9)
        return np.linspace(low - margin, high + margin, _N_THRESHOLDS)
    at = np.asarray(given, dtype=np.float64)
    if at.ndim != 1 or not len(at) or not np.isfinite(at).all() or (np.diff(at) <= 0).any():
        msg = "Thresholds are finite numbers that grow, in one dimension, at least one."
        raise InvalidArgumentError(msg)
    return at


def _share(scores: TaskScores, at: Floats, of: str) -> Floats:
    if of == "tasks":
        means = np.array([values.mean() for values in scores.values])
        found: Floats = (means[:, np.newaxis] > at).mean(axis=0)
        return found
    above = np.stack([(values[:, np.newaxis] > at).mean(axis=0) for values in scores.values])
    share: Floats = above.mean(axis=0)
    return share


def _ends(
    scores: TaskScores,
    at: Floats,
    of: str,
    resamples: int,
    tail: float,
    generator: np.random.Generator,
) -> tuple[Floats, Floats]:
    drawn = scores.drawn(resamples, generator)
    low, high = np.empty((2, len(at)))
    n_beside = len(scores.tasks) if of == "tasks" else 1
    width = max(_MOST_NUMBERS // (resamples * n_beside), 1)
    means = _drawn_task_means(scores, drawn) if of == "tasks" else np.empty((0, resamples))
    # Each score is one part of its task, each task one part of all.
    parts = [np.full(len(values), 1.0 / len(values)) for values in scores.values]
    counts = drawn * (np.concatenate(parts) / len(parts))
    for first in range(0, len(at), width):
        some = at[first : first + width]
        if of == "tasks":
            samples = (means > some[:, np.newaxis, np.newaxis]).mean(axis=1)
        else:
            above = (scores.pooled[:, np.newaxis] > some).astype(np.float64)
            samples = np.ascontiguousarray((counts @ above).T)
        ends = quantiles(samples, (tail, 1.0 - tail))
        low[first : first + width], high[first : first + width] = ends
    # Sums of parts differ from 0 and 1 by rounding.
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def _drawn_task_means(scores: TaskScores, drawn: DrawnCounts) -> Floats:
    """Mean of each task in each drawn sample; shape (tasks, resamples)."""
    every = zip(scores.values, scores.places, strict=True)
    means = [drawn_means(values[:, np.newaxis], drawn[:, place]) for values, place in every]
    return np.concatenate(means)
