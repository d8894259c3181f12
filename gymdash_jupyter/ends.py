"""Calling people back when simulations have ended, those executed here and those elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.callbacks import Callback, Countdown, ErrorKeeper, check_callable
from gymdash_jupyter.errors import GymDashError, InvalidArgumentError
from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_INTERVAL_S = 0.1

OwnSimulation = Callable[[UUID], Simulation | None]
OnEnd = Callable[[ErrorKeeper], None]


class Ends:
    """Count the ends of simulations for those who want to be called then.

    Args:
        store: The project's store, which knows of simulations that are executed elsewhere.
        own: Gives a simulation that is executed here, or None.
    """

    def __init__(self, store: ProjectStore, own: OwnSimulation) -> None:
        self._own = own
        self._watcher = _EndWatcher(store)
        self._countdowns: dict[UUID, Countdown] = {}

    def call_when_all(self, ids: Sequence[UUID], callback: Callback) -> UUID:
        """Call a function when all of these have ended; returns an id for ``add``."""
        check_callable(callback, "all simulations being done")
        countdown = Countdown(len(ids), "all simulations are done")
        callback_id = uuid4()
        self._countdowns[callback_id] = countdown
        countdown.add(callback)
        for sim_id in ids:
            self._count(sim_id, countdown)
        return callback_id

    def call_when_any(self, ids: Sequence[UUID], callback: Callback, *, every_time: bool) -> UUID:
        """Call a function when one of these has ended: the first, or every one."""
        check_callable(callback, "any simulation being done")
        first = Countdown(1, "a simulation is done")
        callback_id = uuid4()
        self._countdowns[callback_id] = first
        first.add(callback)
        for sim_id in ids:
            countdown = first
            if every_time:
                countdown = Countdown(1, "a simulation is done")
                countdown.add(callback)
            self._count(sim_id, countdown)
        return callback_id

    def watch(self, sim_id: UUID, callback: Callable[[], None]) -> None:
        """Call a function in a helper thread when the project says that a simulation has ended or is gone."""
        self._watcher.add(sim_id, lambda _: callback())

    def add(self, callback_id: UUID, callback: Callback) -> None:
        """Call one more function at the moment that ``call_when_all`` waits for."""
        countdown = self._countdowns.get(callback_id)
        if countdown is None:
            msg = f"on_all_done() of this tracker has not returned the callback id {callback_id}."
            raise InvalidArgumentError(msg)
        countdown.add(callback)

    def _count(self, sim_id: UUID, countdown: Countdown) -> None:
        simulation = self._own(sim_id)
        if simulation is None:
            self._watcher.add(sim_id, countdown.count)
            return
        keep_error = simulation._keep_callback_error
        simulation.add_callback(Simulation._AFTER_END, lambda: countdown.count(keep_error))


class _EndWatcher:
    """Notice the ends of simulations that are executed elsewhere, looking now and then."""

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
        try:
            states = self._store.states(ids)
        except GymDashError as exc:  # whoever uses the project hears of it there
            logger.debug("Who has ended cannot be looked up now: %s", exc)
            return
        for sim_id in ids:
            state = states.get(sim_id)
            if state is not None and not state.is_terminal:
                continue
            with self._lock:
                on_ends = self._waiting.pop(sim_id, [])
            for on_end in on_ends:
                on_end(_log_error)


def _log_error(event: str, exc: BaseException) -> None:
    logger.warning("A callback for %s failed: %s", event, exc, exc_info=exc)
