"""Put what the database holds and what files hold into one order: by creation, then by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.store import ScalarTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records import ScalarSeries, SeriesInfo
    from gymdash_jupyter.store import ProjectStore


def by_creation(store: ProjectStore, sim_ids: Collection[UUID]) -> Callable[[UUID], int]:
    """Give a function that says where in the order of creation each of these simulations is."""
    if len(sim_ids) < 2:
        return lambda _: 0
    places = {sim_id: place for place, sim_id in enumerate(store.ids_matching(""))}
    return lambda sim_id: places.get(sim_id, len(places))


def merged_table(
    table: ScalarTable,
    infos: Sequence[SeriesInfo],
    points: Mapping[tuple[UUID, str], ScalarSeries],
) -> ScalarTable:
    """Put series beside those of a table.

    Args:
        table: From the database.
        infos: All series, in their order.
        points: The points of those that are not in the table.
    """
    rows = {
        (info.sim_id, info.key): slice(int(table.starts[place]), int(table.starts[place + 1]))
        for place, info in enumerate(table.series)
    }
    starts = np.zeros(len(infos) + 1, np.int64)
    steps: list[np.ndarray] = []
    times: list[np.ndarray] = []
    values: list[np.ndarray] = []
    for place, info in enumerate(infos):
        part = points.get((info.sim_id, info.key))
        own = rows.get((info.sim_id, info.key))
        if part is not None:
            steps.append(part.steps)
            times.append(part.times)
            values.append(part.values)
        elif own is not None:
            steps.append(table.steps[own])
            times.append(table.times[own])
            values.append(table.values[own])
        starts[place + 1] = starts[place] + len(steps[-1])
    return ScalarTable(
        series=list(infos),
        starts=starts,
        steps=np.concatenate(steps),
        times=np.concatenate(times),
        values=np.concatenate(values),
    )
