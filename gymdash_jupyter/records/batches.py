"""What a simulation says between two flushes, on its way to the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.records.conversation import ControlRequest
    from gymdash_jupyter.records.media import MediaItem
    from gymdash_jupyter.records.resources import ResourceSample
    from gymdash_jupyter.records.series import ScalarSeries
    from gymdash_jupyter.records.simulations import Progress
    from gymdash_jupyter.statuses import SimStatus


@dataclass(frozen=True)
class Batch:
    """What one simulation said since the last flush; written as a whole or not at all.

    Attributes:
        sim_id: The simulation.
        scalars: New points by key.
        statuses: New statuses in order, each with its time.
        progress: The newest progress, or None when it did not change.
        requests: Control requests that were asked.
        closed_requests: Ids of control requests that wait no longer.
        media: Files that were recorded.
        resources: What its process used, oldest first.
    """

    sim_id: UUID
    scalars: Mapping[str, ScalarSeries] = field(default_factory=dict)
    statuses: Sequence[SimStatus] = ()
    progress: Progress | None = None
    requests: Sequence[ControlRequest] = ()
    closed_requests: Sequence[str] = ()
    media: Sequence[MediaItem] = ()
    resources: Sequence[ResourceSample] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (
            self.scalars
            or self.statuses
            or self.progress
            or self.requests
            or self.closed_requests
            or self.media
            or self.resources
        )
