"""Turning what a person wants to start into a simulation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.arguments import check_accepts, merge_kwargs
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    InvalidSimulationTypeError,
    UnknownSimulationTypeError,
    UserFolderError,
)
from gymdash_jupyter.exported import exported_keys
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.moved_names import stored_type
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gymdash_jupyter.records import SimulationRecord

_TRACKED = "gymdash_jupyter.tracking.tracked.TrackedSimulation"
_IMPORTED = ".TensorBoard"

Startable = str | SimulationStartConfig | Simulation | type[Simulation]
"""A sim key, a config (its ``sim_key`` says the type), a simulation made by hand, or a class."""


def make(x: Startable) -> tuple[Simulation, str]:
    """Make the simulation that is meant.

    Returns:
        The simulation, and the key under which its type is registered, or ``""``.

    Raises:
        UnknownSimulationTypeError: No type is registered under the key.
        InvalidArgumentError: It is nothing that can be started.
    """
    simulation, key = _made(x)
    if not hasattr(simulation, "_sim_id"):
        name = type(simulation).__name__
        msg = f"{name}.__init__ does not call super().__init__(config), so {name} is no whole Simulation. Let it."
        raise InvalidSimulationTypeError(msg)
    return simulation, key


def config_for(key: str) -> SimulationStartConfig:
    """Give the config with which a type is made that is named by its key alone: its default, or a plain one.

    Raises:
        UnknownSimulationTypeError: No type is registered under the key.
    """
    default = SimulationRegistry.find(key).default_config
    return default or SimulationStartConfig(name=key, sim_key=key)


@contextmanager
def telling_of_exports(project_folder: Path, made_by: str = "") -> Iterator[None]:
    """Say of a type that is unknown here how it becomes known: it may be exported for the project.

    Args:
        project_folder: The project.
        made_by: The class, where it is known.

    Raises:
        UnknownSimulationTypeError: With these words, instead of the one that was raised inside.
    """
    try:
        yield
    except UnknownSimulationTypeError as exc:
        key = getattr(exc, "key", "")
        if key in _exported_keys(project_folder):
            hint = "It is exported for this project: gd.SimulationExporter.import_and_register() makes it known here."
        elif made_by == _TRACKED:
            hint = "It was tracked (gd.track), so a program of its own executed it: let that run again."
        elif made_by == _IMPORTED:
            hint = (
                "It was imported from the log of another program, which alone can start it again."
            )
        elif made_by:
            hint = f"It was the class {made_by}: gd.SimulationRegistry.register({key!r}, ...) makes it known here."
        else:
            raise
        raise UnknownSimulationTypeError(f"{exc} {hint}", key=key) from exc


def _exported_keys(project_folder: Path) -> list[str]:
    try:
        return exported_keys(project_folder)
    except UserFolderError:
        return []


def _made(x: Startable) -> tuple[Simulation, str]:
    if isinstance(x, Simulation):
        return x, SimulationRegistry.key_of(type(x))
    if isinstance(x, str):
        return SimulationRegistry.make(x, config_for(x)), x
    if isinstance(x, SimulationStartConfig):
        return SimulationRegistry.make(x.sim_key, x), x.sim_key
    if isinstance(x, type) and issubclass(x, Simulation):
        key = SimulationRegistry.key_of(x)
        return x(SimulationStartConfig(name=x.__name__, sim_key=key or x.__name__)), key
    msg = (
        f"Give a sim key, a SimulationStartConfig or a Simulation; got {type(x).__name__}: {x!r}."
    )
    raise InvalidArgumentError(msg)


def make_again(
    old: Simulation | None,
    config: SimulationStartConfig,
    record: SimulationRecord,
    start_kwargs: Mapping[str, Any],
) -> tuple[Simulation, str]:
    """Make a simulation from what is known of an old one.

    Args:
        old: The old one where it is at hand, else None.
        config: Its config, changed as wished.
        record: What the project knows of the old one.
        start_kwargs: What the new one will be started with.

    Raises:
        InvalidArgumentError: A value is only a description; the message says which to give again.
    """
    given = {**config.kwargs, **start_kwargs}
    lost = [name for name, value in given.items() if is_described(value)]
    if lost:
        msg = (
            f"The simulation {config.name!r} was started with {', '.join(map(repr, lost))}, which the project can "
            f"only describe. Give it again: restart_sim(id, {lost[0]}=...)."
        )
        raise InvalidArgumentError(msg, missing=lost)
    if record.sim_key:
        return SimulationRegistry.make(record.sim_key, config), record.sim_key
    if old is not None:
        return type(old)(config), ""
    if record.is_foreign:  # GymDash, whose configs may carry any key, went by the class
        known = stored_type(record.sim_module_name, record.sim_type_name)
        if known is not None and issubclass(known, Simulation):
            return known(config), SimulationRegistry.key_of(known)
    return SimulationRegistry.make(config.sim_key, config), config.sim_key


def check_start(simulation: Simulation, start_kwargs: Mapping[str, Any]) -> None:
    """Raise ``InvalidArgumentError`` unless ``_setup``, ``_run`` and the simulation itself take these kwargs."""
    check_accepts(simulation._setup, start_kwargs)
    check_accepts(simulation._run, start_kwargs)
    simulation._check_start(
        merge_kwargs(simulation.kwarg_defaults, simulation.config.kwargs, start_kwargs)
    )


def words_for(x: Startable) -> dict[str, Any]:
    """Say in JSON what a person wanted to start."""
    if isinstance(x, (Simulation, SimulationStartConfig)):
        config = getattr(x, "config", None) if isinstance(x, Simulation) else x
        return {} if config is None else {"name": config.name, "sim_key": config.sim_key}
    return {"sim_key": x if isinstance(x, str) else getattr(x, "__name__", repr(x))}
