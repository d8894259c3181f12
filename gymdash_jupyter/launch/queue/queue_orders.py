"""What the project's queue stores of a simulation, so that it can be started when whoever queued it is gone.

Stored is only what can be made again from JSON: by what it is made (an import path), its config and
start kwargs, environments registered by import path, and where imports are found. No code and no
pickle is stored.

A project may come from somebody else, and an order says what to import. So each is signed with this
user's key (``signatures``), together with the id, the config and the start kwargs of its simulation;
one without a valid signature of this user is not started, and nothing of it is imported.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import cloudpickle

from gymdash_jupyter.config import SimulationStartConfig, config_from_json, config_to_json
from gymdash_jupyter.errors import InvalidSimulationTypeError
from gymdash_jupyter.json_values import DESCRIPTION_KEY, from_json, to_json
from gymdash_jupyter.launch.environment.command import without_secrets
from gymdash_jupyter.launch.gym_specs import (
    register_specs,
    specs_as_json,
    specs_from_json,
    specs_registered_here,
)
from gymdash_jupyter.launch.orders import surroundings
from gymdash_jupyter.signatures import is_signature_of, signature_of
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from gymdash_jupyter.records import QueueEntry, SimulationRecord

_PURPOSE = "queue"
_MAX_DEPTH = 50
_PLAIN = (type(None), bool, int, float, str)


@dataclass(frozen=True)
class Maker:
    """How a person's simulation was made.

    Attributes:
        make: The class, or the function that is registered; called with a config.
        config: With which config, as JSON, as it was before.
    """

    make: Callable[[SimulationStartConfig], Simulation]
    config: str


@dataclass(frozen=True)
class StoredOrder:
    """What is stored, and the signature of who queued it."""

    text: str
    signature: str


@dataclass(frozen=True)
class Recipe:
    """What a worker needs to make a simulation.

    Attributes:
        maker: ``module:name`` of what makes it.
        environments: Environments to register with gymnasium, as JSON.
        config: Its config, as JSON.
        start_kwargs: Its start kwargs, as JSON.
    """

    maker: str
    environments: list[str]
    config: str
    start_kwargs: str


def order_to_store(
    simulation: Simulation, maker: Maker, start_kwargs: Mapping[str, Any]
) -> StoredOrder | None:
    """Write the order for a simulation that can be made again from JSON; None for one that cannot.

    None, too, where this user can keep no key to sign it with.
    """
    path = import_path(maker.make)
    config = simulation.config
    around = surroundings()
    if (
        not path
        or type(config) is not SimulationStartConfig
        or not _is_exact([config.kwargs, dict(start_kwargs)])
        # One that changes its config while it is made would not be the same the second time.
        or config_to_json(config) != maker.config
        or without_secrets(around["argv"]) != around["argv"]  # a project is shown to others
    ):
        return None
    try:
        environments = specs_as_json(specs_registered_here())
    except (ValueError, TypeError):
        return None
    order = {"maker": path, "environments": environments, "surroundings": around}
    text = json.dumps(order)
    content = _signed_content(simulation.sim_id, text, config, start_kwargs)
    signature = signature_of(_PURPOSE, content)
    return StoredOrder(text, signature) if signature else None


def is_own(entry: QueueEntry, record: SimulationRecord) -> bool:
    """Tell whether this user has queued exactly this."""
    content = _signed_content(entry.sim_id, entry.order, record.config, record.start_kwargs)
    return is_signature_of(entry.signature, _PURPOSE, content)


def recipe_of(entry: QueueEntry, record: SimulationRecord) -> tuple[Mapping[str, Any], bytes]:
    """Read an order whose signature is valid.

    Returns:
        The surroundings of who queued it, and the recipe for the worker.
    """
    order = json.loads(entry.order)
    recipe = Recipe(
        maker=order["maker"],
        environments=order["environments"],
        config=config_to_json(record.config),
        start_kwargs=to_json(record.start_kwargs),
    )
    return order["surroundings"], json.dumps(asdict(recipe)).encode()


def make_by(content: bytes) -> tuple[Simulation, dict[str, Any]]:
    """Make the simulation of a recipe, and its start kwargs; called in a worker.

    Raises:
        Exception: Whatever importing or making it raises.
    """
    recipe = Recipe(**json.loads(content))
    register_specs(specs_from_json(recipe.environments))
    simulation = _imported(recipe.maker)(config_from_json(recipe.config))
    if not isinstance(simulation, Simulation):
        msg = f"{recipe.maker} made a {type(simulation).__name__}, not a Simulation."
        raise InvalidSimulationTypeError(msg)
    return simulation, from_json(recipe.start_kwargs, {})


def import_path(made_by: object) -> str:
    """Give ``module:name`` by which a fresh process finds a class or function; ``""`` where none does."""
    module = getattr(made_by, "__module__", None) or ""
    name = getattr(made_by, "__qualname__", None) or ""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    if module == "__main__" or not name or spec is None or _travels_by_value(module):
        return ""
    if _origin_for_others(module) != spec.origin:  # it was made, or found, in a way of its own
        return ""
    path = f"{module}:{name}"
    try:
        return path if _imported(path) is made_by else ""
    except (AttributeError, ImportError):  # inside a function, or replaced since
        return ""


def _imported(path: str) -> Any:
    module, _, name = path.partition(":")
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _origin_for_others(module: str) -> str | None:
    """Give the file from which a process with the same ``sys.path`` would import a module."""
    parts = module.split(".")
    spec, path = None, None
    for n in range(1, len(parts) + 1):
        name = ".".join(parts[:n])
        found = (finder.find_spec(name, path) for finder in sys.meta_path)
        spec = next((one for one in found if one is not None), None)
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec.origin if spec is not None and spec.has_location else None


def _travels_by_value(module: str) -> bool:
    """Tell whether somebody has said that this module is not the same elsewhere."""
    by_value = cloudpickle.list_registry_pickle_by_value()
    return any(module == name or module.startswith(f"{name}.") for name in by_value)


def _is_exact(value: Any) -> bool:
    """Tell whether JSON gives back exactly this value."""
    if not _is_plain(value):
        return False
    text = to_json(value)
    return DESCRIPTION_KEY not in text and repr(from_json(text)) == repr(value)


def _is_plain(value: Any, depth: int = 0) -> bool:
    if depth > _MAX_DEPTH:  # a circle has no end
        return False
    if type(value) is list:
        return all(_is_plain(one, depth + 1) for one in value)
    if type(value) is dict:
        return all(type(key) is str and _is_plain(one, depth + 1) for key, one in value.items())
    return type(value) in _PLAIN


def _signed_content(
    sim_id: UUID, text: str, config: SimulationStartConfig, start_kwargs: Mapping[str, Any]
) -> bytes:
    parts = [str(sim_id), text, config_to_json(config), to_json(dict(start_kwargs))]
    return json.dumps(parts).encode()
