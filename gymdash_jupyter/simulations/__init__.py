"""The simulation types that ship with the package.

Importing this room is light: each type loads its own libraries (stable-baselines3, torch, gymnasium) when a simulation
is set up, not before.
"""

from gymdash_jupyter.simulations.custom_control import CustomControlSimulation
from gymdash_jupyter.simulations.stable_baselines import StableBaselinesSimulation
from gymdash_jupyter.simulations.torch_classifier import MLSimulation

__all__ = ["CustomControlSimulation", "MLSimulation", "StableBaselinesSimulation"]
