"""Panels for notebooks: what a person sees of simulations. Importing this loads no widget library."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.card_actions import CardActions
    from gymdash_jupyter.widgets.live_card import LiveCard
    from gymdash_jupyter.widgets.subshells import follow_front_end

__all__ = ["CardActions", "LiveCard", "follow_front_end"]

_HOMES = {
    "CardActions": "gymdash_jupyter.widgets.card_actions",
    "LiveCard": "gymdash_jupyter.widgets.live_card",
    "follow_front_end": "gymdash_jupyter.widgets.subshells",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
