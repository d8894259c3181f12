"""Put the points of several simulations at the same steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gymdash_jupyter.store.contract import ScalarTable

Align: TypeAlias = bool | int | Iterable[int] | None
"""How to align: True for all recorded steps of a key, a number of evenly spaced ones, the steps, or not at all."""


def aligned(table: ScalarTable, align: Align) -> ScalarTable:
    """Interpolate all series of a key at the same steps.

    Linear between two points; NaN before the first and after the last one, so nothing is extrapolated. Where a step
    repeats, or steps go back, the newest point of a step is the one that counts. A recorded NaN makes its surroundings
    NaN. Times are interpolated likewise.

    Args:
        table: The points.
        align: True for every step at which any of the table's simulations recorded this key; a number for at most so
            many whole steps, evenly spaced from the first to the last of these; an iterable for these steps, of all
            keys; None or False to leave everything as it is.

    Returns:
        A table of the same series; those of one key have the same steps, growing.

    Raises:
        InvalidArgumentError: ``align`` is something else.
    """
    chosen = _chosen(align)
    if chosen is None:
        return table
    rows = [
        slice(int(a), int(b)) for a, b in zip(table.starts[:-1], table.starts[1:], strict=True)
    ]
    by_key: dict[str, list[NDArray[np.int64]]] = {}
    for series, each in zip(table.series, rows, strict=True):
        by_key.setdefault(series.key, []).append(table.steps[each])
    grids = {key: _grid(np.concatenate(steps), chosen) for key, steps in by_key.items()}
    steps, times, values = [], [], []
    for series, each in zip(table.series, rows, strict=True):
        grid = grids[series.key]
        at, newest = _newest(table.steps[each])
        steps.append(grid)
        times.append(_interpolated(grid, at, table.times[each][newest]))
        values.append(_interpolated(grid, at, table.values[each][newest]))
    lengths = [len(part) for part in steps]
    return replace(
        table,
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        steps=np.concatenate(steps or [np.empty(0, dtype=np.int64)]),
        times=np.concatenate(times or [np.empty(0)]),
        values=np.concatenate(values or [np.empty(0)]),
    )


def _chosen(align: Align) -> bool | int | NDArray[np.int64] | None:
    if align is None or isinstance(align, (bool, np.bool_)):
        return True if align else None
    if isinstance(align, (int, np.integer)):
        if align < 2:
            msg = f"A grid needs at least 2 steps; got align={align!r}."
            raise InvalidArgumentError(msg, align=align)
        return int(align)
    found = None if isinstance(align, (str, bytes)) else _whole_steps(align)
    if found is None:
        msg = (
            "The steps to align at are True (all recorded ones), a number of evenly spaced ones, or the steps "
            f"themselves, all of them whole; got align={align!r}."
        )
        raise InvalidArgumentError(msg, align=align)
    return found


def _whole_steps(align: object) -> NDArray[np.int64] | None:
    """Give steps, growing and each once; None if they are none."""
    try:
        given = np.asarray(list(align) if isinstance(align, Iterable) else align)
        if given.ndim != 1 or (len(given) and given.dtype.kind not in "iuf"):
            return None
        steps = given.astype(np.int64)
    except (TypeError, ValueError, OverflowError):
        return None
    return np.unique(steps) if bool((steps == given).all()) else None


def _grid(
    recorded: NDArray[np.int64], chosen: bool | int | NDArray[np.int64]
) -> NDArray[np.int64]:
    if isinstance(chosen, np.ndarray):
        return chosen
    every = np.unique(recorded)
    if chosen is True or len(every) < 2:
        return every
    first, last = int(every[0]), int(every[-1])
    # In Python's own whole numbers: float64 cannot tell large steps apart.
    n = int(chosen)
    return np.array(
        sorted({first + (last - first) * i // (n - 1) for i in range(n)}), dtype=np.int64
    )


def _newest(steps: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Give the different steps, growing, and the place of the newest point of each."""
    at, place = np.unique(steps[::-1], return_index=True)
    return at, len(steps) - 1 - place


def _interpolated(
    grid: NDArray[np.int64], steps: NDArray[np.int64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    if len(steps) == 0:
        return np.full(len(grid), np.nan)
    found = np.interp(grid, steps, values, left=np.nan, right=np.nan)
    # What was recorded comes back exactly, also beside infinities and where float64 cannot tell steps apart.
    place = np.minimum(np.searchsorted(steps, grid), len(steps) - 1)
    is_recorded = steps[place] == grid
    found[is_recorded] = values[place[is_recorded]]
    return found
