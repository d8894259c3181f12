"""Draw a sample again with replacement, many times at once: what every band and interval is made of.

What was drawn is never gathered. It is counted how often each of a sample's values was drawn, and statistics are taken
from the counts. Numpy in, numpy out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]
DrawnCounts: TypeAlias = NDArray[np.int16]


def drawn_counts(
    n: int,
    resamples: int,
    strata: Sequence[object] | None = None,
    *,
    seed: int | np.random.Generator = 0,
) -> DrawnCounts:
    """Count how often each of n values was drawn.

    Args:
        n: How many values the sample has.
        resamples: How often a sample of n is drawn.
        strata: A label for each value: drawing keeps the number of each label. None for one for all.
        seed: Of the random numbers.

    Returns:
        int16, shape (resamples, n); each row sums to n, and to its size over the values of one label.
    """
    generator = np.random.default_rng(seed)
    labels = [None] * n if strata is None else list(strata)
    members: dict[object, list[int]] = {}
    for place, label in enumerate(labels):
        members.setdefault(label, []).append(place)
    drawn = np.zeros((resamples, n), np.int16)
    rows = np.arange(resamples)[:, np.newaxis]
    for places in members.values():
        size = len(places)
        which = generator.integers(size, size=(resamples, size))
        which += rows * size
        counted = np.bincount(which.ravel(), minlength=resamples * size)
        drawn[:, places] = counted.reshape(resamples, size)
    return drawn


def drawn_means(values: Floats, drawn: DrawnCounts) -> Floats:
    """Mean of each drawn sample; shape (m, resamples)."""
    # Around the middle, so that large values do not swallow small differences.
    middle = values.mean(axis=0)
    means: Floats = (values - middle).T @ drawn.T.astype(np.float64)
    means /= len(values)
    means += middle[:, np.newaxis]
    return means


def drawn_ranks(values: Floats, drawn: DrawnCounts, begin: int, end: int) -> Floats:
    """Mean of what lies between two ranks of each drawn sample; shape (m, resamples)."""
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    total = np.zeros((values.shape[1], len(drawn)))
    by_seed = np.ascontiguousarray(drawn.T)
    behind = np.zeros((values.shape[1], len(drawn)), np.int16)
    below = np.zeros_like(behind)
    for seeds, row in zip(order, ordered, strict=True):
        behind += by_seed[seeds]  # how many of the sample are up to here
        reached = np.clip(behind, begin, end)
        reached -= begin
        total += (reached - below) * row[:, np.newaxis]
        below = reached
    total /= end - begin
    return total


def quantiles(samples: Floats, at: tuple[float, float]) -> tuple[Floats, Floats]:
    """Two quantiles of each row, linear between ranks as ``numpy.quantile``; reorders the rows."""
    places = [share * (samples.shape[1] - 1) for share in at]
    ranks = sorted(
        {int(place) for place in places}
        | {min(int(place) + 1, samples.shape[1] - 1) for place in places}
    )
    samples.partition(ranks, axis=1)
    found = []
    for place in places:
        first = int(place)
        second = min(first + 1, samples.shape[1] - 1)
        share = place - first
        found.append(samples[:, first] * (1 - share) + samples[:, second] * share)
    return found[0], found[1]
