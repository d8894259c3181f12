"""Where an adapter records: in the simulation that it is given, in the block around it, or in one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.tracking.beginning import track
from gymdash_jupyter.tracking.given_config import values_of
from gymdash_jupyter.tracking.tracked import TrackedSimulation, block_around


class GivenSim:
    """Hold what a person said of the simulation until it is needed.

    Args:
        what: The adapter, for messages.
        name: Display name of a simulation of its own.
        config: Its values, as ``track`` takes them.
        sim: A tracked simulation to record in.
        labels: What else ``track`` takes.

    Raises:
        InvalidArgumentError: ``sim`` is no tracked simulation, or comes with words for a new one.
    """

    def __init__(
        self,
        what: str,
        name: str | None,
        config: Any,
        sim: TrackedSimulation | None,
        labels: Mapping[str, Any],
    ) -> None:
        if sim is not None and not isinstance(sim, TrackedSimulation):
            msg = (
                f"{what} takes as sim what gd.track(...) gives; got {type(sim).__name__}: {sim!r}. "
                "Without sim, it begins a simulation of its own."
            )
            raise InvalidArgumentError(msg, argument="sim")
        if sim is not None and (name is not None or config is not None):
            msg = f"{what} records in {sim!r}, which has a name and a config; leave out name and config."
            raise InvalidArgumentError(msg, argument="sim")
        if name is not None and not isinstance(name, str):
            msg = f"{what} takes a name, a text, first; got {type(name).__name__}: {name!r}."
            raise InvalidArgumentError(msg, argument="name")
        self._name = name
        self._config = values_of(config)
        self._sim = sim
        self._labels = labels

    def find(self) -> TrackedSimulation | None:
        """Give the simulation that is given, or whose block is around the caller; None where a new one is wanted."""
        return self._sim or (block_around() if self._name is None else None)

    def begin(self, name: str, values: Mapping[str, Any]) -> TrackedSimulation:
        """Begin a new one.

        Args:
            name: Its name, unless one was given.
            values: Its config; what was given goes over it.
        """
        return track(self._name or name, {**values, **self._config}, **self._labels)
