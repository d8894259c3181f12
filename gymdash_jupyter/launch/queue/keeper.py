"""Keep a project's queue: ``python -m gymdash_jupyter.launch.queue.keeper <project folder>``.

One keeper lives per project while something waits, whether or not a notebook is open. Each time a
place is free it starts a worker for the next simulation. It imports nothing of any simulation.

A simulation is started at most once, because the *worker* takes it out of the queue (one
compare-and-set in the store), and only when it has all that it needs in hand. So a keeper may die at
any moment: a worker that has everything goes on alone; one that has not ends, and the simulation
still waits.

What can be made again from JSON waits in the store (``queue_orders``); the keeper starts it only if
this user signed it. What cannot (a class of a notebook) is handed to the keeper, which holds it in
memory; it belongs to the keeper and is lost with it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.launch.deaths import DeathWatch
from gymdash_jupyter.launch.queue.keeper_lock import KeeperLock
from gymdash_jupyter.launch.queue.keeping import LOG_FILE, NOBODY
from gymdash_jupyter.launch.queue.mailbox import Mailbox, clear_away
from gymdash_jupyter.launch.queue.queue_keeper import QueueKeeper
from gymdash_jupyter.liveness import is_alive, own_identity
from gymdash_jupyter.output import OutputLog
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Keeper

if TYPE_CHECKING:
    from types import FrameType

    from gymdash_jupyter.records import ProcessIdentity

logger = logging.getLogger(__name__)

LINGER_S = 1.0
"""How long it stays when nothing is left, in case more comes."""

_INTERVAL_S = 0.1
_LOOK_AT_LEAST_S = 1.0
_UNREADABLE_S = 1.0
_GONE_S = 60.0
_ELECTION_S = 5.0


def main() -> None:
    """Keep the queue of a project until it is empty."""
    project = Project.open(Path(sys.argv[1]))
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s"
    )
    os.chdir(project.folder)  # hold on to no folder of whoever started this process
    lock = KeeperLock(project)
    identity = own_identity()
    keeper = QueueKeeper(project, identity)
    mailbox = Mailbox(keeper.hold)
    try:
        if _is_elected(project, Keeper(identity, mailbox.address), lock, keeper):
            _Service(project, identity, keeper, mailbox).run()
    finally:
        mailbox.close()
        lock.release()


def _is_elected(project: Project, new: Keeper, lock: KeeperLock, keeper: QueueKeeper) -> bool:
    """Become the keeper, unless another one lives; the one before may still be leaving."""
    deadline = time.monotonic() + _ELECTION_S
    while time.monotonic() < deadline:
        stored = project.store.keeper()
        replaced = None if stored is None else stored.identity
        if replaced is not None and is_alive(replaced):
            return False
        if lock.take():
            if project.store.become_keeper(new, replaced=replaced):
                if stored is not None and stored.identity != NOBODY:
                    keeper.settle_held_by(stored.identity)
                    clear_away(stored.address)
                return True
            lock.release()
        threading.Event().wait(_INTERVAL_S / 2)
    return False


class _Service:
    """The loop: look when something has changed, wait while the store cannot be used, leave when all is done."""

    def __init__(
        self, project: Project, identity: ProcessIdentity, keeper: QueueKeeper, mailbox: Mailbox
    ) -> None:
        self._project = project
        self._identity = identity
        self._keeper = keeper
        self._mailbox = mailbox
        self._log = OutputLog(project.db_folder / LOG_FILE)
        self._deaths = DeathWatch(project.store)
        self._is_asked_to_end = False
        self._seen: object = None
        self._looked_at = 0.0
        self._idle_since: float | None = None
        self._trouble_since: float | None = None

    def run(self) -> None:
        """Keep the queue; returns when this process is the keeper no longer."""
        signal.signal(signal.SIGTERM, self._ask_to_end)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # whoever logged in may log out
        logger.info("Keeping the queue of %s.", self._project.folder)
        self._deaths.start()
        pause = threading.Event()
        while not self._has_left():
            pause.wait(_INTERVAL_S if self._trouble_since is None else _UNREADABLE_S)
        self._deaths.stop()
        logger.info("Leaving.")

    def _has_left(self) -> bool:
        try:
            if self._is_asked_to_end:
                self._keeper.give_up()
                return True
            is_over = self._step()
        except GymDashError as exc:
            return self._must_give_up_on(exc)
        self._trouble_since = None
        return is_over

    def _step(self) -> bool:
        now = time.monotonic()
        seen = (self._project.store.tick(), self._keeper.activity)
        if seen != self._seen or now - self._looked_at >= _LOOK_AT_LEAST_S:
            if now - self._looked_at >= _LOOK_AT_LEAST_S:
                self._log.trim()
                self._stay_reachable()
            self._seen, self._looked_at = seen, now
            is_idle = self._keeper.look()
            self._idle_since = (self._idle_since or now) if is_idle else None
        is_over = self._idle_since is not None and now - self._idle_since >= LINGER_S
        return is_over and self._keeper.leave(Keeper(self._identity, self._mailbox.address))

    def _stay_reachable(self) -> None:
        if not self._mailbox.is_there:
            self._mailbox.close()
            self._mailbox = Mailbox(self._keeper.hold)
            new = Keeper(self._identity, self._mailbox.address)
            self._project.store.become_keeper(new, replaced=self._identity)

    def _must_give_up_on(self, exc: GymDashError) -> bool:
        """Wait for a store that cannot be used now; not for one that somebody has deleted, or if asked to end."""
        if self._trouble_since is None:
            logger.warning("The project cannot be used now: %s", exc)
            self._trouble_since = time.monotonic()
        is_gone = not self._project.db_path.exists()
        waited_s = time.monotonic() - self._trouble_since
        return self._is_asked_to_end or (is_gone and waited_s > _GONE_S)

    def _ask_to_end(self, signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - how Python calls it
        self._is_asked_to_end = True


if __name__ == "__main__":
    main()
