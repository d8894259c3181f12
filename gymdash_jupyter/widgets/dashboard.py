"""The dashboard: all panels of a project in one place, following one selection."""

from __future__ import annotations

import importlib
import logging
import threading
import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.widgets import dashboard_memory as memory
from gymdash_jupyter.widgets.panel import Panel

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.analyze_panel import AnalyzePanel
    from gymdash_jupyter.widgets.control_panel import ControlPanel
    from gymdash_jupyter.widgets.media_panel import MediaPanel
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.simulations_panel import SimulationsPanel
    from gymdash_jupyter.widgets.start_panel import StartPanel
    from gymdash_jupyter.widgets.status_panel import StatusPanel
    from gymdash_jupyter.widgets.system_panel import SystemPanel
    from gymdash_jupyter.widgets.views import View

logger = logging.getLogger(__name__)

TABS: Final = ("analyze", "media", "control", "status", "system")

_CLASSES: Final = {
    "simulations": "SimulationsPanel",
    "analyze": "AnalyzePanel",
    "media": "MediaPanel",
    "control": "ControlPanel",
    "status": "StatusPanel",
    "system": "SystemPanel",
    "start": "StartPanel",
}
_SAVE_S: Final = 1.0
_NARROWEST, _WIDEST = 240, 720


class Dashboard(Panel):
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

    tab = traitlets.Enum(TABS, "analyze").tag(sync=True)
    """Which side is shown: ``analyze``, ``media``, ``control``, ``status`` or ``system``."""

    is_starting = traitlets.Bool(False).tag(sync=True)
    """Whether the form that starts simulations is shown instead."""

    list_width = traitlets.Int(368).tag(sync=True)
    """Width of the list, in CSS pixels, 240 to 720."""

    is_list_folded = traitlets.Bool(False).tag(sync=True)
    """Whether the list is folded away."""

    height = traitlets.Int(760, min=320, max=4000).tag(sync=True)
    """Height of the dashboard, in CSS pixels."""

    panels = traitlets.Dict(read_only=True).tag(sync=True)
    """The panels that were made, by name, as the browser's widget manager knows them."""

    open_requests = traitlets.Int(read_only=True).tag(sync=True)
    """How many control requests wait in the project."""

    place = traitlets.Unicode(read_only=True).tag(sync=True)
    """The project's folder as a person would write it."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        self._made: dict[str, Panel] = {}
        self._making = threading.RLock()
        self._changed_at = 0.0
        super().__init__(project)
        self._kept = self._read_kept()
        memory.restore(self, "dashboard", self._kept.get("dashboard"))
        for name, value in traits.items():
            setattr(self, name, value)
        self.set_trait("place", _place(self.project.folder))
        chosen = self._at_first() if sims is None else resolve_sims(self.store, sims)
        self.simulations.selection = [str(sim_id) for sim_id in chosen]
        self._panel(self.tab)
        self._remember_changes(self, "dashboard")
        self.observe(self._on_tab, ["tab", "is_starting"])

    # The panels

    @property
    def simulations(self) -> SimulationsPanel:
        """The list."""
        return cast("SimulationsPanel", self._panel("simulations"))

    @property
    def analyze(self) -> AnalyzePanel:
        """Charts."""
        return cast("AnalyzePanel", self._panel("analyze"))

    @property
    def media(self) -> MediaPanel:
        """Videos, images, sounds and texts."""
        return cast("MediaPanel", self._panel("media"))

    @property
    def control(self) -> ControlPanel:
        """Questions, replies and actions."""
        return cast("ControlPanel", self._panel("control"))

    @property
    def status(self) -> StatusPanel:
        """What simulations said and printed."""
        return cast("StatusPanel", self._panel("status"))

    @property
    def system(self) -> SystemPanel:
        """What they use."""
        return cast("SystemPanel", self._panel("system"))

    @property
    def start(self) -> StartPanel:
        """The form that starts simulations."""
        return cast("StartPanel", self._panel("start"))

    def _panel(self, name: str) -> Panel:
        with self._making:
            found = self._made.get(name)
            if found is None:
                module = importlib.import_module(f"gymdash_jupyter.widgets.{name}_panel")
                found = self._made[name] = getattr(module, _CLASSES[name])(self.tracker)
                memory.restore(found, name, self._kept.get(name))
                self._join(name, found)
                self._remember_changes(found, name)
                made = {each: f"IPY_MODEL_{panel.model_id}" for each, panel in self._made.items()}
                self.set_trait("panels", made)
            return found

    def _join(self, name: str, panel: Panel) -> None:
        """Let a new panel follow the selection, and hear what it wants of the others."""
        if panel.has_trait("sims"):
            traitlets.dlink((self.simulations, "selection"), (panel, "sims"))
        if name == "simulations":
            panel.can_start = not self.project.is_read_only
            panel.observe(self._on_start_asked, "start_asked")
        elif name == "start":
            panel.observe(self._on_started, "started")
            if panel.has_trait("close_asked"):
                panel.observe(self._on_close_asked, "close_asked")
        elif name == "analyze":
            panel.observe(self._on_open_media, "open_media")
            panel.has_media_panel = True

    # What one panel wants of another

    def _on_tab(self, _change: Any) -> None:
        self._panel("start" if self.is_starting else self.tab)

    def _on_start_asked(self, _change: Any) -> None:
        self.is_starting = True

    def _on_close_asked(self, _change: Any) -> None:
        self.is_starting = False

    def _on_started(self, change: Any) -> None:
        if change["new"]:
            self.simulations.selection = list(change["new"])
            self.is_starting = False
            self.tab = "analyze"

    def _on_open_media(self, change: Any) -> None:
        if not change["new"]:
            return
        sim_id, key, step = change["new"][0]
        self.tab = "media"
        self.media.show(sim_id, key, step)

    # The browser

    def _load(self) -> None:
        self._count_requests()

    def _take(self, news: News) -> None:
        if news.simulations or news.deleted:
            self._count_requests()

    def _send_to(self, _view: View) -> None:
        if self._changed_at and time.monotonic() - self._changed_at > _SAVE_S:
            self._save()

    def _rest(self) -> None:
        if self._changed_at:
            self._save()
        super()._rest()

    def _count_requests(self) -> None:
        waiting = len(self.store.control_requests())
        if waiting != self.open_requests:
            self.set_trait("open_requests", waiting)

    def _do_prepare(self, _content: dict[str, Any]) -> list[str]:
        """Make the panels behind the other tabs, which a busy kernel could not make when they are wanted."""
        for name in _CLASSES:
            if name != "start" or not self.project.is_read_only:
                self._panel(name)
        return sorted(self._made)

    def _do_size(self, _content: dict[str, Any]) -> int:
        return self.project.disk_usage().total_bytes

    # What is kept in the project

    def _read_kept(self) -> dict[str, Any]:
        kept = self.store.setting(memory.SETTING)
        return kept if isinstance(kept, dict) else {}

    def _remember_changes(self, panel: Panel, name: str) -> None:
        if names := memory.kept_traits(panel, name):
            panel.observe(self._on_changed, names)

    def _on_changed(self, _change: Any) -> None:
        self._changed_at = time.monotonic()

    def _save(self) -> None:
        self._changed_at = 0.0
        if self.project.is_read_only:
            return
        now = {"dashboard": memory.settings_of(self, "dashboard")}
        now |= {name: memory.settings_of(panel, name) for name, panel in self._made.items()}
        self._kept |= now
        try:
            self.store.set_setting(memory.SETTING, self._kept)
        except GymDashError:  # a full disk or a locked database: the next change tries again
            logger.debug("A dashboard's settings could not be kept.", exc_info=True)

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

    def close(self) -> None:
        """Take the dashboard and its panels off the page for good; a static picture stays where it was."""
        if getattr(self, "_made", None):
            if self._changed_at:
                self._save()
            super().close()
            for panel in self._made.values():
                panel.close()
        else:
            super().close()

    @traitlets.validate("list_width")
    def _valid_list_width(self, proposal: Any) -> int:
        return min(max(int(proposal["value"]), _NARROWEST), _WIDEST)


def _place(folder: Path) -> str:
    """Write a folder relative to where one is, where that is shorter."""
    here = Path.cwd()
    return f"./{folder.relative_to(here)}" if folder.is_relative_to(here) else str(folder)
