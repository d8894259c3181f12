"""The simulation types that ship with the package.

Importing this room is light: each type loads its own libraries (stable-baselines3, torch, gymnasium) when a simulation
is set up, not before.
"""

from gymdash_jupyter.simulations.custom_control import CustomControlSimulation
from gymdash_jupyter.simulations.stable_baselines import StableBaselinesSimulation

__all__ = ["CustomControlSimulation", "StableBaselinesSimulation"]
