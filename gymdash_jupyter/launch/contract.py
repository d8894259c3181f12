"""What a launcher promises.

A launcher executes simulations that a tracker has created and moved to ``setting_up``. ``start``
returns at once; from then on the simulation is set up, run and ended exactly once, however it
ends, and its end reaches the store. A simulation that raises harms nothing but itself.

``force_stop`` ends a simulation that does not look at its channels, as far as the place allows it.
Both may be called from any thread; forcing one that has ended does nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.launch.execution import Execution


class Launcher(ABC):
    """Execute simulations somewhere."""

    name: ClassVar[str]
    """What people call it."""

    @abstractmethod
    def start(self, execution: Execution, kwargs: Mapping[str, Any]) -> None:
        """Begin to execute and return.

        Args:
            execution: The simulation, bound to its store.
            kwargs: The start kwargs.
        """

    @abstractmethod
    def force_stop(self, execution: Execution) -> None:
        """End it without its help. Called again now and then until it has ended."""
