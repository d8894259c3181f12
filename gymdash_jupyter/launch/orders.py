"""What a worker is told before its parcel: who it is, where it works, and what to find there.

An order is JSON and read before anything of the simulation is imported, because it says where
imports are found.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.launch.spawning import variables_for_simulations
from gymdash_jupyter.records import ProcessIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.project import Project

_calls_in_workers: list[str] = []
_SURROUNDINGS = ("folder", "sys_path", "argv", "variables", "calls")


@dataclass(frozen=True)
class Order:
    """What a worker is told.

    Attributes:
        project_folder: The project.
        sim_id: Which simulation it executes.
        identity: Itself, as the project knows it.
        folder: The working folder of who started it.
        sys_path: Where imports are found, likewise.
        argv: The command line, likewise.
        variables: Environment variables to set, or to remove where they are None.
        calls: Functions ``module:name`` to call before anything of the simulation is imported.
        is_taking: Whether the simulation waits in the queue and the worker takes it out itself.
        taken_from: To whom it belongs while it waits; None: to nobody.
    """

    project_folder: str
    sim_id: UUID
    identity: ProcessIdentity
    folder: str
    sys_path: Sequence[str]
    argv: Sequence[str]
    variables: Mapping[str, str | None]
    calls: Sequence[str]
    is_taking: bool = False
    taken_from: ProcessIdentity | None = None

    def prepare_process(self) -> None:
        """Make this process look like the one that started it."""
        look_like({name: getattr(self, name) for name in _SURROUNDINGS})


def look_like(around: Mapping[str, Any]) -> None:
    """Make this process look like the one that gave its ``surroundings``."""
    for name, value in around["variables"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    sys.argv[:] = around["argv"]
    # What this process found by itself stays behind: it may be where this package is.
    sys_path = around["sys_path"]
    sys.path[:] = [*sys_path, *(p for p in sys.path if p not in sys_path)]
    if Path(around["folder"]).is_dir():
        os.chdir(around["folder"])
    for call in around["calls"]:
        module, _, name = call.partition(":")
        getattr(import_module(module), name)()


def call_in_workers(function: str) -> None:
    """Let every worker call a function before it imports anything of its simulation.

    Args:
        function: ``module:name``, in this package.
    """
    if function not in _calls_in_workers:
        _calls_in_workers.append(function)


def do_not_call_in_workers(function: str) -> None:
    """Undo ``call_in_workers``."""
    if function in _calls_in_workers:
        _calls_in_workers.remove(function)


def order_for(project: Project, sim_id: UUID, identity: ProcessIdentity) -> bytes:
    """Write the order for a worker that this process starts."""
    order = {
        "project_folder": str(project.folder),
        "sim_id": str(sim_id),
        "identity": asdict(identity),
        **surroundings(),
    }
    return json.dumps(order).encode()


def order_to_take(
    project: Project,
    sim_id: UUID,
    identity: ProcessIdentity,
    around: Mapping[str, Any],
    taken_from: ProcessIdentity | None,
) -> bytes:
    """Write the order for a worker that takes its simulation out of the queue.

    Args:
        project: The project.
        sim_id: The simulation.
        identity: The worker.
        around: The ``surroundings`` of who queued it.
        taken_from: To whom it belongs while it waits; None: to nobody.
    """
    order = {
        "project_folder": str(project.folder),
        "sim_id": str(sim_id),
        "identity": asdict(identity),
        **{name: around[name] for name in _SURROUNDINGS},
        "is_taking": True,
        "taken_from": None if taken_from is None else asdict(taken_from),
    }
    return json.dumps(order).encode()


def surroundings() -> dict[str, Any]:
    """Say in JSON how this process finds its imports and files, so that a worker finds them too."""
    return {
        "folder": _working_folder(),
        "sys_path": [os.path.abspath(path) for path in sys.path],  # noqa: PTH100 - "" is the working folder
        "argv": list(sys.argv),
        "variables": variables_for_simulations(),
        "calls": list(_calls_in_workers),
    }


def read_order(content: bytes) -> Order:
    """Read what ``order_for`` or ``order_to_take`` wrote."""
    read = json.loads(content)
    taken_from = read.get("taken_from")
    return Order(
        **{
            **read,
            "sim_id": UUID(read["sim_id"]),
            "identity": ProcessIdentity(**read["identity"]),
            "taken_from": None if taken_from is None else ProcessIdentity(**taken_from),
        }
    )


def _working_folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # somebody has removed it
        return ""
