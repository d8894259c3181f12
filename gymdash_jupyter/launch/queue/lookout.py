"""Following simulations that wait for a keeper, or that it has started: nobody tells this process what becomes of them.

One look at the store for all of them, ten times a second, while there are any. What is new of one
is taken up in a thread of its own, so that a callback that blocks holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gymdash_jupyter.launch.execution import Execution
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_INTERVAL_S = 0.1
_REVIVE_INTERVAL_S = 2.0


class Lookout:
    """Keep handles up to date until their simulations have ended.

    Args:
        store: The project's store.
        revive: Called now and then while one of them waits: somebody must keep the queue.
    """

    def __init__(self, store: ProjectStore, revive: Callable[[], None]) -> None:
        self._store = store
        self._revive = revive
        self._followed: dict[UUID, Execution] = {}
        self._seen: dict[UUID, SimState | None] = {}
        self._lock = threading.Lock()  # guards the two above
        self._revived_at = 0.0
        self._task = PeriodicTask("gymdash-lookout", self._look, interval_s=_INTERVAL_S)

    def follow(self, execution: Execution) -> None:
        """Keep one more handle up to date, whose simulation has just been queued."""
        with self._lock:
            if not self._followed:
                self._revived_at = time.monotonic()
            sim_id = execution.simulation.sim_id
            self._followed[sim_id] = execution
            self._seen[sim_id] = SimState.QUEUED
            self._task.start()

    def _look(self) -> None:
        with self._lock:
            self._followed = {s: e for s, e in self._followed.items() if not e.is_finished}
            self._seen = {s: state for s, state in self._seen.items() if s in self._followed}
            if not self._followed:
                self._task.stop()
                return
            followed = dict(self._followed)
        try:
            states = self._store.states(list(followed))
        except GymDashError as exc:
            logger.debug("Nothing can be followed now: %s", exc)
            return
        for sim_id, execution in followed.items():
            state = states.get(sim_id)
            if state is not self._seen.get(sim_id):
                name = f"gymdash-news {execution.simulation.name}"
                self._note(sim_id, state)
                try:
                    threading.Thread(
                        target=self._take_up, args=(sim_id, execution), name=name, daemon=True
                    ).start()
                except RuntimeError as exc:  # Python ends, or there are too many threads just now
                    logger.debug("%s cannot be looked up now: %s", sim_id, exc)
                    self._note(sim_id, SimState.CREATED)  # as in _take_up
        if SimState.QUEUED in states.values():
            self._revive_now_and_then()

    def _take_up(self, sim_id: UUID, execution: Execution) -> None:
        try:
            execution.following.look()
        except GymDashError as exc:
            logger.debug("%s cannot be looked up now: %s", sim_id, exc)
            self._note(
                sim_id, SimState.CREATED
            )  # as if nothing had been seen: the next look takes it up

    def _note(self, sim_id: UUID, state: SimState | None) -> None:
        with self._lock:
            if sim_id in self._followed:
                self._seen[sim_id] = state

    def _revive_now_and_then(self) -> None:
        if time.monotonic() - self._revived_at < _REVIVE_INTERVAL_S:
            return
        self._revived_at = time.monotonic()
        try:
            self._revive()
        except (GymDashError, OSError) as exc:
            logger.warning("The queue has no keeper, and none can be started now: %s", exc)
