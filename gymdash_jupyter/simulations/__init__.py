"""The simulation types that ship with the package.

Importing this room is light: a type is loaded when it is asked for, and its own libraries (stable-baselines3, torch,
gymnasium) when a simulation of it is set up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymdash_jupyter.simulations.custom_control import (
        CustomControlSimulation as CustomControlSimulation,
    )
    from gymdash_jupyter.simulations.stable_baselines import (
        StableBaselinesSimulation as StableBaselinesSimulation,
    )
    from gymdash_jupyter.simulations.torch_classifier import MLSimulation as MLSimulation

__all__ = ["CustomControlSimulation", "MLSimulation", "StableBaselinesSimulation"]

_MODULES = {
    "CustomControlSimulation": "custom_control",
    "MLSimulation": "torch_classifier",
    "StableBaselinesSimulation": "stable_baselines",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
