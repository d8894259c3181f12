"""One simulation as its project knows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.config import SimulationStartConfig, config_from_json
from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.records.owners import ProcessIdentity


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
