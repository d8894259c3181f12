"""A simulation's life: the one state machine, from created to its end.

``Life`` is the lower half of ``Simulation``: states, statuses, callbacks, waiting. What a life is
about, the class above it says in ``_setup`` and ``_run``.
"""

from __future__ import annotations

import logging
import threading
import traceback
from abc import ABCMeta, abstractmethod
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from gymdash_jupyter.arguments import check_accepts
from gymdash_jupyter.background import wait_for
from gymdash_jupyter.callbacks import AFTER_END, Callback, CallbackBoard
from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError, StopSimException
from gymdash_jupyter.interactor import SimulationInteractor
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import ALLOWED_MOVES, SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.verdict import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from datetime import datetime

logger = logging.getLogger(__name__)


class Recording(Protocol):
    """Whoever stores what a simulation says."""

    def moved(self, state: SimState, time: datetime) -> None:
        """It came into a state; must not raise and not wait."""

    def ended(self, state: SimState, time: datetime) -> None:
        """It ended: store everything now; must not raise."""

    def status_after_end(self) -> None:
        """It may have added a status although it has ended; must not raise."""

    def hear(self) -> None:
        """Take up now what others asked so far; must not raise."""

    def refresh(self) -> None:
        """Somebody looks at it: where it executes elsewhere, bring it up to date; must not raise."""


