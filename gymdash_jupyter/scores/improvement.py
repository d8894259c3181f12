"""How likely one algorithm is better than another on a task, with a seed of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.resampling import quantiles
from gymdash_jupyter.scores.table import TaskScores, checked_algorithms, checked_resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.scores.table import Scores


@dataclass(frozen=True)
class Improvement:
    """How likely X is better than Y.

    Attributes:
        x: Name of the one.
        y: Name of the other.
        value: From 0 to 1; 0.5 when they are equally good.
        low: Lower end of the interval; NaN where a task of one of them has a single seed.
        high: Upper end.
    """

    x: str
    y: str
    value: float
    low: float
    high: float


def probability_of_improvement(
    algorithms: Mapping[str, Scores],
    pairs: Sequence[tuple[str, str]] | None = None,
    *,
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[Improvement, ...]:
    """Say how likely a seed of X scores higher than a seed of Y on a task (Agarwal et al. 2021, section 4.3).

    On each task it is the Mann-Whitney statistic U over the number of pairs of seeds, a tie counting half (Mann and
    Whitney 1947, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other"); then the
    mean over tasks. Only the order of scores within a task counts, so they need no common scale. It does not say how
    much better X is.

    Where every seed of X beats every seed of Y, drawing them again gives nothing but 1, and the interval has no width.
    That is a limit of the bootstrap and no certainty: of three seeds each, it happens by chance in one case of twenty
    although both are equally good (it does in 1 of 6! / (3! 3!) = 20 orders).

    Args:
        algorithms: For each name its scores.
        pairs: Which (X, Y); None for each algorithm against each that comes after it.
        resamples: How often to draw the seeds of both, independently.
        confidence: How much of what was drawn lies in the interval.
        seed: Of the random numbers.

    Returns:
        The pairs in their order.

    Raises:
        InvalidArgumentError: An argument makes no sense, or there is no algorithm of this name.
    """
    tail = checked_resampling(resamples, confidence)
    checked = checked_algorithms(algorithms)
    names = list(checked)
    if pairs is None:
        pairs = [(x, y) for place, x in enumerate(names) for y in names[place + 1 :]]
    generator = np.random.default_rng(seed)
    return tuple(
        _improvement(_checked_pair(pair, checked), checked, resamples, tail, generator)
        for pair in pairs
    )


def _checked_pair(pair: tuple[str, str], algorithms: Mapping[str, TaskScores]) -> tuple[str, str]:
    if isinstance(pair, str) or len(pair) != 2:
        msg = f"A pair is two names, such as ('ppo', 'a2c'); got {pair!r}."
        raise InvalidArgumentError(msg)
    for name in pair:
        if name not in algorithms:
            hint = did_you_mean(str(name), algorithms)
            msg = f"There are no scores of {name!r}.{hint} There are some of: {', '.join(algorithms)}."
            raise InvalidArgumentError(msg)
    return pair[0], pair[1]


def _improvement(
    pair: tuple[str, str],
    algorithms: Mapping[str, TaskScores],
    resamples: int,
    tail: float,
    generator: np.random.Generator,
) -> Improvement:
    x, y = (algorithms[name] for name in pair)
    wins = [_wins(of_x, of_y) for of_x, of_y in zip(x.values, y.values, strict=True)]
    value = float(np.mean([each.mean() for each in wins]))
    if not (x.has_interval and y.has_interval):
        return Improvement(*pair, value, float("nan"), float("nan"))
    drawn_x, drawn_y = x.drawn(resamples, generator), y.drawn(resamples, generator)
    total = np.zeros(resamples)
    for each, at_x, at_y in zip(wins, x.places, y.places, strict=True):
        total += ((drawn_x[:, at_x] @ each) * drawn_y[:, at_y]).sum(axis=1) / each.size
    total /= len(wins)
    low, high = quantiles(total[np.newaxis], (tail, 1.0 - tail))
    return Improvement(*pair, value, float(low[0]), float(high[0]))


def _wins(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say who wins, 1 for x, 0 for y, a half each for a tie; shape (seeds of x, seeds of y)."""
    against = x[:, np.newaxis], y[np.newaxis]
    return np.greater(*against) + 0.5 * np.equal(*against)
