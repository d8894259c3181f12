"""Hear of ends for somebody who wants to be notified, also while no panel is looked at."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.tracker import SimulationTracker


class EndNotices:
    """Tell when simulations that somebody waits for have ended, each once.

    Args:
        tracker: Knows of ends.
        tell: Called in a helper thread with what to say of one that has ended.
    """

    def __init__(
        self, tracker: SimulationTracker, tell: Callable[[list[dict[str, Any]]], None]
    ) -> None:
        self._tracker = tracker
        self._tell = tell
        self._lock = threading.Lock()  # guards the sets
        self._heard: set[UUID] = set()  # the tracker will call for these
        self._wanted: set[UUID] = set()

    def want(self, sim_ids: Iterable[UUID]) -> None:
        """Tell of these, and of no others any more; what has ended already is left out."""
        with self._lock:  # one that ends from here on is wanted by the time it is heard
            states = self._tracker.project.store.states(list(sim_ids))
            going_on = {sim_id for sim_id, state in states.items() if not state.is_terminal}
            self._wanted = going_on
            new = going_on - self._heard
            self._heard |= new
        if new:
            self._tracker.on_any_done(list(new), self._on_end, every_time=True)

    def _on_end(self) -> None:
        store = self._tracker.project.store
        with self._lock:
            states = store.states(list(self._wanted))
            ended = {sim_id for sim_id in self._wanted if sim_id not in states}  # deleted
            told = {sim_id for sim_id, state in states.items() if state.is_terminal}
            self._wanted -= ended | told
        if told:
            self._tell([_notice(store.simulation(sim_id)) for sim_id in told])


def _notice(record: SimulationRecord) -> dict[str, Any]:
    took = record.ended - record.started if record.started and record.ended else None
    return {
        "id": str(record.sim_id),
        "name": record.name or str(record.sim_id)[:8],
        "state": record.state.value,
        "took_s": None if took is None else took.total_seconds(),
    }
