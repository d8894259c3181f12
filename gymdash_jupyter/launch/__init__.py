"""The one place for starting simulations: in threads of this process, and wherever else a launcher can.

A launcher says where; an ``Execution`` stores what the simulation says; a ``Relay`` carries facts
to the store and wishes from it, for all simulations that this process executes.
"""

from gymdash_jupyter.launch.contract import Launcher
from gymdash_jupyter.launch.execution import Execution
from gymdash_jupyter.launch.liveness import DeathWatch, is_alive, own_identity, settle_dead
from gymdash_jupyter.launch.relay import Relay
from gymdash_jupyter.launch.thread import ThreadLauncher

LAUNCHERS: dict[str, type[Launcher]] = {ThreadLauncher.name: ThreadLauncher}
"""The launchers by the name that people give."""

__all__ = [
    "LAUNCHERS",
    "DeathWatch",
    "Execution",
    "Launcher",
    "Relay",
    "ThreadLauncher",
    "is_alive",
    "own_identity",
    "settle_dead",
]
