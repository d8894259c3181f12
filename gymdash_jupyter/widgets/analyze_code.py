"""The Python that makes an AnalyzePanel as it is now, and its figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.analyze_traits import AnalyzeTraits

_TOLD: Final = (
    "sims",
    "detail_key",
    "group_by",
    "statistic",
    "smoothing_kind",
    "smoothing",
    "smoothing_window",
    "smoothing_passes",
    "x",
    "log_y",
    "fits_y",
    "between",
    "hidden",
)
_ONLY_OF: Final = {"smoothing": "ema", "smoothing_window": "window", "smoothing_passes": "window"}


def panel_code(panel: AnalyzeTraits) -> str:
    """Write it, with what differs from the defaults only."""
    said = [f"    {str(panel.project.folder)!r},"]
    for name in _TOLD:
        value = getattr(panel, name)
        is_of_other_kind = _ONLY_OF.get(name, panel.smoothing_kind) != panel.smoothing_kind
        if value != panel.trait_defaults(name) and not is_of_other_kind:
            said.append(f"    {name}={value!r},")
    lines = "\n".join(said)
    return (
        f"import gymdash_jupyter as gd\n\npanel = gd.AnalyzePanel(\n{lines}\n)\npanel.figure()\n"
    )
