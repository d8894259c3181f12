"""Carry facts to the store and wishes from it, for the simulations that this process executes.

Two helper threads run while there are simulations: one flushes what they say every 100 ms, one
looks every 50 ms for what people in other processes or trackers ask. A store that cannot be
written is a warning and a buffer, never an error in a simulation.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.channels import STOP, Ask
from gymdash_jupyter.errors import GymDashError, QueryError
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.launch.sampling import Sampling
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.records import Answer, Command
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gymdash_jupyter.launch.execution import Execution
    from gymdash_jupyter.records import ProcessIdentity
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

FLUSH_INTERVAL_S = 0.1
POLL_INTERVAL_S = 0.05
HEARTBEAT_INTERVAL_S = 1.0
_FORCE_AGAIN_S = 1.0
_IDLE_S = 2.0


class Relay:
    """Stand between the simulations of one tracker and their project's store.

    Args:
        store: The project's store.
        identity: This process, as the project knows it; None: as it knows itself.
        clock: Monotonic seconds; tests hand in their own.

    Attributes:
        store: As given.
        identity: This process, as the owner of the simulations.
        sampling: Notes what this process uses while simulations execute in it.
    """

    def __init__(
        self,
        store: ProjectStore,
        *,
        identity: ProcessIdentity | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.identity = identity or own_identity()
        self.sampling = Sampling()
        self._clock = clock
        self._executions: list[Execution] = []
        self._lock = threading.Lock()  # guards the list above
        self._writing = threading.RLock()  # one flush, one end at a time
        self._exchanging = threading.RLock()  # one exchange at a time; guards what is asked, below
        self._asks: dict[int, tuple[Ask, Execution]] = {}
        self._answers: deque[tuple[int, Answer]] = deque()
        self._failing_since: float | None = None
        self._n_dropped = 0
        self._last_beat = 0.0
        self._last_force = 0.0
        self._last_busy = clock()
        self._flusher = PeriodicTask(
            "gymdash-flush", self._flush_or_rest, interval_s=FLUSH_INTERVAL_S
        )
        self._poller = PeriodicTask("gymdash-poll", self.poll, interval_s=POLL_INTERVAL_S)

    def attach(self, execution: Execution) -> None:
        """Carry for one more simulation, until its end is stored."""
        with self._lock:
            self._last_busy = self._clock()
            self._executions.append(execution)
            self._flusher.start()
            self._poller.start()

    def flush(self) -> None:
        """Store now what is not stored; what cannot be is kept for next time."""
        with self._writing:
            with self._lock:
                executions = self._executions[:]
            try:
                self._store_all()
                lost = self._lost_meanwhile(executions)
            except Exception as exc:  # noqa: BLE001 - the edge: nothing of storing may reach a simulation
                self._is_failing(exc)
            else:
                self._is_well(executions, lost)

    def finish(self, execution: Execution) -> None:
        """Store a simulation's end now, or keep trying in the background."""
        self._send_what_was_answered()
        with self._writing:
            try:
                self._send_answers()  # what it answered last goes before the word that it has ended
                execution.store_once()
            except Exception as exc:  # noqa: BLE001 - the edge: nothing of storing may reach a simulation
                self._is_failing(exc)
                self._attach_again(execution)
                return
        with self._lock:
            if execution in self._executions:
                self._executions.remove(execution)

    def _attach_again(self, execution: Execution) -> None:
        with self._lock:
            is_known = execution in self._executions
        if not is_known:
            try:
                self.attach(execution)
            except (
                RuntimeError
            ) as exc:  # no thread can be started, as when Python ends; that tries again, too
                logger.debug(
                    "Nobody tries again to store the end of %r: %s", execution.simulation, exc
                )

    def rest(self) -> None:
        """Give whoever keeps the store from being written a moment."""
        threading.Event().wait(FLUSH_INTERVAL_S)

    def note_stop_asked(self, execution: Execution, time: datetime) -> None:
        """Let viewers see since when a simulation is asked to stop, which needs no command here."""
        try:
            self.store.note_stop_asked(execution.simulation.sim_id, time)
        except GymDashError as exc:
            logger.warning(
                "That %r was asked to stop is not stored: %s", execution.simulation, exc
            )

    def store_late(self, execution: Execution) -> None:
        """Store statuses of a simulation whose end is stored."""
        with self._writing:
            statuses = execution.simulation_statuses()
            try:
                self.store.add_statuses(execution.simulation.sim_id, statuses)
            except Exception as exc:  # noqa: BLE001 - as above
                logger.warning("Statuses that came after the end were not stored: %s", exc)
            execution.confirm_statuses(len(statuses))

    def poll(self) -> None:
        """Take up what others ask and send back what the simulations answered; later, if the store does not answer."""
        try:
            with self._exchanging:
                self._exchange()
        except GymDashError as exc:  # the flusher says it
            logger.debug("Nothing was asked or answered now: %s", exc)

    def _exchange(self) -> None:
        with self._lock:
            executions = {e.simulation.sim_id: e for e in self._executions}
        self._send_answers()
        if not executions:
            return
        waiting = {
            command.command_id: command for command in self.store.commands(list(executions))
        }
        for command_id in [c for c in self._asks if c not in waiting]:
            # Answered, or taken back by who asked: then it must not block the next one.
            ask, execution = self._asks.pop(command_id)
            execution.simulation.interactor.withdraw(ask)
        for command_id, command in waiting.items():
            if command_id not in self._asks:
                self._deliver(command, executions[command.sim_id])
        for execution in executions.values():
            execution.answer_help(self._clock())
        self._force_again(list(executions.values()))

    def stop(self) -> None:
        """Store what is left and carry nothing more; what comes later is stored at once or not at all."""
        self._poller.stop()
        self._flusher.stop()
        self.flush()
        self.poll()

    def wake(self) -> None:
        """Flush as soon as possible."""
        self._flusher.wake()

    # Inside

    def _flush_or_rest(self) -> None:
        with self._lock:
            if self._executions:
                self._last_busy = self._clock()
            elif self._clock() - self._last_busy > _IDLE_S and not self._answers:
                self._flusher.stop()
                # Not waited for: it may be about to take the lock that is held here.
                self._poller.stop(timeout_s=0)
                return
        self.flush()

    def _store_all(self) -> None:
        with self._lock:
            executions = self._executions[:]
        if not executions:
            return  # the store may be closed, or gone, by the time that nothing uses it
        batches, ended = [], []
        for execution in executions:
            if execution.store_once():
                batch, n_points = execution.peek()
                batches.append((execution, batch, n_points))
            else:
                ended.append(execution)
        is_beat = self._clock() - self._last_beat >= HEARTBEAT_INTERVAL_S
        to_write = [row for row in batches if is_beat or row[2] or not row[1].is_empty]
        if to_write:
            self.store.write([batch for _, batch, _ in to_write], owner=self.identity)
            for execution, batch, n_points in to_write:
                execution.confirm(batch, n_points)
        if is_beat:
            self._last_beat = self._clock()
            ended += self._look_after([execution for execution, *_ in batches])
        with self._lock:
            self._executions = [e for e in self._executions if e not in ended]

    def _look_after(self, executions: list[Execution]) -> list[Execution]:
        """Bring back those that were taken for dead; give those that were removed from the project."""
        states = self.store.states([e.simulation.sim_id for e in executions])
        for execution in executions:
            state = states.get(execution.simulation.sim_id)
            if state is None:
                execution.is_removed()
            elif state is SimState.LOST:
                execution.come_back()
        return [execution for execution in executions if execution.is_gone]

    def _is_failing(self, exc: Exception) -> None:
        if self._failing_since is None:
            self._failing_since = self._clock()
            logger.warning(
                "The project at %s cannot be written now; simulations go on and what they say waits in memory: %s",
                self.store.path,
                exc,
            )
        self._flusher.interval_s = 1.0
        with self._lock:
            executions = self._executions[:]
        self._n_dropped += sum(e.store_is_failing(True) for e in executions)

    def _lost_meanwhile(self, executions: list[Execution]) -> list[str]:
        """Say what is missing now that the store can be written again, which may be an older one or a new one."""
        if self._failing_since is None:
            return []
        n_missing = sum(e.n_missing() for e in executions)
        n_gone = sum(e.is_gone for e in executions)
        return [
            *([f"{n_missing:,} points that were stored before are gone"] if n_missing else []),
            *(
                [f"the project does not know {n_gone} of its simulations any more"]
                if n_gone
                else []
            ),
        ]

    def _is_well(self, executions: list[Execution], lost: list[str]) -> None:
        if self._failing_since is None:
            return
        self._n_dropped += sum(e.store_is_failing(False) for e in executions)
        seconds = self._clock() - self._failing_since
        if self._n_dropped:
            lost = [f"{self._n_dropped:,} of the oldest points were lost", *lost]
        told = ", ".join(lost) or "nothing was lost"
        text = f"The project could not be written for {seconds:.0f} s; {told}."
        logger.warning(text)
        self._failing_since, self._n_dropped = None, 0
        self._flusher.interval_s = FLUSH_INTERVAL_S
        for execution in executions:
            if not execution.is_finished:
                execution.simulation.add_status(SimStatus(SimStatusCode.INFO, details=text))

    def _send_what_was_answered(self) -> None:
        """Send answers before an end is stored, also one that the poller has in hand."""
        try:
            with self._exchanging:
                self._send_answers()
        except Exception as exc:  # noqa: BLE001 - the edge: nothing of storing may reach a simulation
            logger.debug("What was answered waits until it can be stored: %s", exc)

    def _send_answers(self) -> None:
        while self._answers:
            try:
                row = self._answers.popleft()
            except IndexError:  # another thread sent it
                return
            try:
                self.store.answer(*row)
            except GymDashError:
                self._answers.appendleft(row)
                raise

    def _deliver(self, command: Command, execution: Execution) -> None:
        def answered(ask: Ask) -> None:
            # In the simulation's thread: only take it down.
            error = "" if ask.error is None else str(ask.error)
            self._answers.append((command.command_id, Answer(jsonable(ask.answer), error)))
            self._poller.wake()

        simulation = execution.simulation
        try:
            ask = simulation.interactor.ask(command.channel, command.value, answered)
            self._asks[command.command_id] = ask, execution
        except QueryError as exc:
            self.store.answer(command.command_id, Answer(None, str(exc)))
        if command.channel == STOP and command.is_forced:
            execution.force_stop()

    def _force_again(self, executions: list[Execution]) -> None:
        if self._clock() - self._last_force < _FORCE_AGAIN_S:
            return
        self._last_force = self._clock()
        for execution in executions:
            if execution.is_forced:
                execution.force_stop()
