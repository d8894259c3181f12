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

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.store.contract.conversation import ConversationStore
from gymdash_jupyter.store.contract.labels import LabelStore
from gymdash_jupyter.store.contract.lives import LifeStore
from gymdash_jupyter.store.contract.queue import QueueStore
from gymdash_jupyter.store.contract.recorded import RecordedStore

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from gymdash_jupyter.records import Changes


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


class ProjectStore(LifeStore, RecordedStore, QueueStore, ConversationStore, LabelStore):
    """Keep the facts of one project. Read the module's docstring for what holds for all methods."""

    path: Path
    """The database file."""
    is_read_only: bool
    """Whether every writing method raises ``ReadOnlyProjectError``."""
    is_on_network: bool
    """Whether the project lies on a network drive, where writing is slower and flushes should come less often."""

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
    def log_call(self, name: str, code: int, details: Any) -> None:
        """Add one row to ``api_calls``."""

    @abstractmethod
    def api_calls(self, *, after: int = 0, newest: int | None = None) -> list[ApiCall]:
        """List calls, oldest first.

        Args:
            after: Only those with a number above this one.
            newest: Only the last so many of these; None for all.
        """

    @abstractmethod
    def close(self) -> None:
        """Close all connections of this store; closing twice is harmless, using it afterwards is an error."""
