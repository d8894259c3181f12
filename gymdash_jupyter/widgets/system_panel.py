"""The panel of the machine: CPU, memory, GPUs, what simulations' processes use, and where the disk has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import traitlets

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.pruning import prune_media
from gymdash_jupyter.resource_usage import ResourceMonitor
from gymdash_jupyter.widgets.looks import colour_index
from gymdash_jupyter.widgets.panel import Panel
from gymdash_jupyter.widgets.system_contents import (
    disk_facts,
    prune_call,
    prune_facts,
    usage_facts,
)
from gymdash_jupyter.widgets.system_static import static_system

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

MOST_LISTED: Final = 200
"""How many simulations the browser gets with their sizes; the others as one sum."""


class SystemPanel(Panel):
    """Show what the machine and the project use.

    CPU, memory, GPUs and the processes of simulations are looked at once a second while somebody sees the panel; the
    disk when it is first seen, every 30 s, and when something was removed. What the panel does is
    ``gd.prune_media(...)``; what it shows is ``gd.resource_usage()`` and ``project.disk_usage()``.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: Values of traits.
    """

    stem: ClassVar[str] = "system_panel"

    sort = traitlets.Enum(("size", "name", "newest"), default_value="size").tag(sync=True)
    """How simulations are sorted by their disk use: ``size`` (largest first), ``name`` or ``newest``."""

    compact = traitlets.Bool(False).tag(sync=True)
    """Whether only the machine is shown, laid out for a narrow column; to be given when it is made."""

    def __init__(self, project: object = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        self._monitor = ResourceMonitor.of(self.store, self.project.folder)
        self._colours: dict[UUID, int] = {}

    # The loop refreshes; its thread only

    def _load(self) -> None:
        self._colours = {}

    def _take(self, news: News) -> None:
        for sim_id in [*news.simulations, *news.deleted]:
            self._colours.pop(sim_id, None)

    def _send_to(self, view: View) -> None:
        usage = self._monitor.look()
        if usage is None or view.memo.get("time") == usage.time:
            return
        history = self._monitor.history(after=view.memo.get("sent", 0.0))
        is_first = "time" not in view.memo
        if len(history):
            view.memo["sent"] = float(history[-1, 0])
        view.memo["time"] = usage.time
        colours = {
            sim_id: self._colour(sim_id) for each in usage.processes for sim_id in each.sim_ids
        }
        told = usage_facts(usage, colours) | {"columns": history.shape[1], "is_new": is_first}
        view.tell("usage", told, [history.tobytes()])

    def _colour(self, sim_id: UUID) -> int:
        if sim_id not in self._colours:
            try:
                self._colours[sim_id] = colour_index(self.store.simulation(sim_id))
            except UnknownSimulationError:  # deleted just now
                return 0
        return self._colours[sim_id]

    # The browser asks; helper threads

    def _lane(self, content: dict[str, Any]) -> str:
        return "prune" if str(content["kind"]).startswith("prune") else super()._lane(content)

    def _do_disk(self, content: dict[str, Any]) -> dict[str, Any]:
        sort = str(content.get("sort") or self.sort)
        return disk_facts(self.project.disk_usage(), self.store, sort, MOST_LISTED)

    def _do_prune_plan(self, content: dict[str, Any]) -> dict[str, Any]:
        """Tell what would go."""
        return self._prune(content, is_dry_run=True)

    def _do_prune(self, content: dict[str, Any]) -> dict[str, Any]:
        return self._prune(content, is_dry_run=False)

    def _prune(self, content: dict[str, Any], *, is_dry_run: bool) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            name: content[name]
            for name in ("sims", "keep", "older_than")
            if content.get(name) is not None
        }
        report = prune_media(**wanted, dry_run=is_dry_run, project=self.project)
        return prune_facts(report, self.store) | {"call": prune_call(wanted)}

    # Places without widgets

    def _static_html(self) -> str:
        return static_system(self.project, self.store)
