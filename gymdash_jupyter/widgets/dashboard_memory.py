"""What a dashboard or a sidebar keeps in its project: how it was laid out and what its panels were set to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from traitlets import TraitError

from gymdash_jupyter.errors import GymDashError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traitlets import HasTraits

_LONGEST_SELECTION: Final = 200

REMEMBERED: Final[Mapping[str, tuple[str, ...]]] = {
    "dashboard": ("tab", "list_width", "is_list_folded", "height"),
    "simulations": ("selection", "sort", "hide_unselected", "notify", "with_details"),
    "analyze": (
        "overview_key",
        "detail_key",
        "group_by",
        "statistic",
        "smoothing",
        "smoothing_kind",
        "smoothing_window",
        "smoothing_passes",
        "x",
        "log_y",
        "fits_y",
        "best",
        "folded",
    ),
    "media": ("kind", "sort", "every_step", "folded"),
    "status": ("part",),
    "system": ("sort",),
    "start": ("key", "launcher"),
}
"""Traits that are kept, by panel; a long selection is not.

What a person looks for at the moment (a filter, a zoom) is not among them.
"""


def settings_of(panel: HasTraits, name: str) -> dict[str, Any]:
    """Give the values of a panel's kept traits."""
    settings = {each: getattr(panel, each) for each in kept_traits(panel, name)}
    if len(settings.get("selection", ())) > _LONGEST_SELECTION:
        del settings["selection"]
    return settings


def kept_traits(panel: HasTraits, name: str) -> list[str]:
    """Name the kept traits that a panel has."""
    return [each for each in REMEMBERED.get(name, ()) if panel.has_trait(each)]


def restore(panel: HasTraits, name: str, settings: object) -> None:
    """Set a panel as it was left; what no longer makes sense is passed over."""
    if not isinstance(settings, dict):
        return
    for each in kept_traits(panel, name):
        if each in settings:
            try:
                setattr(panel, each, settings[each])
            except (TraitError, GymDashError, ValueError, TypeError):
                continue
