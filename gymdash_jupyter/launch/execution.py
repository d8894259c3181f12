"""One simulation that is executed, and, where that is in this process, what of it is not yet stored.

Whatever the simulation says stays with it until the store has it: statuses by a count, points in
the recorder, moves in a list. A failed write therefore loses nothing and is simply tried again.
What is said of one that executes in another process comes from there; here it is only followed.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.channels import HELP
from gymdash_jupyter.errors import GymDashError, SimulationStateError, UnknownSimulationError
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.launch.environment.notes import note_environment
from gymdash_jupyter.launch.following import Following
from gymdash_jupyter.launch.streamed import StreamCollector
from gymdash_jupyter.records import Batch, ControlRequest, Progress, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import MOST_RESOURCE_SAMPLES, Move
from gymdash_jupyter.verdict import Verdict, error_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from gymdash_jupyter.launch.contract import Launcher
    from gymdash_jupyter.launch.relay import Relay
    from gymdash_jupyter.records import ProcessIdentity, ResourceSample
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_HELP_PATIENCE_S = 0.5
"""A simulation that calls ``base_step`` at its steps answers a request for help itself within this time."""


class Execution:
    """Store what one simulation says; given to it as its ``Recording``.

    Args:
        simulation: The simulation; its row is there already.
        relay: Carries what it says to the store.

    Attributes:
        simulation: As given.
        launcher: Who executes it, once it is launched.
        thread: Its thread, where there is one.
        is_forced: Whether it is to be ended without its help.
        is_gone: Whether somebody removed it from the project while it was executed here.
        on_stored: Called, in any thread, when a step of its life is stored.
        on_ending: Called when it has ended and nobody knows it yet.
    """

    def __init__(self, simulation: Simulation, relay: Relay) -> None:
        self.simulation = simulation
        self.launcher: Launcher | None = None
        self.thread: threading.Thread | None = None
        self.is_forced = False
        self.is_gone = False
        self.on_stored: Callable[[], None] = _nobody_listens
        self.on_ending: Callable[[], None] = _nobody_listens
        self.following = Following(simulation, relay.store)
        self._relay = relay
        self._moves: list[tuple[SimState, datetime]] = []
        self._n_stored_statuses = 0
        self._n_stored_points = 0
        self._stored_progress: Progress | None = None
        # Of a project that cannot be written for hours the newest stay.
        self._samples: deque[ResourceSample] = deque(maxlen=MOST_RESOURCE_SAMPLES)
        self._final: Move | None = None
        self._is_finished = False
        self._is_elsewhere = False
        self._collector: StreamCollector | None = None
        self._help_asked_at: float | None = None
        # Guards how many statuses of one that executes elsewhere are here already; any thread may look at it.
        self._refreshing = threading.Lock()

    @property
    def is_finished(self) -> bool:
        """Whether its end is stored."""
        return self._is_finished

    @property
    def is_here(self) -> bool:
        """Whether this process executes it, or would if it were started."""
        return not self._is_elsewhere

    @property
    def store(self) -> ProjectStore:
        """The store of its project."""
        return self._relay.store

    def launch(
        self,
        launcher: Launcher,
        kwargs: Mapping[str, Any],
        *,
        taken_from: ProcessIdentity | None = None,
    ) -> None:
        """Let a launcher execute the simulation, which belongs to the executing process from then on.

        Args:
            launcher: Who executes it.
            kwargs: The start kwargs.
            taken_from: To whom it belongs until then; None means to this process, or to nobody.

        Raises:
            SimulationStateError: Its state does not allow it, for example because somebody else
                has started it.
            CannotTravelError: It can only execute in this process; nothing has changed.
            LaunchError: No process could be started; nothing has changed.
        """
        place = launcher.reserve(self, kwargs)
        move = Move(
            self.simulation.sim_id,
            SimState.SETTING_UP,
            now_utc(),
            owner=place.owner,
            taken_from=taken_from or self._relay.identity,
            launcher=launcher.name,
            start_kwargs=kwargs,
        )
        try:
            self._store_move(move)
        except BaseException:
            launcher.release(place)
            raise
        try:
            self._begin(launcher, kwargs)
            launcher.start(self, kwargs, place)
        except Exception as exc:
            self.simulation._end_before_run(Verdict(SimState.FAILED, (error_status(exc),)))
            raise

    def take_over(self, launcher: Launcher, kwargs: Mapping[str, Any]) -> None:
        """Be executed by this process, whose simulation the project says it is.

        Raises:
            SimulationStateError: The project says otherwise by now.
        """
        record = self.store.simulation(self.simulation.sim_id)
        if record.state is not SimState.SETTING_UP or record.owner != self._relay.identity:
            msg = f"{self.simulation!r} is not this process's to execute: the project says that it is {record.state}."
            raise SimulationStateError(msg, state=record.state)
        self._begin(launcher, kwargs)

    def _begin(self, launcher: Launcher, kwargs: Mapping[str, Any]) -> None:
        self.launcher = launcher
        if launcher.is_here:
            self.simulation.recorder.attach()
            self._relay.attach(self)
            self._relay.sampling.begin(self, self._samples.append)
            if (
                self.simulation._verdict is not None
            ):  # cancelled since it was taken: it samples no more
                self._relay.sampling.end(self)
            self._collector = StreamCollector(self.simulation)
            self._collector.begin()
            note_environment(self.store, self.simulation, kwargs)
        else:
            self.leave_to_others(kwargs)

    def leave_to_others(self, kwargs: Mapping[str, Any]) -> None:
        """Only follow it from now on: another process executes it, or will."""
        self._is_elsewhere = True
        self.simulation._goes_elsewhere(kwargs)
        self.simulation.interactor.forward(self._carry, self._requests_there)

    def store_queued(self) -> None:
        """Store that it waits in a queue.

        Raises:
            SimulationStateError: Its state does not allow it.
        """
        self._store_move(self._move_to(SimState.QUEUED, now_utc()))

    def ended_elsewhere(self) -> None:
        """Follow the project, where somebody else has ended or removed the simulation before it was launched."""
        if not self.is_here:
            self.following.look()
        elif self.launcher is None:
            self.simulation._end_before_run(Verdict(SimState.CANCELLED, self._said_elsewhere()))

    def _said_elsewhere(self) -> list[SimStatus]:
        try:
            rows = self.store.statuses([self.simulation.sim_id])
        except GymDashError as exc:
            logger.debug("What is said of %r cannot be read now: %s", self.simulation, exc)
            return []
        known = self.simulation.statuses
        return [row.status for row in rows if row.status not in known]

    def try_again(self) -> None:
        """Try to store an end that could not be stored."""
        if self._final is not None and not self._is_finished:
            self._relay.finish(self)
            if not self._is_finished:
                self._relay.rest()

    def force_stop(self) -> None:
        """End the simulation without its help, now and again until it has ended."""
        self.is_forced = True
        if not self.is_here:
            return  # its own process does, and whoever asked for it kills that if need be
        if self.launcher is not None and not self.simulation.state.is_terminal:
            self.launcher.force_stop(self)

    # What the simulation calls

    def moved(self, state: SimState, time: datetime) -> None:
        """Take down a move; ``queued`` and ``setting_up`` are stored before they happen."""
        if self.is_here and state not in (SimState.QUEUED, SimState.SETTING_UP):
            self._moves.append((state, time))
            self._relay.wake()

    def answer_help(self, now: float) -> None:
        """Answer who asks for help, where the simulation has not for a while, as GymDash's tracker did for all.

        Args:
            now: Monotonic seconds.
        """
        interactor = self.simulation.interactor
        if not interactor.is_asked(HELP):
            self._help_asked_at = None
        elif self._help_asked_at is None:
            self._help_asked_at = now
        elif now - self._help_asked_at > _HELP_PATIENCE_S:
            self._help_asked_at = None
            try:
                self.simulation.send_help_request()
            except Exception as exc:  # noqa: BLE001 - a person's help text may fail in any way
                logger.warning(
                    "%r gives no help: %s: %s", self.simulation, type(exc).__name__, exc
                )
            interactor.set_out(HELP, True)

    def ended(self, state: SimState, time: datetime) -> None:
        """Store everything now, or leave it to the relay to try again."""
        if not self.is_here:
            with self._refreshing:
                self._is_finished = True
            return
        if self._final is None:
            final = self._move_to(state, time)
            self.simulation._was_killed = final.was_killed
            try:
                self.on_ending()
                self._relay.sampling.end(self)
            finally:
                self._final = (
                    final  # the flusher may store it from here on, so all of it must be there
                )
        self._relay.finish(self)

    def status_after_end(self) -> None:
        """Store statuses that came after the end."""
        if self._is_finished and self.simulation_statuses():
            self._relay.store_late(self)

    def hear(self) -> None:
        """Take up what others asked so far."""
        self._relay.poll()

    def refresh(self) -> None:
        """Look what the project says of a simulation that executes elsewhere."""
        if self.is_here or self._is_finished:
            return
        with self._refreshing:
            # What is added here after the end is stored from here, and would come a second time.
            if not self._is_finished:
                self._n_stored_statuses += self.following.refresh(self._n_stored_statuses)

    def refresh_state(self) -> None:
        """Come to where the project says that a simulation that executes elsewhere is; callbacks are called here."""
        if not self.is_here:
            self.following.look()

    def _carry(self, channel: str, value: Any) -> None:
        """Take what is asked by hand to where the simulation executes."""
        try:
            self.store.ask(self.simulation.sim_id, channel, jsonable(value))
        except GymDashError as exc:
            logger.warning("%r could not be asked on %s: %s", self.simulation, channel, exc)

    def _requests_there(self) -> list[ControlRequest]:
        try:
            return self.store.control_requests([self.simulation.sim_id])
        except GymDashError as exc:
            logger.debug("What %r asks cannot be read now: %s", self.simulation, exc)
            return []

    # What the relay calls, one at a time

    def simulation_statuses(self) -> list[SimStatus]:
        """Give the statuses that are not stored."""
        return self.simulation.statuses[self._n_stored_statuses :]

    def store_once(self) -> bool:
        """Write moves and the end, if it has come; tell whether an ordinary batch may follow."""
        if self.is_gone:
            return False
        try:
            return self._store_once()
        except UnknownSimulationError:
            # Somebody removed it from the project. The others must not wait for what can never be stored.
            self.is_removed()
            return False

    def is_removed(self) -> None:
        """Note that the project does not have it any more: nothing that it says can be stored."""
        logger.warning("%r is gone from the project; what it says is not stored.", self.simulation)
        self.is_gone = self._is_finished = True
        self._relay.sampling.end(self)
        self.simulation.recorder.detach()
        if self._collector is not None:
            self._collector.stop()

    def n_missing(self) -> int:
        """Count the points that were stored once and are not in the project any more."""
        infos = self._relay.store.series([self.simulation.sim_id])
        return max(0, self._n_stored_points - sum(info.n for info in infos))

    def _store_once(self) -> bool:
        store = self._relay.store
        while self._moves:
            state, time = self._moves[0]
            store.move(self._move_to(state, time))
            del self._moves[0]
            self.on_stored()
        if self._final is None:
            return True
        if not self._is_finished:
            # What does not fit into one batch goes before it, so that nothing waits when the end
            # is stored.
            while self.simulation.recorder.n_waiting:
                batch, peeked = self.peek()
                store.write([batch], owner=self._relay.identity)
                self.confirm(batch, peeked)
            batch, peeked = self.peek()
            store.finish(batch, self._final)
            self.confirm(batch, peeked)
            self._is_finished = True
            self.simulation.recorder.detach()
            self.on_stored()
        return False

    def come_back(self) -> None:
        """Say that it lives, where somebody took its process for dead."""
        state = self.simulation.state
        if self._final is not None or state not in (SimState.RUNNING, SimState.PAUSED):
            return
        text = "It was taken for lost, but its process lives: it goes on."
        self.simulation.add_status(SimStatus(SimStatusCode.INFO, details=text))
        self.store.move(self._move_to(SimState.RUNNING, now_utc()))
        if state is SimState.PAUSED:
            self.store.move(self._move_to(state, now_utc()))

    def peek(self) -> tuple[Batch, int]:
        """Give what is not stored as one batch, and how many points were looked at."""
        simulation, sim_id = self.simulation, self.simulation.sim_id
        simulation._say_problems()
        peeked = simulation.recorder.peek()
        requests, closings = simulation.interactor.unsaved_requests()
        progress = simulation.recorder.latest_progress
        batch = Batch(
            sim_id,
            scalars=peeked.scalars,
            statuses=self.simulation_statuses(),
            progress=progress if progress is not self._stored_progress else None,
            requests=[replace(request, sim_id=sim_id) for request in requests],
            closed_requests=closings,
            media=[replace(item, sim_id=sim_id) for item in simulation.recorder.waiting_media()],
            resources=list(self._samples.copy()),
        )
        return batch, peeked.n

    def confirm(self, batch: Batch, n_points: int) -> None:
        """Forget what is stored now."""
        self.simulation.recorder.confirm(n_points)
        self.simulation.recorder.confirm_media(len(batch.media))
        self._forget_samples(batch.resources)
        self._n_stored_points += sum(len(points) for points in batch.scalars.values())
        self._n_stored_statuses += len(batch.statuses)
        self._stored_progress = batch.progress or self._stored_progress
        self.simulation.interactor.confirm_requests(
            len(batch.requests), len(batch.closed_requests)
        )

    def _forget_samples(self, stored: Sequence[ResourceSample]) -> None:
        for sample in stored:
            if self._samples and self._samples[0] is sample:  # else newer ones took its place
                self._samples.popleft()

    def confirm_statuses(self, n: int) -> None:
        """Forget n statuses that are stored now."""
        self._n_stored_statuses += n

    def store_is_failing(self, is_failing: bool) -> int:
        """Block nobody while nothing can be stored; returns how many points were lost since the last call."""
        self.simulation.recorder.store_is_failing(is_failing)
        return self.simulation.recorder.drop_oldest()

    def _store_move(self, move: Move) -> None:
        if self._relay.store.move(move):
            return
        state = self._relay.store.simulation(self.simulation.sim_id).state
        msg = (
            f"{self.simulation!r} cannot become {move.state}: the project says that it is {state}."
        )
        if state.is_terminal:
            self.ended_elsewhere()
        raise SimulationStateError(msg, state=state)

    def _move_to(self, state: SimState, time: datetime) -> Move:
        return Move(
            self.simulation.sim_id,
            state,
            time,
            owner=self._relay.identity
            if self.launcher is not None or state is SimState.QUEUED
            else None,
            was_killed=self.is_forced,
            result=self.simulation.result if state.is_terminal else None,
        )


def _nobody_listens() -> None:
    """Be called where nobody wants to know."""
