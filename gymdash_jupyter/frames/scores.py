"""A DataFrame of how good simulations became."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import text
from gymdash_jupyter.scores import read_scores

if TYPE_CHECKING:
    from gymdash_jupyter.grouping import GroupBy
    from gymdash_jupyter.scores.normalising import Normalise
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore


def scores_frame(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    by: GroupBy = "group",
    task: str | None = None,
    last: float = 0.1,
    normalise: Normalise = None,
) -> pd.DataFrame:
    """Give how good each simulation became: its algorithm, task, seed and score.

    Args:
        store: The project.
        key: Which series; None for the first of ``eval/mean_return``, ``rollout/ep_rew_mean`` and ``episode/return``
            that was recorded.
        sims: Which simulations; see ``selection.resolve_sims``. None: those of the types of which one has recorded the
            key.
        by: What makes an algorithm: ``"group"`` for all of the configuration but seeds and the task, ``"simulation"``
            for each alone, or a path or paths of values, such as ``"algorithm"``.
        task: Path of the value that names the task; None to find it (``env`` and the like).
        last: What is averaged: below 1 the points in this last part of the steps, or the last so many points.
        normalise: A dict with (low, high) for each task, ``"minmax"``, or None; see ``scores.normalising.ranges_of``.

    Returns:
        Index ``sim_id`` (text), by creation; columns name, state, group and task (text), seed (text or missing), score
        (float64, NaN without points or where the end is not finite), n (int64: of how many points). All simulations,
        also those that were broken off: figures leave these out.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or another argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    found = read_scores(store, key, sims, by=by, task=task, last=last).normalised(normalise)
    rows = found.rows
    columns = {
        "name": text(row.name for row in rows),
        "state": text(row.state.value for row in rows),
        "group": text(row.group for row in rows),
        "task": text(row.task for row in rows),
        "seed": text(row.seed for row in rows),
        "score": np.array([row.score for row in rows], dtype=np.float64),
        "n": np.array([row.n for row in rows], dtype=np.int64),
    }
    index = text(str(row.sim_id) for row in rows).rename("sim_id")
    frame = pd.DataFrame(columns, index=index)
    # So that figures of it, or of some of its rows, know what these numbers are.
    frame.attrs["gymdash_scores"] = {
        "key": found.key,
        "is_normalised": bool(found.ranges),
        "settings": sorted(found.settings),
    }
    return frame
