"""Import lines for what a notebook imported, and where modules come from that are not installed."""

from __future__ import annotations

import ast
import importlib.util
import os
import site
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.machinery import ModuleSpec

EXPORTED_PACKAGE = "gymdash_exported"
"""Name of the package in which exported types live that were not imported by their own path."""


_NOTHING = object()


def is_importable(module: object) -> bool:
    """Tell whether another process can import a module by its name."""
    # Under python -m the two names differ.
    return (
        isinstance(module, ModuleType)
        and sys.modules.get(module.__name__) is module
        and getattr(getattr(module, "__spec__", None), "name", None) == module.__name__
        and module.__name__.partition(".")[0] not in ("__main__", "__mp_main__", EXPORTED_PACKAGE)
    )


def import_line(name: str, value: Any, statements: Iterable[ast.stmt]) -> list[str]:
    """Give the lines that bring an object under a name, by how it was imported, else by where it lives.

    Args:
        name: What it should be called.
        value: The object.
        statements: What was written, newest first.

    Returns:
        No line where it cannot be imported; several where submodules were imported beside a module.
    """
    written = [line for s in statements for line in _from_statement(name, value, s)]
    if written:
        is_whole = isinstance(value, ModuleType)
        return list(dict.fromkeys(written)) if is_whole else written[:1]
    if isinstance(value, ModuleType):
        return [f"import {value.__name__} as {name}"] if is_importable(value) else []
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str):
        return []
    first, *rest = qualname.split(".")
    found: Any = sys.modules.get(module)
    if not is_importable(found):
        return []
    for part in (first, *rest):
        found = getattr(found, part, None)
    if found is not value:
        return []
    lines = [f"from {module} import {first} as {name}"]
    return [*lines, f"{name} = {'.'.join([name, *rest])}"] if rest else lines


def modules_imported(tree: ast.AST) -> set[str]:
    """Give the top-level names of all modules that code imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


def place_of(top: str) -> str:
    """Give the file of a top-level module, or a package's folder; ``""`` where there is none."""
    spec = _spec(top)
    if spec is None:
        return ""
    if spec.has_location and spec.origin:
        path = Path(spec.origin)
        return str(path.parent if path.stem == "__init__" else path)
    return next(iter(spec.submodule_search_locations or ()), "")


def places_of(tops: Iterable[str]) -> dict[str, str]:
    """Give the places of those modules that are not installed; this package is wherever it is read again."""
    places = {top: place_of(top) for top in sorted(tops) if top != "gymdash_jupyter"}
    return {top: os.path.abspath(p) for top, p in places.items() if p and not is_installed(p)}  # noqa: PTH100


def is_installed(place: str) -> bool:
    """Tell whether a place is one where Python installs packages."""
    paths = sysconfig.get_paths()
    folders = [paths[n] for n in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    real = Path(os.path.realpath(place))
    return any(real.is_relative_to(os.path.realpath(folder)) for folder in folders)


def _spec(top: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(top)
    except (ValueError, ImportError):  # a module without a spec, such as __main__; a refused one
        return None


def _from_statement(name: str, value: Any, statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.partition(".")[0]
            bound = sys.modules.get(alias.name if alias.asname else top)
            if (alias.asname or top) == name and bound is value and is_importable(bound):
                yield f"import {alias.name}" + (f" as {name}" if alias.asname else "")
    elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
        module = sys.modules.get(statement.module)
        for alias in statement.names if is_importable(module) else ():
            original = name if alias.name == "*" else alias.name
            is_bound = (alias.asname or original) == name
            if is_bound and getattr(module, original, _NOTHING) is value:
                renamed = f" as {name}" if name != original else ""
                yield f"from {statement.module} import {original}{renamed}"
