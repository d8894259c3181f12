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
