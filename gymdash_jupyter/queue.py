"""The simulations of one tracker that wait for a place to run: first in, first out."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.launch import Execution, Launcher
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.verdict import Verdict, error_status

logger = logging.getLogger(__name__)

Entry = tuple[Execution, Launcher, dict[str, Any]]
Launch = Callable[[Execution, Launcher, dict[str, Any]], None]


class SimulationQueue:
    """Start what waits as soon as fewer than ``max_running`` simulations run.

    Args:
        launch: Starts one.
        max_running: How many places there are.
    """

    def __init__(self, launch: Launch, max_running: int) -> None:
        self._launch = launch
        self._max_running = checked_places(max_running)
        self._waiting: deque[Entry] = deque()
        self._running: set[Execution] = set()
        self._is_filling = False
        self._lock = threading.Lock()

    @property
    def max_running(self) -> int:
        """How many places there are; more places are filled at once, fewer empty themselves."""
        return self._max_running

    @max_running.setter
    def max_running(self, n: int) -> None:
        self._max_running = checked_places(n)
        self._fill()

    @property
    def ids(self) -> list[UUID]:
        """What waits; the first one is next."""
        with self._lock:
            return [execution.simulation.sim_id for execution, _, _ in self._waiting]

    def reorder(self, ids: Sequence[UUID]) -> None:
        """Put these first, in this order; the others keep theirs behind them; passes over what does not wait."""
        places = {sim_id: place for place, sim_id in enumerate(ids)}
        with self._lock:
            ordered = sorted(
                self._waiting, key=lambda row: places.get(row[0].simulation.sim_id, len(places))
            )
            self._waiting = deque(ordered)

    def add(self, execution: Execution, launcher: Launcher, kwargs: dict[str, Any]) -> None:
        """Put a simulation at the end of the queue, and start it if there is a place."""
        execution.simulation._must_be(SimState.CREATED)
        execution.store_queued()
        execution.simulation._move(SimState.QUEUED)
        with self._lock:
            self._waiting.append((execution, launcher, kwargs))
        self._fill()

    def remove(self, execution: Execution) -> bool:
        """Take a simulation out; False when it does not wait."""
        with self._lock:
            kept = [row for row in self._waiting if row[0] is not execution]
            is_in = len(kept) < len(self._waiting)
            self._waiting = deque(kept)
        return is_in

    def take_place(self, execution: Execution) -> None:
        """Let a simulation that is started take a place until it ends."""
        with self._lock:
            self._running.add(execution)
        execution.simulation.add_callback(Simulation._AFTER_END, lambda: self.leave(execution))

    def leave(self, execution: Execution) -> None:
        """Free the place of a simulation that has ended or could not be started; harmless when it has none."""
        with self._lock:
            self._running.discard(execution)
        self._fill()

    def _fill(self) -> None:
        # One at a time: starting one may end it at once, which comes here again.
        with self._lock:
            if self._is_filling:
                return
            self._is_filling = True
        try:
            while (entry := self._next()) is not None:
                self._start(*entry)
        except BaseException:
            with self._lock:
                self._is_filling = False
            raise

    def _next(self) -> Entry | None:
        with self._lock:
            if not self._waiting or len(self._running) >= self._max_running:
                self._is_filling = (
                    False  # in the same breath, so that whatever comes later fills again
                )
                return None
            entry = self._waiting.popleft()
            self._running.add(entry[0])
        return entry

    def _start(self, execution: Execution, launcher: Launcher, kwargs: dict[str, Any]) -> None:
        try:
            self._launch(execution, launcher, kwargs)
        except Exception as exc:  # noqa: BLE001 - nobody waits for this start who could hear of it
            logger.warning("%r could not be started from the queue: %s", execution.simulation, exc)
            if (
                execution.launcher is None
            ):  # else it runs, because somebody has started it meanwhile
                with self._lock:
                    self._running.discard(execution)
                execution.simulation._end_before_run(
                    Verdict(SimState.FAILED, (error_status(exc),))
                )


def checked_places(n: Any) -> int:
    """Give a number of places back, if it is one."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        msg = f"max_running is a whole number from 1 up; got {n!r}."
        raise InvalidArgumentError(msg)
    return n
