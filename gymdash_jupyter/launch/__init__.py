"""The one place for starting simulations: in threads of this process, and wherever else a launcher can.

A launcher says where; an ``Execution`` stores what the simulation says; a ``Relay`` carries facts
to the store and wishes from it, for all simulations that this process executes.
"""

from gymdash_jupyter.launch.contract import Launcher, Place
from gymdash_jupyter.launch.cpus import usable_cpus
from gymdash_jupyter.launch.deaths import DeathWatch, attended, settle, settle_dead
from gymdash_jupyter.launch.execution import Execution
from gymdash_jupyter.launch.forcing import Forcing
from gymdash_jupyter.launch.orders import (
    call_in_workers,
    do_not_call_in_workers,
    surroundings,
)
from gymdash_jupyter.launch.parcel import pack
from gymdash_jupyter.launch.process import ProcessLauncher
from gymdash_jupyter.launch.queue.keeping import Keeping
from gymdash_jupyter.launch.queue.lookout import Lookout
from gymdash_jupyter.launch.queue.queue_orders import Maker, StoredOrder, order_to_store
from gymdash_jupyter.launch.relay import Relay
from gymdash_jupyter.launch.thread import ThreadLauncher
from gymdash_jupyter.liveness import is_alive, own_identity

LAUNCHERS: dict[str, type[Launcher]] = {
    ThreadLauncher.name: ThreadLauncher,
    ProcessLauncher.name: ProcessLauncher,
}
"""The launchers by the name that people give."""

__all__ = [
    "LAUNCHERS",
    "DeathWatch",
    "Execution",
    "Forcing",
    "Keeping",
    "Launcher",
    "Lookout",
    "Maker",
    "Place",
    "ProcessLauncher",
    "Relay",
    "StoredOrder",
    "ThreadLauncher",
    "attended",
    "call_in_workers",
    "do_not_call_in_workers",
    "is_alive",
    "order_to_store",
    "own_identity",
    "pack",
    "settle",
    "settle_dead",
    "surroundings",
    "usable_cpus",
]
