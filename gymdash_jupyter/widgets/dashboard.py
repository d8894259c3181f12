"""The dashboard: all panels of a project in one place, following one selection."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from uuid import UUID

import traitlets

from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.widgets.panel_holder import PanelHolder

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.analyze_panel import AnalyzePanel
    from gymdash_jupyter.widgets.media_panel import MediaPanel
    from gymdash_jupyter.widgets.panel import Panel
    from gymdash_jupyter.widgets.status_panel import StatusPanel

TABS: Final = ("analyze", "media", "control", "status", "system")

_NARROWEST, _WIDEST = 240, 720


class Dashboard(PanelHolder):
    """Show a project: the list of simulations, and what is selected in it from five sides.

    The panels are attributes: ``dashboard.simulations.selection``, ``dashboard.analyze.log_y = True``. Each is made
    when it is first used. How the dashboard is laid out and set is kept in the project.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: What is selected at first: simulations, groups, ids; None for what still goes on, or for
            what was selected when the dashboard was left.
        **traits: Values of traits.

    Raises:
        InvalidArgumentError: It is not a project.
        UnknownSimulationError: The project has no such simulation.
        MissingDependencyError: The browser side of a panel was not built.
    """

    stem: ClassVar[str] = "dashboard"
    kept_as: ClassVar[str] = "dashboard"
    holds: ClassVar[tuple[str, ...]] = ("simulations", *TABS, "start")

    tab = traitlets.Enum(TABS, "analyze").tag(sync=True)
    """Which side is shown: ``analyze``, ``media``, ``control``, ``status`` or ``system``."""

    list_width = traitlets.Int(368).tag(sync=True)
    """Width of the list, in CSS pixels, 240 to 720."""

    is_list_folded = traitlets.Bool(False).tag(sync=True)
    """Whether the list is folded away."""

    height = traitlets.Int(760, min=320, max=4000).tag(sync=True)
    """Height of the dashboard, in CSS pixels."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        chosen = self._at_first() if sims is None else resolve_sims(self.store, sims)
        self.simulations.selection = [str(sim_id) for sim_id in chosen]
        self._panel(self.tab)
        self.observe(self._on_tab, ["tab", "is_starting"])

    # The panels

    @property
    def analyze(self) -> AnalyzePanel:
        """Charts."""
        return cast("AnalyzePanel", self._panel("analyze"))

    @property
    def media(self) -> MediaPanel:
        """Videos, images, sounds and texts."""
        return cast("MediaPanel", self._panel("media"))

    @property
    def status(self) -> StatusPanel:
        """What simulations said and printed."""
        return cast("StatusPanel", self._panel("status"))

    def _join(self, name: str, panel: Panel) -> None:
        """Let a new panel follow the selection, too."""
        super()._join(name, panel)
        if panel.has_trait("sims"):
            traitlets.dlink((self.simulations, "selection"), (panel, "sims"))
        if name == "analyze":
            panel.observe(self._on_open_media, "open_media")
            panel.has_media_panel = True

    # What one panel wants of another

    def _on_tab(self, _change: Any) -> None:
        self._panel("start" if self.is_starting else self.tab)

    def _on_started(self, change: Any) -> None:
        super()._on_started(change)
        if change["new"]:
            self.tab = "analyze"

    def _on_open_media(self, change: Any) -> None:
        if not change["new"]:
            return
        sim_id, key, step = change["new"][0]
        self.tab = "media"
        self.media.show(sim_id, key, step)

    # The browser

    def _do_size(self, _content: dict[str, Any]) -> int:
        return self.project.disk_usage().total_bytes

    def _at_first(self) -> list[UUID]:
        """Give what still goes on, or what was selected when the dashboard was left and is still there."""
        going_on = [unsettled.sim_id for unsettled in self.store.unsettled()]
        left = [UUID(sim_id) for sim_id in self.simulations.selection]
        return going_on or list(self.store.states(left))

    # Places without widgets

    def _static_html(self) -> str:
        parts = [f"<p>{escape(self.place)}</p>"]
        parts += [panel._static_html() for panel in (self.simulations, self._panel(self.tab))]  # noqa: SLF001
        return "\n".join(parts)

    @traitlets.validate("list_width")
    def _valid_list_width(self, proposal: Any) -> int:
        return min(max(int(proposal["value"]), _NARROWEST), _WIDEST)
