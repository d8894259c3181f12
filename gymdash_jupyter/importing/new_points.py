"""Which points of a log a project does not have yet. Arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.records import ScalarSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray


def new_points(found: ScalarSeries, stored: ScalarSeries) -> ScalarSeries:
    """Give the points that were found and are not stored, in the order in which they were found.

    Two points are the same when step, time and value are, to the bit; one that was found three times and is stored
    once is new twice.
    """
    n = len(stored)
    ours, theirs = _bits(found), _bits(stored)
    if len(found) >= n and (ours[:, :n] == theirs).all():  # nearly always: a log that grew
        return _chosen(found, slice(n, None))
    both = np.concatenate([theirs, ours], axis=1)
    order = np.lexsort(both)  # stable: of equal points the stored ones come first
    ordered = both[:, order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    group = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    n_stored = np.bincount(group[order < n], minlength=len(starts))
    # A stored point stands for one that was found, so twice as many are not new.
    place = np.arange(len(order)) - starts[group]
    is_new = np.zeros(len(order), dtype=bool)
    is_new[order] = (order >= n) & (place >= 2 * n_stored[group])
    return _chosen(found, is_new[n:])


def _bits(series: ScalarSeries) -> NDArray[np.int64]:
    return np.stack(
        [
            np.ascontiguousarray(series.steps, dtype=np.int64),
            np.ascontiguousarray(series.times, dtype=np.float64).view(np.int64),
            np.ascontiguousarray(series.values, dtype=np.float64).view(np.int64),
        ]
    )


def _chosen(series: ScalarSeries, which: slice | NDArray[np.bool_]) -> ScalarSeries:
    return ScalarSeries(series.steps[which], series.times[which], series.values[which])
