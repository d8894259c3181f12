"""The scores of one algorithm: for each task, one number a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.resampling import DrawnCounts, drawn_counts

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TaskScores:
    """The scores of one algorithm, checked.

    Attributes:
        tasks: Names of the tasks.
        values: For each task its scores, float64, shape (seeds of the task,), finite, at least one.
    """

    tasks: tuple[str, ...]
    values: tuple[Floats, ...]

    @property
    def n_seeds(self) -> tuple[int, int]:
        """How many seeds the task with the fewest has, and that with the most."""
        sizes = [len(each) for each in self.values]
        return min(sizes), max(sizes)

    @property
    def has_interval(self) -> bool:
        """Whether something can be said about other seeds: every task has at least two."""
        return self.n_seeds[0] >= 2

    @property
    def pooled(self) -> Floats:
        """All scores, task by task; float64, shape (n,)."""
        return np.concatenate(self.values)

    @property
    def places(self) -> tuple[slice, ...]:
        """Where in ``pooled`` each task is."""
        ends = np.cumsum([len(each) for each in self.values]).tolist()
        return tuple(
            slice(end - len(each), end) for end, each in zip(ends, self.values, strict=True)
        )

    def drawn(self, resamples: int, generator: np.random.Generator) -> DrawnCounts:
        """Draw seeds again within each task, independently; how often each of ``pooled`` was drawn."""
        strata = [task for task, each in enumerate(self.values) for _ in each]
        return drawn_counts(len(strata), resamples, strata, seed=generator)


Scores: TypeAlias = TaskScores | Mapping[str, ArrayLike] | ArrayLike
"""One algorithm's scores: an array of shape (seeds, tasks), or for each task's name an array of shape (seeds,)."""


def task_scores(scores: Scores, name: str = "the algorithm") -> TaskScores:
    """Check one algorithm's scores.

    NaN stands for a seed without a score: it is left out, so that tasks may have different numbers of seeds in an
    array, too. A score that is infinite is refused: no mean of it says anything.

    Args:
        scores: See ``Scores``.
        name: Whose scores these are, for messages.

    Raises:
        InvalidArgumentError: They are of another shape, not numbers, infinite, or a task has none.
    """
    if isinstance(scores, TaskScores):
        return scores
    if isinstance(scores, Mapping):
        columns = {str(task): _numbers(values, name, 1) for task, values in scores.items()}
    else:
        table = _numbers(scores, name, 2)
        columns = {f"task {place + 1}": column for place, column in enumerate(table.T)}
    if not columns:
        msg = f"Scores of {name} have no task; give an array of shape (seeds, tasks) or a dict of arrays by task."
        raise InvalidArgumentError(msg)
    kept = {task: values[~np.isnan(values)] for task, values in columns.items()}
    for task, values in kept.items():
        if not len(values):
            msg = (
                f"No seed of {name} has a score on {task} (NaN stands for none). Leave the task out for all "
                "algorithms, or the algorithm."
            )
            raise InvalidArgumentError(msg)
        if not np.isfinite(values).all():
            msg = (
                f"A score of {name} on {task} is infinite, so its means would be, too. Give what such a seed is "
                "worth as a number, or NaN to leave it out."
            )
            raise InvalidArgumentError(msg)
    return TaskScores(tuple(kept), tuple(kept.values()))


def checked_algorithms(algorithms: Mapping[str, Scores]) -> dict[str, TaskScores]:
    """Check the scores of several algorithms: they must have the same tasks, else nothing can be compared.

    Args:
        algorithms: For each algorithm's name its scores. Numbers of seeds may differ.

    Returns:
        The same, each with its tasks in the order of the first algorithm.

    Raises:
        InvalidArgumentError: There is no algorithm, an algorithm's scores are bad, or their tasks differ.
    """
    if not isinstance(algorithms, Mapping) or not algorithms:
        msg = "Give scores as a dict: for each algorithm's name an array of shape (seeds, tasks), at least one."
        raise InvalidArgumentError(msg)
    checked = {str(name): task_scores(scores, str(name)) for name, scores in algorithms.items()}
    first_name, first = next(iter(checked.items()))
    for name, scores in checked.items():
        only_one = set(scores.tasks) ^ set(first.tasks)
        if only_one:
            missing = sorted(only_one)[0]
            has, lacks = (name, first_name) if missing in scores.tasks else (first_name, name)
            msg = (
                f"{has} has scores on {missing}, {lacks} has none. Algorithms are compared on the same tasks: "
                "leave this one out, or let the other learn it, too."
            )
            raise InvalidArgumentError(msg)
    return {name: _ordered(scores, first.tasks) for name, scores in checked.items()}


def checked_resampling(resamples: int, confidence: float) -> float:
    """Return the share of what was drawn that lies below an interval.

    Raises:
        InvalidArgumentError: There is no such interval.
    """
    is_whole = isinstance(resamples, (int, np.integer)) and not isinstance(resamples, bool)
    if not is_whole or resamples < 1 or not 0.0 < confidence < 1.0:
        msg = (
            f"An interval needs resamples >= 1 and a confidence between 0 and 1, such as 0.95; got {resamples!r} "
            f"and {confidence!r}."
        )
        raise InvalidArgumentError(msg)
    return (1.0 - confidence) / 2.0


def _ordered(scores: TaskScores, tasks: tuple[str, ...]) -> TaskScores:
    by_name = dict(zip(scores.tasks, scores.values, strict=True))
    return TaskScores(tasks, tuple(by_name[task] for task in tasks))


def _numbers(values: Any, name: str, dimensions: int) -> Floats:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as exc:
        msg = f"Scores of {name} are not numbers in an even array: {exc}."
        raise InvalidArgumentError(msg) from exc
    if found.ndim != dimensions:
        wanted = "(seeds, tasks)" if dimensions == 2 else "(seeds,) for each task"
        msg = f"Scores of {name} need shape {wanted}; got {found.shape}."
        raise InvalidArgumentError(msg)
    return found
