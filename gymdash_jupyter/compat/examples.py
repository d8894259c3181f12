"""What GymDash's module of example simulations does that is not a class."""

from __future__ import annotations

from gymdash_jupyter.registry import SimulationRegistry


def register_example_simulations() -> None:
    """Make sure that the simulation types that ship are registered.

    They always are, through their package's entry points; calling this changes nothing, and never
    replaces a type that was registered under one of their keys.
    """
    SimulationRegistry.list_simulations()
