"""Store in which environment simulations were started, beside them and never in their way.

One helper thread captures and stores for all simulations that this process starts, and ends when
there is nothing left to do. Simulations that start together share one look at the machine and git.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.launch.environment.facts import joined_facts, lasting_facts, moment_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_RETRY_INTERVAL_S = 1.0
_MAX_TRIES = 60
_EXIT_GRACE_S = 3.0


def note_environment(
    store: ProjectStore, simulation: Simulation, start_kwargs: Mapping[str, Any] | None = None
) -> threading.Event:
    """Store in which environment this process starts a simulation, in the background.

    Call it in the process that executes the simulation, when its row is there. Any thread may; it
    returns at once and never fails. A store that cannot be written now is tried again for a
    minute. A process that ends waits up to three seconds for what is not stored.

    Args:
        store: The project's store.
        simulation: The simulation.
        start_kwargs: What it is started with, for the seed among them; None takes what it has.

    Returns:
        Set when the facts are stored, or given up.
    """
    is_done = threading.Event()
    try:
        kwargs = simulation.start_kwargs if start_kwargs is None else start_kwargs
        note = _Note(store, simulation.sim_id, moment_facts(simulation, kwargs), is_done)
        _notes.add(note)
    except Exception:
        # The edge: no thread to be had, or a simulation whose attributes fail. It starts anyway.
        logger.warning("The environment of %s is not stored.", simulation.sim_id, exc_info=True)
        is_done.set()
    return is_done


@dataclass(eq=False)
class _Note:
    store: ProjectStore
    sim_id: UUID
    moment: Mapping[str, Any]
    is_done: threading.Event
    lasting: Mapping[str, Any] | None = None
    n_tries: int = field(default=0)

    def settle(self) -> None:
        """Try to store it."""
        self.n_tries += 1
        try:
            self.store.set_environment(self.sim_id, joined_facts(self.moment, self.lasting or {}))
        except UnknownSimulationError:
            pass  # removed from the project
        except Exception as exc:  # noqa: BLE001 - the edge: nothing of storing may reach anybody
            if self.n_tries < _MAX_TRIES:
                logger.debug("The environment of %s waits to be stored: %s", self.sim_id, exc)
                return
            logger.warning("The environment of %s could not be stored: %s", self.sim_id, exc)
        self.is_done.set()


class _Notes:
    """What this process has still to store, and the thread that does."""

    def __init__(self) -> None:
        self._waiting: list[_Note] = []
        self._lock = threading.Lock()  # guards the list above and whether the thread is to go on
        self._is_registered = False
        self._task = PeriodicTask("gymdash-environment", self._work, interval_s=_RETRY_INTERVAL_S)

    def add(self, note: _Note) -> None:
        """Store a note soon."""
        with self._lock:
            self._waiting.append(note)
            if not self._is_registered:
                atexit.register(self.wait_at_exit)
                self._is_registered = True
            self._task.start()
            self._task.wake()

    def wait_at_exit(self) -> None:
        """Let what is not stored be stored, for a moment."""
        deadline = time.monotonic() + _EXIT_GRACE_S
        with self._lock:
            waiting = self._waiting[:]
        for note in waiting:
            note.is_done.wait(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        with self._lock:
            waiting = self._waiting[:]
            if not waiting:
                self._task.stop()
                return
        by_folder: dict[str | None, Mapping[str, Any]] = {}
        for note in waiting:
            if note.lasting is None:  # as it was at the start, however late it can be stored
                folder = note.moment["folder"]
                if folder not in by_folder:
                    by_folder[folder] = lasting_facts(folder)
                note.lasting = by_folder[folder]
            note.settle()
        with self._lock:
            self._waiting = [note for note in self._waiting if not note.is_done.is_set()]


_notes = _Notes()
