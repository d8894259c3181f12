"""Which simulation types there are to start: registered ones, and classes of this notebook that could be registered."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidSimulationTypeError
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation


@dataclass(frozen=True)
class NotebookType:
    """A class that could be registered.

    Attributes:
        name: The class's name.
        key: The sim key that it would get.
        words: The first sentence of its docstring, or ``""``.
        is_changed: Whether an older version of it is registered, from before its cell was executed again.
    """

    name: str
    key: str
    words: str
    is_changed: bool = False


def registered_keys() -> list[str]:
    """List the sim keys of all registered types, in the order of the alphabet."""
    return sorted(SimulationRegistry.list_simulations())


def unregistered_types() -> list[NotebookType]:
    """List the simulation classes in ``__main__`` that no sim key is registered for, in the order of their names."""
    listed = []
    for name, found in sorted(_classes().items()):
        if not SimulationRegistry.key_of(found):
            older = _key_of_older(found)
            words = _first_sentence(found)
            listed.append(
                NotebookType(name, older or _key_for(name), words, is_changed=bool(older))
            )
    return listed


def register(name: str) -> str:
    """Register a class of the notebook under its name in snake case.

    Args:
        name: The class's name.

    Returns:
        The sim key.

    Raises:
        InvalidSimulationTypeError: There is no such simulation class in the notebook.
        SimulationTypeTakenError: The key belongs to another type.
    """
    found = _classes().get(name)
    if found is None:
        msg = f"There is no simulation class {name!r} in this notebook. Execute the cell that defines it."
        raise InvalidSimulationTypeError(msg, name=name)
    key = _key_of_older(found) or _key_for(name)
    config = SimulationStartConfig(name=key, sim_key=key)
    if key in SimulationRegistry.list_simulations():
        config = SimulationRegistry.find(key).default_config or config
    SimulationRegistry.register(key, found, config)
    return key


def _classes() -> dict[str, type[Simulation]]:
    """Find the classes that were written in the notebook; looked up by name, so that a re-run cell's newest counts."""
    main = sys.modules.get("__main__")
    return {
        found.__name__: found
        for name, found in list(vars(main).items() if main is not None else ())
        if isinstance(found, type)
        and issubclass(found, Simulation)
        and found.__module__ == "__main__"
        and not name.startswith("_")
        and not inspect.isabstract(found)
        and found._run is not Simulation._run  # noqa: SLF001 - whether it says what to run
    }


def _key_of_older(found: type) -> str:
    """Give the key under which a class of the same name is registered that this one has taken the place of."""
    for key in SimulationRegistry.list_simulations():
        creator = SimulationRegistry.find(key).creator
        is_main = getattr(creator, "__module__", "") == "__main__"
        if is_main and getattr(creator, "__qualname__", "") == found.__qualname__:
            return key
    return ""


def _key_for(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def _first_sentence(found: type) -> str:
    doc = inspect.cleandoc(vars(found).get("__doc__") or "")
    return " ".join(doc.partition("\n\n")[0].split())
