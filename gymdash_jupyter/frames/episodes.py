"""List the episodes of simulations: how good, how long, how many seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import text, utc_from_seconds
from gymdash_jupyter.frames.scalars import occurrences
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gymdash_jupyter.store.contract import ProjectStore, ScalarTable

_KEYS: Final = {
    "episode/return": "return",
    "episode/length": "length",
    "episode/time": "duration_s",
}
"""What is recorded of an episode, and the columns for it. The first that there is gives the time."""


def episodes_frame(store: ProjectStore, sims: Sims = None) -> pd.DataFrame:
    """List every episode that simulations recorded, in the order in which they ended.

    What belongs to one episode was recorded at one step, as ``episode/return``, ``episode/length`` and
    ``episode/time``; of several episodes at one step (environments side by side), the first points belong together,
    then the second ones, and so on. Where one of them was not recorded, it is missing.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        One row an episode, by creation of the simulation. Columns ``sim_id`` (category), ``episode`` (int64, from 1 in
        each simulation), ``step`` (int64: environment steps at its end), ``time`` (UTC: its end), ``return``
        (float64), ``length`` (Int64, steps; float64 where somebody recorded lengths that are not whole) and
        ``duration_s`` (float64, seconds).

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    table = store.read_table(ids, list(_KEYS))
    counts = occurrences(table)
    by_sim: dict[str, dict[str, slice]] = {}
    for i, series in enumerate(table.series):
        rows = slice(int(table.starts[i]), int(table.starts[i + 1]))
        by_sim.setdefault(str(series.sim_id), {})[series.key] = rows
    parts = [_episodes(table, counts, rows) for rows in by_sim.values()]
    lengths = [len(part["step"]) for part in parts]
    dtypes = {"step": np.int64, "time": np.float64, **dict.fromkeys(_KEYS.values(), np.float64)}
    empty = [{name: np.empty(0, dtype=dtype) for name, dtype in dtypes.items()}]
    columns = {name: np.concatenate([part[name] for part in parts or empty]) for name in dtypes}
    numbers = [number for n in lengths for number in range(1, n + 1)]
    codes = np.repeat(np.arange(len(parts)), lengths)
    sim_ids = text(by_sim)
    return pd.DataFrame(
        {
            "sim_id": pd.Categorical.from_codes(codes.tolist(), categories=sim_ids),
            "episode": np.array(numbers, dtype=np.int64),
            "step": columns["step"],
            "time": utc_from_seconds(columns["time"]),
            "return": columns["return"],
            "length": _whole(columns["length"]),
            "duration_s": columns["duration_s"],
        }
    )


def _episodes(
    table: ScalarTable, counts: NDArray[np.int64], rows: Mapping[str, slice]
) -> dict[str, NDArray[Any]]:
    """Put the series of one simulation side by side."""
    places = _places(table, counts, rows)
    n = 1 + max((int(at.max()) for at in places.values() if len(at)), default=-1)
    part: dict[str, NDArray[Any]] = {
        "step": np.zeros(n, dtype=np.int64),
        "time": np.full(n, np.nan),
        **{name: np.full(n, np.nan) for name in _KEYS.values()},
    }
    for key in reversed([key for key in _KEYS if key in rows]):  # the return says when it was
        part["step"][places[key]] = table.steps[rows[key]]
        part["time"][places[key]] = table.times[rows[key]]
        part[_KEYS[key]][places[key]] = table.values[rows[key]]
    return part


def _places(
    table: ScalarTable, counts: NDArray[np.int64], rows: Mapping[str, slice]
) -> dict[str, NDArray[np.int64]]:
    """Say at which place among its simulation's episodes each point of each series stands."""
    first = next(iter(rows.values()))
    if all(_is_alike(table.steps[first], table.steps[each]) for each in rows.values()):
        return {key: np.arange(each.stop - each.start) for key, each in rows.items()}
    return _merged(table, counts, rows)


def _is_alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    return len(one) == len(other) and bool((one == other).all())


def _merged(
    table: ScalarTable, counts: NDArray[np.int64], rows: Mapping[str, slice]
) -> dict[str, NDArray[np.int64]]:
    """Match points of several series by step and by which one at that step they are, in order of time."""
    seen: dict[tuple[int, int], float] = {}
    for each in rows.values():
        named = zip(table.steps[each].tolist(), counts[each].tolist(), strict=True)
        for name, time in zip(named, table.times[each].tolist(), strict=True):
            seen[name] = min(time, seen.get(name, time))
    place = {name: i for i, name in enumerate(sorted(seen, key=lambda name: seen[name]))}
    return {
        key: np.array(
            [
                place[name]
                for name in zip(table.steps[each].tolist(), counts[each].tolist(), strict=True)
            ],
            dtype=np.int64,
        )
        for key, each in rows.items()
    }


def _whole(lengths: NDArray[np.float64]) -> Any:
    known = lengths[~np.isnan(lengths)]
    if not bool((np.isfinite(known) & (known == np.rint(known)) & (np.abs(known) < 2**53)).all()):
        return lengths
    is_missing = np.isnan(lengths)
    counted = np.where(is_missing, 0, lengths).astype(np.int64)
    return pd.arrays.IntegerArray(counted, is_missing)
