"""A panel that holds others: it makes them when they are wanted, names them to its browser, keeps their settings."""

from __future__ import annotations

import importlib
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import traitlets

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.widgets import dashboard_memory as memory
from gymdash_jupyter.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.widgets.control_panel import ControlPanel
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.simulations_panel import SimulationsPanel
    from gymdash_jupyter.widgets.start_panel import StartPanel
    from gymdash_jupyter.widgets.system_panel import SystemPanel
    from gymdash_jupyter.widgets.views import View

logger = logging.getLogger(__name__)

_SAVE_S: Final = 1.0

_CLASSES: Final = {
    "simulations": "SimulationsPanel",
    "analyze": "AnalyzePanel",
    "media": "MediaPanel",
    "control": "ControlPanel",
    "status": "StatusPanel",
    "system": "SystemPanel",
    "start": "StartPanel",
}


class PanelHolder(Panel):
    """Show several panels of one project together.

    Subclasses name what they hold, and say in ``_join`` what a new panel hears of the others.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: Values of traits.
    """

    holds: ClassVar[tuple[str, ...]] = ()
    """Names of the panels, in the order in which they are prepared."""

    kept_as: ClassVar[str] = ""
    """Name under which the project keeps how it was left."""

    fixed: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Traits that panels have here, by their names."""

    is_starting = traitlets.Bool(False).tag(sync=True)
    """Whether the form that starts simulations is shown instead."""

    panels = traitlets.Dict(read_only=True).tag(sync=True)
    """The panels that were made, by name, as the browser's widget manager knows them."""

    open_requests = traitlets.Int(read_only=True).tag(sync=True)
    """How many control requests wait in the project."""

    place = traitlets.Unicode(read_only=True).tag(sync=True)
    """The project's folder as a person would write it."""

    folder = traitlets.Unicode(read_only=True).tag(sync=True)
    """The project's folder, absolute."""

    def __init__(self, project: object = None, **traits: Any) -> None:
        self._made: dict[str, Panel] = {}
        self._making = threading.RLock()
        self._changed_at = 0.0
        super().__init__(project)
        self._kept = self._read_kept()
        memory.restore(self, self.kept_as, self._kept.get(self.kept_as))
        for name, value in traits.items():
            setattr(self, name, value)
        self.set_trait("place", _place(self.project.folder))
        self.set_trait("folder", str(self.project.folder))
        self._remember_changes(self, self.kept_as)

    # The panels

    @property
    def simulations(self) -> SimulationsPanel:
        """The list."""
        return cast("SimulationsPanel", self._panel("simulations"))

    @property
    def control(self) -> ControlPanel:
        """Questions, replies and actions."""
        return cast("ControlPanel", self._panel("control"))

    @property
    def system(self) -> SystemPanel:
        """What the simulations and the machine use."""
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
                fixed = self.fixed.get(name, {})
                found = self._made[name] = getattr(module, _CLASSES[name])(self.tracker, **fixed)
                memory.restore(found, name, self._kept.get(name))
                self._join(name, found)
                self._remember_changes(found, name)
                made = {each: f"IPY_MODEL_{panel.model_id}" for each, panel in self._made.items()}
                self.set_trait("panels", made)
            return found

    def _join(self, name: str, panel: Panel) -> None:
        """Let a new panel hear of the others what it must."""
        if name == "simulations":
            panel.can_start = not self.project.is_read_only
            panel.observe(self._on_start_asked, "start_asked")
        elif name == "start":
            panel.observe(self._on_started, "started")
            panel.observe(self._on_close_asked, "close_asked")

    def _on_start_asked(self, _change: Any) -> None:
        self.is_starting = True

    def _on_close_asked(self, _change: Any) -> None:
        self.is_starting = False

    def _on_started(self, change: Any) -> None:
        if change["new"]:
            self.simulations.selection = list(change["new"])
            self.is_starting = False

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
        """Make the panels that are not shown yet, which a busy kernel could not make when they are wanted."""
        for name in self.holds:
            if name != "start" or not self.project.is_read_only:
                self._panel(name)
        return sorted(self._made)

    # What is kept in the project

    def _read_kept(self) -> dict[str, Any]:
        kept = self.store.setting(self.kept_as)
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
        now = {self.kept_as: memory.settings_of(self, self.kept_as)}
        now |= {name: memory.settings_of(panel, name) for name, panel in self._made.items()}
        self._kept |= now
        try:
            self.store.set_setting(self.kept_as, self._kept)
        except GymDashError:  # a full disk or a locked database: the next change tries again
            logger.debug("What panels were set to could not be kept.", exc_info=True)

    # Places without widgets

    def close(self) -> None:
        """Take it and its panels off the page for good; a static picture stays where it was."""
        if getattr(self, "_made", None):
            if self._changed_at:
                self._save()
            super().close()
            for panel in self._made.values():
                panel.close()
        else:
            super().close()


def _place(folder: Path) -> str:
    """Write a folder relative to where one is, where that is shorter."""
    here = Path.cwd()
    return f"./{folder.relative_to(here)}" if folder.is_relative_to(here) else str(folder)
