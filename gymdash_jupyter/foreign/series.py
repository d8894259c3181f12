"""A series that grows while its file is read, piece by piece, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.records import ScalarSeries

if TYPE_CHECKING:
    from collections.abc import Sequence


class GrowingSeries:
    """Points of one series; one thread at a time."""

    def __init__(self) -> None:
        self._parts: list[ScalarSeries] = []
        self.n = 0
        self.last_step = 0
        self.last_value = 0.0

    def add(self, points: ScalarSeries) -> None:
        """Put points behind those that are there."""
        if len(points):
            self._parts.append(points)
            self.n += len(points)
            self.last_step = int(points.steps[-1])
            self.last_value = float(points.values[-1])

    @property
    def n_held(self) -> int:
        """How many points are in memory: all of them, or none after ``forget``."""
        return sum(len(part) for part in self._parts)

    def forget(self) -> None:
        """Free the memory; how many points there are is still known."""
        self._parts = []

    def points(self, after: int = 0) -> ScalarSeries:
        """Give a copy of the points behind a cursor."""
        if len(self._parts) != 1:
            self._parts = [joined(self._parts)]
        whole = self._parts[0]
        return ScalarSeries(
            whole.steps[after:].copy(), whole.times[after:].copy(), whole.values[after:].copy()
        )


def joined(parts: Sequence[ScalarSeries]) -> ScalarSeries:
    """Put points one behind the other; none give none."""
    return ScalarSeries(
        np.concatenate([np.empty(0, np.int64), *(part.steps for part in parts)]),
        np.concatenate([np.empty(0, np.float64), *(part.times for part in parts)]),
        np.concatenate([np.empty(0, np.float64), *(part.values for part in parts)]),
    )
