"""Noticing that simulations which run elsewhere have ended, by looking at the store now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_INTERVAL_S = 0.1

KeepError = Callable[[str, Exception], None]
OnEnd = Callable[[KeepError], None]


class EndWatcher:
    """Call functions when simulations end that this process does not execute.

    Args:
        store: The project's store.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._waiting: dict[UUID, list[OnEnd]] = {}
        self._lock = threading.Lock()
        self._task = PeriodicTask("gymdash-ends", self._look, interval_s=_INTERVAL_S)

    def add(self, sim_id: UUID, on_end: OnEnd) -> None:
        """Call a function in a helper thread when a simulation has ended or is gone."""
        with self._lock:
            self._waiting.setdefault(sim_id, []).append(on_end)
            self._task.start()

    def _look(self) -> None:
        with self._lock:
            if not self._waiting:
                self._task.stop()
                return
            ids = list(self._waiting)
        states = self._store.states(ids)
        for sim_id in ids:
            state = states.get(sim_id)
            if state is not None and not state.is_terminal:
                continue
            with self._lock:
                on_ends = self._waiting.pop(sim_id, [])
            for on_end in on_ends:
                on_end(_log_error)


def _log_error(event: str, exc: Exception) -> None:
    logger.warning("A callback for %s failed: %s", event, exc, exc_info=exc)
