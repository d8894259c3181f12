"""Environments that somebody registered with gymnasium, for processes that did not see it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

_PACKAGE = "gymnasium"


def specs_registered_here() -> list[Any]:
    """Give what was registered in this process beyond what gymnasium itself brings along.

    Nothing where nobody has imported gymnasium: then nobody has registered anything.
    """
    registration = sys.modules.get(f"{_PACKAGE}.envs.registration")
    if registration is None:
        return []
    return [spec for spec in list(registration.registry.values()) if not _is_builtin(spec)]


def specs_as_json(specs: Iterable[Any]) -> list[str]:
    """Write environments as JSON.

    Raises:
        ValueError: One of them was registered with a function or another value that JSON cannot hold.
    """
    written = []
    for spec in specs:
        entry_points = (spec.entry_point, getattr(spec, "vector_entry_point", None))
        if any(callable(entry_point) for entry_point in entry_points):
            msg = f"{spec.id} was registered with an object, not with an import path."
            raise ValueError(msg)
        text = spec.to_json()
        if type(spec).from_json(text) != spec:
            msg = f"{spec.id} was registered with values that JSON cannot hold as they are."
            raise ValueError(msg)
        written.append(text)
    return written


def specs_from_json(texts: Iterable[str]) -> list[Any]:
    """Read what ``specs_as_json`` wrote."""
    wanted = list(texts)
    if not wanted:
        return []
    from gymnasium.envs.registration import EnvSpec

    return [EnvSpec.from_json(text) for text in wanted]


def register_specs(specs: Iterable[Any]) -> None:
    """Register environments under their ids, unless this process has them already."""
    wanted = list(specs)
    if not wanted:
        return
    from gymnasium.envs.registration import registry

    for spec in wanted:
        registry.setdefault(spec.id, spec)


def _is_builtin(spec: Any) -> bool:
    entry_point = spec.entry_point
    if isinstance(entry_point, str):
        return entry_point.startswith(f"{_PACKAGE}.")
    return str(getattr(entry_point, "__module__", "")).startswith(f"{_PACKAGE}.")
