"""The queue of a project, seen from a tracker: putting simulations in, and following them from then on.

The queue itself is in the store, and a process of its own starts what waits there, the keeper
(``launch.queue.keeper``). ``queue`` is the other one, which a tracker keeps in its memory.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.config import SimulationStartConfig, config_to_json
from gymdash_jupyter.errors import GymDashError, SimulationStateError
from gymdash_jupyter.launch import (
    Execution,
    Keeping,
    Lookout,
    Maker,
    ProcessLauncher,
    StoredOrder,
    order_to_store,
    pack,
    surroundings,
    usable_cpus,
)
from gymdash_jupyter.making import config_for
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from gymdash_jupyter.making import Startable
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import ProcessIdentity

logger = logging.getLogger(__name__)

PROJECT_QUEUE_LAUNCHER = ProcessLauncher.name
"""Where simulations of a project's queue execute."""


@dataclass(frozen=True)
class Held:
    """What the keeper holds of a simulation that cannot be made again from JSON."""

    parcel: bytes


class ProjectQueue:
    """Put simulations into a project's queue and follow them.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._keeping = Keeping(project)
        self._lookout = Lookout(project.store, self._keeping.revive)

    @property
    def max_running(self) -> int:
        """How many simulations in processes may run in the project at once before queued ones wait."""
        return self._store.max_running() or usable_cpus()

    @max_running.setter
    def max_running(self, n: int | None) -> None:
        self._store.set_max_running(n)

    @property
    def ids(self) -> list[UUID]:
        """What waits; the first one is next."""
        return [entry.sim_id for entry in self._store.queue()]

    def adopt(self) -> None:
        """See that what waits without a keeper gets one; never fails."""
        try:
            self._keeping.adopt()
        except (GymDashError, OSError) as exc:
            logger.warning("What waits in the queue of %s is not started: %s", self._project, exc)

    def prepare(
        self, simulation: Simulation, maker: Maker | None, start_kwargs: Mapping[str, Any]
    ) -> StoredOrder | Held:
        """Make what is needed to start a simulation later; nothing is written yet.

        Args:
            simulation: The simulation.
            maker: How it was made, unless a person made it.
            start_kwargs: What it will be started with.

        Raises:
            CannotTravelError: It can only execute in this process.
            SimulationStateError: It has been queued or started before.
        """
        simulation._must_be(SimState.CREATED)
        order = None if maker is None else order_to_store(simulation, maker, start_kwargs)
        return order or Held(pack(simulation, start_kwargs))

    def add(
        self, execution: Execution, prepared: StoredOrder | Held, start_kwargs: Mapping[str, Any]
    ) -> None:
        """Put a simulation at the end.

        Raises:
            SimulationStateError: Somebody has ended it meanwhile.
            LaunchError: It must be held, and no keeper can be started that would.
        """
        sim_id = execution.simulation.sim_id
        owner: ProcessIdentity | None = None
        order = StoredOrder("", "")
        if isinstance(prepared, Held):
            owner = self._keeping.hold(sim_id, surroundings(), prepared.parcel)
        else:
            order = prepared
        if not self._store.enqueue(
            sim_id,
            time=now_utc(),
            launcher=PROJECT_QUEUE_LAUNCHER,
            start_kwargs=start_kwargs,
            owner=owner,
            order=order.text,
            signature=order.signature,
        ):
            state = self._store.simulation(sim_id).state
            msg = (
                f"{execution.simulation!r} cannot be queued: the project says that it is {state}."
            )
            raise SimulationStateError(msg, state=state)
        execution.leave_to_others(start_kwargs)
        execution.simulation._move(SimState.QUEUED)
        self._lookout.follow(execution)
        self._ensure_keeper()

    def reorder(self, ids: Sequence[UUID]) -> None:
        """Put these first; errors as of ``ProjectStore.reorder_queue``."""
        self._store.reorder_queue(ids)

    def _ensure_keeper(self) -> None:
        try:
            self._keeping.ensure()
        except (GymDashError, OSError) as exc:  # it waits all the same; the lookout tries again
            logger.warning("The queue has no keeper, and none can be started now: %s", exc)


def maker_of(x: Startable) -> Maker | None:
    """Say how what a person wants to queue will be made; None for what is made already.

    Raises:
        UnknownSimulationTypeError: No type is registered under the key.
    """
    if isinstance(x, str):
        return Maker(SimulationRegistry.find(x).load(), config_to_json(config_for(x)))
    if isinstance(x, SimulationStartConfig):
        return Maker(SimulationRegistry.find(x.sim_key).load(), config_to_json(x))
    if isinstance(x, type) and issubclass(x, Simulation):
        key = SimulationRegistry.key_of(x)
        config = SimulationStartConfig(name=x.__name__, sim_key=key or x.__name__)
        return Maker(x, config_to_json(config))
    return None
