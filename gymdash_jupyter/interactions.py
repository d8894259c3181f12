"""Asking simulations with GymDash's calls: the part of a tracker that is there for code written for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    QueryError,
    SimulationEndedError,
    UnknownSimulationError,
)
from gymdash_jupyter.labels import LabelDesk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from gymdash_jupyter.interaction_models import (
        ControlRequestBatch,
        SimulationInteractionModel,
    )
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.stored import StoredSimulation
    from gymdash_jupyter.watching import Id


class InteractionDesk(LabelDesk):
    """Ask the simulations of one project in GymDash's way; ``query`` is the way of this package."""

    def __init__(self, project: Project | None = None) -> None:
        super().__init__(project)
        self._given_requests: set[str] = set()

    async def fulfill_query_interaction(
        self, sim_query: SimulationInteractionModel
    ) -> dict[str, Any] | SimulationInteractionModel:
        """Ask a simulation on several channels at once and wait for the answers, without blocking the event loop.

        Args:
            sim_query: Whom, what, and for how long to wait.

        Returns:
            The answers by channel. One that was not answered in time, or before the simulation ended, is not among
            them. About a simulation that is not there: a ``SimulationInteractionModel`` with the id
            ``SimulationTracker.no_id``.

        Raises:
            InvalidArgumentError: Something else was given.
        """
        from gymdash_jupyter.interaction_models import NO_ID, SimulationInteractionModel

        if not isinstance(sim_query, SimulationInteractionModel):
            msg = f"fulfill_query_interaction takes a SimulationInteractionModel; got {type(sim_query).__name__}."
            raise InvalidArgumentError(msg)
        asked = {
            name: getattr(channel, "value", None) for name, channel in sim_query.triggered_channels
        }
        try:
            await asyncio.to_thread(self.get_sim, sim_query.id)
        except (UnknownSimulationError, InvalidArgumentError):
            return SimulationInteractionModel(id=str(NO_ID))
        timeout_s = sim_query.timeout or None
        answers = await asyncio.gather(
            *(
                asyncio.to_thread(self._answer, sim_query.id, timeout_s, name, value)
                for name, value in asked.items()
            )
        )
        return {name: value for answer in answers for name, value in answer.items()}

    def get_control_requests(self) -> ControlRequestBatch:
        """Give the control requests that this tracker has not given before, by simulation and channel.

        They stay open, for everybody else and for panels, until they are answered.
        """
        from gymdash_jupyter.interaction_models import ControlRequestBatch

        found: dict[UUID, dict[str, list[Any]]] = {}
        for request in self.project.store.control_requests():
            if request.request_id not in self._given_requests:
                self._given_requests.add(request.request_id)
                by_channel = found.setdefault(request.sim_id, {})
                by_channel.setdefault(request.channel, []).append(request)
        return ControlRequestBatch(requests=found)

    async def stop_simulation(self, sim_id: Id) -> None:
        """Ask a simulation to stop and wait until it has ended, without blocking the event loop; see ``cancel``."""
        await asyncio.to_thread(self.cancel, sim_id)
        await asyncio.to_thread(self.wait, sim_id)

    def try_get_sim(self, sim_key: Id) -> tuple[bool, Simulation | StoredSimulation | None]:
        """Tell whether there is such a simulation, and give it, or None."""
        try:
            return True, self.get_sim(sim_key)
        except (UnknownSimulationError, InvalidArgumentError):
            return False, None

    def get_sims(self, sim_keys: Iterable[Id]) -> list[Simulation | StoredSimulation]:
        """Give several simulations; see ``get_sim``."""
        return [self.get_sim(key) for key in sim_keys]

    def is_valid(self, sim_key: Id) -> bool:
        """Tell whether there is such a simulation."""
        return self.try_get_sim(sim_key)[0]

    def is_invalid(self, sim_key: Id) -> bool:
        """Tell whether there is no such simulation."""
        return not self.is_valid(sim_key)

    def _answer(
        self, sim_id: str, timeout_s: float | None, channel: str, value: Any
    ) -> dict[str, Any]:
        try:
            return self.query(sim_id, timeout_s, **{channel: value})
        except SimulationEndedError:
            return {STOP: True} if channel == STOP else {}
        except QueryError:
            return {}


def words_for_restart(x: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Give the id and the kwargs of what ``restart_sim`` was given: an id, or GymDash's ``SimulationRestartConfig``."""
    config = getattr(x, "config", None)
    if config is None or not hasattr(x, "id") or hasattr(x, "sim_id"):
        return x, kwargs
    return x.id, {**config.kwargs, **kwargs}
