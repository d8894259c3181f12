"""Panels for notebooks: what a person sees of simulations. Importing this loads no widget library."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.analyze_panel import AnalyzePanel
    from gymdash_jupyter.widgets.card_actions import CardActions
    from gymdash_jupyter.widgets.control_panel import ControlPanel
    from gymdash_jupyter.widgets.dashboard import Dashboard
    from gymdash_jupyter.widgets.live_card import LiveCard
    from gymdash_jupyter.widgets.media_panel import MediaPanel
    from gymdash_jupyter.widgets.panel import Panel
    from gymdash_jupyter.widgets.registry_panel import RegistryPanel
    from gymdash_jupyter.widgets.sidebar_panel import SidebarPanel
    from gymdash_jupyter.widgets.simulations_panel import SimulationsPanel
    from gymdash_jupyter.widgets.start_panel import StartPanel
    from gymdash_jupyter.widgets.status_panel import StatusPanel
    from gymdash_jupyter.widgets.subshells import follow_front_end
    from gymdash_jupyter.widgets.system_panel import SystemPanel

__all__ = [
    "AnalyzePanel",
    "CardActions",
    "ControlPanel",
    "Dashboard",
    "LiveCard",
    "MediaPanel",
    "Panel",
    "RegistryPanel",
    "SidebarPanel",
    "SimulationsPanel",
    "StartPanel",
    "StatusPanel",
    "SystemPanel",
    "follow_front_end",
]

_HOMES = {
    "AnalyzePanel": "gymdash_jupyter.widgets.analyze_panel",
    "CardActions": "gymdash_jupyter.widgets.card_actions",
    "ControlPanel": "gymdash_jupyter.widgets.control_panel",
    "Dashboard": "gymdash_jupyter.widgets.dashboard",
    "LiveCard": "gymdash_jupyter.widgets.live_card",
    "MediaPanel": "gymdash_jupyter.widgets.media_panel",
    "Panel": "gymdash_jupyter.widgets.panel",
    "RegistryPanel": "gymdash_jupyter.widgets.registry_panel",
    "SidebarPanel": "gymdash_jupyter.widgets.sidebar_panel",
    "SimulationsPanel": "gymdash_jupyter.widgets.simulations_panel",
    "StartPanel": "gymdash_jupyter.widgets.start_panel",
    "StatusPanel": "gymdash_jupyter.widgets.status_panel",
    "SystemPanel": "gymdash_jupyter.widgets.system_panel",
    "follow_front_end": "gymdash_jupyter.widgets.subshells",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
