"""Finding the keeper of a project's queue, starting one where none lives, and handing it what it must hold.

``keeper`` is that process; this is the side of those who queue.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import LaunchError
from gymdash_jupyter.launch.queue import mailbox
from gymdash_jupyter.launch.queue.keeper_lock import KeeperLock
from gymdash_jupyter.launch.queue.queue_orders import is_own
from gymdash_jupyter.launch.spawning import spawn
from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.output import OutputLog
from gymdash_jupyter.records import Keeper, ProcessIdentity

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.project import Project

logger = logging.getLogger(__name__)

KEEPER_MODULE: Final = "gymdash_jupyter.launch.queue.keeper"
LOG_FILE: Final = "keeper.log"
NOBODY: Final = ProcessIdentity(domain="", pid=0, started="", host="")
"""Stored in the place of a keeper that has left what waits to whoever comes next."""

_SURELY_STARTING_S = 1.0
"""So young, a process that was started as a keeper is not yet leaving (``keeper.LINGER_S`` is not shorter)."""

_PATIENCE_S = 30.0
_RETRY_INTERVAL_S = 0.02


class Keeping:
    """Make sure that somebody keeps a project's queue.

    Args:
        project: The project; must not be read only.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._started: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._lock = threading.Lock()  # guards the two above

    def adopt(self) -> None:
        """See that somebody keeps the queue if something of this user waits that anybody may start."""
        store = self._project.store
        if any(
            entry.owner is None
            and entry.signature
            and is_own(entry, store.simulation(entry.sim_id))
            for entry in store.queue()
        ):
            self.ensure()

    def ensure(self) -> None:
        """Start a keeper unless one lives or has just been started.

        Raises:
            LaunchError: The system cannot start one more process.
        """
        if living_keeper(self._project) is not None:
            return
        with self._lock:
            is_starting = (
                self._started is not None
                and self._started.poll() is None
                and time.monotonic() - self._started_at < _SURELY_STARTING_S
            )
            if not is_starting:
                self._started = _start(self._project)
                self._started_at = time.monotonic()

    def revive(self) -> None:
        """Start a keeper in the place of one that has died; one that was asked to end is left alone."""
        keeper = self._project.store.keeper()
        if keeper is None or keeper.identity != NOBODY:
            self.ensure()

    def hold(
        self, sim_id: UUID, surroundings: Mapping[str, Any], parcel: bytes
    ) -> ProcessIdentity:
        """Let the keeper hold a parcel in its memory, starting one where none lives.

        The keeper drops it again unless it sees the simulation in the queue soon.

        Returns:
            The keeper, to whom the simulation is to belong while it waits.

        Raises:
            LaunchError: There is no keeper to be had.
        """
        head = json.dumps({"sim_id": str(sim_id), "surroundings": surroundings}).encode()
        trouble: Exception | None = None
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            self.ensure()
            keeper = living_keeper(self._project)
            if keeper is not None:
                _check_near(keeper)
                try:
                    if mailbox.post(keeper.address, head, parcel):
                        return keeper.identity
                except mailbox.TROUBLES as exc:  # it may be leaving, or coming
                    trouble = exc
            threading.Event().wait(_RETRY_INTERVAL_S)
        log = self._project.db_folder / LOG_FILE
        msg = (
            f"The simulation cannot wait in the queue of {self._project.folder}: its keeper did not answer in "
            f"{_PATIENCE_S:.0f} s{f' ({trouble})' if trouble else ''}. What it says is in {log}. Start the simulation "
            "instead, or queue it here: launcher='thread'."
        )
        raise LaunchError(msg) from trouble


def living_keeper(project: Project) -> Keeper | None:
    """Give the process that keeps a project's queue, if it lives."""
    keeper = project.store.keeper()
    return None if keeper is None or not is_there(project, keeper.identity) else keeper


def is_there(project: Project, identity: ProcessIdentity) -> bool:
    """Tell whether a keeper lives; one in another container or on another machine does while it has the lock."""
    if identity == NOBODY:
        return False
    known = is_alive(identity)
    return not KeeperLock(project).is_free() if known is None else known


def _check_near(keeper: Keeper) -> None:
    if is_alive(keeper.identity) is None:
        msg = (
            f"The queue is kept by another machine or container ({keeper.identity.host}), which cannot be "
            "handed what is only in this process's memory. Put the class into a module and "
            "queue it by class or sim key, or start it."
        )
        raise LaunchError(msg)


def _start(project: Project) -> subprocess.Popen[bytes]:
    log = OutputLog(project.db_folder / LOG_FILE)
    try:
        process = spawn(
            KEEPER_MODULE,
            str(project.folder),
            folder=project.folder,
            stdout=log.fileno(),
            stderr=log.fileno(),
        )
    finally:
        log.close()
    assert process.stdin is not None  # noqa: S101 - it was started with a pipe
    process.stdin.close()
    # Somebody must collect its exit status, else it stays as a zombie.
    threading.Thread(target=process.wait, name="gymdash-keeper", daemon=True).start()
    return process
