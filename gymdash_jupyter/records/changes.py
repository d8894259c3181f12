"""What is new in a project, for who looks at it again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.records.series import SeriesInfo
    from gymdash_jupyter.records.simulations import SimulationRecord


@dataclass(frozen=True)
class Changes:
    """What changed in a project after a tick.

    Attributes:
        tick: Where to go on from next time.
        simulations: Simulations whose row, state, progress, statuses or requests changed.
        series: Series that grew.
        deleted: Simulations that are gone.
    """

    tick: int
    simulations: Sequence[SimulationRecord]
    series: Sequence[SeriesInfo]
    deleted: Sequence[UUID]
