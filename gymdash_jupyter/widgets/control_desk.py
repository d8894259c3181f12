"""Speak to simulations from a control panel: to one, or to several at once, and take down what they answer."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.records import Answer
from gymdash_jupyter.widgets.control_history import ControlHistory
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.actions import Action
    from gymdash_jupyter.tracker import SimulationTracker


class ControlDesk:
    """Ask simulations things. Any thread may call this; each call waits for the answer.

    Args:
        tracker: Who carries the questions.
        wake: Called when there is something new in the history.
    """

    def __init__(self, tracker: SimulationTracker, wake: Callable[[], None]) -> None:
        self.history = ControlHistory.of(tracker)
        self._tracker = tracker
        self._wake = wake
        self._lanes: dict[UUID, WorkQueue] = {}
        self._lock = threading.Lock()  # guards _lanes

    def query(self, kind: str, channels: Mapping[str, Any], sim_id: UUID) -> dict[str, Any]:
        """Ask one simulation on channels; ``kind`` is ``query`` or ``reply``."""

        def talk() -> dict[str, Any]:
            return self._tracker.query(sim_id, **channels)

        name = ", ".join(channels)
        answers: dict[str, Any] = self._taken_down(sim_id, kind, name, dict(channels), talk)
        return answers

    def ask(self, name: str, arguments: Mapping[str, Any], sim_id: UUID) -> Any:
        """Have one simulation do an action."""
        sim = self._tracker.get_sim(sim_id)
        talk = partial(sim.ask, name, **arguments)
        return self._taken_down(sim_id, "ask", name, dict(arguments), talk)

    def each(self, sim_ids: Sequence[UUID], talk: Callable[[UUID], Any]) -> dict[UUID, Answer]:
        """Speak to several at once and wait for all; what goes wrong with one is its answer's error."""
        answers: dict[UUID, Answer] = {}
        ended = threading.Semaphore(0)

        def do(sim_id: UUID) -> None:
            answers[sim_id] = Answer(None, error="It was given up.")
            try:
                answers[sim_id] = Answer(talk(sim_id))
            except GymDashError as exc:
                answers[sim_id] = Answer(None, error=str(exc))
            finally:
                ended.release()

        for sim_id in sim_ids:
            self._lane(sim_id).put(partial(do, sim_id))
        for _ in sim_ids:
            ended.acquire()
        return {sim_id: answers[sim_id] for sim_id in sim_ids}

    def list_actions(
        self, sim_id: UUID, hear: Callable[[UUID, Sequence[Action] | None], None]
    ) -> None:
        """Ask one what it offers, without waiting; ``hear`` gets None from one that does not say.

        It may be busy with one long step, or be of a kind that knows no actions.
        """

        def listed() -> None:
            actions: Sequence[Action] | None = None
            try:
                actions = self._tracker.get_sim(sim_id).actions()
            except GymDashError:
                pass
            finally:
                hear(sim_id, actions)
                self._wake()

        self._lane(sim_id).put(listed)

    def _taken_down(
        self, sim_id: UUID, kind: str, name: str, asked: Any, talk: Callable[[], Any]
    ) -> Any:
        record = self._tracker.project.store.simulation(sim_id)
        number = self.history.begin(record, kind, name, asked)
        self._wake()
        answer = Answer(None, error="It was given up.")
        try:
            value = talk()
            answer = Answer(value)
        except GymDashError as exc:
            answer = Answer(None, error=str(exc) or type(exc).__name__)
            raise
        finally:
            self.history.end(number, answer)
            self._wake()
        return value

    def _lane(self, sim_id: UUID) -> WorkQueue:
        with self._lock:
            return self._lanes.setdefault(sim_id, WorkQueue("gymdash-talk"))
