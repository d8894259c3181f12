"""Make scores of different tasks comparable: what of a task counts as 0, and what as 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

Range: TypeAlias = tuple[float, float]

Normalise: TypeAlias = Mapping[str, Range] | str | bool | None
"""None or False for scores as they are, ``"minmax"``, or what counts as 0 and as 1 by task."""


def ranges_of(scores: Sequence[tuple[str, float]], normalise: Normalise) -> dict[str, Range]:
    """Say what of each task counts as 0 and what as 1.

    Args:
        scores: Pairs of task and score; those that are not finite do not count.
        normalise: A dict with (low, high) for each task, such as the scores of a random policy and of a human or of
            the best that is possible: then scores of different papers can be compared. ``"minmax"`` takes the lowest
            and the highest of the scores themselves: numbers then hold for this comparison only, and change when a
            simulation is added. None or False: nothing.

    Returns:
        By task; empty for nothing.

    Raises:
        InvalidArgumentError: A task is missing, has no extent, or ``normalise`` is none of these.
    """
    if normalise is None or normalise is False:
        return {}
    tasks = list(dict.fromkeys(task for task, _ in scores))
    if isinstance(normalise, Mapping):
        return {task: _given(normalise, task) for task in tasks}
    if normalise != "minmax":
        msg = f"Give normalise as a dict of (low, high) by task, 'minmax' or None; got {normalise!r}."
        raise InvalidArgumentError(msg)
    return {task: _found(task, [score for of, score in scores if of == task]) for task in tasks}


def scaled(score: float, between: Range) -> float:
    """Give a score as a part of the way from 0 to 1; it may lie outside."""
    low, high = between
    return (score - low) / (high - low)


def scaled_values(values: NDArray[np.float64], between: Range) -> NDArray[np.float64]:
    """Give many scores of one task so."""
    low, high = between
    return (values - low) / (high - low)


def _given(ranges: Mapping[str, Range], task: str) -> Range:
    if task not in ranges:
        hint = did_you_mean(task, [str(name) for name in ranges])
        said = ", ".join(map(str, ranges)) or "none"
        msg = (
            f"The argument normalise says nothing of the task {task!r}.{hint} It has: {said}. "
            f"Add {{{task!r}: (low, high)}}."
        )
        raise InvalidArgumentError(msg)
    try:
        low, high = (float(end) for end in ranges[task])
    except (TypeError, ValueError):
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        msg = (
            f"The argument normalise needs two numbers (low, high) with low < high for {task!r}; "
            f"got {ranges[task]!r}."
        )
        raise InvalidArgumentError(msg)
    return low, high


def _found(task: str, scores: list[float]) -> Range:
    finite = [score for score in scores if math.isfinite(score)]
    if not finite or min(finite) == max(finite):
        what = f"All scores of {task!r} are {finite[0]:g}" if finite else f"{task!r} has no scores"
        msg = f"{what}, so 'minmax' cannot scale them. Give normalise={{{task!r}: (low, high), ...}}."
        raise InvalidArgumentError(msg)
    return min(finite), max(finite)
