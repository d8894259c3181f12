"""From a class to what another process needs to have it."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from types import ModuleType
from typing import Any

from gymdash_jupyter.errors import (
    ExportError,
    InvalidArgumentError,
    InvalidSimulationTypeError,
)
from gymdash_jupyter.exported.description import ExportedType
from gymdash_jupyter.exported.gathering import Gathering
from gymdash_jupyter.exported.imports import is_importable, modules_imported, places_of
from gymdash_jupyter.simulation import Simulation

ORIGIN = "__gymdash_exported__"
"""Attribute of the modules that were made of an exported type: its ``ExportedType``."""


def describe(key: str, simulation_type: type[Simulation]) -> ExportedType:
    """Describe a class so that another process can have it, without a default config.

    Raises:
        InvalidArgumentError: The key is not text.
        InvalidSimulationTypeError: It is no Simulation subclass.
        ExportError: No other process could have it; the message says why.
    """
    if not isinstance(key, str) or not key:
        msg = f"A sim key is a text; got {type(key).__name__}: {key!r}."
        raise InvalidArgumentError(msg)
    if not isinstance(simulation_type, type) or not issubclass(simulation_type, Simulation):
        msg = f"{key!r} cannot be exported as {simulation_type!r}: only subclasses of Simulation can."
        raise InvalidSimulationTypeError(msg, key=key)
    _check_place(key, simulation_type)
    module = sys.modules.get(simulation_type.__module__)
    origin = getattr(module, ORIGIN, None)
    if isinstance(origin, ExportedType):  # it came here by an export
        return replace(origin, key=key)
    if is_importable(module):
        return _of_module(key, simulation_type, module)
    if module is None:
        msg = f"The simulation type {key!r} cannot be exported: its module {simulation_type.__module__!r} is not there."
        raise ExportError(msg, key=key)
    source = Gathering(key, simulation_type, module).source()
    modules = modules_imported(ast.parse(source))
    return ExportedType(
        key,
        simulation_type.__module__,
        simulation_type.__name__,
        source=source,
        places=places_of(modules),
        has_old_names="gymdash" in modules and _are_old_names_enabled(),
    )


def _check_place(key: str, simulation_type: type) -> None:
    around, _, name = simulation_type.__qualname__.rpartition(".")
    if not around and name == simulation_type.__name__:
        return
    kind, _, _ = around.rpartition(".<locals>")
    inside = f"the function {kind}" if around.endswith("<locals>") else f"the class {around}"
    msg = (
        f"The simulation type {key!r} cannot be exported: {simulation_type.__name__} is defined inside "
        f"{inside or 'something else'}, where no other process finds it. Move it to the top level of its "
        "notebook or module."
    )
    raise ExportError(msg, key=key)


def _of_module(key: str, simulation_type: type, module: Any) -> ExportedType:
    name = simulation_type.__name__
    found = getattr(module, name, None)
    if found is not simulation_type:
        trouble = (
            f"{module.__name__} has no class {name}; write it as a class statement, not with type()"
            if found is None
            else f"{module.__name__}.{name} is another class by now; prepare the one that the module has now"
        )
        msg = f"The simulation type {key!r} cannot be exported: {trouble}."
        raise ExportError(msg, key=key)
    return ExportedType(
        key,
        module.__name__,
        name,
        file=_source_file(module),
        places=places_of([module.__name__.partition(".")[0]]),
        has_old_names=_are_old_names_enabled(),
    )


def _source_file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) and file.endswith(".py") else ""


def _are_old_names_enabled() -> bool:
    # Looked up by name: the floor of GymDash's import paths is above this one.
    compat = sys.modules.get("gymdash_jupyter.compat.finder")
    return compat is not None and any(isinstance(f, compat.GymDashFinder) for f in sys.meta_path)
