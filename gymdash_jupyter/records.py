"""Frozen values that cross rooms, and the only clock.

Nothing here knows a database, a thread or a notebook. Times are aware UTC datetimes, or floats in
seconds since the epoch where there are many of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.config import SimulationStartConfig, config_from_json
from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.statuses import SimStatus


def now_utc() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


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
class Progress:
    """How far a simulation has come.

    Attributes:
        current: How much is done, in the simulation's own unit (steps, seconds); None when
            unknown.
        total: How much there is to do in the same unit; None when unknown.
        status: A few words on what it is doing, or ``""``.
        time: When it was said, seconds since the epoch.
    """

    current: float | None
    total: float | None
    status: str
    time: float

    @property
    def fraction(self) -> float | None:
        """``current / total`` between 0 and 1, or None when it cannot be said."""
        if self.current is None or not self.total or self.total <= 0:
            return None
        fraction = self.current / self.total
        return None if math.isnan(fraction) else min(max(fraction, 0.0), 1.0)


@dataclass(frozen=True)
class ControlRequest:
    """A question from a simulation to the person.

    Attributes:
        request_id: Unique within the project; a UUID as text.
        sim_id: Who asks.
        channel: On which channel the answer is expected.
        details: The question, as plain text.
        subkeys: Names of the values that an answer may hold.
        time: When it was asked.
        is_open: Whether it still waits.
    """

    request_id: str
    sim_id: UUID
    channel: str
    details: str
    subkeys: tuple[str, ...]
    time: datetime
    is_open: bool = True

    @property
    def key(self) -> str:
        """The channel, as GymDash calls it."""
        return self.channel


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


@dataclass(frozen=True)
class MediaItem:
    """One file that a simulation recorded.

    Attributes:
        sim_id: The simulation.
        key: Name as the simulation wrote it.
        step: At which step.
        kind: ``image``, ``video``, ``audio`` or ``text``.
        path: Relative to the simulation's folder, with forward slashes.
        time: When.
        info: What is known of it: width, height, duration_s, episode, return...
    """

    sim_id: UUID
    key: str
    step: int
    kind: str
    path: str
    time: datetime
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResourceSample:
    """What the process that executes a simulation used at one moment, with its children.

    Where several simulations execute in one process (threads of a kernel), all of them have the same samples: the
    process is what can be measured.

    Attributes:
        time: Seconds since the epoch.
        cpu: How many cores it kept busy since the sample before, 1.0 for one; the first one since the start.
        memory_bytes: Resident memory, that of its children included.
        gpu: How busy the GPUs were on which it has memory, 1.0 for one of them; None where it uses none, or where that
            cannot be known.
        gpu_memory_bytes: Its memory on all GPUs; None likewise.
    """

    time: float
    cpu: float
    memory_bytes: int
    gpu: float | None = None
    gpu_memory_bytes: int | None = None


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


@dataclass(frozen=True)
class SimulationRecord:
    """One simulation as the project knows it.

    The first thirteen are GymDash's columns; the rest is ours and has its default where GymDash
    itself wrote the simulation (``is_foreign``). What is stored as JSON is decoded when it is
    first asked for: a project may have many thousands of simulations, and most are only listed.

    Attributes:
        sim_id: Its id.
        name: Display name.
        created: When it was created.
        started: When its run began, or None.
        ended: When it ended, or None.
        is_done: Whether it has ended.
        cancelled: Whether it was stopped on wish.
        failed: Whether it did not reach its end, for whatever reason.
        force_stopped: Whether it was killed or lost.
        config_json: What it was created with, see ``config``.
        start_kwargs_json: What it was started with, see ``start_kwargs``.
        sim_type_name: Name of its class.
        sim_module_name: Module of its class.
        state: Where it is in its life.
        sim_key: The sim key under which it was really made, or ``""``.
        launcher: ``thread``, ``process``, ``dask`` or ``""``.
        owner: The process that executes it, or None.
        heartbeat: How often its owner has reported; only its changing means something.
        progress: How far it has come, or None.
        stop_asked: When somebody asked it to stop, or None.
        result_json: Its result, see ``result``.
        parent_id: The simulation that it restarts, or None.
        tick: The store's tick at which it last changed.
        is_foreign: Whether GymDash itself wrote it.
        number: Which one it is in the project by order of creation, from 1; it keeps this number when others are
            deleted, and no other one ever gets it.
        tags: What people tagged it with, in the order in which they did.
        note: What people wrote on it, or ``""``.
        colour: Which colour of the series palette people gave it, from 0, or None.
    """

    sim_id: UUID
    name: str
    created: datetime | None
    started: datetime | None
    ended: datetime | None
    is_done: bool
    cancelled: bool
    failed: bool
    force_stopped: bool
    config_json: str | bytes | None
    start_kwargs_json: str | bytes | None
    sim_type_name: str
    sim_module_name: str
    state: SimState = SimState.CREATED
    sim_key: str = ""
    launcher: str = ""
    owner: ProcessIdentity | None = None
    heartbeat: int = 0
    progress: Progress | None = None
    stop_asked: datetime | None = None
    result_json: str | bytes | None = None
    parent_id: UUID | None = None
    tick: int = 0
    is_foreign: bool = False
    number: int = 0
    tags: tuple[str, ...] = ()
    note: str = ""
    colour: int | None = None

    @cached_property
    def config(self) -> SimulationStartConfig:
        """What it was created with; values that JSON could not hold are descriptions."""
        return config_from_json(self.config_json)

    @cached_property
    def start_kwargs(self) -> Mapping[str, Any]:
        """What it was started with; values that JSON could not hold are descriptions."""
        kwargs = from_json(self.start_kwargs_json, {})
        return kwargs if isinstance(kwargs, dict) else {}

    @cached_property
    def result(self) -> Any:
        """Its result as decoded JSON, or None."""
        return from_json(self.result_json)


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


@dataclass(frozen=True)
class Command:
    """A person's wish to one simulation, waiting to be picked up.

    Attributes:
        command_id: Grows with time.
        sim_id: To whom.
        channel: On which channel.
        value: What is asked, as decoded JSON.
        is_forced: For ``stop_simulation``: whether to end it without its help.
    """

    command_id: int
    sim_id: UUID
    channel: str
    value: Any
    is_forced: bool = False


@dataclass(frozen=True)
class Answer:
    """What became of a command.

    Attributes:
        value: The answer, as decoded JSON; None when there is an error.
        error: Why there is no answer, or ``""``.
    """

    value: Any
    error: str = ""


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
