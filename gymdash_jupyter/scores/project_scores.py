"""Scores of a project's simulations: which of them may be compared, and on which scale."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.scores.normalising import Normalise, Range, ranges_of, scaled
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

Floats: TypeAlias = NDArray[np.float64]

_AS_LONG: Final = 0.9
"""Which part of the longest's steps counts as the same: logs seldom end at the same step."""


@dataclass(frozen=True)
class SimulationScore:
    """How good one simulation became.

    Attributes:
        sim_id: The simulation.
        name: Its name.
        state: Where it is in its life: a score of one that was broken off is not comparable.
        group: Its algorithm: what tells its configuration from others, but for seed and task.
        task: Its task, or ``""`` where its configuration names none.
        seed: Its seed as text, or None.
        score: The mean of its last points; NaN without points, or where one of these is not finite.
        n: Of how many points.
        config: The same for the same configuration, seeds apart; ``""`` where that is not known.
    """

    sim_id: UUID
    name: str
    state: SimState
    group: str
    task: str
    seed: str | None
    score: float
    n: int
    config: str = ""


@dataclass(frozen=True, eq=False)
class ProjectScores:
    """Scores of simulations, and what was left out.

    Attributes:
        key: Of which series.
        rows: One a simulation, by creation.
        ranges: For each task what was scaled to 0 and 1; empty where nothing was.
        curves: For each simulation its steps and values, as recorded and not scaled.
        left_out: What is not in ``rows`` any more, in words, and how often.
        settings: Names of the settings that the labels of algorithms may speak of.
    """

    key: str
    rows: tuple[SimulationScore, ...]
    ranges: Mapping[str, Range]
    curves: Mapping[UUID, tuple[Floats, Floats]]
    left_out: Mapping[str, int]
    settings: frozenset[str] = frozenset()

    @property
    def tasks(self) -> list[str]:
        """The tasks in the order in which they came."""
        return list(dict.fromkeys(row.task for row in self.rows))

    @property
    def is_mixed(self) -> bool:
        """Whether an algorithm has several configurations on one task, so that not only seeds differ."""
        configs: dict[tuple[str, str], str] = {}
        return any(
            configs.setdefault((row.group, row.task), row.config) != row.config
            for row in self.rows
        )

    @property
    def n_shorter(self) -> int:
        """How many were trained on clearly fewer steps than the longest on their task; 0 where steps are not known."""
        ends = {
            row.sim_id: float(self.curves[row.sim_id][0].max())
            for row in self.rows
            if row.sim_id in self.curves
        }
        longest: dict[str, float] = {}
        for row in self.rows:
            end = ends.get(row.sim_id, 0.0)
            longest[row.task] = max(longest.get(row.task, end), end)
        return sum(
            ends[row.sim_id] < _AS_LONG * longest[row.task]
            for row in self.rows
            if row.sim_id in ends
        )

    def comparable(self, *, unfinished: bool = False) -> ProjectScores:
        """Leave out what would make a comparison unfair, and count it.

        That is: simulations that did not end by themselves (still running, stopped, failed or lost), those without a
        score, and all but the newest of those with the same configuration and seed: a repetition of a seed is not
        another sample.

        Args:
            unfinished: Whether those that did not end by themselves count all the same.
        """
        left_out: Counter[str] = Counter()
        kept: dict[object, SimulationScore] = {}
        for row in self.rows:
            if not (row.state is SimState.SUCCEEDED or (unfinished and row.n)):
                left_out["unfinished"] += 1
            elif not np.isfinite(row.score):
                left_out["without a score"] += 1
            else:
                is_sample = row.seed is None or not row.config
                repetition = row.sim_id if is_sample else (row.config, row.seed)
                left_out["repeated seed"] += repetition in kept
                kept[repetition] = row
        ids = {row.sim_id for row in kept.values()}
        said = {words: count for words, count in left_out.items() if count}
        rows = tuple(row for row in self.rows if row.sim_id in ids)
        return replace(self, rows=rows, left_out=said)

    def normalised(self, normalise: Normalise) -> ProjectScores:
        """Scale scores, so that those of different tasks can be compared.

        Args:
            normalise: See ``normalising.ranges_of``. ``"minmax"`` looks at the simulations that are comparable only,
                and at all where none is.
        """
        rows = self.comparable().rows or self.rows
        ranges = ranges_of([(row.task, row.score) for row in rows], normalise)
        if not ranges:
            return self
        known = {row.task: ranges.get(row.task, (np.nan, np.nan)) for row in self.rows}
        scaled_rows = (replace(row, score=scaled(row.score, known[row.task])) for row in self.rows)
        return replace(self, rows=tuple(scaled_rows), ranges=known)


def matrix_of(rows: Iterable[SimulationScore]) -> dict[str, dict[str, Floats]]:
    """Sort scores by algorithm and task, as the functions of this room take them."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        found.setdefault(row.group, {}).setdefault(row.task, []).append(row.score)
    return {
        group: {task: np.array(scores) for task, scores in tasks.items()}
        for group, tasks in found.items()
    }
