"""What GymDash's queue holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.simulation import Simulation


@dataclass
class QueuedSimulation:
    """A simulation that waits, with what it is to be started with. A tracker here lists ids: ``tracker.queued()``.

    Attributes:
        sim: The simulation.
        start_kwargs: What it is started with.
    """

    sim: Simulation
    start_kwargs: dict[str, Any]

    @property
    def id(self) -> UUID:
        """The simulation's id."""
        return self.sim.sim_id
