"""What a store promises about a project's queue and the process that keeps it.

A part of ``ProjectStore``; what its module says of the queue holds here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.records import Keeper, ProcessIdentity, QueueEntry


class QueueStore(ABC):
    """Keep what waits, in which order, how much may run at once, and who sees to it."""

    # The queue

    @abstractmethod
    def enqueue(
        self,
        sim_id: UUID,
        *,
        time: datetime,
        launcher: str,
        start_kwargs: Mapping[str, Any],
        owner: ProcessIdentity | None = None,
        order: str = "",
        signature: str = "",
    ) -> bool:
        """Move a simulation from ``created`` to ``queued`` and put it at the end of the queue, together.

        Args:
            sim_id: The simulation.
            time: When.
            launcher: Where it will execute.
            start_kwargs: What it will be started with; stored as with ``move``.
            owner: To whom it belongs while it waits; None when any process may start it.
            order: What is needed to start it later; comes back as it was given.
            signature: Proof of who wrote the order, likewise.

        Returns:
            False, with nothing changed, when its state does not allow it.

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def queue(self) -> list[QueueEntry]:
        """List what waits in the queue; the first one is next."""

    @abstractmethod
    def reorder_queue(self, sim_ids: Sequence[UUID]) -> None:
        """Put these simulations first, in this order; the others keep theirs behind them.

        Raises:
            UnknownSimulationError: One is not in the project; nothing changes.
            InvalidArgumentError: One is not in the queue, or is given twice; nothing changes.
        """

    @abstractmethod
    def max_running(self) -> int | None:
        """Give how many simulations of the queue may run at once in this project; None when nobody set it."""

    @abstractmethod
    def set_max_running(self, n: int | None) -> None:
        """Set how many simulations of the queue may run at once, for everybody; None takes the setting back.

        Raises:
            InvalidArgumentError: It is not a whole number from 1 up.
        """

    @abstractmethod
    def n_active(self, launcher: str) -> int:
        """Count the simulations of a launcher that are setting up, running or paused."""

    # Its keeper

    @abstractmethod
    def keeper(self) -> Keeper | None:
        """Give the process that keeps the queue; whether it still lives is for the caller to find out."""

    @abstractmethod
    def become_keeper(self, keeper: Keeper, *, replaced: ProcessIdentity | None) -> bool:
        """Store a new keeper in the place of one that was found dead.

        Args:
            keeper: The new one.
            replaced: Who must be stored now; None: nobody.

        Returns:
            False, with nothing changed, when somebody else is stored, or nobody. Of several who replace the same one,
            exactly one gets True.
        """

    @abstractmethod
    def resign_keeper(self, identity: ProcessIdentity) -> bool:
        """Remove a keeper when nothing waits in the queue.

        Whoever adds to the queue and then looks for the keeper misses nothing: either it was added before, then the
        keeper stays, or after, then no keeper is found.

        Returns:
            False, with nothing changed, when another keeper is stored, or none, or something waits.
        """
