"""The live card: the panel of one simulation, or of a group of simulations.

A viewer: it reads the store, and what it can do to a simulation is handed to it from above as ``CardActions``.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from IPython.display import display

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.widgets.card_actions import ActionDesk
from gymdash_jupyter.widgets.card_contents import CardContents
from gymdash_jupyter.widgets.card_media import CardMedia
from gymdash_jupyter.widgets.card_output import CardOutput
from gymdash_jupyter.widgets.card_traits import CardTraits
from gymdash_jupyter.widgets.card_view import CardView
from gymdash_jupyter.widgets.command_line import command_line_for
from gymdash_jupyter.widgets.outputs import Outputs
from gymdash_jupyter.widgets.refresh import News, RefreshLoop
from gymdash_jupyter.widgets.static_card import static_card
from gymdash_jupyter.widgets.static_text import simulations_text
from gymdash_jupyter.widgets.subshells import follow_front_end
from gymdash_jupyter.widgets.views import Views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.card_actions import CardActions

logger = logging.getLogger(__name__)

_BEAT_S: Final = 2.0
"""A view of something that goes on hears from the kernel at least this often, or it says as of when it is."""

_LEFT_ALONE_S: Final = 60.0
"""A card that shows only what has ended becomes a static picture when nobody touched it for so long."""

_RATES_S: Final = 0.5
_MEDIA_S: Final = 1.0
_MANY_SIMULATIONS: Final = 20


class LiveCard(CardTraits):
    """Show simulations live: state, progress, curves, errors, statuses.

    Nothing is read or sent while nobody sees it, and everything is there again when somebody does.

    A card in a notebook's output is replaced by a static picture, which needs no kernel, when all its simulations have
    ended and when it is closed. One that is made for what has ended already stays as it is until nobody has touched it
    for a minute. (After a reload of the page JupyterLab no longer lets an output be replaced: the card stays.)

    Args:
        store: The project.
        sim_ids: One simulation, or several for a group. Their order gives their colours.
        actions: What the card may do; None for a card without buttons.
        title: Name of a group; of one simulation its own name is shown.
        project: Where the files of simulations lie; None for a card without media and output.

    Raises:
        InvalidArgumentError: There is no id.
        UnknownSimulationError: The project has no such simulation.
        MissingDependencyError: The browser side of the card was not built.
    """

    def __init__(
        self,
        store: ProjectStore,
        sim_ids: Sequence[UUID],
        *,
        actions: CardActions | None = None,
        title: str | None = None,
        project: HasSimsFolder | None = None,
    ) -> None:
        self._store = store
        self._sim_ids = tuple(dict.fromkeys(sim_ids))
        if not self._sim_ids:
            msg = "A live card needs at least one simulation; got none."
            raise InvalidArgumentError(msg)
        self._desk = ActionDesk(actions, self._sim_ids, self._answer)
        self._loop = RefreshLoop.of(store)
        self._wishes: deque[dict[str, Any]] = deque()
        self._views: Views[CardView] = Views(CardView)
        self._contents = CardContents(store, self._sim_ids)
        self._project = project
        self._media = CardMedia(store, self._sim_ids, project)
        self._output = CardOutput(self._sim_ids, project)
        self._media_looked = -math.inf
        self._is_media_old = True
        self._is_closed = False
        self._state_told = -math.inf
        self._outputs = Outputs()
        self._displayed = 0.0
        super().__init__()
        self.set_trait("title", title or "")
        self.set_trait("is_group", title is not None or len(self._sim_ids) > 1)
        self.set_trait("can_stop", actions is not None)
        if project is not None:
            self.set_trait("command_line", command_line_for(project.sims_folder.parent))
        self.set_trait("can_reply", actions is not None and actions.reply is not None)
        self.set_trait("can_ask", actions is not None and actions.ask is not None)
        self._load()
        self._was_active = self._contents.is_active
        self._must_load = True  # again when it is looked at: what happens until then is not heard
        self._send_state()
        self.on_msg(self._on_message)
        follow_front_end(self)

    @property
    def sim_ids(self) -> tuple[UUID, ...]:
        """The simulations that are shown, in the order of their colours."""
        return self._sim_ids

    # The browser speaks; any thread

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
            return
        if content["kind"] == "ping":  # from here, in the thread that hears: that is the question
            self._answer(content, result=None)
        elif content["kind"] in ActionDesk.KINDS:
            self._desk.take(content)
        elif content["kind"] in CardMedia.KINDS:
            self._media.take(content, self._answer)
        elif not self._is_closed:
            self._wishes.append(content)
            self._loop.subscribe(self)

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
        return self._contents.is_active

    def show_problem(self, problem: str) -> None:
        """Show what keeps the card from being up to date; called by the refresh loop."""
        if problem:
            problem += " Simulations go on; trying again."
        if problem != self.problem:
            self.set_trait("problem", problem)

    def close(self) -> None:
        """Take the card off the page for good; a static picture stays where it was displayed."""
        self._is_closed = True
        if getattr(self, "_loop", None) is not None:
            self._loop.unsubscribe(self)
            self._outputs.replace(self._static_bundle)
        super().close()

    def _refresh(self, news: News) -> None:
        self._grant_wishes()
        due = self._views.due()
        if not self._views.are_seen:
            self._rest()
            return
        if self._must_load:
            self._load()
            for view in self._views:
                view.start_again()
        self._take(news)
        self._contents.look_after()
        self._look_for_media()
        self.show_problem("")
        self._send_state()
        for view in due:
            self._send_to(view)
        if not self._contents.is_active:
            self._settle()

    def _rest(self) -> None:
        self._must_load = True  # what changes from now on is not heard
        if not self._outputs.are_open:
            self._loop.unsubscribe(self)
        elif all(state.is_terminal for state in self._store.states(self._sim_ids).values()):
            self._settle()
        if self._wishes and not self._is_closed:  # one came between
            self._loop.subscribe(self)

    def _settle(self) -> None:
        """Become a static picture, now that everything has ended and nobody is at it."""
        is_used = not self._was_active and self._views.idle_s(self._displayed) < _LEFT_ALONE_S
        if is_used or not self._outputs.are_open:
            return
        if (
            self._views.are_elsewhere
        ):  # the page was loaded anew: only the card itself is left there
            self._outputs.replace(self._static_bundle)
        else:
            self.close()

    def _grant_wishes(self) -> None:
        while self._wishes:
            content = self._wishes.popleft()
            if content["kind"] in ("statuses", "trace"):
                self._answer(content, **self._contents.words(content))
            else:
                self._views.take(content)

    def _load(self) -> None:
        self._contents.load()
        self._is_media_old = True
        self._must_load = False

    def _take(self, news: News) -> None:
        grown = self._contents.take(news)
        for view in self._views:  # also for those that get it later
            view.grown.update((info.sim_id, info.key) for info in grown)

    def _look_for_media(self) -> None:
        # A project cannot say that there are new ones without listing all of them.
        now = time.monotonic()
        self._is_media_old = self._is_media_old or self._contents.is_changed
        if self._is_media_old and now - self._media_looked > _MEDIA_S:
            self._media_looked = now
            self._is_media_old = False
            self._media.update()

    # The card speaks

    def _send_state(self) -> None:
        silence = time.monotonic() - self._state_told
        # Rates fall while nothing is reported, so a look now and then without a change.
        is_due = silence > _RATES_S and self._contents.is_active
        is_crowd_waiting = silence < 0.1 * len(self._sim_ids) / _MANY_SIMULATIONS
        if (keys := self._contents.keys) != self.series_keys:
            self.set_trait("series_keys", keys)
        if (with_output := self._output.sim_ids()) != self.with_output:
            self.set_trait("with_output", with_output)
        if is_crowd_waiting or not (self._contents.is_changed or is_due):
            return
        self._state_told = time.monotonic()
        self._contents.is_changed = False
        clock = now_utc().timestamp()
        shown = self._contents.shown(clock)
        if shown != self.simulations:
            with self.hold_sync():
                self.set_trait("clock", clock)
                self.set_trait("simulations", shown)

    def _send_to(self, view: CardView) -> None:
        messages = [
            view.series_message(self._store, self._sim_ids),
            view.media_message(self._media),
            view.output_message(self._output),
        ]
        if not self.is_group:
            sim_id = self._sim_ids[0]
            infos = self._contents.infos.get(sim_id, {})
            messages.append(view.values_message(self._store, sim_id, infos))
        view.grown.clear()
        now = time.monotonic()
        for message in messages:
            if message is not None:
                self.send(*message)
                view.sent = now
        if now - view.sent > _BEAT_S and self._contents.is_active:
            beat = {"id": 0, "kind": "beat", "view": view.view_id, "clock": now_utc().timestamp()}
            self.send(beat)
            view.sent = now

    def _answer(
        self, question: dict[str, Any], buffers: list[bytes] | None = None, **outcome: Any
    ) -> None:
        self.send({"id": question.get("id"), "kind": question["kind"], **outcome}, buffers)
        if question["kind"] in ActionDesk.KINDS:
            self._loop.wake()

    # Places without widgets

    def __repr__(self) -> str:
        try:  # what the card itself knows is old while nobody sees it
            records = [self._store.simulation(sim_id) for sim_id in self._sim_ids]
        except GymDashError:
            records = [sim.record for sim in self._contents.sims.values()]
        return simulations_text(records)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
        return bundle

    def _ipython_display_(self) -> None:
        # IPython would give the place no name by which it can be replaced.
        if self._is_closed:
            display(self._static_bundle(), raw=True)
            return
        bundle = self._repr_mimebundle_()
        data = dict((bundle[0] if isinstance(bundle, tuple) else bundle) or {})
        if not self._contents.is_active:  # for pages that show no widgets at all
            data = self._static_bundle() | data
        self._displayed = time.monotonic()
        self._outputs.display(data)
        self._loop.subscribe(self)

    def _static_bundle(self) -> dict[str, Any]:
        title = self.title if self.is_group else None
        view = next(iter(self._views), None)
        wish: dict[str, Any] = {}
        if view is not None:
            wish = {"key": view.key, "smoothing": view.smoothing}
        try:
            html = static_card(
                self._store, self._sim_ids, title=title, project=self._project, **wish
            )
        except Exception:  # deleted, or the project is gone: the words are left
            logger.debug("No static picture of a card.", exc_info=True)
            return {"text/plain": repr(self)}
        return {"text/html": html, "text/plain": repr(self)}
