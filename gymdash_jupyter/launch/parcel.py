"""What travels to the process that executes a simulation: the simulation, by value where it must be.

Sent are the type (by import path, or by value where another process could not import it), the
config, the start kwargs, and what the class and its user left on the instance. Never sent are what
belongs to this process: its interactor, its recorder, its callbacks. Callbacks that the class
itself added while it was made go along, because they are part of what it does, and so do the
streamers that it registered then.

A parcel is unpacked only from the pipe of the process that packed it, never from a file.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import cloudpickle

from gymdash_jupyter.channels import CHANNELS
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch.culprits import refusal
from gymdash_jupyter.launch.gym_specs import register_specs, specs_registered_here
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIMULATION = "simulation"
_OWN_PARTS = ("interactor", "recorder", "streamer")
_NOBODY = SimulationStartConfig(name="", sim_key="")
_LEFT_AT_HOME = frozenset(vars(Simulation(_NOBODY))) - {"kwarg_defaults"}
"""What the framework itself keeps on an instance."""


class _Packer(cloudpickle.CloudPickler):  # type: ignore[misc]
    """Write names in the place of what the other process has of its own."""

    def __init__(self, file: io.BytesIO, simulation: Simulation) -> None:
        super().__init__(file)
        self._names = {id(simulation): _SIMULATION}
        self._names |= {id(getattr(simulation, part)): part for part in _OWN_PARTS}

    def persistent_id(self, obj: Any) -> str | None:
        return self._names.get(id(obj))


class _Unpacker(pickle.Unpickler):
    """Put this process's own parts in the place of their names."""

    def __init__(self, file: io.BytesIO, simulation: Simulation | None) -> None:
        super().__init__(file)
        self._simulation = simulation

    def persistent_load(self, name: str) -> Any:
        return self._simulation if name == _SIMULATION else getattr(self._simulation, name)


def pack(simulation: Simulation, start_kwargs: Mapping[str, Any]) -> bytes:
    """Make a parcel of a simulation that has not started.

    Raises:
        CannotTravelError: Something of it means something only in this process; the message names
            it.
    """
    specs = specs_registered_here()
    state = {k: v for k, v in vars(simulation).items() if k not in _LEFT_AT_HOME}
    rest = {
        "config": simulation.config,
        "start_kwargs": dict(start_kwargs),
        "state": state,
        "channels": tuple(c for c in simulation.interactor.channels if c not in CHANNELS),
        "callbacks": simulation._callbacks.built_in,
        "streamers": simulation.streamer.items(),
    }
    file = io.BytesIO()
    try:
        for part in ((type(simulation), specs), rest):
            _Packer(file, simulation).dump(part)
    except Exception as exc:
        named = {
            "class": type(simulation),
            "kwarg": simulation.config.kwargs,
            "start kwarg": dict(start_kwargs),
            "attribute": state,
            "callback": dict(enumerate(call for _, call in simulation._callbacks.built_in)),
            "streamer": dict(simulation.streamer.items()),
            "gymnasium environment": {spec.id: spec for spec in specs},
        }
        raise refusal(simulation, named, lambda x: _fits(x, simulation), exc) from exc
    return file.getvalue()


def unpack(parcel: bytes) -> tuple[Simulation, dict[str, Any]]:
    """Make the simulation that was packed, as if it had been made here, and its start kwargs.

    Raises:
        Exception: Whatever importing its modules raises.
    """
    file = io.BytesIO(parcel)
    simulation_type, specs = _Unpacker(file, None).load()
    register_specs(specs)
    simulation: Simulation = simulation_type.__new__(simulation_type)
    simulation._begin(_NOBODY)
    rest = _Unpacker(file, simulation).load()
    simulation.config = rest["config"]
    vars(simulation).update(rest["state"])
    for name in rest["channels"]:
        simulation.interactor.add_channel(name)
    for event, callback in rest["callbacks"]:
        simulation.add_callback(event, callback)
    for name, streamer in rest["streamers"]:
        simulation.streamer.register(name, streamer)
    return simulation, rest["start_kwargs"]


def _fits(value: Any, simulation: Simulation) -> bool:
    try:
        _Packer(io.BytesIO(), simulation).dump(value)
    except Exception:  # noqa: BLE001 - any __reduce__ may fail in any way
        return False
    return True
