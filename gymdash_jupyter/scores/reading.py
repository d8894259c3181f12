"""Get the scores of a project's simulations: which algorithm, which task, which seed, how good in the end.

Reads the store that it is given; no DataFrame, no picture.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.grouping import GroupBy, group_records, seed_of, setting_names, value_at
from gymdash_jupyter.scores.grouped import grouped_by, setting_named
from gymdash_jupyter.scores.project_scores import ProjectScores, SimulationScore
from gymdash_jupyter.selection import Sims, resolve_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore

Floats: TypeAlias = NDArray[np.float64]

DEFAULT_KEYS: Final = ("eval/mean_return", "rollout/ep_rew_mean", "episode/return")
"""What is scored when nobody names a key: the first of these that the simulations recorded."""

TASK_PATHS: Final = ("env", "env_id", "task", "environment", "env_name")
"""Where a configuration usually names the task."""


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
        sims: Which simulations; see ``selection.resolve_sims``. None: those of the types of which one has recorded the
            key.
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
    if sims is None:
        records = of_kinds_that_recorded(store, records, [found_key])
    path = task_path(records, task)
    apart = () if path is None else (path,)
    groups = group_records(records, grouped_by(by, records), apart_from=apart, alone_by_name=False)
    labels = {sim_id: group.label for group in groups for sim_id in group.sim_ids}
    configs = {
        sim_id: group.group_id for group in group_records(records) for sim_id in group.sim_ids
    }
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
                # Shown one by one, a repetition of a seed pretends nothing.
                config="" if by == "simulation" else configs[record.sim_id],
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


def of_kinds_that_recorded(
    store: ProjectStore, records: Sequence[SimulationRecord], keys: Sequence[str]
) -> list[SimulationRecord]:
    """Keep the simulations of the types of which at least one has recorded one of these keys.

    Others have nothing to do with the question; one of these types that has no point may have failed before its first.
    """
    wanted = set(keys)
    reporting = {series.sim_id for series in store.series() if series.n and series.key in wanted}
    kinds = {(r.sim_key, r.sim_type_name) for r in records if r.sim_id in reporting}
    return [record for record in records if (record.sim_key, record.sim_type_name) in kinds]


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
    if not isinstance(task, str):
        msg = (
            f"The task is the name of a setting, such as 'env', or None to find it; got {task!r}."
        )
        raise InvalidArgumentError(msg)
    return setting_named(task, records)


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
    msg = f"Say which key the scores are of, such as 'rollout/ep_rew_mean'.{said}"
    raise InvalidArgumentError(msg)


def _curves(store: ProjectStore, ids: list[UUID], key: str) -> dict[UUID, tuple[Floats, Floats]]:
    table = store.read_table(ids, [key])
    parts = zip(table.series, table.starts[:-1], table.starts[1:], strict=True)
    return {
        series.sim_id: (table.steps[start:end].astype(np.float64), table.values[start:end])
        for series, start, end in parts
        if end > start
    }
