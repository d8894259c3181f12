"""What a launcher promises.

A launcher executes simulations that a tracker has created. ``reserve`` makes a place and says which
process will execute the simulation, so that the project can name its owner before anything of it
happens; ``start`` returns at once, and from then on the simulation is set up, run and ended exactly
once, however it ends, and its end reaches the store. A simulation that raises harms nothing but
itself.

``force_stop`` ends a simulation that does not look at its channels, as far as the place allows it.
All may be called from any thread; forcing one that has ended does nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.launch.execution import Execution
    from gymdash_jupyter.records import ProcessIdentity

IN_PROCESSES: Final = "process"
"""The launcher whose simulations have a process of their own each, in which nothing else is executed."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where one simulation may execute.

    Attributes:
        owner: The process that will execute it.
    """

    owner: ProcessIdentity


class Launcher(ABC):
    """Execute simulations somewhere."""

    name: ClassVar[str]
    """What people call it."""

    is_here: ClassVar[bool]
    """Whether simulations execute in the process that launches them."""

    @abstractmethod
    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> Place:
        """Make a place for a simulation without beginning to execute it.

        Args:
            execution: The simulation, bound to its store.
            kwargs: The start kwargs.

        Returns:
            The place. Whoever loses against another start of the same simulation has one of its own.

        Raises:
            CannotTravelError: It can only execute in this process.
            LaunchError: There is no place for it.
        """

    @abstractmethod
    def release(self, place: Place) -> None:
        """Give up a reserved place, because somebody else has started or ended the simulation."""

    @abstractmethod
    def start(self, execution: Execution, kwargs: Mapping[str, Any], place: Place) -> None:
        """Begin to execute in the reserved place and return."""

    @abstractmethod
    def force_stop(self, execution: Execution) -> None:
        """End it without its help. Called again now and then until it has ended."""
