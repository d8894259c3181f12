"""Keep a project's queue: ``python -m gymdash_jupyter.launch.keeper <project folder>``.

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

import json
import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.errors import GymDashError, LaunchError, UnknownSimulationError
from gymdash_jupyter.launch import messages
from gymdash_jupyter.launch.attending import Attendance
from gymdash_jupyter.launch.cpus import usable_cpus
from gymdash_jupyter.launch.deaths import DeathWatch, attended
from gymdash_jupyter.launch.keeper_lock import KeeperLock
from gymdash_jupyter.launch.keeping import LOG_FILE, NOBODY
from gymdash_jupyter.launch.mailbox import Mailbox
from gymdash_jupyter.launch.orders import order_to_take
from gymdash_jupyter.launch.process import SpawnedWorker, start_worker
from gymdash_jupyter.launch.queue_orders import is_own, recipe_of
from gymdash_jupyter.liveness import is_alive, own_identity
from gymdash_jupyter.output import OutputLog
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import (
    ACTIVE_STATES,
    Keeper,
    SimState,
    SimStatus,
    SimStatusCode,
    SimStatusSubcode,
    now_utc,
)
from gymdash_jupyter.store import Move
from gymdash_jupyter.verdict import error_status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from gymdash_jupyter.records import ProcessIdentity, QueueEntry, SimulationRecord

logger = logging.getLogger(__name__)

LINGER_S = 1.0
"""How long it stays when nothing is left, in case more comes."""

_INTERVAL_S = 0.1
_LOOK_AT_LEAST_S = 1.0
_UNREADABLE_S = 1.0
_HELD_UNSEEN_S = 60.0
_COUNT_ELSEWHERE_S = 5.0
_GONE_S = 60.0
_ELECTION_S = 5.0
_LAUNCHER = "process"


@dataclass(frozen=True)
class _Held:
    """A parcel in memory."""

    surroundings: Mapping[str, Any]
    parcel: bytes
    since: float


@dataclass(frozen=True)
class _Work:
    """What a worker is sent for one simulation."""

    record: SimulationRecord
    surroundings: Mapping[str, Any]
    kind: bytes
    content: bytes


class QueueKeeper:
    """Start what waits, while there are places.

    Args:
        project: The project.
        identity: This process.
    """

    def __init__(self, project: Project, identity: ProcessIdentity) -> None:
        self._project = project
        self._store = project.store
        self._identity = identity
        self._n_cpus = usable_cpus()
        self._held: dict[UUID, _Held] = {}
        self._is_leaving = False
        self._lock = threading.Lock()  # guards the two above
        self._starting: dict[UUID, SpawnedWorker] = {}
        self._workers: list[SpawnedWorker] = []
        self._foreign: set[UUID] = set()
        self._n_elsewhere, self._counted_at = 0, 0.0

    def hold(self, head: bytes, parcel: bytes) -> bool:
        """Keep a parcel in memory until its simulation's turn; any thread may call it."""
        read = json.loads(head)
        held = _Held(read["surroundings"], parcel, time.monotonic())
        with self._lock:
            if self._is_leaving:
                return False
            self._held[UUID(read["sim_id"])] = held
        return True

    @property
    def activity(self) -> tuple[int, int, int]:
        """Grows or shrinks with what this process holds and attends to."""
        n_attended = sum(worker.identity in attended for worker in self._workers)
        return len(self._held), len(self._starting), n_attended

    def look(self) -> bool:
        """Start what can be started now; tell whether there is nothing left to do for this process."""
        self._workers = [worker for worker in self._workers if worker.identity in attended]
        self._see_who_started()
        n_free = self._n_places() - self._n_running() - len(self._starting)
        if n_free <= 0 and self._workers:
            return False
        entries = self._store.queue()
        self._drop_held()
        has_more = False
        for entry in entries:
            if entry.sim_id in self._starting:
                continue
            work = self._work_of(entry)
            if work is None:
                continue
            if n_free <= 0:
                has_more = True
                break
            self._start(entry, work)
            n_free -= 1
        return not (has_more or self._held or self._starting or self._workers)

    def leave(self, keeper: Keeper) -> bool:
        """Stop being the keeper, unless something has come meanwhile; tell whether it has."""
        with self._lock:
            if self._held:
                return False
            self._is_leaving = True
        if self._store.resign_keeper(self._identity):
            return True
        # What waits is not ours to start. Whoever queues looks for a keeper afterwards: either it
        # finds none from here on, or what it queued is seen below.
        self._store.become_keeper(Keeper(NOBODY), replaced=self._identity)
        if any(self._work_of(entry) is not None for entry in self._store.queue()):
            stays = self._store.become_keeper(keeper, replaced=NOBODY)
            with self._lock:
                self._is_leaving = not stays
            return not stays
        return True

    def give_up(self) -> None:
        """End although something waits: what is held is lost, the rest waits for the next keeper."""
        with self._lock:
            self._is_leaving = True
        for entry in self._store.queue():
            if entry.owner == self._identity and entry.sim_id not in self._starting:
                self._lose(
                    entry, "the keeper of the queue, in whose memory it was, was asked to end."
                )
        if not self._store.resign_keeper(self._identity):
            self._store.become_keeper(Keeper(NOBODY), replaced=self._identity)

    def settle_held_by(self, dead: ProcessIdentity) -> None:
        """Declare lost what a dead keeper held."""
        for entry in self._store.queue():
            if entry.owner == dead:
                self._lose(
                    entry, "the keeper of the queue, in whose memory it was, has died.", dead
                )

    # Places

    def _n_places(self) -> int:
        return self._store.max_running() or self._n_cpus

    def _n_running(self) -> int:
        n = self._store.n_active(_LAUNCHER)
        return max(0, n - self._count_elsewhere()) if n else 0

    def _count_elsewhere(self) -> int:
        """Count those of other machines and containers: they take no CPU here, and may be dead for long."""
        if time.monotonic() - self._counted_at > _COUNT_ELSEWHERE_S:
            self._counted_at = time.monotonic()
            self._n_elsewhere = sum(
                each.launcher == _LAUNCHER
                and each.state in ACTIVE_STATES
                and is_alive(each.owner) is None
                for each in self._store.unsettled()
            )
        return self._n_elsewhere

    # Starting

    def _work_of(self, entry: QueueEntry) -> _Work | None:
        """Find what a worker needs; None for what is not this keeper's to start."""
        if entry.sim_id in self._foreign:
            return None
        try:
            record = self._store.simulation(entry.sim_id)
        except UnknownSimulationError:  # removed just now
            return None
        if entry.owner == self._identity:
            held = self._held.get(entry.sim_id)
            if held is None:
                self._lose(entry, "the keeper of the queue does not hold it any more.")
                return None
            return _Work(record, held.surroundings, messages.PARCEL, held.parcel)
        if entry.owner is not None:
            return None
        if not is_own(entry, record):
            logger.warning(
                "%s waits, but this user did not queue it like this; it is left alone.",
                entry.sim_id,
            )
            self._foreign.add(entry.sim_id)
            return None
        surroundings, recipe = recipe_of(entry, record)
        return _Work(record, surroundings, messages.ENTRY, recipe)

    def _start(self, entry: QueueEntry, work: _Work) -> None:
        try:
            self._project.sim_folder(entry.sim_id).mkdir(parents=True, exist_ok=True)
            worker = start_worker(self._project, str(entry.sim_id))
        except OSError as exc:  # a LaunchError is one, too
            self._fail(entry.sim_id, exc)
            return
        logger.info(
            "Starting %r (%s), pid %d.", work.record.name, entry.sim_id, worker.identity.pid
        )
        order = order_to_take(
            self._project, entry.sim_id, worker.identity, work.surroundings, entry.owner
        )
        self._starting[entry.sim_id] = worker
        self._workers.append(worker)
        attendance = Attendance(worker, work.record, None, self._store)
        attendance.begin(order, work.content, kind=work.kind)

    def _see_who_started(self) -> None:
        """Forget those that have left the queue; whose worker ended before that would wait for ever, so it fails."""
        if not self._starting:
            return
        ended = [s for s, worker in self._starting.items() if worker.identity not in attended]
        states = self._store.states(list(self._starting))
        for sim_id in list(self._starting):
            is_waiting = states.get(sim_id) is SimState.QUEUED
            if is_waiting and sim_id not in ended:
                continue
            del self._starting[sim_id]
            with self._lock:
                self._held.pop(sim_id, None)
            if is_waiting:
                msg = "Its process ended before it could begin. What it said is in its output.log."
                self._fail(sim_id, LaunchError(msg))

    # Ending what cannot be started

    def _fail(self, sim_id: UUID, exc: Exception) -> None:
        logger.warning("%s cannot be started: %s", sim_id, exc)
        time = now_utc()
        move = Move(sim_id, SimState.FAILED, time, taken_from=self._identity)
        self._store.move(move, statuses=[_at(time, error_status(exc))])

    def _lose(self, entry: QueueEntry, why: str, owner: ProcessIdentity | None = None) -> None:
        lost = SimStatus(
            SimStatusCode.FAIL,
            time=now_utc(),
            subcode=SimStatusSubcode.ERROR,
            details=f"Lost: {why}",
        )
        self._store.settle(entry.sim_id, owner or self._identity, lost)

    def _drop_held(self) -> None:
        """Forget parcels of simulations that have left the queue otherwise, or never come into it."""
        with self._lock:
            held = dict(self._held)
        states = self._store.states(list(held)) if held else {}
        for sim_id, each in held.items():
            is_to_come = states.get(sim_id, SimState.CREATED) is SimState.CREATED
            is_late = time.monotonic() - each.since > _HELD_UNSEEN_S
            if states.get(sim_id) is not SimState.QUEUED and (is_late or not is_to_come):
                with self._lock:
                    self._held.pop(sim_id, None)


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
                if replaced is not None and replaced != NOBODY:
                    keeper.settle_held_by(replaced)
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


def _at(time: Any, status: SimStatus) -> SimStatus:
    return SimStatus(status.code, time, status.subcode, status.details, status.error_trace)


if __name__ == "__main__":
    main()
