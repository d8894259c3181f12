"""What a store promises, whatever it is made of.

A store holds one project's facts. Several stores, in several threads, processes and notebooks, may be open on one
project at the same time, and every promise here holds between them.

**Threads.** Every method may be called from any thread. No method keeps a lock while it calls somebody else's code.

**Writing.** Each writing method is one transaction: all of it is there afterwards, or nothing. When it returns, other
processes see it, and a kill of this process does not undo it. A write that cannot get its turn within the store's
patience raises ``StoreBusyError`` and has changed nothing; it may be called again. Where a person waits (``create``,
``ask``, ``delete``...) patience is short; what an executing process says waits long.

**Who owns a simulation.** The process that executes a simulation is its owner from the moment it moves it to
``queued`` or ``setting_up``. Only the owner writes its batches and moves it on; anybody may ask it something (``ask``)
and anybody who found the owner dead may ``settle`` it. An owner may hand one over with a move to ``setting_up``
(``Move.taken_from``); what waits without an owner belongs to the first who takes it. Simulations that GymDash wrote
have no owner and are never changed, only labelled and deleted.

**The queue.** ``enqueue`` puts a simulation at its end, and every move out of ``queued`` takes it out again, in the
same transaction, so a simulation waits in the queue exactly as long as it is ``queued``. One that is moved to
``queued`` by ``move`` waits elsewhere, in the memory of its owner, and is not in this queue.

**Reading.** Reading never blocks a writer, never changes what another reader sees and keeps no transaction open
afterwards. What comes back are frozen values and copies.

**Cursors and ticks.** A cursor into a series is a count of its points, so the way in which points are kept may change
under a reader. A tick grows with every write that a viewer might want to see; ``changes`` gives what is newer than one.

**Order.** Points of a series come back in the order in which they were written; nothing is sorted, merged or thinned.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gymdash_jupyter.store.contract_labels import LabelStore

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.records import (
        Answer,
        Batch,
        Changes,
        Command,
        ControlRequest,
        Keeper,
        MediaItem,
        ProcessIdentity,
        QueueEntry,
        ResourceSample,
        ScalarSeries,
        SeriesInfo,
        SimulationRecord,
        Unsettled,
    )
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.statuses import SimStatus


MOST_RESOURCE_SAMPLES = 2_000
"""How many samples of resource use are kept of a simulation; when there are more, two neighbours become one."""

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


@dataclass(frozen=True)
class ApiCall:
    """One command of a person or a program to the project.

    Attributes:
        name: start, queue, restart, continue, cancel, pause, resume, query, reply, delete or export.
        time: When, or None where another program left it out.
        code: 0 done, 1 refused or failed.
        details: Decoded JSON.
        call_id: Its number within the project; it grows with time.
    """

    name: str
    time: datetime | None
    code: int
    details: Any
    call_id: int = 0


class ProjectStore(LabelStore, ABC):
    """Keep the facts of one project. Read the module's docstring for what holds for all methods."""

    path: Path
    """The database file."""
    is_read_only: bool
    """Whether every writing method raises ``ReadOnlyProjectError``."""
    is_on_network: bool
    """Whether the project lies on a network drive, where writing is slower and flushes should come less often."""

    # What simulations write

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
    def write(self, batches: Sequence[Batch], *, owner: ProcessIdentity | None = None) -> None:
        """Write what simulations said and count one heartbeat for each of them.

        A batch of a simulation that is gone, or that belongs to another owner, is dropped silently; a batch without
        content is only a heartbeat.

        Raises:
            InvalidArgumentError: Points are not of one length, or a step is not an int64; nothing is written.
        """

    @abstractmethod
    def finish(self, batch: Batch, move: Move) -> bool:
        """Write a simulation's last batch, move it to a terminal state and fold its log, together.

        As after every move to a terminal state, open control requests are closed and unanswered commands get the
        error ``"the simulation has ended"``.

        Returns:
            As ``move``; when False, the batch is written all the same.
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
    def delete(self, sim_ids: Collection[UUID]) -> list[UUID]:
        """Remove simulations with all their rows, leaving tombstones; return those that were there. Keeps files."""

    @abstractmethod
    def delete_media(self, items: Collection[MediaItem]) -> int:
        """Remove what is known of recorded files, by simulation and path; return how many rows that were. Keeps files.

        Viewers hear of it as of any change of these simulations.
        """

    @abstractmethod
    def add_statuses(self, sim_id: UUID, statuses: Sequence[SimStatus]) -> None:
        """Add statuses to a simulation, also to one that has ended; does nothing for one that is gone."""

    @abstractmethod
    def set_environment(self, sim_id: UUID, facts: Mapping[str, Any]) -> None:
        """Store in which environment a simulation executes: versions, machine, code; what was there is replaced.

        Does nothing for a simulation that is gone or that GymDash wrote.
        """

    # The queue and its keeper

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

    # What people write

    @abstractmethod
    def ask(self, sim_id: UUID, channel: str, value: Any, *, is_forced: bool = False) -> int:
        """Leave a command for whoever executes the simulation; return its id.

        Asking ``stop_simulation`` also stamps ``stop_asked`` the first time.

        Raises:
            UnknownSimulationError: No simulation has this id.
            SimulationEndedError: It has ended.
        """

    @abstractmethod
    def note_stop_asked(self, sim_id: UUID, time: datetime) -> None:
        """Stamp ``stop_asked`` the first time, where no command is needed, of a simulation that had not ended then."""

    @abstractmethod
    def postpone_end(self, sim_id: UUID, time: datetime) -> None:
        """Let a simulation have ended later than was known, as its files say that came in meanwhile.

        Does nothing when it ended later anyway, goes on, is gone, or when GymDash wrote it.
        """

    @abstractmethod
    def commands(self, sim_ids: Collection[UUID], *, after: int = 0) -> list[Command]:
        """List commands for these simulations with an id above ``after`` that wait for an answer, oldest first."""

    @abstractmethod
    def answer(self, command_id: int, answer: Answer) -> bool:
        """Answer a command; False when it was answered or withdrawn before, then nothing changes."""

    @abstractmethod
    def answer_of(self, command_id: int) -> Answer | None:
        """Read the answer to a command; None while it waits.

        Who waits never waits for ever: a command that was withdrawn, or whose simulation was deleted, has an answer
        with an error that says so.
        """

    @abstractmethod
    def withdraw(self, command_id: int) -> bool:
        """Take a command back; False when it was answered or withdrawn before."""

    @abstractmethod
    def close_requests(self, request_ids: Collection[str]) -> None:
        """Mark control requests as no longer waiting."""

    @abstractmethod
    def log_call(self, name: str, code: int, details: Any) -> None:
        """Add one row to ``api_calls``."""

    # Reading

    @abstractmethod
    def tick(self) -> int:
        """Return the present tick; 0 for a project that this package never wrote to."""

    @abstractmethod
    def changes(self, after: int) -> Changes:
        """Give what changed after a tick. Simulations by creation, series by simulation and key.

        0 gives everything, and so does a tick that has not come yet. New media change a simulation, too; a heartbeat
        or samples of resource use alone change nothing.
        """

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
    def foreign_states(self) -> dict[UUID, SimState]:
        """Give the states of the simulations that GymDash itself wrote, by creation; none cost next to nothing."""

    @abstractmethod
    def states(self, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
        """Give the states of those of these simulations that exist."""

    @abstractmethod
    def unsettled(self) -> list[Unsettled]:
        """List the simulations that are queued, setting up, running or paused and have an owner, oldest first.

        Its cost grows with their number only, however many simulations have ended.
        """

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
    def api_calls(self, *, after: int = 0, newest: int | None = None) -> list[ApiCall]:
        """List calls, oldest first.

        Args:
            after: Only those with a number above this one.
            newest: Only the last so many of these; None for all.
        """

    @abstractmethod
    def control_requests(
        self, sim_ids: Collection[UUID] | None = None, *, open_only: bool = True
    ) -> list[ControlRequest]:
        """List control requests, oldest first."""

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

    @abstractmethod
    def close(self) -> None:
        """Close all connections of this store; closing twice is harmless, using it afterwards is an error."""
