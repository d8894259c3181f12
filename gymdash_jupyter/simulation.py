"""The class that users subclass, and its one state machine.

A simulation can be run by hand (``sim.setup(); sim.run()``) without a tracker or a project. A
tracker binds it to whoever stores what it says (``Recording``), which is handed in from above.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid4

from gymdash_jupyter.arguments import check_accepts, every_x_trigger, merge_kwargs, missing_names
from gymdash_jupyter.callbacks import Callback, CallbackBoard
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError, StopSimException
from gymdash_jupyter.interactor import (
    CUSTOM_QUERY,
    HELP,
    PROGRESS,
    PROGRESS_STATUS,
    STOP,
    SimulationInteractor,
)
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.records import (
    ALLOWED_MOVES,
    SimState,
    SimStatus,
    SimStatusCode,
    SimStatusSubcode,
    flags_of,
    now_utc,
)
from gymdash_jupyter.streams.registered import SimulationStreamer
from gymdash_jupyter.verdict import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
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


class Controller(Protocol):
    """Whoever passes on people's wishes to a simulation: its tracker."""

    def cancel(self, sim_id: Any, force: bool = False) -> None:
        """Ask it to stop."""

    def query(self, sim_id: Any, timeout_s: float = 10, **channels: Any) -> dict[str, Any]:
        """Ask it something."""

    def wait(self, ids: Any, timeout_s: float | None = None) -> dict[UUID, SimState]:
        """Wait until it is done."""


