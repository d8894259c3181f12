"""The live card: the panel of one simulation, or of a group of simulations.

A viewer: it reads the store, and what it can do to a simulation is handed to it from above as ``CardActions``.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import traitlets
from anywidget import AnyWidget

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.widgets.bundles import bundle_text
from gymdash_jupyter.widgets.card_state import CardSimulation, key_rank
from gymdash_jupyter.widgets.card_view import CardView
from gymdash_jupyter.widgets.refresh import News, RefreshLoop
from gymdash_jupyter.widgets.static_text import simulations_text
from gymdash_jupyter.widgets.subshells import follow_front_end
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gymdash_jupyter.records import SeriesInfo
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_BEAT_S: Final = 2.0
"""A view of something that goes on hears from the kernel at least this often, or it says as of when it is."""

_DOUBTFUL_S: Final = 40.0
_FORGOTTEN_S: Final = 600.0
"""A browser that was closed cannot say so. After the first time its views get less, after the second nothing."""

_DOUBTFUL_INTERVAL_S: Final = 2.0
_RATES_S: Final = 0.5
_MANY_SIMULATIONS: Final = 20

_work = WorkQueue("gymdash-actions")


@dataclass(frozen=True)
class CardActions:
    """What a card may do to simulations. The functions are called in a helper thread, one after the other.

    Attributes:
        stop: Called with a simulation's id and whether to force it. An exception is shown in the card.
    """

    stop: Callable[[UUID, bool], None]


class LiveCard(AnyWidget):
    """Show simulations live: state, progress, curves, errors, statuses.

    Nothing is read or sent while nobody sees it, and everything is there again when somebody does.

    Args:
        store: The project.
        sim_ids: One simulation, or several for a group. Their order gives their colours.
        actions: What the card may do; None for a card without buttons.
        title: Name of a group; of one simulation its own name is shown.

    Raises:
        InvalidArgumentError: There is no id.
        UnknownSimulationError: The project has no such simulation.
        MissingDependencyError: The browser side of the card was not built.
    """

    title = traitlets.Unicode(read_only=True).tag(sync=True)
    """Name of the group, or ``""``."""

    is_group = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card was made for a group, even one of one."""

    can_stop = traitlets.Bool(read_only=True).tag(sync=True)
    """Whether the card has buttons to stop simulations."""

    simulations = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    """What is shown of each simulation, in the order of the ids; see ``CardSimulation.shown``."""

    series_keys = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """Names of all series of these simulations, those that people look at first in front."""

    clock = traitlets.Float(read_only=True).tag(sync=True)
    """When ``simulations`` was true, in seconds since the epoch; the browser's clock may be another."""

    problem = traitlets.Unicode(read_only=True).tag(sync=True)
    """What keeps the card from being up to date, or ``""``."""

    def __init__(
        self,
        store: ProjectStore,
        sim_ids: Sequence[UUID],
        *,
        actions: CardActions | None = None,
        title: str | None = None,
    ) -> None:
        self._store = store
        self._sim_ids = tuple(dict.fromkeys(sim_ids))
        if not self._sim_ids:
            msg = "A live card needs at least one simulation; got none."
            raise InvalidArgumentError(msg)
        self._actions = actions
        self._loop = RefreshLoop.of(store)
        self._wishes: deque[dict[str, Any]] = deque()
        self._views: dict[str, CardView] = {}
        self._sims: dict[UUID, CardSimulation] = {}
        self._infos: dict[UUID, dict[str, SeriesInfo]] = {}
        self._last_status_id = 0
        self._is_closed = False
        self._state_told = -math.inf
        self._is_state_old = True
        super().__init__()
        self.set_trait("title", title or "")
        self.set_trait("is_group", title is not None or len(self._sim_ids) > 1)
        self.set_trait("can_stop", actions is not None)
        self._load()
        self._must_load = True  # again when it is looked at: what happens until then is not heard
        self._send_state()
        self.on_msg(self._on_message)
        follow_front_end(self)

    @property
    def _esm(self) -> str:
        # Read when a card is made, so that a missing bundle breaks the card and not the import.
        return bundle_text("live_card")

    @property
    def sim_ids(self) -> tuple[UUID, ...]:
        """The simulations that are shown, in the order of their colours."""
        return self._sim_ids

    # The browser speaks; any thread

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
            return
        if content["kind"] == "stop":
            _work.put(lambda: self._stop(content))
        elif not self._is_closed:
            self._wishes.append(content)
            self._loop.subscribe(self)

    def _stop(self, content: dict[str, Any]) -> None:
        try:
            if self._actions is None:
                msg = "This card only shows; it cannot stop simulations."
                raise InvalidArgumentError(msg)  # noqa: TRY301 - told to the browser like any other
            sim_id = UUID(str(content.get("sim_id")))
            if sim_id not in self._sim_ids:
                msg = f"This card does not show the simulation {sim_id}."
                raise InvalidArgumentError(msg)  # noqa: TRY301
            self._actions.stop(sim_id, bool(content.get("is_forced")))
        except Exception as exc:
            logger.debug("Stopping from a card failed.", exc_info=True)
            self._answer(content, error=str(exc) or type(exc).__name__)
        else:
            self._answer(content, result=True)
            self._loop.wake()

    # The loop refreshes; its thread only

    def refresh(self, news: News) -> bool:
        """Do what the browser asked for and send what is new; called by the refresh loop."""
        try:
            self._refresh(news)
        except Exception as exc:
            logger.debug("A card could not be refreshed.", exc_info=True)
            self._must_load = True
            self.show_problem(
                f"The project's database cannot be read: {exc or type(exc).__name__}"
            )
            return False
        return any(each.is_active for each in self._sims.values())

    def show_problem(self, problem: str) -> None:
        """Show what keeps the card from being up to date; called by the refresh loop."""
        if problem:
            problem += " Nothing is lost; trying again."
        if problem != self.problem:
            self.set_trait("problem", problem)

    def close(self) -> None:
        """Take the card off the page for good."""
        self._is_closed = True
        if getattr(self, "_loop", None) is not None:
            self._loop.unsubscribe(self)
        super().close()

    def _refresh(self, news: News) -> None:
        self._grant_wishes()
        due = [view for view in self._views.values() if self._is_due(view)]
        if not any(view.is_seen for view in self._views.values()):
            self._rest()
            return
        if self._must_load:
            self._load()
            for view in self._views.values():
                view.start_again()
        self._take(news)
        self.show_problem("")
        self._send_state()
        for view in due:
            self._send_to(view)

    def _rest(self) -> None:
        self._must_load = True  # what changes from now on is not heard
        self._loop.unsubscribe(self)
        if self._wishes and not self._is_closed:  # one came between
            self._loop.subscribe(self)

    def _grant_wishes(self) -> None:
        while self._wishes:
            content = self._wishes.popleft()
            kind = content["kind"]
            if kind in ("statuses", "trace"):
                self._answer_about(content)
                continue
            view_id = str(content.get("view"))
            if kind == "gone":
                self._views.pop(view_id, None)
                continue
            view = self._views.get(view_id)
            if view is None:
                view = self._views[view_id] = CardView(view_id)
            view.heard = time.monotonic()
            view.is_seen = bool(content.get("is_seen", True))
            if kind == "show":
                view.wish(content)

    def _is_due(self, view: CardView) -> bool:
        now = time.monotonic()
        silence = now - view.heard
        if silence > _FORGOTTEN_S:
            view.is_seen = False
        return view.is_seen and (silence < _DOUBTFUL_S or now - view.sent > _DOUBTFUL_INTERVAL_S)

    def _load(self) -> None:
        store = self._store
        records = {sim_id: store.simulation(sim_id) for sim_id in self._sim_ids}
        self._sims = {sim_id: CardSimulation(record) for sim_id, record in records.items()}
        self._last_status_id = 0
        self._read_words()
        self._infos = {}
        self._note_series(store.series(self._sim_ids))
        self._must_load = False
        self._is_state_old = True

    def _take(self, news: News) -> None:
        changed = [sim_id for sim_id in self._sim_ids if sim_id in news.simulations]
        for sim_id in changed:
            self._sims[sim_id].update(news.simulations[sim_id])
        for sim_id in news.deleted.intersection(self._sim_ids):
            self._sims[sim_id].is_deleted = True
            self._is_state_old = True
        if changed:
            self._read_words()
            self._is_state_old = True
        grown = [info for sim_id in self._sim_ids for info in news.series.get(sim_id, ())]
        self._note_series(grown)
        for view in self._views.values():  # also for those that get it later
            view.grown.update((info.sim_id, info.key) for info in grown)

    def _read_words(self) -> None:
        requests = self._store.control_requests(self._sim_ids)
        for sim_id, sim in self._sims.items():
            sim.requests = [each for each in requests if each.sim_id == sim_id]
        rows = self._store.statuses(self._sim_ids, after=self._last_status_id)
        for sim_id, sim in self._sims.items():
            sim.add_statuses([row for row in rows if row.sim_id == sim_id])
        self._last_status_id = max([self._last_status_id, *(row.status_id for row in rows)])

    def _note_series(self, infos: Sequence[SeriesInfo]) -> None:
        for info in infos:
            self._infos.setdefault(info.sim_id, {})[info.key] = info
        keys = sorted({key for each in self._infos.values() for key in each}, key=key_rank)
        if keys != self.series_keys:
            self.set_trait("series_keys", keys)

    # The card speaks

    def _send_state(self) -> None:
        silence = time.monotonic() - self._state_told
        # Rates fall while nothing is reported, so a look now and then without a change.
        is_due = silence > _RATES_S and any(sim.is_active for sim in self._sims.values())
        is_crowd_waiting = silence < 0.1 * len(self._sims) / _MANY_SIMULATIONS
        if is_crowd_waiting or not (self._is_state_old or is_due):
            return
        self._state_told = time.monotonic()
        self._is_state_old = False
        clock = now_utc().timestamp()
        shown = [sim.shown(clock) for sim in self._sims.values()]
        if shown != self.simulations:
            with self.hold_sync():
                self.set_trait("clock", clock)
                self.set_trait("simulations", shown)

    def _send_to(self, view: CardView) -> None:
        messages = [view.series_message(self._store, self._sim_ids)]
        if not self.is_group:
            sim_id = self._sim_ids[0]
            infos = self._infos.get(sim_id, {})
            messages.append(view.values_message(self._store, sim_id, infos))
        view.grown.clear()
        now = time.monotonic()
        for message in messages:
            if message is not None:
                self.send(*message)
                view.sent = now
        if now - view.sent > _BEAT_S and any(sim.is_active for sim in self._sims.values()):
            beat = {"id": 0, "kind": "beat", "view": view.view_id, "clock": now_utc().timestamp()}
            self.send(beat)
            view.sent = now

    def _answer_about(self, content: dict[str, Any]) -> None:
        sims = {str(sim_id): sim for sim_id, sim in self._sims.items()}
        sim = sims.get(str(content.get("sim_id")))
        if sim is None:
            self._answer(content, error="This card does not show that simulation.")
        elif content["kind"] == "statuses":
            self._answer(content, result=sim.shown_statuses())
        else:
            self._answer(content, result=sim.trace(int(content.get("number", -1))))

    def _answer(self, question: dict[str, Any], **outcome: Any) -> None:
        self.send({"id": question.get("id"), "kind": question["kind"], **outcome})

    # Places without widgets

    def __repr__(self) -> str:
        return simulations_text(sim.record for sim in self._sims.values())

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        # The static picture of an ended simulation will join the text here.
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
        return bundle
