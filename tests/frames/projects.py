"""Fill a real store with simulations and points, by its contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ProcessIdentity, ScalarSeries
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store.contract import Move, NewSimulation, ProjectStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
OWNER = ProcessIdentity(domain="here", pid=4242, started="7", host="my-host")


def add_simulation(
    store: ProjectStore,
    name: str = "sim",
    *,
    minute: int = 0,
    sim_id: UUID | None = None,
    parent_id: UUID | None = None,
    **kwargs: object,
) -> UUID:
    """Create a simulation ``minute`` minutes after noon; kwargs are those of its config."""
    new = NewSimulation(
        sim_id=sim_id or uuid4(),
        config=SimulationStartConfig(name=name, sim_key="ppo", kwargs=kwargs),
        created=NOON + timedelta(minutes=minute),
        sim_key="ppo",
        sim_type_name="PPO",
        sim_module_name="my.trainings",
        parent_id=parent_id,
    )
    store.create(new)
    return new.sim_id


def run(store: ProjectStore, sim_id: UUID, **start_kwargs: object) -> None:
    """Let a created simulation run."""
    time = NOON + timedelta(hours=1)
    setting_up = Move(sim_id, SimState.SETTING_UP, time, OWNER, "process", start_kwargs)
    assert store.move(setting_up)
    assert store.move(Move(sim_id, SimState.RUNNING, time, OWNER))


def end(store: ProjectStore, sim_id: UUID, state: SimState, result: object = None) -> None:
    """Let a running simulation end."""
    time = NOON + timedelta(hours=2)
    assert store.finish(Batch(sim_id), Move(sim_id, state, time, OWNER, result=result))


def record(
    store: ProjectStore,
    sim_id: UUID,
    key: str,
    steps: object,
    values: object,
    times: object = None,
) -> None:
    """Record points of one series; by default one a second from noon on."""
    at = np.asarray(steps, dtype=np.int64)
    seconds = NOON.timestamp() + np.arange(len(at)) if times is None else times
    points = ScalarSeries(
        at, np.asarray(seconds, dtype=np.float64), np.asarray(values, dtype=np.float64)
    )
    store.write([Batch(sim_id, scalars={key: points})])
