"""Ending workers that were ordered to stop with force and do not: SIGTERM, then SIGKILL to all of their processes.

A worker that hears of the order raises StopSimException in its simulation first. What is done here
is for those that hear nothing any more, such as one that is stuck in native code. Who is killed
this way becomes ``cancelled``, not ``lost``, because the order is in the project.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.launch.contract import IN_PROCESSES
from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.states import ACTIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gymdash_jupyter.records import ProcessIdentity, Unsettled
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

TERMINATE_AFTER_S = 3.0
KILL_AFTER_S = 6.0
_INTERVAL_S = 0.1


class Forcing:
    """Carry out orders to stop with force, in one project and on this machine.

    Args:
        store: The project's store.
        clock: Monotonic seconds; tests hand in their own.
    """

    def __init__(
        self, store: ProjectStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._ordered: dict[UUID, float] = {}
        self._terminated: set[UUID] = set()
        self._lock = threading.Lock()  # guards the two above
        self._task = PeriodicTask("gymdash-force", self.look, interval_s=_INTERVAL_S)

    def order(self, sim_id: UUID) -> None:
        """End the worker of a simulation that is ordered to stop, unless it ends by itself in time."""
        with self._lock:
            if not self._ordered:
                atexit.unregister(self.finish)
                atexit.register(self.finish)
            self._ordered.setdefault(sim_id, self._clock())
            self._task.start()

    def look(self) -> None:
        """Do what is due."""
        with self._lock:
            ordered = dict(self._ordered)
        try:
            left = {each.sim_id: each for each in self._store.unsettled()}
        except GymDashError as exc:
            logger.debug("Nobody is forced now: %s", exc)
            return
        with self._lock:
            for sim_id in ordered.keys() - left.keys():  # not those that were ordered meanwhile
                del self._ordered[sim_id]
            if not self._ordered:
                self._task.stop(timeout_s=0)
        for sim_id in ordered.keys() & left.keys():
            self._force(left[sim_id], self._clock() - ordered[sim_id])

    def finish(self) -> None:
        """Carry out what is left, for a process that ends."""
        deadline = self._clock() + KILL_AFTER_S + 1
        while self._ordered and self._clock() < deadline:
            self.look()
            threading.Event().wait(_INTERVAL_S)

    def _force(self, left: Unsettled, waited_s: float) -> None:
        if left.launcher != IN_PROCESSES or not is_alive(left.owner):
            return  # others' processes execute more than this one
        if left.state not in ACTIVE_STATES:
            return  # it waits, and its owner is the keeper of the queue
        if waited_s >= KILL_AFTER_S:
            logger.warning("%r did not stop and is killed (pid %d).", left.name, left.owner.pid)
            _kill(left.owner)
        elif waited_s >= TERMINATE_AFTER_S and left.sim_id not in self._terminated:
            self._terminated.add(left.sim_id)
            with suppress(OSError):
                os.kill(left.owner.pid, signal.SIGTERM)


def _kill(owner: ProcessIdentity) -> None:
    """Kill a worker and the processes that it has started."""
    with suppress(OSError, psutil.Error):
        if sys.platform == "win32":
            for child in psutil.Process(owner.pid).children(recursive=True):
                child.kill()
            psutil.Process(owner.pid).kill()
        elif os.getpgid(owner.pid) == owner.pid:  # a leader, as workers are: the group is its own
            os.killpg(owner.pid, signal.SIGKILL)
        else:
            os.kill(owner.pid, signal.SIGKILL)
