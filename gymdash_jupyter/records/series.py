"""Numbers that a simulation recorded under a key, one at each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ScalarSeries:
    """Points of one series in the order in which they were recorded; a step may repeat or go back.

    Attributes:
        steps: int64, shape (n,).
        times: float64, shape (n,), seconds since the epoch, UTC.
        values: float64, shape (n,), in the unit of the series; NaN and infinities as recorded.
    """

    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True)
class SeriesInfo:
    """One series of one simulation, without its points.

    Attributes:
        sim_id: The simulation.
        key: Name of the series as the simulation wrote it.
        n: How many points it has.
        last_step: Step of the newest point.
        last_value: Value of the newest point.
        tick: The store's tick at which it last grew.
    """

    sim_id: UUID
    key: str
    n: int
    last_step: int
    last_value: float
    tick: int
