"""Give the numbers that simulations recorded, without a Python loop over points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import text, utc_from_seconds
from gymdash_jupyter.frames.grids import Align, aligned
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.store.contract import ProjectStore, ScalarTable


def scalars_frame(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    wide: bool = False,
    *,
    align: Align = None,
) -> pd.DataFrame:
    """Give recorded numbers, all of them.

    The wide form has one column a key. When a key was recorded several times at one step (or its
    steps went back), the first of these points stands in the first row of that step, the second in
    a second row with the same index, and so on: nothing is merged, but the index then repeats. In
    it, NaN stands both for a recorded NaN and for no point, and the time and the order of steps
    that went back are not shown; the long form has both.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern with ``*`` such as ``"rollout/*"``, or a
            list of these.
        sims: Which simulations; see ``selection.resolve_sims``.
        wide: Whether to give the wide form.
        align: None gives the points as they were recorded. Otherwise every simulation has a value at the same steps of
            a key, so that they can be compared step by step: True for all steps at which any of them recorded this
            key, a number for at most so many evenly spaced ones, or the steps themselves. Between two points values
            (and times) are interpolated linearly, before the first and after the last one they are missing, and of
            points at one step the newest counts; see ``grids.aligned``.

    Returns:
        Long: columns ``sim_id`` and ``key`` (categories), ``step`` (int64), ``time`` (UTC),
        ``value`` (float64), one row a point; by creation of the simulation, then by key, then in
        the order in which the points were recorded. Wide: float64 columns named ``key``, in the
        order in which they were named or else alphabetical; index ``sim_id`` (text, by creation)
        and ``step`` (int64, growing).

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or ``align`` is something else.
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    chosen = None if keys is None else resolve_keys(store, keys, ids)
    table = store.read_table(ids, chosen)
    if align is not None:
        table = aligned(table, align)
    return _wide(table, chosen) if wide else _long(table)


def _long(table: ScalarTable) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sim_id": _category(table, [str(s.sim_id) for s in table.series]),
            "key": _category(table, [s.key for s in table.series], is_sorted=True),
            "step": table.steps,
            "time": utc_from_seconds(table.times),
            "value": table.values,
        }
    )


def _category(
    table: ScalarTable, names: Sequence[str], *, is_sorted: bool = False
) -> pd.Categorical:
    categories = sorted(set(names)) if is_sorted else list(dict.fromkeys(names))
    codes = np.repeat(_codes(names, categories), np.diff(table.starts))
    return pd.Categorical.from_codes(codes, categories=text(categories), validate=False)


def _codes(names: Sequence[str], categories: Sequence[str]) -> NDArray[np.signedinteger[Any]]:
    place = {name: code for code, name in enumerate(categories)}
    small = np.min_scalar_type(-max(len(categories), 1))
    return np.array([place[name] for name in names], dtype=small)


def _wide(table: ScalarTable, chosen: Sequence[str] | None) -> pd.DataFrame:
    columns = list(chosen) if chosen is not None else sorted({s.key for s in table.series})
    sim_ids = list(dict.fromkeys(str(s.sim_id) for s in table.series))
    counts = np.diff(table.starts)
    sim = np.repeat(_codes([str(s.sim_id) for s in table.series], sim_ids), counts).astype(
        np.int64
    )
    column = np.repeat(_codes([s.key for s in table.series], columns), counts)
    row, first = _rows(sim, table.steps, occurrences(table))
    values = np.full((len(first), len(columns)), np.nan)
    values[row, column] = table.values
    index = pd.MultiIndex.from_arrays(
        [text(sim_ids).take(sim[first]), pd.Index(table.steps[first], dtype=np.int64)],
        names=["sim_id", "step"],
    )
    return pd.DataFrame(
        values, index=index, columns=pd.Index(text(columns), name="key"), copy=False
    )


def occurrences(table: ScalarTable) -> NDArray[np.int64]:
    """Count, for each point, the earlier points of its series with the same step; int64 (n,)."""
    n = len(table.steps)
    begins = np.zeros(n, dtype=bool)
    begins[table.starts[:-1][np.diff(table.starts) > 0]] = True
    if bool(((table.steps[1:] > table.steps[:-1]) | begins[1:]).all()):
        return np.zeros(n, dtype=np.int64)
    series = np.repeat(np.arange(len(table.series)), np.diff(table.starts))
    order = np.lexsort((table.steps, series))
    is_new = begins.copy()  # the sort keeps each series at its place
    is_new[1:] |= table.steps[order][1:] != table.steps[order][:-1]
    places = np.arange(n, dtype=np.int64)
    counted = np.empty(n, dtype=np.int64)
    counted[order] = places - np.maximum.accumulate(np.where(is_new, places, 0))
    return counted


def _rows(
    sim: NDArray[np.int64], steps: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the different (simulation, step, occurrence) in sorted order.

    Returns:
        The number of each point's row, int64, shape (n,); and a point of each row, int64, shape
        (rows,).
    """
    n = len(steps)
    if n == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    order = np.lexsort((counts, steps, sim))
    is_new = np.ones(n, dtype=bool)
    is_new[1:] = False
    for part in (sim, steps, counts):
        in_order = part[order]
        is_new[1:] |= in_order[1:] != in_order[:-1]
    row = np.empty(n, dtype=np.int64)
    row[order] = np.cumsum(is_new) - 1
    return row, order[is_new]
