"""What a store promises about what simulations say and record: numbers, statuses, files, what they used and where.

A part of ``ProjectStore``; what its module says of owners, cursors and order holds here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.records import (
        Batch,
        MediaItem,
        ProcessIdentity,
        ResourceSample,
        ScalarSeries,
        SeriesInfo,
    )
    from gymdash_jupyter.statuses import SimStatus

MOST_RESOURCE_SAMPLES = 2_000
"""How many samples of resource use are kept of a simulation; when there are more, two neighbours become one."""


@dataclass(frozen=True, eq=False)
class ScalarTable:
    """Points of many series, one row a point, in long form.

    Rows of one series are contiguous and in the order in which they were written. ``series[i]`` owns the rows from
    ``starts[i]`` to ``starts[i + 1]``.

    Attributes:
        series: The series, ordered by simulation creation, then by key.
        starts: int64, shape (len(series) + 1,).
        steps: int64, shape (n,).
        times: float64, shape (n,), seconds since the epoch.
        values: float64, shape (n,).
    """

    series: Sequence[SeriesInfo]
    starts: NDArray[np.int64]
    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class StatusRow:
    """A stored status: its number within the project, whose it is, and the status."""

    status_id: int
    sim_id: UUID
    status: SimStatus


class RecordedStore(ABC):
    """Keep what simulations say and record."""

    # Writing

    @abstractmethod
    def write(self, batches: Sequence[Batch], *, owner: ProcessIdentity | None = None) -> None:
        """Write what simulations said and count one heartbeat for each of them.

        A batch of a simulation that is gone, or that belongs to another owner, is dropped silently; a batch without
        content is only a heartbeat.

        Raises:
            InvalidArgumentError: Points are not of one length, or a step is not an int64; nothing is written.
        """

    @abstractmethod
    def add_statuses(self, sim_id: UUID, statuses: Sequence[SimStatus]) -> None:
        """Add statuses to a simulation, also to one that has ended; does nothing for one that is gone."""

    @abstractmethod
    def set_environment(self, sim_id: UUID, facts: Mapping[str, Any]) -> None:
        """Store in which environment a simulation executes: versions, machine, code; what was there is replaced.

        Does nothing for a simulation that is gone or that GymDash wrote.
        """

    @abstractmethod
    def delete_media(self, items: Collection[MediaItem]) -> int:
        """Remove what is known of recorded files, by simulation and path; return how many rows that were. Keeps files.

        Viewers hear of it as of any change of these simulations.
        """

    # Reading

    @abstractmethod
    def statuses(
        self,
        sim_ids: Collection[UUID] | None = None,
        *,
        after: int = 0,
        before: int | None = None,
        newest: int | None = None,
    ) -> list[StatusRow]:
        """List statuses in the order in which they were added.

        Args:
            sim_ids: Whose; None for all simulations.
            after: Only those with a number above this one.
            before: Only those with a number below this one; None for no limit.
            newest: Only the last so many of these; None for all.
        """

    @abstractmethod
    def latest_statuses(self, sim_ids: Collection[UUID]) -> dict[UUID, SimStatus]:
        """Give the newest status of each of these simulations that has one."""

    @abstractmethod
    def series(self, sim_ids: Collection[UUID] | None = None) -> list[SeriesInfo]:
        """List series, by simulation creation, then by key."""

    @abstractmethod
    def read_scalars(self, sim_id: UUID, key: str, *, after: int = 0) -> tuple[ScalarSeries, int]:
        """Read the points of one series behind a cursor.

        Args:
            sim_id: The simulation.
            key: Name of the series.
            after: Cursor from the previous call; 0 reads from the beginning. A cursor beyond the end reads nothing.

        Returns:
            The points and the next cursor; no points for a series that does not exist (yet).

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def read_table(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> ScalarTable:
        """Read all points of all series of these simulations and keys; None for all."""

    @abstractmethod
    def media(
        self, sim_ids: Collection[UUID] | None = None, keys: Collection[str] | None = None
    ) -> list[MediaItem]:
        """List recorded media, by simulation creation, key and the order in which they were recorded."""

    @abstractmethod
    def resources(
        self, sim_ids: Collection[UUID] | None = None
    ) -> dict[UUID, list[ResourceSample]]:
        """Give what the processes of those of these simulations used that have samples; None for all.

        In the order of simulation creation; the samples in the order in which they were written, at most
        ``MOST_RESOURCE_SAMPLES`` of a simulation. Where there were more, two neighbours were made one again and again:
        the time is that of the later one, CPU and GPU are the means over both, memory is the larger of both.
        """

    @abstractmethod
    def environments(
        self, sim_ids: Collection[UUID] | None = None
    ) -> dict[UUID, Mapping[str, Any]]:
        """Give the stored environments of those of these simulations that have one; None for all.

        In the order of simulation creation; the facts as decoded JSON.
        """
