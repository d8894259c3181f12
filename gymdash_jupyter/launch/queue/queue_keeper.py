"""What a keeper decides: which of the simulations that wait is started now, and when there is nothing left to do.

It trusts only what this user signed or handed to this very process, and imports nothing of it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.errors import LaunchError, UnknownSimulationError
from gymdash_jupyter.launch import messages
from gymdash_jupyter.launch.attending import Attendance
from gymdash_jupyter.launch.contract import IN_PROCESSES
from gymdash_jupyter.launch.cpus import usable_cpus
from gymdash_jupyter.launch.deaths import attended
from gymdash_jupyter.launch.orders import order_to_take
from gymdash_jupyter.launch.process import SpawnedWorker, start_worker
from gymdash_jupyter.launch.queue.keeping import NOBODY
from gymdash_jupyter.launch.queue.queue_orders import is_own, recipe_of
from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.records import Keeper, now_utc
from gymdash_jupyter.states import ACTIVE_STATES, SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move
from gymdash_jupyter.verdict import error_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import ProcessIdentity, QueueEntry, SimulationRecord

logger = logging.getLogger(__name__)

_HELD_UNSEEN_S = 60.0
_COUNT_ELSEWHERE_S = 5.0


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
        """Stop being the keeper, unless something has come meanwhile; tell whether it stopped."""
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
        n = self._store.n_active(IN_PROCESSES)
        return max(0, n - self._count_elsewhere()) if n else 0

    def _count_elsewhere(self) -> int:
        """Count those of other machines and containers: they take no CPU here, and may be dead for long."""
        if time.monotonic() - self._counted_at > _COUNT_ELSEWHERE_S:
            self._counted_at = time.monotonic()
            self._n_elsewhere = sum(
                each.launcher == IN_PROCESSES
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
            if is_waiting:
                msg = "Its process ended before it could begin. What it said is in its output.log."
                # Before it is forgotten: a store on a full disk may not take it now.
                self._fail(sim_id, LaunchError(msg))
            del self._starting[sim_id]
            with self._lock:
                self._held.pop(sim_id, None)

    # Ending what cannot be started

    def _fail(self, sim_id: UUID, exc: Exception) -> None:
        logger.warning("%s cannot be started: %s", sim_id, exc)
        move = Move(sim_id, SimState.FAILED, now_utc(), taken_from=self._identity)
        self._store.move(move, statuses=[replace(error_status(exc), time=move.time)])

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
