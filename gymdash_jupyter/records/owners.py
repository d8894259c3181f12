"""Which process a simulation belongs to while it waits and executes, and which one keeps the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.states import SimState


@dataclass(frozen=True)
class ProcessIdentity:
    """Which process executes a simulation, so that its death can be told from its silence.

    Attributes:
        domain: Where ``pid`` means something: boot and pid namespace on Linux, host name
            elsewhere.
        pid: Process id inside the domain.
        started: When the process started, in the domain's own raw unit, as text; tells a reused
            pid apart.
        host: Host name, for people.
    """

    domain: str
    pid: int
    started: str
    host: str


@dataclass(frozen=True)
class Unsettled:
    """A simulation that waits or executes and has an owner: what must be settled when that owner is dead.

    Attributes:
        sim_id: The simulation.
        name: Its display name.
        state: ``queued``, ``setting_up``, ``running`` or ``paused``.
        owner: The process that executes it, or will.
        launcher: ``thread``, ``process``, ``dask`` or ``""``.
    """

    sim_id: UUID
    name: str
    state: SimState
    owner: ProcessIdentity
    launcher: str


@dataclass(frozen=True)
class QueueEntry:
    """One simulation that waits in a project's queue.

    Attributes:
        sim_id: The simulation.
        order: What is needed to start it later, as it was queued, or ``""``.
        signature: Proof of who wrote the order, as it was queued, or ``""``.
        owner: The process that it belongs to while it waits; None when any process may start it.
        launcher: Where it will execute: ``thread``, ``process``, ``dask`` or ``""``.
    """

    sim_id: UUID
    order: str
    signature: str
    owner: ProcessIdentity | None
    launcher: str


@dataclass(frozen=True)
class Keeper:
    """The one process that starts what waits in a project's queue.

    Attributes:
        identity: The process.
        address: Where it listens, or ``""``.
    """

    identity: ProcessIdentity
    address: str = ""
