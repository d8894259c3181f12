"""Execute one simulation in this process: ``python -m gymdash_jupyter.launch.worker``.

``process.ProcessLauncher`` starts it and says what to do over its standard input. What it prints
goes to the simulation's ``output.log``; standard output is the pipe to its parent, as long as there
is one. The simulation runs in the main thread, where signals arrive.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, ClassVar, NoReturn

import psutil

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import (
    SimulationStateError,
    StopSimException,
    UnknownSimulationError,
)
from gymdash_jupyter.launch import messages
from gymdash_jupyter.launch.collecting import collect_as_usual, collect_rarely
from gymdash_jupyter.launch.contract import IN_PROCESSES, Launcher, Place
from gymdash_jupyter.launch.execution import Execution
from gymdash_jupyter.launch.orders import Order, read_order
from gymdash_jupyter.launch.parcel import unpack
from gymdash_jupyter.launch.queue.queue_orders import make_by
from gymdash_jupyter.launch.relay import Relay
from gymdash_jupyter.launch.results import beyond_json
from gymdash_jupyter.launch.thread import raise_in_thread
from gymdash_jupyter.output import OUTPUT_FILE, OutputLog
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move
from gymdash_jupyter.verdict import cancelled, error_status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from gymdash_jupyter.records import ProcessIdentity
    from gymdash_jupyter.simulation import Simulation

logger = logging.getLogger(__name__)

_TRIM_INTERVAL_S = 1.0
_STORE_PATIENCE_S = 3600.0
"""How long an end that cannot be stored (a full disk) keeps this process alive."""

_STORE_HASTE_S = 2.0
"""The same when it has been asked to end."""

_LINGER_S = 10.0
"""How long threads that the simulation left behind keep this process alive."""


def main() -> None:
    """Wait for the order and the parcel, execute, end; without them nothing has begun."""
    collect_rarely()
    inward, parent = _take_pipes()
    with inward:
        order = messages.receive(inward)
        parcel = messages.receive(inward) if order is not None else None
    if order is not None and parcel is not None:
        execute(read_order(order[1]), parcel, parent)


def execute(order: Order, content: tuple[bytes, bytes], parent: Parent) -> None:
    """Execute what is in a parcel or an entry of the queue, and let this process end."""
    project = Project.open(order.project_folder)
    if order.is_taking and not take(project, order):
        return  # somebody has started, cancelled or removed it meanwhile
    log = OutputLog(project.sim_folder(order.sim_id) / OUTPUT_FILE)
    sys.stdout, sys.stderr = log.stream(), log.stream()
    PeriodicTask("gymdash-output", log.trim, interval_s=_TRIM_INTERVAL_S).start()
    try:
        order.prepare_process()
        kind, packed = content
        simulation, kwargs = make_by(packed) if kind == messages.ENTRY else unpack(packed)
    except BaseException as exc:  # noqa: BLE001 - the edge: importing the user's modules may do anything
        _store_failed_start(project, order, exc)
        parent.tell_news()
    else:
        _Working(project, order, parent, simulation).execute(kwargs)
    last = threading.Timer(_LINGER_S, _leave)
    last.daemon = True
    last.start()


def take(project: Project, order: Order) -> bool:
    """Take a simulation out of the queue, with all in hand that it needs; False when it waits no longer."""
    move = Move(
        order.sim_id,
        SimState.SETTING_UP,
        now_utc(),
        owner=order.identity,
        launcher=MainThread.name,
        taken_from=order.taken_from,
    )
    try:
        return project.store.move(move)
    except UnknownSimulationError:
        return False


class Parent:
    """The pipe to whoever started this process; nobody may be there any more.

    Args:
        pipe: Its writing end.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe: IO[bytes] | None = pipe
        self._lock = threading.Lock()

    def tell_news(self) -> None:
        """Say that something is stored."""
        self._tell(messages.NEWS, b"")

    def tell_result(self, content: bytes) -> None:
        """Send a result that the project cannot hold; empty when it holds all of it."""
        self._tell(messages.RESULT, content)

    def _tell(self, kind: bytes, content: bytes) -> None:
        with self._lock:
            if self._pipe is None:
                return
            try:
                messages.send(self._pipe, kind, content)
            except OSError:
                logger.debug("Whoever started this simulation is gone; it goes on.")
                self._pipe = None


