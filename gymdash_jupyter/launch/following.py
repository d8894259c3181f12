"""Letting a simulation object follow its execution in another process, from what the project says.

The object in the notebook is the handle: its state, statuses, result and callbacks come from the
store, each callback exactly once.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import GymDashError, UnknownSimulationError
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)


class Following:
    """Bring one simulation object to where the project says it is.

    Args:
        simulation: The handle.
        store: The store of its project.
    """

    def __init__(self, simulation: Simulation, store: ProjectStore) -> None:
        self._simulation = simulation
        self._store = store
        self._is_looking = threading.Lock()
        self._is_wanted = False
        self._status_cursor = 0  # of the one thread that refreshes
        self._result: Any = None
        self._is_result_to_come = False

    def expect_result(self) -> None:
        """Let the handle not end before its result is here, or is known to be only in the project."""
        self._is_result_to_come = True

    def take_result(self, result: Any) -> None:
        """Keep a result that came from the executing process itself, because JSON cannot hold it."""
        self._result = result
        self._is_result_to_come = False

    def expect_no_result(self) -> None:
        """Take the result from the project, unless one has come."""
        self._is_result_to_come = False

    def look(self) -> bool:
        """See what is new and call back; callbacks are called in this thread.

        While one thread looks, others return at once and it looks again.

        Returns:
            Whether this thread has looked.

        Raises:
            GymDashError: The store cannot be read now; nothing was missed.
        """
        self._is_wanted = True
        has_looked = False
        while self._is_wanted and self._is_looking.acquire(blocking=False):
            try:
                self._is_wanted = False
                self._look_once()
            finally:
                self._is_looking.release()
            has_looked = True
        return has_looked

    def lose(self) -> None:
        """End the handle as lost: nobody can say any more how its simulation ended."""
        self._simulation._follow(SimState.LOST, is_set_up=False, is_run=False)

    def refresh(self, n_stored: int) -> int:
        """Read new statuses and the progress; one thread at a time.

        Args:
            n_stored: How many of the simulation's statuses are stored.

        Returns:
            How many more there are now.
        """
        sim_id = self._simulation.sim_id
        n_new = 0
        try:
            rows = self._store.statuses([sim_id], after=self._status_cursor)
            if rows:
                self._status_cursor = rows[-1].status_id
                self._simulation._statuses[n_stored:n_stored] = [row.status for row in rows]
                n_new = len(rows)
            self._simulation.recorder.follow_progress(self._store.simulation(sim_id).progress)
        except GymDashError as exc:
            logger.debug("%r cannot be looked up now: %s", sim_id, exc)
        return n_new

    def _look_once(self) -> None:
        simulation = self._simulation
        try:
            record = self._store.simulation(simulation.sim_id)
        except UnknownSimulationError:  # somebody removed it from the project
            self.lose()
            return
        is_run = record.started is not None
        is_set_up = is_run or record.heartbeat > 0 or record.state is SimState.SETTING_UP
        if record.state.is_terminal:
            if self._is_result_to_come:
                return  # whoever brings it looks again
            if simulation._recording is not None:
                simulation._recording.refresh()
            simulation.result = record.result if self._result is None else self._result
            simulation._was_killed = record.force_stopped
        simulation._follow(record.state, is_set_up=is_set_up, is_run=is_run)
