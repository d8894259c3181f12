"""Small things that the store's tests make again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ControlRequest, ProcessIdentity, ScalarSeries
from gymdash_jupyter.states import TERMINAL_STATES, SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import Move, NewSimulation, ProjectStore

OWNER = ProcessIdentity(domain="boot-1/pid-1", pid=4711, started="123456", host="box")
STRANGER = ProcessIdentity(domain="boot-1/pid-1", pid=4712, started="123457", host="box")
NOON = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Give a moment after noon."""
    return NOON + timedelta(seconds=seconds)


def new_simulation(
    sim_id: UUID | None = None, *, created: datetime = NOON, **changed: Any
) -> NewSimulation:
    """Describe a simulation that can be created."""
    facts: dict[str, Any] = {
        "sim_id": sim_id or uuid4(),
        "config": SimulationStartConfig(name="first", sim_key="ppo"),
        "created": created,
        "sim_key": "ppo",
        "sim_type_name": "StableBaselinesSimulation",
        "sim_module_name": "gymdash_jupyter.simulations.stable_baselines",
    }
    return NewSimulation(**{**facts, **changed})


def created(store: ProjectStore, **changed: Any) -> UUID:
    """Create a simulation and give its id."""
    new = new_simulation(**changed)
    store.create(new)
    return new.sim_id


def queued(store: ProjectStore, *, owner: ProcessIdentity | None = None, **changed: Any) -> UUID:
    """Create a simulation that waits in the project's queue and give its id."""
    sim_id = created(store, **changed)
    assert store.enqueue(sim_id, time=later(1), launcher="process", start_kwargs={}, owner=owner)
    return sim_id


def running(
    store: ProjectStore,
    *,
    owner: ProcessIdentity = OWNER,
    launcher: str | None = None,
    **changed: Any,
) -> UUID:
    """Create a simulation that runs and give its id."""
    sim_id = created(store, **changed)
    setting_up = Move(sim_id, SimState.SETTING_UP, later(1), owner=owner, launcher=launcher)
    assert store.move(setting_up)
    assert store.move(Move(sim_id, SimState.RUNNING, later(2), owner=owner))
    return sim_id


def ended(store: ProjectStore, state: SimState = SimState.SUCCEEDED, **changed: Any) -> UUID:
    """Create a simulation that has ended and give its id."""
    sim_id = running(store, **changed)
    assert store.finish(Batch(sim_id), Move(sim_id, state, later(3), owner=OWNER))
    return sim_id


def series(values: Sequence[float], *, first_step: int = 0) -> ScalarSeries:
    """Make points with these values, one a step and a second."""
    steps = np.arange(first_step, first_step + len(values), dtype=np.int64)
    return ScalarSeries(steps, steps.astype(np.float64) + 1.75e9, np.array(values, np.float64))


def batch(sim_id: UUID, **scalars: Sequence[float]) -> Batch:
    """Make a batch of points by key."""
    return Batch(sim_id, {key: series(values) for key, values in scalars.items()})


def status(
    details: str = "so far, so good", code: SimStatusCode = SimStatusCode.INFO
) -> SimStatus:
    """Make a status."""
    return SimStatus(code, NOON, details=details)


def in_state(store: ProjectStore, state: SimState, *, launcher: str = "") -> UUID:
    """Give a simulation in this state, owned by OWNER where it has an owner."""
    if state is SimState.CREATED:
        return created(store)
    if state in {SimState.QUEUED, SimState.SETTING_UP}:
        sim_id = created(store)
        assert store.move(Move(sim_id, state, NOON, owner=OWNER, launcher=launcher))
        return sim_id
    sim_id = running(store, launcher=launcher)
    if state is SimState.LOST:
        assert store.settle(sim_id, OWNER, status())
    elif state in TERMINAL_STATES or state is SimState.PAUSED:
        assert store.move(Move(sim_id, state, later(3), owner=OWNER))
    return sim_id


def question(sim_id: UUID, request_id: str = "", seconds: float = 0) -> ControlRequest:
    """Ask something of the person."""
    return ControlRequest(
        request_id or f"request of {sim_id}",
        sim_id,
        "custom_query",
        "Which learning rate?",
        ("lr",),
        later(seconds),
    )