class MainThread(Launcher):
    """Execute one simulation in the main thread of this process, which is its own."""

    name: ClassVar[str] = IN_PROCESSES
    is_here: ClassVar[bool] = True

    def __init__(self, identity: ProcessIdentity) -> None:
        self._identity = identity

    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> Place:  # noqa: ARG002
        """See ``Launcher.reserve``."""
        return Place(self._identity)

    def release(self, place: Place) -> None:
        """See ``Launcher.release``."""

    def start(self, execution: Execution, kwargs: Mapping[str, Any], place: Place) -> None:  # noqa: ARG002 - it is in it
        """Execute it; returns when it has ended."""
        execution.simulation._execute(kwargs)

    def force_stop(self, execution: Execution) -> None:
        """Raise StopSimException in the main thread, also where it sleeps."""
        if execution.simulation._verdict is not None:
            return  # it is ending already
        main = threading.main_thread()
        if hasattr(signal, "pthread_kill") and main.ident is not None:
            signal.pthread_kill(main.ident, signal.SIGTERM)
        else:
            raise_in_thread(main)


class _Working:
    """One simulation while this process executes it."""

    def __init__(
        self, project: Project, order: Order, parent: Parent, simulation: Simulation
    ) -> None:
        simulation.set_project_info(
            str(project.sims_folder), str(project.resources_folder), order.sim_id
        )
        self._simulation = simulation
        self._parent = parent
        self._launcher = MainThread(order.identity)
        self._relay = Relay(project.store, identity=order.identity)
        self._execution = Execution(simulation, self._relay)
        self._execution.on_stored = parent.tell_news
        self._execution.on_ending = self._begin_end
        self._pid = os.getpid()
        self._gives_up_at = math.inf

    def execute(self, kwargs: Mapping[str, Any]) -> None:
        """Execute it, unless somebody else has ended it meanwhile, and store its end."""
        simulation, execution = self._simulation, self._execution
        simulation._bind(execution, None)
        simulation.add_callback("end_setup", collect_as_usual)
        signal.signal(signal.SIGTERM, self._stop)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # whoever logged in may log out
        try:
            execution.take_over(self._launcher, kwargs)
        except SimulationStateError as exc:
            logger.warning("%s", exc)
            return
        except (
            StopSimException
        ) as exc:  # a signal, or a forced stop that was asked while it came up
            simulation._end_before_run(cancelled(details=str(exc)))
        else:
            self._launcher.start(execution, kwargs, self._launcher.reserve(execution, kwargs))
        if execution.is_forced:
            _kill_children()  # nobody else would: they are of this process's session
        self._store_end()

    def _store_end(self) -> None:
        self._gives_up_at = min(self._gives_up_at, time.monotonic() + _STORE_PATIENCE_S)
        while not self._execution.is_finished and time.monotonic() < self._gives_up_at:
            self._execution.try_again()
        self._relay.stop()

    def _begin_end(self) -> None:
        if os.getpid() != self._pid:
            self._leave_fork()
        # Before the end is stored: whoever sees the end waits for the result.
        self._parent.tell_result(beyond_json(self._simulation.result))

    def _leave_fork(self) -> None:
        """End a child that came back from the simulation's code: how that ends is its parent's to say."""
        traces = [status.error_trace for status in self._simulation.statuses if status.error_trace]
        if traces:
            sys.stderr.write(traces[-1])
        _leave(1 if traces else 0)

    def _after_fork(self) -> None:
        # A child that is terminated ends, as it would without us; it may be of an environment, or of a pool.
        if signal.getsignal(signal.SIGTERM) == self._stop:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _stop(self, signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - how Python calls it
        if self._simulation._verdict is None:
            raise StopSimException(
                "Simulation stopped."
                if self._execution.is_forced
                else "Simulation stopped: its process was asked to end from outside (SIGTERM)."
            )
        self._gives_up_at = min(self._gives_up_at, time.monotonic() + _STORE_HASTE_S)


def _kill_children() -> None:
    with suppress(psutil.Error):
        for child in psutil.Process().children(recursive=True):
            child.kill()


def _leave(exit_code: int = 0) -> NoReturn:
    """End this process although threads of the simulation still run in it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _take_pipes() -> tuple[IO[bytes], Parent]:
    """Take standard input and output for talking to the parent; in their place come nothing and the log."""
    sys.stdout.flush()
    inward, outward = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(inward, "rb"), Parent(os.fdopen(outward, "wb"))


def _store_failed_start(project: Project, order: Order, exc: BaseException) -> None:
    logger.error("The simulation cannot be executed here.", exc_info=exc)
    failed = Move(order.sim_id, SimState.FAILED, now_utc(), owner=order.identity)
    status = error_status(exc)
    project.store.move(failed, statuses=[status])


if __name__ == "__main__":
    main()
