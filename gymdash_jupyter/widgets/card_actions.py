"""What a card may do to simulations, and the desk where the browser asks for it.

The functions are handed in from above. A person who waits for one thing must not wait for another: stopping has a
queue of its own, and each simulation has one for replies and one for questions.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gymdash_jupyter.actions import Action

logger = logging.getLogger(__name__)

_quick = WorkQueue("gymdash-actions")


@dataclass(frozen=True)
class CardActions:
    """What a card may do to simulations. Called in helper threads; an exception is shown in the card.

    Attributes:
        stop: Called with a simulation's id and whether to force it.
        reply: Called with a simulation's id, a channel and a value; gives the simulation's answer. None for a card
            that shows questions only.
        dismiss: Called with the id of a control request that shall wait no longer.
        actions: Called with a simulation's id; gives what it offers to do. None for a card without such buttons.
        ask: Called with a simulation's id, the name of an action and its arguments; gives the result.
    """

    stop: Callable[[UUID, bool], None]
    reply: Callable[[UUID, str, Any], Any] | None = None
    dismiss: Callable[[str], None] | None = None
    actions: Callable[[UUID], Sequence[Action]] | None = None
    ask: Callable[[UUID, str, Mapping[str, Any]], Any] | None = None


class ActionDesk:
    """Do what the browser asks for and answer it.

    Args:
        actions: What may be done, or None for nothing.
        sim_ids: The simulations of the card; wishes for others are refused.
        answer: Called with the question and ``result=`` or ``error=``.
    """

    KINDS: Final = frozenset({"stop", "reply", "dismiss", "actions", "ask"})

    def __init__(
        self,
        actions: CardActions | None,
        sim_ids: Collection[UUID],
        answer: Callable[..., None],
    ) -> None:
        self._actions = actions
        self._sim_ids = frozenset(sim_ids)
        self._answer = answer
        lanes = ("reply", "ask")
        self._lanes = {
            (lane, str(sim_id)): WorkQueue(f"gymdash-{lane}")
            for lane in lanes
            for sim_id in sim_ids
        }

    def take(self, content: dict[str, Any]) -> None:
        """Put a wish into its queue. Any thread may call this."""
        kind = content["kind"]
        lane = "ask" if kind == "actions" else kind
        queue = self._lanes.get((lane, str(content.get("sim_id"))), _quick)
        queue.put(lambda: self._do(content))

    def _do(self, content: dict[str, Any]) -> None:
        try:
            result = getattr(self, f"_do_{content['kind']}")(content)
        except Exception as exc:
            logger.debug("What a card was asked to do failed.", exc_info=True)
            self._answer(content, error=str(exc) or type(exc).__name__)
        else:
            self._answer(content, result=result)

    def _do_stop(self, content: dict[str, Any]) -> bool:
        if self._actions is None:
            msg = "This card only shows; it cannot stop simulations."
            raise InvalidArgumentError(msg)
        self._actions.stop(self._sim_id(content), bool(content.get("is_forced")))
        return True

    def _do_reply(self, content: dict[str, Any]) -> Any:
        reply = self._able("reply", "reply to simulations")
        answer = reply(self._sim_id(content), str(content.get("channel")), content.get("value"))
        return jsonable(answer)

    def _do_dismiss(self, content: dict[str, Any]) -> bool:
        self._sim_id(content)
        self._able("dismiss", "dismiss questions")(str(content.get("request_id")))
        return True

    def _do_actions(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        offered = self._able("actions", "ask simulations")(self._sim_id(content))
        return [asdict(each) for each in offered]

    def _do_ask(self, content: dict[str, Any]) -> Any:
        arguments = content.get("arguments")
        name = str(content.get("name"))
        ask = self._able("ask", "ask simulations")
        return jsonable(
            ask(self._sim_id(content), name, arguments if isinstance(arguments, dict) else {})
        )

    def _able(self, name: str, what: str) -> Callable[..., Any]:
        able: Callable[..., Any] | None = getattr(self._actions, name, None)
        if able is None:
            msg = f"This card only shows; it cannot {what}."
            raise InvalidArgumentError(msg)
        return able

    def _sim_id(self, content: dict[str, Any]) -> UUID:
        sim_id = UUID(str(content.get("sim_id")))
        if sim_id not in self._sim_ids:
            msg = f"This card does not show the simulation {sim_id}."
            raise InvalidArgumentError(msg)
        return sim_id
