"""What GymDash's module of example simulations does that is not a class."""

from __future__ import annotations

from typing import Any

from gymdash_jupyter.errors import CompatError
from gymdash_jupyter.registry import SimulationRegistry


def register_example_simulations() -> None:
    """Make sure that the simulation types that ship are registered.

    They always are, through their package's entry points; calling this changes nothing, and never
    replaces a type that was registered under one of their keys.
    """
    SimulationRegistry.list_simulations()


def train_mnist_classifier(model: Any, data_folder: str, **kwargs: Any) -> None:  # noqa: ARG001 - GymDash's
    """Refuse: GymDash's function downloads MNIST. It is here so that code that only imports it runs.

    Raises:
        CompatError: Always.
    """
    msg = (
        "GymDash's train_mnist_classifier downloads MNIST, and nothing is downloaded here. Start 'example_ml' instead: "
        "gd.run('example_ml', dataset='mnist') learns from MNIST's files where they are in the project's resources."
    )
    raise CompatError(msg)
