"""From an exported type back to a class in this process."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import did_you_mean
from gymdash_jupyter.exported.describing import ORIGIN
from gymdash_jupyter.exported.folder import name_of
from gymdash_jupyter.exported.imports import EXPORTED_PACKAGE, is_installed, place_of
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from gymdash_jupyter.exported.description import ExportedType


class CannotLoadError(Exception):
    """An exported type cannot be had here; the message says why."""


def load(exported: ExportedType, path: Path) -> type[Simulation]:
    """Import a type.

    Args:
        exported: The type.
        path: Its file, for tracebacks.

    Raises:
        CannotLoadError: Its module is gone or is another one here, or has no such class any more.
        Exception: Whatever its code raises.
    """
    if exported.has_old_names:
        # By name: the floor of GymDash's import paths is above this one.
        importlib.import_module("gymdash_jupyter.compat").enable_gymdash_imports()
    if exported.source:
        for top, place in exported.places.items():
            trouble = _make_findable(top, place)
            if trouble:
                raise CannotLoadError(f"it needs the module {top}, {trouble}")
        return _class_in(_executed(exported, exported.to_text(), str(path)), exported)
    top = exported.module.partition(".")[0]
    place = exported.places.get(top, "")
    trouble = _make_findable(top, place) if place else ""
    if not trouble:
        try:
            return _class_in(importlib.import_module(exported.module), exported)
        except ModuleNotFoundError as exc:
            if exc.name is None or not f"{exported.module}.".startswith(f"{exc.name}."):
                raise
            trouble = f"which is not found ({exc})"
    if not exported.file or not Path(exported.file).is_file():
        raise CannotLoadError(f"it is in the module {exported.module}, {trouble}")
    text = Path(exported.file).read_text("utf-8")
    return _class_in(_executed(exported, text, exported.file), exported)


def _make_findable(top: str, place: str) -> str:
    """Let a module be found where it was; say what is in the way, or nothing.

    What is found first must be the very module that was exported: the folder of a notebook may hold
    another one of the same name, and somebody else's code.
    """
    found = place_of(top)
    if not found and os.path.lexists(place):
        sys.path.append(str(Path(place).parent))
        importlib.invalidate_caches()
        found = place_of(top)
    if not found:
        return f"which was at {place} and is not there any more"
    if os.path.realpath(found) == os.path.realpath(place) or is_installed(found):
        return ""
    return f"which was at {place}; here {top} is another one, at {found}"


def _executed(exported: ExportedType, text: str, file: str) -> ModuleType:
    """Make a module of source under a name of its own."""
    package = _package()
    stem = name_of(exported.key)
    name = f"{EXPORTED_PACKAGE}.{stem}"
    module = ModuleType(name)
    module.__file__ = file
    setattr(module, ORIGIN, exported)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses and others look for it while it is executed
    try:
        exec(compile(text, file, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the user's own code
    except BaseException:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise
    setattr(package, stem, module)
    return module


def _package() -> ModuleType:
    """Give the package of what is made of source; its classes travel to other processes by value."""
    if EXPORTED_PACKAGE not in sys.modules:
        import cloudpickle

        package = ModuleType(EXPORTED_PACKAGE, "Simulation types that came by an export.")
        package.__path__ = []
        sys.modules[EXPORTED_PACKAGE] = package
        cloudpickle.register_pickle_by_value(package)
    return sys.modules[EXPORTED_PACKAGE]


def _class_in(module: ModuleType, exported: ExportedType) -> type[Simulation]:
    found: Any = getattr(module, exported.name, None)
    where = getattr(module, "__file__", None) or module.__name__
    if found is None:
        near = did_you_mean(exported.name, vars(module))
        raise CannotLoadError(f"{where} has no class {exported.name} any more.{near}".rstrip("."))
    if not isinstance(found, type) or not issubclass(found, Simulation):
        raise CannotLoadError(f"{exported.name} in {where} is no subclass of Simulation any more")
    return found
