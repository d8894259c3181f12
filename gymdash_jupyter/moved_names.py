"""Where the simulation types are now whose names GymDash stored in its projects.

Nothing is imported because a database names it: what a name leads to is in the table here, or was imported already.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

_EXAMPLES: Final = "gymdash.backend.core.simulation.examples"

MOVED_TYPES: Final = {
    (_EXAMPLES, "StableBaselinesSimulation"): (
        "gymdash_jupyter.simulations.stable_baselines:StableBaselinesSimulation"
    ),
    (_EXAMPLES, "CustomControlSimulation"): (
        "gymdash_jupyter.simulations.custom_control:CustomControlSimulation"
    ),
    (_EXAMPLES, "MLSimulation"): "gymdash_jupyter.simulations.torch_classifier:MLSimulation",
}
"""By GymDash's module and name: ``module:name`` of the class that is in its place."""


def stored_type(module: str, name: str) -> type | None:
    """Give the class that a project names, or None where it is not known in this process.

    Args:
        module: Name of its module, as stored.
        name: Its own name.
    """
    moved = MOVED_TYPES.get((module, name))
    if moved is not None:
        here, _, attribute = moved.partition(":")
        return getattr(import_module(here), attribute)  # type: ignore[no-any-return]
    found = getattr(sys.modules.get(module), name, None) if module and name else None
    return found if isinstance(found, type) else None