class _Made(ABCMeta):
    """Know when an instance is made, so that callbacks of its class can be told from its user's."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        board = getattr(made, "_callbacks", None)  # absent when __init__ forgot its parent's
        if isinstance(board, CallbackBoard):
            board.note_built_in()
        return made


class Life(metaclass=_Made):
    """Be created, set up, run and ended, exactly once, and let others know.

    Attributes:
        start_kwargs: What it was started with; ``{}`` before.
        interactor: Its channels and control requests.
    """

    START_SETUP = "start_setup"
    END_SETUP = "end_setup"
    START_RUN = "start_run"
    END_RUN = "end_run"
    _AFTER_END = AFTER_END

    def __init__(self) -> None:
        self.start_kwargs: dict[str, Any] = {}
        self.interactor = SimulationInteractor()
        self.__state = SimState.CREATED
        self.__state_lock = threading.RLock()
        self.__done = threading.Event()
        self._verdict: Verdict | None = None
        self.__wakers: list[Callable[[], None]] = []
        self._statuses: list[SimStatus] = []
        self.__is_closed = False
        self.__is_ended_unbegun = False
        self._meta_cancelled = False
        self._meta_failed = False
        self._was_killed = False
        self._created = now_utc()
        self._recording: Recording | None = None
        events = (self.START_SETUP, self.END_SETUP, self.START_RUN, self.END_RUN, self._AFTER_END)
        self._callbacks = CallbackBoard(events, self, self._keep_callback_error)

    @abstractmethod
    def _setup(self, **kwargs: Any) -> None:
        """Prepare the run."""

    @abstractmethod
    def _run(self, **kwargs: Any) -> None:
        """Do the work."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what it holds."""

    @abstractmethod
    def _before_end(self) -> None:
        """Finish what must be stored with the end; may be repeated, must not raise."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The display name."""

    @property
    def state(self) -> SimState:
        """Where it is in its life; final as soon as END_RUN callbacks are called."""
        return self.__state

    @property
    def is_done(self) -> bool:
        """Whether it has ended and all callbacks have been called."""
        return self.__done.is_set()

    @property
    def statuses(self) -> list[SimStatus]:
        """What it has said about itself so far, oldest first (a copy)."""
        if self._recording is not None:
            self._recording.refresh()
        return self._statuses[:]

    def set_cancelled(self) -> None:
        """Say that it ends because it was asked to."""
        self._meta_cancelled = True

    def was_cancelled(self) -> bool:
        """Whether it ends because it was asked to: it said so, or answered ``stop_simulation``."""
        return self._meta_cancelled

    def add_status(self, status: SimStatus) -> None:
        """Say something about itself; the time is set here unless it is given.

        Raises:
            InvalidArgumentError: It is not a SimStatus.
        """
        if not isinstance(status, SimStatus):
            msg = f"add_status() takes a SimStatus; got {type(status).__name__}: {status!r}."
            raise InvalidArgumentError(msg)
        self._statuses.append(
            status if status.time is not None else replace(status, time=now_utc())
        )
        if self.__state.is_terminal and self._recording is not None:
            self._recording.status_after_end()

    def add_callback(self, event: str, callback: Callback) -> None:
        """Call a function when something happens: START_SETUP, END_SETUP, START_RUN or END_RUN.

        Each event happens at most once, END_RUN however the simulation ends. A callback that is
        added after its event is called at once. It gets the simulation if it has a required
        positional parameter, else nothing. It runs in the simulation's thread; an error in it
        becomes a status.

        Raises:
            InvalidArgumentError: No such event, or not a function.
        """
        self._callbacks.add(event, callback)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is done, at most some seconds; tell whether it is."""
        return wait_for(self.__done, timeout_s)

    def __await__(self) -> Generator[Any, None, Self]:
        """Wait in a coroutine: ``await sim`` gives the simulation when it is done."""
        return self._until_done().__await__()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Be in state ``paused`` inside a with block, for example while waiting for the person."""
        self._move(SimState.PAUSED)
        try:
            yield
        finally:
            if self.__state is SimState.PAUSED:
                self._move(SimState.RUNNING)

    def setup(self, **kwargs: Any) -> None:
        """Set it up in this thread. An exception in ``_setup`` makes it failed and is raised again.

        Raises:
            SimulationStateError: It was set up before.
            InvalidArgumentError: ``_setup`` does not take these kwargs.
        """
        check_accepts(self._setup, kwargs)
        with self.__state_lock:
            self._must_be(SimState.CREATED, SimState.QUEUED)
            self.start_kwargs = dict(kwargs)
            self._move(SimState.SETTING_UP)
        try:
            self._callbacks.fire(self.START_SETUP)
            self._setup(**kwargs)
            self._callbacks.fire(self.END_SETUP)
        except BaseException as exc:
            self.__end(judge(self, exc))
            if not isinstance(exc, StopSimException):
                raise

    def run(self, **kwargs: Any) -> None:
        """Run it in this thread until it ends. An exception in ``_run`` makes it failed and is raised again.

        Raises:
            SimulationStateError: It has run before, or its setup failed.
            InvalidArgumentError: ``_run`` does not take these kwargs.
        """
        check_accepts(self._run, kwargs)
        if self._recording is not None:
            self._recording.hear()  # whoever has asked it to stop by now means that it should not run
        with self.__state_lock:
            self._must_be(SimState.CREATED, SimState.QUEUED, SimState.SETTING_UP)
            if self.__state is not SimState.SETTING_UP:
                self._move(SimState.SETTING_UP)
            self.start_kwargs = self.start_kwargs or dict(kwargs)
            if self.interactor.get_in(STOP)[0]:
                self._meta_cancelled = True
        if self._meta_cancelled:
            self.__end(judge(self, None))
            return
        self._move(SimState.RUNNING)
        try:
            self._callbacks.fire(self.START_RUN)
            self._run(**kwargs)
        except BaseException as exc:
            self.__end(judge(self, exc))
            if not isinstance(exc, StopSimException):
                raise
        else:
            self.__end(judge(self, None))

    # What a launcher and a tracker call

    def _execute(self, kwargs: Mapping[str, Any]) -> None:
        """Set up and run; an error has become a status and goes no further. The one edge of a simulation."""
        try:
            self.setup(**kwargs)
            if not self.__state.is_terminal:
                self.run(**kwargs)
        except BaseException as exc:  # noqa: BLE001 - also KeyboardInterrupt, which has nobody to reach in this thread
            if self.__is_ended_unbegun:
                return  # by another thread, which sees to all of the end
            # A forced stop may arrive at any moment, also while the end is under way: then finish
            # that. So may the next one.
            while not self.__done.is_set():
                with suppress(StopSimException):
                    self.__end(self._verdict or judge(self, exc))
            logger.info("%r ended with %s.", self, type(exc).__name__)

    def _goes_elsewhere(self, kwargs: Mapping[str, Any]) -> None:
        """From now on another process executes it; this object follows what the project says (``_follow``)."""
        self.start_kwargs = dict(kwargs)
        self._callbacks.drop_built_in()
        self.__is_closed = True  # it is closed where it was set up

    def _follow(self, state: SimState, *, is_set_up: bool, is_run: bool) -> None:
        """Come to where its execution elsewhere is, calling back on the way.

        Args:
            state: Where it is.
            is_set_up: Whether its setup has begun.
            is_run: Whether its run has begun.
        """
        if is_set_up and self.__state in (SimState.CREATED, SimState.QUEUED):
            self._move(SimState.SETTING_UP)
            self._callbacks.fire(self.START_SETUP)
        if is_run and self.__state is SimState.SETTING_UP:
            self._callbacks.fire(self.END_SETUP)
            self._move(SimState.RUNNING)
            self._callbacks.fire(self.START_RUN)
        if state.is_terminal:
            if self._verdict is None:
                self._meta_cancelled = self._meta_cancelled or state is SimState.CANCELLED
                self.__end(Verdict(state))
        elif state is not self.__state and state in ALLOWED_MOVES[self.__state]:
            self._move(state)

    def _end_before_run(self, verdict: Verdict) -> bool:
        """End it although it never ran; False when it has ended before."""
        with self.__state_lock:
            if self._verdict is not None or self.__state not in (
                SimState.CREATED,
                SimState.QUEUED,
            ):
                return False
            self._verdict = verdict
            self.__is_ended_unbegun = True
        self.__end(verdict)
        return True

    # Inside

    def _must_be(self, *states: SimState) -> None:
        if self.__state not in states or self._verdict is not None:
            msg = (
                f"{self!r} is {self.__state} and cannot be started again. Start a new one from its config: "
                "tracker.start_sim(sim.config)."
            )
            raise SimulationStateError(msg, state=self.__state)

    def _move(self, state: SimState) -> None:
        with self.__state_lock:
            if state not in ALLOWED_MOVES[self.__state]:
                msg = f"{self!r} is {self.__state} and cannot become {state}."
                raise SimulationStateError(msg, state=self.__state)
            self.__state = state
            if self._recording is not None:
                self._recording.moved(state, now_utc())

    def __end(self, verdict: Verdict) -> None:
        # The order is a promise: stored, then final in memory, then callbacks, then done. Each
        # step may be repeated.
        self._verdict = verdict
        self._before_end()
        self._verdict = replace(verdict, closing=())
        for status in verdict.closing:
            self.add_status(status)
        if self._recording is not None:
            self._recording.ended(verdict.state, now_utc())
        with self.__state_lock:
            self.__state = verdict.state
        self.interactor.end(f"The simulation {self.name!r} has ended ({verdict.state}).")
        try:
            self._callbacks.fire(self.END_RUN)
            self.__close_once()
            self._callbacks.fire(self._AFTER_END)
        finally:
            if self._recording is not None:
                self._recording.status_after_end()
            with self.__state_lock:
                self.__done.set()
                wakers, self.__wakers = self.__wakers, []
            for wake in wakers:
                wake()

    def __close_once(self) -> None:
        if self.__is_closed:
            return
        self.__is_closed = True
        try:
            self.close()
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - how it ended is settled by now
            self.__keep_error("Closing it failed", exc)

    async def _until_done(self) -> Self:
        import asyncio  # loaded by who awaits, not by every worker

        loop = asyncio.get_running_loop()
        is_done = loop.create_future()

        def wake() -> None:
            # Who gave up waiting may have closed the loop.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(
                    lambda: None if is_done.done() else is_done.set_result(None)
                )

        with self.__state_lock:
            is_late = self.__done.is_set()
            if not is_late:
                self.__wakers.append(wake)
        if not is_late:
            await is_done
        return self

    def _keep_callback_error(self, event: str, exc: BaseException) -> None:
        self.__keep_error(f"A callback for {event.replace('_', ' ')} failed", exc)

    def __keep_error(self, what_failed: str, exc: BaseException) -> None:
        logger.warning("%s, of %r: %s", what_failed, self, exc, exc_info=exc)
        self.add_status(
            SimStatus(
                SimStatusCode.INFO,
                subcode=SimStatusSubcode.ERROR,
                details=f"{what_failed}: {type(exc).__name__}: {exc}",
                error_trace="".join(traceback.format_exception(exc)),
            )
        )
