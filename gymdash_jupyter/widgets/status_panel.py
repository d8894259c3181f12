"""The panel of what was said: statuses of simulations, calls to the project, and what a simulation printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.output import OUTPUT_FILE, output_size
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.widgets.card_output import CardOutput, OpenOutput
from gymdash_jupyter.widgets.panel import Panel
from gymdash_jupyter.widgets.status_rows import KINDS, StatusRows, call_facts
from gymdash_jupyter.widgets.status_static import static_statuses

if TYPE_CHECKING:
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

PAGE: Final = 200
"""How many statuses the browser gets at once, the newest first."""

MOST_CALLS: Final = 500
_MOST_WITH_OUTPUT: Final = 200


class StatusPanel(Panel):
    """Show what simulations said, what people and programs asked, and what one simulation prints.

    What it shows is ``gd.statuses()``, ``gd.api_calls()`` and ``sim.output()``; it changes nothing.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: Simulations, groups, ids, beginnings of ids; None for all of the project.
        **traits: Values of traits.

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """

    stem: ClassVar[str] = "status_panel"

    sims = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Ids of the simulations whose statuses are shown; empty for all of the project."""

    part = traitlets.Enum(("statuses", "calls"), default_value="statuses").tag(sync=True)
    """What is listed: ``statuses`` of simulations, or ``calls`` of people and programs to the project."""

    filter = traitlets.Unicode().tag(sync=True)
    """Only what has this text in its words, its trace or the simulation's name, in any case of letters."""

    kinds = traitlets.List(traitlets.Enum(KINDS)).tag(sync=True)
    """Only statuses of these kinds: ``success``, ``info``, ``stopped``, ``error``; empty for all."""

    shown_output = traitlets.Unicode().tag(sync=True)
    """Id of the simulation whose output is shown and followed, or ``""`` for none."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        self._rows = StatusRows(self.store)
        self._last_id = 0
        self._gone: list[str] = []
        if sims is not None:
            self.show_sims(sims)

    def show_sims(self, sims: Any) -> None:
        """Show the statuses of these simulations.

        Args:
            sims: Simulations, groups, ids, beginnings of ids; None for all of the project.
        """
        chosen = [] if sims is None else resolve_sims(self.store, sims)
        self.sims = [str(sim_id) for sim_id in chosen]

    def show_output(self, sim: Any) -> None:
        """Show what a simulation printed, and follow it.

        Args:
            sim: A simulation or its id; None for no output.
        """
        found = [] if sim is None else resolve_sims(self.store, sim)
        self.shown_output = str(found[0]) if found else ""

    @traitlets.validate("sims")
    def _valid_sims(self, proposal: Any) -> list[str]:
        return [_id_text(sim_id) for sim_id in dict.fromkeys(proposal["value"])]

    @traitlets.validate("shown_output")
    def _valid_shown_output(self, proposal: Any) -> str:
        return _id_text(proposal["value"]) if proposal["value"] else ""

    # The loop refreshes; its thread only

    def _load(self) -> None:
        self._rows.forget_names()
        self._last_id = self._rows.last_id()

    def _take(self, news: News) -> None:
        self._rows.forget_names([*news.simulations, *news.deleted])
        self._gone += map(str, news.deleted)
        if news.simulations:
            self._last_id = self._rows.last_id()

    def _send_to(self, view: View) -> None:
        if view.is_new:  # it asks for the newest page now: after the number was read, so that nothing falls between
            view.memo |= {"last_id": self._last_id, "n_gone": len(self._gone)}
            view.tell("look", {})
        self._send_new(view)
        self._send_output(view)

    def _send_new(self, view: View) -> None:
        """Send what came and went since the last time."""
        gone = self._gone[view.memo["n_gone"] :]
        known = view.memo["last_id"]
        view.memo |= {"last_id": self._last_id, "n_gone": len(self._gone)}
        if gone:
            view.tell("gone", {"sims": gone})
        if known != self._last_id:
            page = self._find(after=known)
            if page["rows"]:
                view.tell("added", page)

    def _send_output(self, view: View) -> None:
        opened = view.memo.setdefault("output", OpenOutput())
        opened.wish(self.shown_output)
        if not opened.sim_id:
            return
        if view.memo.get("output_of") != opened.sim_id:
            view.memo["output_of"] = opened.sim_id
            view.memo["files"] = CardOutput([UUID(opened.sim_id)], self.project)
        text = opened.news(view.memo["files"])
        if text is not None:
            view.tell("output", {"sim": self._rows.whose_id(UUID(opened.sim_id)), "text": text})

    # The browser asks; helper threads

    def _find(self, **limits: Any) -> dict[str, Any]:
        """Give statuses that fit the traits, and for which wish that is: another one may have come meanwhile."""
        filter_, kinds = limits.pop("filter", self.filter), limits.pop("kinds", self.kinds)
        ids = [UUID(sim_id) for sim_id in self.sims] or None
        wanted = {"sim_ids": ids, "text": filter_, "kinds": kinds}
        wish = {"filter": filter_, "kinds": kinds, "n_sims": len(self.sims)}
        return self._rows.page(wanted, **limits, most=PAGE) | wish

    def _do_page(self, content: dict[str, Any]) -> dict[str, Any]:
        """Give the newest statuses, or those before a number."""
        before = content.get("before")
        wish = {name: content[name] for name in ("filter", "kinds") if name in content}
        return self._find(before=None if before is None else int(before), **wish)

    def _do_trace(self, content: dict[str, Any]) -> str:
        return self._rows.trace(int(content["number"]))

    def _do_calls(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Give calls behind a number, newest last."""
        calls = self.store.api_calls(after=int(content.get("after") or 0), newest=MOST_CALLS)
        return [call_facts(call, self._rows) for call in calls]

    def _do_outputs(self, _content: dict[str, Any]) -> list[dict[str, Any]]:
        """List the simulations that have printed something, the newest first."""
        chosen = set(self.sims)
        found: list[dict[str, Any]] = []
        for record in reversed(self.store.simulations()):
            sim_id = str(record.sim_id)
            if (chosen and sim_id not in chosen) and sim_id != self.shown_output:
                continue
            if output_size(self.project.sim_folder(record.sim_id) / OUTPUT_FILE)[0]:
                found.append(self._rows.whose(record))
            if len(found) == _MOST_WITH_OUTPUT:
                break
        return found

    # Places without widgets

    def _static_html(self) -> str:
        return static_statuses(self._find()["rows"])


def _id_text(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError as exc:
        msg = f"Simulations are meant by their ids as text here; got {given!r}. Names and beginnings: show_sims(...)."
        raise InvalidArgumentError(msg) from exc
