"""The list of a project's simulations: what goes on, what became of what, which ones are selected; and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.widgets.card_state import shown_status
from gymdash_jupyter.widgets.simulations_actions import SimulationsActions
from gymdash_jupyter.widgets.simulations_contents import SimulationsContents
from gymdash_jupyter.widgets.simulations_details import SimulationDetails
from gymdash_jupyter.widgets.simulations_notices import EndNotices
from gymdash_jupyter.widgets.simulations_rows import packed_configs, packed_rows
from gymdash_jupyter.widgets.simulations_traits import SimulationsTraits
from gymdash_jupyter.widgets.static_list import static_list

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View

_MOST_LATEST: Final = 100


class SimulationsPanel(SimulationsActions, SimulationsTraits):
    """List the simulations of a project live; select, filter, sort, stop, restart, tag and delete them.

    What is selected is the trait ``selection``, which other panels follow (``traitlets.link``).

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        **traits: ``selection``, ``focused``, ``filter``, ``states``, ``types``, ``tags``, ``sort``,
            ``hide_unselected``, ``notify``, ``with_details``, ``compact``, ``can_start``.

    Raises:
        InvalidArgumentError: It is not a project, or a trait has a value that it cannot have.
        MissingDependencyError: The browser side of the panel was not built.
    """

    stem: ClassVar[str] = "simulations_panel"

    def __init__(self, project: object = None, **traits: Any) -> None:
        super().__init__(project, **traits)
        self.set_trait("folder", str(self.project.folder))
        self._contents = SimulationsContents(self.store, self._loop.records, self.tracker.queued)
        self._details = SimulationDetails(self.store)
        self._notices = EndNotices(self.tracker, self._tell_of_ends)
        self._is_queue_old = False
        self.observe(self._want_notices, names=["selection", "notify"])
        self._want_notices()

    @property
    def selected(self) -> list[UUID]:
        """The selected simulations that are in the project, in the order in which they were selected."""
        ids = [UUID(text) for text in self.selection]
        known = self.store.states(ids)
        return [sim_id for sim_id in ids if sim_id in known]

    def select(self, sims: Any = None) -> None:
        """Select these simulations and no others.

        Args:
            sims: Simulations, groups, ids, beginnings of ids, rows of ``gd.simulations()``; None for all, ``[]`` for
                none.

        Raises:
            UnknownSimulationError: The project has no such simulation.
        """
        self.selection = [str(sim_id) for sim_id in resolve_sims(self.store, sims)]

    def __repr__(self) -> str:
        n_selected = len(self.selection)
        return f"<SimulationsPanel of {self.project.folder}, {n_selected} selected>"

    # The refresh loop; its thread only

    def _load(self) -> None:
        self._contents.load()
        self._details.focus(self._focused_id(), again=True)
        self._drop_deleted()

    def _take(self, news: News) -> None:
        self._contents.take(news)
        if self._is_queue_old:
            self._is_queue_old = False
            self._contents.note_queue()
        self._details.focus(self._focused_id())
        self._details.take(news)
        if news.deleted:
            self._drop_deleted()

    def _is_lively(self) -> bool:
        return self._contents.is_active

    def _send_to(self, view: View) -> None:
        self._contents.look_after()
        changed = self._send_rows(view)
        self._send_latest(view)
        self._send_details(view)
        if not view.is_new:  # what is on the screen comes first
            self._send_configs(view, changed)

    def _send_rows(self, view: View) -> list[SimulationRecord]:
        """Send what is new of the rows; give the records that were sent."""
        contents = self._contents
        changed = None if view.is_new else contents.since(view.memo["rows"])
        view.memo["rows"] = contents.now
        if changed is None:
            rows, gone = contents.rows(), []
        else:
            rows = [row for sim_id in changed if (row := contents.row(sim_id)) is not None]
            gone = [str(sim_id) for sim_id in changed if sim_id not in contents.records]
        if changed is None or changed:
            packed, buffers = packed_rows(rows)
            view.tell("rows", {**packed, "is_all": changed is None, "gone": gone}, buffers)
        return [record for record, _ in rows]

    def _send_configs(self, view: View, changed: list[SimulationRecord]) -> None:
        told: set[UUID] | None = view.memo.get("configs")
        if told is None:
            changed, told = list(self._contents.records.values()), set()
            view.memo["configs"] = told
        new = [record for record in changed if record.sim_id not in told]
        if new:
            told.update(record.sim_id for record in new)
            view.tell("configs", {}, packed_configs(new))

    def _send_latest(self, view: View) -> None:
        """Send the newest statuses of the rows on the screen, as far as they may be new."""
        told: dict[UUID, int] = view.memo.setdefault("latest", {})
        records = self._contents.records
        on_screen = [records.get(sim_id) for sim_id in _ids_in(view.shown.get("visible"))]
        old = [
            each for each in on_screen if each is not None and told.get(each.sim_id) != each.tick
        ]
        if not old:
            return
        latest = self.store.latest_statuses([record.sim_id for record in old])
        told.update((record.sim_id, record.tick) for record in old)
        items = {str(sim_id): shown_status(status) for sim_id, status in latest.items()}
        view.tell("latest", {"items": items})

    def _send_details(self, view: View) -> None:
        details = self._details.shown()
        if view.is_new or details != view.memo.get("details"):
            view.memo["details"] = details
            view.tell("details", {"details": details})

    def _focused_id(self) -> UUID | None:
        return UUID(self.focused) if self.focused else None

    def _drop_deleted(self) -> None:
        records = self._contents.records
        kept = [each for each in self.selection if UUID(each) in records]
        if kept != self.selection:
            self.selection = kept
        if self.focused and UUID(self.focused) not in records:
            self.focused = ""

    # Others' threads

    def _do_first(self, content: dict[str, Any]) -> bool:
        done = super()._do_first(content)
        self._is_queue_old = True  # the order of what waits in this process is in no news
        return done

    def _want_notices(self, _change: object = None) -> None:
        self._notices.want(self.selected if self.notify else ())

    def _tell_of_ends(self, items: list[dict[str, Any]]) -> None:
        self._send_message({"id": 0, "kind": "ended", "items": items})

    # Places without widgets

    def _static_html(self) -> str:
        return static_list(self.store.simulations(), self.sort, self.selection)


def _ids_in(given: object) -> list[UUID]:
    if not isinstance(given, list):
        return []
    try:
        return [UUID(each) for each in given[:_MOST_LATEST]]
    except (ValueError, AttributeError, TypeError):  # nothing that our browser side sends
        return []
