"""The control panel: questions of simulations and replies to them, queries, and the actions that they offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import traitlets

from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError
from gymdash_jupyter.widgets.control_desk import ControlDesk
from gymdash_jupyter.widgets.control_messages import exchange_message, state_message
from gymdash_jupyter.widgets.control_static import control_html
from gymdash_jupyter.widgets.control_targets import ANSWERING, MOST_LISTED, Offers, Targets
from gymdash_jupyter.widgets.sims_panel import SimsPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.presets import Presets
    from gymdash_jupyter.records import Answer, ControlRequest
    from gymdash_jupyter.widgets.control_history import Exchange
    from gymdash_jupyter.widgets.refresh import News
    from gymdash_jupyter.widgets.views import View


class ControlPanel(SimsPanel):
    """Answer what simulations ask, ask them in turn, and have them do what they offer.

    All simulations are spoken to at once; none waits for another. What is asked in one panel of a project shows in
    the history of all panels of this kernel.

    Args:
        project: A project, its folder, a tracker, or None for the current project.
        sims: Whom to speak to: simulations, groups, ids; None for all that have not ended.
        **traits: Values of traits.
    """

    stem: ClassVar[str] = "control_panel"

    only_sims = traitlets.Bool(False).tag(sync=True)
    """Whether only questions of ``sims`` are shown; else all of the project."""

    compact = traitlets.Bool(False).tag(sync=True)
    """Whether only control requests are shown, laid out for a narrow column; to be given when it is made."""

    open_requests = traitlets.Int(read_only=True).tag(sync=True)
    """How many control requests wait in the project."""

    def __init__(self, project: object = None, sims: Any = None, **traits: Any) -> None:
        super().__init__(project, sims, **traits)
        self._targets = Targets(self.store)
        self._desk = ControlDesk(self.tracker, self._loop.wake)
        self._offers = Offers(lambda sim_id: self._desk.list_actions(sim_id, self._offers.hear))
        self._state: dict[str, Any] = {}
        self._shown_version: tuple[object, ...] = ()

    # What a person calls

    @property
    def requests(self) -> list[ControlRequest]:
        """The control requests that wait, newest first: of the project, or with ``only_sims`` of ``sims``."""
        return self._wanted(self.store.control_requests()[::-1])

    @property
    def history(self) -> list[Exchange]:
        """What was asked from panels of this kernel, and what was answered, oldest first."""
        return self._desk.history.exchanges()

    def reply(self, request_id: str, value: Any) -> Any:
        """Answer a control request and give what the simulation says to it.

        Args:
            request_id: Which one; see ``requests``.
            value: What goes to its channel: a dict of its subkeys, or anything else.

        Raises:
            InvalidArgumentError: No such request waits any more.
            QueryError: The simulation did not answer, or has ended.
        """
        request = self._request(request_id)
        said = {request.channel: value}
        return self._desk.query("reply", said, request.sim_id)[request.channel]

    def reply_to_all(self, request_id: str, value: Any) -> dict[UUID, Answer]:
        """Say what answers a control request to all of ``sims`` that run, and to who asks it.

        Returns:
            By simulation, what it said to it, or the error.

        Raises:
            InvalidArgumentError: No such request waits any more.
        """
        request = self._request(request_id)
        ids = dict.fromkeys([request.sim_id, *self._answering()])
        said = {request.channel: value}
        return self._desk.each(list(ids), lambda sim_id: self._desk.query("reply", said, sim_id))

    def dismiss(self, request_id: str) -> None:
        """Let a control request wait no longer, without an answer."""
        self.store.close_requests([request_id])

    def ask(self, name: str, /, **arguments: Any) -> dict[UUID, Answer]:
        """Have all of ``sims`` that run do one of the actions that they offer.

        Those that wait for a reply are left out: they might take it for the reply.

        Args:
            name: Which action.
            **arguments: Its arguments.

        Returns:
            By simulation, its result, or the error.

        Raises:
            SimulationStateError: None of them runs without waiting for a reply.
        """
        ids = self._some_answering(are_free=True)
        return self._desk.each(ids, lambda sim_id: self._desk.ask(name, arguments, sim_id))

    def query(self, **channels: Any) -> dict[UUID, Answer]:
        """Ask all of ``sims`` that run something on their channels, such as ``progress=True``.

        Returns:
            By simulation, the answers by channel, or the error.

        Raises:
            SimulationStateError: None of them runs.
        """
        ids = self._some_answering()
        return self._desk.each(ids, lambda sim_id: self._desk.query("query", channels, sim_id))

    def presets(self, channel: str) -> Presets:
        """Give the replies that the project keeps for control requests on a channel."""
        return self.project.presets(f"reply:{channel}")

    # The refresh loop's thread

    def _load(self) -> None:
        self._targets.load(self.sims)
        self._prepare()

    def _take(self, news: News) -> None:
        self._targets.take(news, self.sims)
        self._prepare()

    def _prepare(self) -> None:
        if not self.is_read_only and not self.compact:
            spoken_to = self._targets.spoken_to()
            self._offers.want(spoken_to[:MOST_LISTED], self._targets.waiting())
        if len(self._targets.requests) != self.open_requests:
            self.set_trait("open_requests", len(self._targets.requests))
        version = (self._targets.version, self._offers.version, self._desk.history.version)
        if self._shown_version == (*version, self.only_sims):
            return
        self._shown_version = (*version, self.only_sims)
        wanted = self._wanted(self._targets.requests)
        self._state = state_message(self._targets, self._offers, wanted, self.history)

    def _send_to(self, view: View) -> None:
        if view.memo.get("state") != self._state:
            view.memo["state"] = self._state
            view.tell("state", self._state)
        changed, newest = self._desk.history.changed_after(view.memo.get("change", 0))
        if changed or view.is_new:
            view.memo["change"] = newest
            told = [exchange_message(exchange) for exchange in changed]
            view.tell("history", {"exchanges": told, "is_all": view.is_new})

    def _is_lively(self) -> bool:
        return (
            bool(self._targets.requests)
            or self._desk.history.are_some_waiting
            or any(not record.state.is_terminal for record in self._targets.spoken_to())
        )

    def _wanted(self, requests: Sequence[ControlRequest]) -> list[ControlRequest]:
        wanted = set(self.sims) if self.only_sims and self.sims else None
        return [r for r in requests if wanted is None or str(r.sim_id) in wanted]

    # What the browser asks

    def _lane(self, content: dict[str, Any]) -> str:
        sim_id = content.get("sim_id")
        return f"talk-{sim_id}" if sim_id else str(content["kind"])

    def _do_reply(self, content: dict[str, Any]) -> Any:
        return self.reply(str(content.get("request_id")), content.get("value"))

    def _do_say(self, content: dict[str, Any]) -> bool:
        """Say something on a channel to one simulation; the answer comes with the history."""
        kind = "reply" if content.get("is_reply") else "query"
        said = {str(content.get("channel")): content.get("value")}
        self._desk.query(kind, said, UUID(str(content.get("sim_id"))))
        return True

    def _do_ask(self, content: dict[str, Any]) -> bool:
        """Have one simulation do an action; the answer comes with the history."""
        arguments = content.get("arguments")
        given = arguments if isinstance(arguments, dict) else {}
        self._desk.ask(str(content.get("name")), given, UUID(str(content.get("sim_id"))))
        return True

    def _do_dismiss(self, content: dict[str, Any]) -> bool:
        self.dismiss(str(content.get("request_id")))
        return True

    def _do_presets(self, content: dict[str, Any]) -> list[str]:
        return self.presets(str(content.get("channel"))).names()

    def _do_load_preset(self, content: dict[str, Any]) -> Any:
        return self.presets(str(content.get("channel"))).load(str(content.get("name")))

    def _do_save_preset(self, content: dict[str, Any]) -> bool:
        presets = self.presets(str(content.get("channel")))
        presets.save(str(content.get("name") or ""), content.get("value"))
        return True

    def _do_rename_preset(self, content: dict[str, Any]) -> bool:
        presets = self.presets(str(content.get("channel")))
        presets.rename(str(content.get("name")), str(content.get("new") or ""))
        return True

    def _do_delete_preset(self, content: dict[str, Any]) -> bool:
        self.presets(str(content.get("channel"))).delete(str(content.get("name")))
        return True

    def _request(self, request_id: str) -> ControlRequest:
        for request in self.store.control_requests():
            if request.request_id == request_id:
                return request
        msg = f"No control request {request_id!r} waits; it was answered, dismissed, or its simulation has ended."
        raise InvalidArgumentError(msg)

    def _answering(self) -> list[UUID]:
        targets = self._targets_now()
        return [r.sim_id for r in targets.spoken_to() if r.state in ANSWERING]

    def _some_answering(self, *, are_free: bool = False) -> list[UUID]:
        answering = self._answering()
        asked = answering
        if are_free:
            waiting = self._targets_now().waiting()
            asked = [sim_id for sim_id in answering if sim_id not in waiting]
        if not asked:
            of = "the chosen simulations" if self.sims else "the project's simulations"
            msg = f"None of {of} runs, so there is nobody to ask."
            if answering:
                msg = f"All of {of} that run wait for a reply first; see panel.requests."
            raise SimulationStateError(msg)
        return asked

    def _targets_now(self) -> Targets:
        targets = Targets(self.store)
        targets.load(self.sims)
        return targets

    # Places without widgets

    def _static_html(self) -> str:
        targets = self._targets_now()
        asked = [(targets.record(r.sim_id), r) for r in self._wanted(targets.requests)]
        return control_html(asked, self.history)
