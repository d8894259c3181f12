"""Get the scores of a project's simulations: which algorithm, which task, which seed, how good in the end.

Reads the store that it is given; no DataFrame, no picture.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.grouping import GroupBy, group_records, seed_of, setting_names, value_at
from gymdash_jupyter.scores.normalising import Normalise, Range, ranges_of, scaled
from gymdash_jupyter.selection import Sims, resolve_keys, resolve_sims
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore

Floats: TypeAlias = NDArray[np.float64]

DEFAULT_KEYS: Final = ("eval/mean_return", "rollout/ep_rew_mean", "episode/return")
"""What is scored when nobody names a key: the first of these that the simulations recorded."""

TASK_PATHS: Final = ("env", "env_id", "task", "environment", "env_name")
"""Where a configuration usually names the task."""


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
    """

    sim_id: UUID
    name: str
    state: SimState
    group: str
    task: str
    seed: str | None
    score: float
    n: int


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
    def groups(self) -> list[str]:
        """The algorithms in the order in which they came."""
        return list(dict.fromkeys(row.group for row in self.rows))

    def comparable(self, *, unfinished: bool = False) -> ProjectScores:
        """Leave out what would make a comparison unfair, and count it.

        That is: simulations that did not end by themselves (still running, stopped, failed or lost), those without a
        score, and all but the newest of those with the same algorithm, task and seed: a repetition of a seed is not
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
                repetition = row.sim_id if row.seed is None else (row.group, row.task, row.seed)
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


def read_scores(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    by: GroupBy = "group",
    task: str | None = None,
    last: float = 0.1,
) -> ProjectScores:
    """Score simulations by how they ended.

    Args:
        store: The project.
        key: Which series; None for the first of ``DEFAULT_KEYS`` that was recorded.
        sims: Which simulations; see ``selection.resolve_sims``.
        by: What makes an algorithm: ``"group"`` for all of the configuration but seeds and the task, ``"simulation"``
            for each alone, or a path or paths of values, such as ``"algorithm"``.
        task: Path of the value that names the task; None for the first of ``TASK_PATHS`` that is there.
        last: What is averaged: below 1 the points in this last part of the steps, or the last so many points.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or another argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    checked_last(last)
    ids = resolve_sims(store, sims)
    found_key = _key(store, key, ids)
    by_id = {record.sim_id: record for record in store.simulations()}
    records = [by_id[sim_id] for sim_id in ids if sim_id in by_id]
    path = task_path(records, task)
    apart = () if path is None else (path,)
    groups = group_records(records, grouped_by(by), apart_from=apart, alone_by_name=False)
    labels = {sim_id: group.label for group in groups for sim_id in group.sim_ids}
    curves = _curves(store, [record.sim_id for record in records], found_key)
    rows = []
    for record in records:
        score, n = final_score(*curves.get(record.sim_id, (np.empty(0), np.empty(0))), last)
        rows.append(
            SimulationScore(
                sim_id=record.sim_id,
                name=record.name,
                state=record.state,
                group=labels[record.sim_id],
                task="" if path is None else value_at(record, path) or "",
                seed=seed_of(record),
                score=score,
                n=n,
            )
        )
    return ProjectScores(found_key, tuple(rows), {}, curves, {}, setting_names(records))


def final_score(steps: Floats, values: Floats, last: float) -> tuple[float, int]:
    """Average the last points of a series.

    Args:
        steps: Shape (n,), as recorded.
        values: Likewise.
        last: Below 1, the points whose steps are in this last part of all steps (from 0, or the first step if that is
            lower, to the greatest one); else the last so many points.

    Returns:
        The mean, NaN without points or where one of them is not finite: who ended with NaN has no good end. And of how
        many points.
    """
    if not len(steps):
        return float("nan"), 0
    if last >= 1:
        chosen = values[-int(last) :]
    else:
        end, begin = float(steps.max()), min(float(steps.min()), 0.0)
        chosen = values[steps >= end - last * (end - begin)]
    mean = float(chosen.mean()) if np.isfinite(chosen).all() else float("nan")
    return mean, len(chosen)


def matrix_of(rows: Iterable[SimulationScore]) -> dict[str, dict[str, Floats]]:
    """Sort scores by algorithm and task, as the functions of this room take them."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        found.setdefault(row.group, {}).setdefault(row.task, []).append(row.score)
    return {
        group: {task: np.array(scores) for task, scores in tasks.items()}
        for group, tasks in found.items()
    }


def grouped_by(by: Any) -> GroupBy:
    """Give what ``by`` of a figure means in ``grouping.group_records``."""
    words: GroupBy = (
        {"group": "config", "simulation": "none"}.get(by, by) if isinstance(by, str) else by
    )
    return words


def task_path(records: Sequence[SimulationRecord], task: str | None = None) -> str | None:
    """Say at which path configurations name their task; None where they do not.

    Raises:
        InvalidArgumentError: A path was named that no configuration has.
    """
    if task is None:
        for path in TASK_PATHS:
            if any(value_at(record, path) is not None for record in records):
                return path
        return None
    if not isinstance(task, str) or (
        records and all(value_at(record, task) is None for record in records)
    ):
        msg = (
            f"No configuration has a value at {task!r} that could name the task. Give the name of a setting such as "
            "'env', or None to find it."
        )
        raise InvalidArgumentError(msg)
    return task


def checked_last(last: Any) -> float:
    """Return how much of a series' end counts.

    Raises:
        InvalidArgumentError: It is neither a part nor a number of points.
    """
    is_number = isinstance(last, (int, float)) and not isinstance(last, bool)
    if not is_number or not (0 < last < 1 or (last >= 1 and last == int(last))):
        msg = (
            "Give last as a part of the steps above 0 and below 1, such as 0.1, or a whole number of points; got "
            f"{last!r}."
        )
        raise InvalidArgumentError(msg)
    return float(last)


def _key(store: ProjectStore, key: str | None, ids: list[UUID]) -> str:
    if key is not None:
        found = resolve_keys(store, key)
        if len(found) != 1:
            said = ", ".join(found) or "none"
            msg = f"Scores are of one key; {key!r} stands for {said}."
            raise InvalidArgumentError(msg)
        return found[0]
    counts = Counter(series.key for series in store.series(ids) if series.n)
    for default in DEFAULT_KEYS:
        if counts[default] and counts[default] == max(counts[each] for each in DEFAULT_KEYS):
            return default
    if len(counts) == 1:
        return next(iter(counts))
    said = (
        f" Recorded: {', '.join(sorted(counts)[:16])}." if counts else " Nothing is recorded yet."
    )
    msg = f"Say which key the scores are of, such as key='rollout/ep_rew_mean'.{said}"
    raise InvalidArgumentError(msg)


def _curves(store: ProjectStore, ids: list[UUID], key: str) -> dict[UUID, tuple[Floats, Floats]]:
    table = store.read_table(ids, [key])
    parts = zip(table.series, table.starts[:-1], table.starts[1:], strict=True)
    return {
        series.sim_id: (table.steps[start:end].astype(np.float64), table.values[start:end])
        for series, start, end in parts
        if end > start
    }
