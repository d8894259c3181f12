"""What a store promises about simulations and their lives, from ``created`` to their end or their deletion.

A part of ``ProjectStore``; what its module says of owners, writing and reading holds here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.records import Batch, ProcessIdentity, SimulationRecord, Unsettled
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.statuses import SimStatus

RESULT_BYTES = 2**20
"""Longest result, as JSON, that is kept; a longer one is replaced by a description."""


@dataclass(frozen=True)
class NewSimulation:
    """What is known of a simulation when it is created."""

    sim_id: UUID
    config: SimulationStartConfig
    created: datetime
    sim_key: str
    sim_type_name: str
    sim_module_name: str
    parent_id: UUID | None = None


@dataclass(frozen=True)
class Move:
    """A step in a simulation's life.

    Attributes:
        sim_id: The simulation.
        state: Where it goes.
        time: When; becomes ``started`` on the first ``running`` and ``ended`` on a terminal state.
        owner: Who executes it; stored with ``queued`` and ``setting_up``, and checked on every later move
            (see ``ProjectStore.move``).
        launcher: Stored when given.
        start_kwargs: Stored when given.
        was_killed: For ``cancelled``: whether it had to be killed.
        result: For a terminal state: what the simulation left as its result, any value that JSON can hold.
        taken_from: Who hands it over: the stored owner is checked against this one instead of ``owner``.
        must_be_waiting: Whether this is only for one that nobody executes by then.
    """

    sim_id: UUID
    state: SimState
    time: datetime
    owner: ProcessIdentity | None = None
    launcher: str | None = None
    start_kwargs: Mapping[str, Any] | None = None
    was_killed: bool = False
    result: Any = None
    taken_from: ProcessIdentity | None = None
    must_be_waiting: bool = False


class LifeStore(ABC):
    """Keep which simulations there are and where each is in its life."""

    # Living

    @abstractmethod
    def create(self, new: NewSimulation) -> None:
        """Add a simulation in state ``created``.

        Raises:
            InvalidArgumentError: The id is taken.
        """

    @abstractmethod
    def move(self, move: Move, *, statuses: Sequence[SimStatus] = ()) -> bool:
        """Move a simulation on and add statuses, together.

        Returns:
            False, with nothing changed, when the stored state does not allow the move or when the stored owner is
            another process than ``move.taken_from`` or, without it, ``move.owner``. (A move without both is checked
            against the state only, and so is one of a simulation without a stored owner.)

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def finish(self, batch: Batch, move: Move) -> bool:
        """Write a simulation's last batch, move it to a terminal state and fold its log, together.

        As after every move to a terminal state, open control requests are closed and unanswered commands get the
        error ``"the simulation has ended"``.

        Returns:
            As ``move``; when False, the batch is written all the same, but for its statuses: how it ended is said
            already.
        """

    @abstractmethod
    def settle(
        self,
        sim_id: UUID,
        owner: ProcessIdentity,
        lost: SimStatus,
        *,
        stopped: SimStatus | None = None,
    ) -> bool:
        """Declare a simulation ``lost`` whose owner was found dead, and fold its log.

        Args:
            sim_id: The simulation.
            owner: Who was found dead; nothing changes when it is not the stored owner.
            lost: The status that is added with it; its time becomes ``ended``.
            stopped: Added instead when a forced ``stop_simulation`` was asked and not withdrawn, answered or not: who
                was ordered to be killed is not ``lost``, but ``cancelled`` and killed.

        Returns:
            True for exactly one caller: the one whose call changed the row. Only that one's status is added.
        """

    @abstractmethod
    def postpone_end(self, sim_id: UUID, time: datetime) -> None:
        """Let a simulation have ended later than was known, as its files say that came in meanwhile.

        Does nothing when it ended later anyway, goes on, is gone, or when GymDash wrote it.
        """

    @abstractmethod
    def delete(self, sim_ids: Collection[UUID]) -> list[UUID]:
        """Remove simulations with all their rows, leaving tombstones; return those that were there. Keeps files."""

    # Reading

    @abstractmethod
    def simulation(self, sim_id: UUID) -> SimulationRecord:
        """Give one simulation.

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def simulations(
        self, flags: Mapping[str, bool] | None = None, *, mode: Literal["OR", "AND"] = "OR"
    ) -> list[SimulationRecord]:
        """List simulations by creation time, oldest first.

        Args:
            flags: Wanted values of ``is_done``, ``cancelled``, ``failed``, ``force_stopped``; None or empty for all.
            mode: Whether one of the flags must match or all of them.
        """

    @abstractmethod
    def ids_matching(self, prefix: str) -> list[UUID]:
        """List ids of simulations whose text begins with a prefix, in any case of letters."""

    @abstractmethod
    def states(self, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
        """Give the states of those of these simulations that exist."""

    @abstractmethod
    def foreign_states(self) -> dict[UUID, SimState]:
        """Give the states of the simulations that GymDash itself wrote, by creation; none cost next to nothing."""

    def last_heard(self, sim_ids: Collection[UUID]) -> dict[UUID, datetime]:  # noqa: ARG002 - a default for all stores
        """Say when those of these simulations were last heard from that GymDash wrote and that it says are running.

        Nothing tells whether GymDash still lives, but what it wrote has a time. A store that knows only a database
        knows of none.
        """
        return {}

    @abstractmethod
    def unsettled(self) -> list[Unsettled]:
        """List the simulations that are queued, setting up, running or paused and have an owner, oldest first.

        Its cost grows with their number only, however many simulations have ended.
        """