class Simulation:
    """Wrap something that takes long, so that it can be started, watched, talked to and stopped.

    Override ``_run``, and usually ``_setup`` and ``create_kwarg_defaults``. Inside, say things
    with ``self.recorder`` and ``self.add_status``, be asked and ask with ``self.interactor``, and
    look at ``stop_simulation`` now and then.

    Args:
        config: Name, sim key and keyword arguments.

    Attributes:
        config: As given.
        start_kwargs: What it was started with; ``{}`` before.
        interactor: Its channels and control requests.
        recorder: Takes down scalars and progress.
        streamer: Its registered streamers.
        kwarg_defaults: What ``create_kwarg_defaults`` returned.
        result: Whatever the simulation leaves here; None at first.
    """

    START_SETUP = "start_setup"
    END_SETUP = "end_setup"
    START_RUN = "start_run"
    END_RUN = "end_run"
    _AFTER_END = "after_end"

    def __init__(self, config: SimulationStartConfig) -> None:
        if not isinstance(config, SimulationStartConfig):
            msg = (
                f"{type(self).__name__} needs a SimulationStartConfig; got {type(config).__name__}: {config!r}. "
                "Make one: SimulationStartConfig(name=..., sim_key=..., kwargs={...})."
            )
            raise InvalidArgumentError(msg)
        self.config = config
        self.start_kwargs: dict[str, Any] = {}
        self.result: Any = None
        self.interactor = SimulationInteractor()
        self.recorder = Recorder()
        self.streamer = SimulationStreamer()
        self._state = SimState.CREATED
        self._state_lock = threading.RLock()
        self._done = threading.Event()
        self._verdict: Verdict | None = None
        self._wakers: list[Callable[[], None]] = []
        self._statuses: list[SimStatus] = []
        self._meta_cancelled = False
        self._meta_failed = False
        self._created = now_utc()
        self._sim_id = uuid4()
        self._sims_folder: str | None = None
        self._resources_folder: str | None = None
        self._recording: Recording | None = None
        self._controller: Controller | None = None
        events = (self.START_SETUP, self.END_SETUP, self.START_RUN, self.END_RUN, self._AFTER_END)
        self._callbacks = CallbackBoard(events, self, self._keep_callback_error)
        self.interactor.listen(STOP, self._stop_was_answered)
        self.interactor.listen(PROGRESS, self._progress_was_said)
        self.interactor.listen(PROGRESS_STATUS, self.recorder.progress_status)
        self.kwarg_defaults = self.create_kwarg_defaults()

    # To override

    def _setup(self, **kwargs: Any) -> None:
        """Prepare the run; called once before ``_run``, with the start kwargs."""

    def _run(self, **kwargs: Any) -> None:
        """Do the work; called once, with the start kwargs."""
        msg = f"{type(self).__name__} does not say what to run: override _run(self, **kwargs)."
        raise NotImplementedError(msg)

    def _create_streamers(self, kwargs: dict[str, Any]) -> None:
        """Register readers for what the simulation leaves on disk."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return the kwargs that hold where neither the config nor the start gives others."""
        return {}

    def _get_help_text(self) -> str:
        """Return what a person should know who talks to the simulation."""
        return f"{type(self).__name__} has no help text."

    def close(self) -> None:
        """Let go of what the simulation holds; called after it has ended."""

    # What it is

    @property
    def sim_id(self) -> UUID:
        """The id, given when the object is made."""
        return self._sim_id

    @property
    def name(self) -> str:
        """The display name."""
        return self.config.name

    @property
    def state(self) -> SimState:
        """Where it is in its life; final as soon as END_RUN callbacks are called."""
        return self._state

    @property
    def is_done(self) -> bool:
        """Whether it has ended and all callbacks have been called."""
        return self._done.is_set()

    @property
    def statuses(self) -> list[SimStatus]:
        """What it has said about itself so far, oldest first (a copy)."""
        return self._statuses[:]

    @property
    def sim_path(self) -> str | None:
        """Absolute path of its own folder, or None without a project."""
        if self._sims_folder is None:
            return None
        return str(Path(self._sims_folder, str(self._sim_id)))

    @property
    def resources_path(self) -> str | None:
        """Absolute path of the project's shared resources, or None without a project."""
        return self._resources_folder

    @property
    def _project_sim_id(self) -> UUID:
        return self._sim_id

    @property
    def _project_sim_base_path(self) -> str | None:
        return self._sims_folder

    @property
    def _project_resources_path(self) -> str | None:
        return self._resources_folder

    @property
    def _project_info_set(self) -> bool:
        return self._sims_folder is not None

    @property
    def _meta_statuses(self) -> list[SimStatus]:
        return self._statuses

    @property
    def force_stopped(self) -> bool:
        """Whether it was lost."""
        return flags_of(self._state).force_stopped

    def set_project_info(
        self, project_sim_base_path: str, project_resources_path: str, sim_id: UUID
    ) -> None:
        """Say in which project it lives and under which id."""
        self._sims_folder = project_sim_base_path
        self._resources_folder = project_resources_path
        self._sim_id = sim_id

    def __repr__(self) -> str:
        progress = self.recorder.latest_progress
        fraction = progress.fraction if progress is not None else None
        percent = (
            f" {fraction:.0%}" if fraction is not None and not self._state.is_terminal else ""
        )
        return (
            f"<{type(self).__name__} {self.name!r} {self._state}{percent} {str(self._sim_id)[:8]}>"
        )

    # What it may call

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
        if self._state.is_terminal and self._recording is not None:
            self._recording.status_after_end()

    def add_error_details(self, new_error: str) -> None:
        """Add a FAIL/ERROR status with the traceback of the exception that is being handled, if any."""
        trace = traceback.format_exc()
        self.add_status(
            SimStatus(
                SimStatusCode.FAIL,
                subcode=SimStatusSubcode.ERROR,
                details=new_error,
                error_trace="" if trace == "NoneType: None\n" else trace,
            )
        )

    def set_cancelled(self) -> None:
        """Say that it ends because it was asked to."""
        self._meta_cancelled = True

    def was_cancelled(self) -> bool:
        """Whether it ends because it was asked to: it said so, or answered ``stop_simulation``."""
        return self._meta_cancelled

    def send_help_request(self) -> None:
        """Show the help text to the person as a control request on ``custom_query``."""
        self.interactor.add_control_request(CUSTOM_QUERY, self._get_help_text())

    def base_step(self) -> None:
        """Do what every simulation should do now and then: answer a request for help."""
        if self.interactor.set_out_if_in(HELP, True):
            self.send_help_request()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Be in state ``paused`` inside a with block, for example while waiting for the person."""
        self._move(SimState.PAUSED)
        try:
            yield
        finally:
            if self._state is SimState.PAUSED:
                self._move(SimState.RUNNING)

    def _overwrite_new_kwargs(
        self, old_kwargs: Mapping[str, Any] | None, *args: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Merge kwargs into a new dict, later ones over earlier ones."""
        return merge_kwargs(old_kwargs, *args)

    def _check_kwargs_required(
        self, req_args: Iterable[str], method_name: str, **kwargs: Any
    ) -> None:
        """Raise ``InvalidArgumentError`` unless all of these names are among the kwargs."""
        missing = missing_names(req_args, kwargs)
        if missing:
            msg = (
                f"{type(self).__name__}.{method_name} needs {', '.join(map(repr, missing))}; "
                f"given: {', '.join(map(repr, sorted(kwargs))) or 'nothing'}."
            )
            raise InvalidArgumentError(msg, missing=missing)

    def _check_kwargs_optional(
        self, req_args: Iterable[str], method_name: str, **kwargs: Any
    ) -> None:
        """Log a warning for each of these names that is not among the kwargs."""
        for name in missing_names(req_args, kwargs):
            logger.warning("%s.%s was not given %r.", type(self).__name__, method_name, name)

    def _to_every_x_trigger(self, value: Any) -> Callable[[int], bool]:
        """Turn an int into a trigger that is true every so many times; see ``arguments.every_x_trigger``."""
        return every_x_trigger(value)

    # What others may call

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
        return self._done.wait(timeout_s)

    def __await__(self) -> Generator[Any, None, Simulation]:
        """Wait in a coroutine: ``await sim`` gives the simulation when it is done."""
        return self._until_done().__await__()

    def cancel(self, force: bool = False) -> None:
        """Ask it to stop, without waiting; see ``SimulationTracker.cancel``. By hand, force means nothing."""
        if self._controller is not None:
            self._controller.cancel(self._sim_id, force)
        else:
            self.interactor.set_in(STOP, True)

    def query(self, timeout_s: float = 10, **channels: Any) -> dict[str, Any]:
        """Ask it something and wait for the answers; see ``SimulationTracker.query``."""
        if self._controller is None:
            msg = (
                f"{self!r} runs without a tracker; use its interactor: sim.interactor.set_in(...)."
            )
            raise SimulationStateError(msg)
        return self._controller.query(self._sim_id, timeout_s, **channels)

    def setup(self, **kwargs: Any) -> None:
        """Set it up in this thread. An exception in ``_setup`` makes it failed and is raised again.

        Raises:
            SimulationStateError: It was set up before.
            InvalidArgumentError: ``_setup`` does not take these kwargs.
        """
        check_accepts(self._setup, kwargs)
        with self._state_lock:
            self._must_be(SimState.CREATED, SimState.QUEUED)
            self.start_kwargs = dict(kwargs)
            self._move(SimState.SETTING_UP)
        self._callbacks.fire(self.START_SETUP)
        try:
            self._setup(**kwargs)
        except BaseException as exc:
            self._end(judge(self, exc))
            if not isinstance(exc, StopSimException):
                raise
            return
        self._callbacks.fire(self.END_SETUP)

    def run(self, **kwargs: Any) -> None:
        """Run it in this thread until it ends. An exception in ``_run`` makes it failed and is raised again.

        Raises:
            SimulationStateError: It has run before, or its setup failed.
            InvalidArgumentError: ``_run`` does not take these kwargs.
        """
        check_accepts(self._run, kwargs)
        with self._state_lock:
            self._must_be(SimState.CREATED, SimState.QUEUED, SimState.SETTING_UP)
            if self._state is not SimState.SETTING_UP:
                self._move(SimState.SETTING_UP)
            self.start_kwargs = self.start_kwargs or dict(kwargs)
            if self.interactor.get_in(STOP)[0]:
                self._meta_cancelled = True
        if self._meta_cancelled:
            self._end(judge(self, None))
            return
        self._move(SimState.RUNNING)
        self._callbacks.fire(self.START_RUN)
        try:
            self._run(**kwargs)
        except BaseException as exc:
            self._end(judge(self, exc))
            if not isinstance(exc, StopSimException):
                raise
        else:
            self._end(judge(self, None))

    # What a tracker and a launcher call

    def _bind(self, recording: Recording | None, controller: Controller | None) -> None:
        self._recording = recording
        self._controller = controller

    def _execute(self, kwargs: Mapping[str, Any]) -> None:
        """Set up and run; an error has become a status and goes no further. The one edge of a simulation."""
        try:
            self.setup(**kwargs)
            if not self._state.is_terminal:
                self.run(**kwargs)
        except BaseException as exc:  # noqa: BLE001 - also KeyboardInterrupt, which has nobody to reach in this thread
            # A forced stop may arrive at any moment, also while the end is under way: then finish
            # that.
            if not self._done.is_set():
                self._end(self._verdict or judge(self, exc))
            logger.info("%r ended with %s.", self, type(exc).__name__)

    def _end_before_run(self, verdict: Verdict) -> bool:
        """End it although it never ran; False when it has ended before."""
        with self._state_lock:
            if self._verdict is not None or self._state not in (SimState.CREATED, SimState.QUEUED):
                return False
            self._verdict = verdict
        self._end(verdict)
        return True

    # Inside

    def _must_be(self, *states: SimState) -> None:
        if self._state not in states or self._verdict is not None:
            msg = (
                f"{self!r} is {self._state} and cannot be started again. Start a new one from its config: "
                "tracker.start_sim(sim.config)."
            )
            raise SimulationStateError(msg, state=self._state)

    def _move(self, state: SimState) -> None:
        with self._state_lock:
            if state not in ALLOWED_MOVES[self._state]:
                msg = f"{self!r} is {self._state} and cannot become {state}."
                raise SimulationStateError(msg, state=self._state)
            self._state = state
            if self._recording is not None:
                self._recording.moved(state, now_utc())

    def _end(self, verdict: Verdict) -> None:
        # The order is a promise: stored, then final in memory, then callbacks, then done. Each
        # step may be repeated.
        self._verdict = replace(verdict, closing=())
        for status in verdict.closing:
            self.add_status(status)
        if self._recording is not None:
            self._recording.ended(verdict.state, now_utc())
        with self._state_lock:
            self._state = verdict.state
        self.interactor.end(f"The simulation {self.name!r} has ended ({verdict.state}).")
        try:
            self._callbacks.fire(self.END_RUN)
            self._callbacks.fire(self._AFTER_END)
        finally:
            with self._state_lock:
                self._done.set()
                wakers, self._wakers = self._wakers, []
            for wake in wakers:
                wake()
            if self._recording is not None:
                self._recording.status_after_end()

    async def _until_done(self) -> Simulation:
        loop = asyncio.get_running_loop()
        is_done = loop.create_future()

        def wake() -> None:
            loop.call_soon_threadsafe(lambda: None if is_done.done() else is_done.set_result(None))

        with self._state_lock:
            is_late = self._done.is_set()
            if not is_late:
                self._wakers.append(wake)
        if not is_late:
            await is_done
        return self

    def _stop_was_answered(self, answer: Any) -> None:
        if answer:
            self._meta_cancelled = True

    def _progress_was_said(self, value: Any) -> None:
        try:
            current, total = value
        except (TypeError, ValueError):
            current, total = value, None
        self.recorder.progress(current, total)

    def _keep_callback_error(self, event: str, exc: Exception) -> None:
        logger.warning("A callback for %s of %r failed: %s", event, self, exc, exc_info=exc)
        self.add_status(
            SimStatus(
                SimStatusCode.INFO,
                subcode=SimStatusSubcode.ERROR,
                details=f"A callback for {event.replace('_', ' ')} failed: {type(exc).__name__}: {exc}",
                error_trace="".join(traceback.format_exception(exc)),
            )
        )
