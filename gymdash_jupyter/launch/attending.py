"""A parent's side of one worker process: it sends the parcel, hears the news, awaits the end.

The store is where the truth is; the pipe only says when to look, so that a parent needs no polling,
and carries a result that JSON cannot hold. When the parent dies, the worker goes on without it.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

import cloudpickle

from gymdash_jupyter.errors import GymDashError, UnknownSimulationError
from gymdash_jupyter.launch import messages
from gymdash_jupyter.launch.deaths import attended, settle
from gymdash_jupyter.records import Unsettled, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move
from gymdash_jupyter.verdict import error_status

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO
    from uuid import UUID

    from gymdash_jupyter.launch.following import Following
    from gymdash_jupyter.records import ProcessIdentity
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_LAST_WORDS_S = 2.0
"""How long a dead worker's pipe may stay open, because children of it hold it."""

_RETRY_INTERVAL_S = 0.5
_GONE_S = 10.0
"""For how long a project may be gone before a worker that has ended with it is given up."""

_SENDING_GRACE_S = 30.0


class Worker(Protocol):
    """A worker process that waits for its parcel, however it was started."""

    identity: ProcessIdentity
    inward: IO[bytes]
    outward: IO[bytes]

    def wait(self) -> int | None:
        """Wait for its end and give its exit code as ``subprocess`` does, or None when nobody knows it."""


class Subject(Protocol):
    """What a worker executes: a handle, or what the project knows of it."""

    @property
    def sim_id(self) -> UUID:
        """The simulation's id."""

    @property
    def name(self) -> str:
        """Its display name."""


class Attendance:
    """Attend to the worker of one simulation until its end is known.

    Args:
        worker: The process.
        simulation: The handle, or the record of one that has none here.
        following: Brings the handle to where the project says it is; None where there is no handle.
        store: The store of the project.
    """

    def __init__(
        self,
        worker: Worker,
        simulation: Subject,
        following: Following | None,
        store: ProjectStore,
    ) -> None:
        self._worker = worker
        self._simulation = simulation
        self._following = following
        self._store = store
        self._is_waiting = False
        self._taking = threading.Lock()  # held while a result is unpacked

    def begin(self, order: bytes, parcel: bytes, *, kind: bytes = messages.PARCEL) -> None:
        """Send what is to be executed, a parcel or another kind of message, and attend from now on."""
        attended.add(self._worker.identity)
        if self._following is not None:
            self._following.expect_result()
        is_sent = _unsent.new()
        name = self._simulation.name
        reader = self._thread(f"worker {name}", self._listen, order, (kind, parcel), is_sent)
        self._thread(f"worker {name} end", self._await_end, reader)

    def dismiss(self) -> None:
        """Let a worker go that is not needed: it ends when nothing is sent."""
        self._worker.inward.close()
        self._thread("dismissed worker", self._collect)

    def abandon(self, exc: Exception) -> None:
        """Let a worker go whose parcel could not be sent, and say in the project that it failed."""
        attended.discard(self._worker.identity)
        self._worker.inward.close()
        failed = Move(
            self._simulation.sim_id, SimState.FAILED, now_utc(), owner=self._worker.identity
        )
        self._store.move(failed, statuses=[error_status(exc)])

    # Each in a thread of its own

    def _listen(self, order: bytes, parcel: tuple[bytes, bytes], is_sent: threading.Event) -> None:
        try:
            with self._worker.inward as pipe:
                messages.send(pipe, messages.ORDER, order)
                messages.send(pipe, *parcel)
        except OSError as exc:  # it has died: its end says why
            logger.debug("The worker of %r did not take its parcel: %s", self._simulation, exc)
        finally:
            is_sent.set()
        self._look_aside()
        with self._worker.outward as pipe:
            while (message := messages.receive(pipe)) is not None:
                kind, content = message
                if kind == messages.RESULT:
                    self._take_result(content)
                self._look_aside()

    def _await_end(self, reader: threading.Thread) -> None:
        exit_code = self._worker.wait()
        reader.join(_LAST_WORDS_S)
        with self._taking:
            if self._following is not None:
                self._following.expect_no_result()
        gives_up_at = time.monotonic() + _GONE_S
        while not self._is_settled(exit_code):
            if time.monotonic() > gives_up_at and not self._store.path.exists():
                self._give_up()
                break
            time.sleep(_RETRY_INTERVAL_S)  # the store cannot be used now
        attended.discard(self._worker.identity)

    def _collect(self) -> None:
        self._worker.outward.close()
        self._worker.wait()

    # Inside

    def _is_settled(self, exit_code: int | None) -> bool:
        try:
            record = self._store.simulation(self._simulation.sim_id)
            owner = self._worker.identity
            if not record.state.is_terminal and record.owner == owner:
                left = Unsettled(record.sim_id, record.name, record.state, owner, record.launcher)
                settle(self._store, left, exit_code=exit_code)
            return self._look_now()
        except UnknownSimulationError:  # somebody removed it
            return self._look_now()
        except GymDashError as exc:
            level = logging.DEBUG if self._is_waiting else logging.WARNING
            logger.log(
                level, "How %r ended cannot be stored now; later: %s", self._simulation, exc
            )
            self._is_waiting = True
            return False

    def _give_up(self) -> None:
        """Let nobody wait for ever for what a project would say that somebody has deleted."""
        logger.warning("The project of %r is gone; how it ended is not known.", self._simulation)
        if self._following is not None:
            self._following.lose()

    def _look_now(self) -> bool:
        """Look; tell whether that is done, and not left to a thread that may fail in it."""
        return self._following is None or self._following.look()

    def _look_aside(self) -> None:
        """Look in a thread of its own: a callback that blocks must not keep the pipe from being read."""
        if self._following is not None:
            try:
                self._thread(f"gymdash-news {self._simulation.name}", self._look)
            except (
                RuntimeError
            ) as exc:  # Python ends; or what is missed now comes with the next news, or the end
                logger.debug("%r is not looked up now: %s", self._simulation, exc)

    def _look(self) -> None:
        try:
            self._look_now()
        except GymDashError as exc:
            logger.debug("%r cannot be looked up now: %s", self._simulation, exc)

    def _take_result(self, content: bytes) -> None:
        if self._following is None:
            return  # nobody here could use it, and to unpack it would run its code
        if not content:
            self._following.expect_no_result()
            return
        try:
            with self._taking:
                self._following.take_result(cloudpickle.loads(content))
        except Exception as exc:  # noqa: BLE001 - a foreign object may refuse in any way to be made
            logger.warning("The result of %r could not be received: %s", self._simulation, exc)
            self._following.expect_no_result()

    @staticmethod
    def _thread(name: str, work: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, name=name, daemon=True)
        thread.start()
        return thread


class _Unsent:
    """Parcels on their way, for the moment when this process ends: what was started is started."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []
        self._lock = threading.Lock()
        self._is_registered = False

    def new(self) -> threading.Event:
        """Count one more; set the event when it is sent."""
        event = threading.Event()
        with self._lock:
            self._events = [e for e in self._events if not e.is_set()]
            self._events.append(event)
            if not self._is_registered:
                atexit.register(self._wait)
                self._is_registered = True
        return event

    def _wait(self) -> None:
        deadline = time.monotonic() + _SENDING_GRACE_S
        for event in self._events:
            event.wait(max(0.0, deadline - time.monotonic()))


_unsent = _Unsent()
