"""A simulation whose work is done by the code around it: a loop in a cell or a script.

It executes as others in threads do, so that its life, its stop and its end are the same. Its own thread only waits
until that code has left it, and answers what is asked meanwhile.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import (
    CannotTravelError,
    InvalidArgumentError,
    SimulationStateError,
    StopSimException,
)
from gymdash_jupyter.launch import Execution
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracking.saying import Saying
from gymdash_jupyter.tracking.still_open import executed_cell, still_open
from gymdash_jupyter.verdict import error_status

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.tracking.given_config import TrackedConfig

logger = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 0.1
_INTERRUPTED = "Interrupted, as by Ctrl-C or a notebook's stop button."
_LEFT_EARLY = "The code around it was left before it came to its end."

Ending = BaseException | None


class TrackedSimulation(Saying):
    """What ``gd.track`` gives: a simulation that is executed by the code which called that.

    As any simulation it is seen, asked and stopped from every notebook, panel and shell on the project. When somebody
    has stopped it, the next thing that is said through it (``scalar``, ``log``, ``progress``, ``steps``, ...) raises
    ``StopSimException``, and so does all that is said after that, until its block is left.

    Processes that are forked from this one have nothing to say: what they call here does nothing.

    Args:
        config: A ``TrackedConfig``.
        is_stoppable: Whether a stop raises; else the code looks at ``stop_asked``. None is refused: these are begun
            by ``gd.track``.

    Attributes:
        config: The values as they were given: ``sim.config["lr"]``, all of them in ``sim.config.kwargs``.
        result: Whatever should be kept of it: anything that JSON can hold.
        begun_in_cell: The number of the notebook's cell in which it was begun, or None.
        is_of_parent: Whether this is a forked process's copy.
        has_left: Looks ten times a second, in a thread of the simulation's own, whether its code was left without
            a word; gives what that code was left with, else None.
    """

    config: TrackedConfig
    _ends_with_program: ClassVar[bool] = True

    def __init__(self, config: SimulationStartConfig, *, is_stoppable: bool | None = None) -> None:
        if is_stoppable is None:
            name = getattr(config, "name", "")
            msg = (
                f"The tracked simulation {name!r} is executed by a program of its own, so it cannot be started here. "
                "Let that program run again; in code, gd.track(...) begins a new one."
            )
            raise InvalidArgumentError(msg)
        super().__init__(config)
        self.begun_in_cell = executed_cell()
        self.is_of_parent = False
        self.has_left: Callable[..., Ending] | None = None
        self._is_stoppable = is_stoppable
        self._is_stopping = False
        self._executor: threading.Thread | None = None  # noqa: TID251 - only named
        self._handled_before = sys.exc_info()[1]
        self._begun = threading.Event()
        self._left = threading.Event()
        self._leaving = threading.Lock()  # guards who is the first to leave it
        self._ending: Ending = None
        self._block: threading.Thread | None = None  # noqa: TID251 - only named
        self._has_warned = False

    # What the code around it uses

    @property
    def path(self) -> Path:
        """Its own folder, which is there, for whatever the code wants to keep."""
        folder = Path(self.sim_path or ".")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def stop_asked(self) -> bool:
        """Whether somebody has stopped it. Who sees that is trusted to end, as cancelled: nothing raises any more."""
        if not self.is_of_parent and self.interactor.set_out_if_in(STOP, True):
            self._is_stoppable = False
        return self.was_cancelled()

    @property
    def is_in_block(self) -> bool:
        """Whether a ``with`` block of it is open."""
        return self._block is not None

    def finish(self, error: BaseException | None = None) -> None:
        """End it, if it has not ended, and wait until its end is stored; only needed without a ``with`` block.

        Args:
            error: What went wrong; it then ends as failed, after ``StopSimException`` or an interrupt as cancelled.
                None means the exception that is being handled now, if there is one, else that all went well.

        Raises:
            InvalidArgumentError: ``error`` is something else.
        """
        if error is not None and not isinstance(error, BaseException):
            msg = f"finish() takes the exception that ended the work, or none; got {type(error).__name__}: {error!r}."
            raise InvalidArgumentError(msg, argument="error")
        handled = sys.exc_info()[1]
        if error is None and handled is not self._handled_before:
            error = handled
        self._leave(error)

    def __enter__(self) -> Self:
        if self._block is not None:
            msg = f"{self!r} is in a with block already. Begin another one: gd.track(...)."
            raise SimulationStateError(msg)
        if self._left.is_set() or self.state.is_terminal:
            msg = f"{self!r} has ended. Begin another one: gd.track(...)."
            raise SimulationStateError(msg)
        self._block = threading.current_thread()
        # A forced stop raises in the thread that does the work. Where that also does the work of others, because
        # the block waits in a coroutine, it must not.
        execution = self._recording
        caller = sys._getframe(1)  # noqa: SLF001 - there is no other way to know
        _open_blocks.sims.append(self)
        if isinstance(execution, Execution) and not caller.f_code.co_flags & inspect.CO_COROUTINE:
            execution.thread = (
                self._block
            )  # last, since a stop that comes before the block is left by nobody
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            self._leave_block(error)
        except StopSimException:  # a forced stop that came just as the block was left
            self._leave_block(error)
        # That of a block around this one goes on to it.
        is_own = getattr(error, "sim_id", self.sim_id) == self.sim_id
        return isinstance(error, StopSimException) and is_own

    def base_step(self) -> None:
        """Do nothing: what is asked is answered by the thread of the simulation's own."""

    # What others use

    def begin(self) -> None:
        """Wait until it has begun."""
        while not self._begun.wait(_LOOK_INTERVAL_S) and not self.is_done:
            pass

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied to another process.

        Raises:
            CannotTravelError: Always.
        """
        msg = (
            f"The tracked simulation {self.name!r} belongs to the process that began it and cannot go to another one. "
            "Send numbers back and record them where it was begun, or call gd.track there."
        )
        raise CannotTravelError(msg, sim_type=type(self).__name__, where=repr(self.name))

    def close(self) -> None:
        """Be forgotten as one that is open; called once, after it has ended, however."""
        self._is_odd = True
        still_open.discard(self)

    def _run(self, **kwargs: Any) -> None:  # noqa: ARG002 - there are none
        self._executor = threading.current_thread()
        self._begun.set()
        while not self._left.wait(_LOOK_INTERVAL_S):
            super().base_step()
            left = None if self.has_left is None else self.has_left()
            if left is not None:
                self._note_left(left)
        ending, self._ending, self.has_left = self._ending, None, None
        self._judge(ending)

    def _may_say(self) -> bool:
        if self.is_of_parent:
            return False
        if self.interactor.is_asked(STOP) and self._is_stoppable:
            self._is_stopping = self._is_odd = True
            self.interactor.set_out_if_in(STOP, True)
        if self._is_stopping and self._is_stoppable:
            raise self._stop()
        if not (self._left.is_set() or self.state.is_terminal):
            return True
        if not self._left.is_set() and self.state is SimState.CANCELLED:
            raise self._stop()  # by force, and nobody has said it here
        self._warn_that_it_has_ended()
        return False

    def _get_help_text(self) -> str:
        return (
            f"{self.name} is tracked: its code is a program of its own. It can be stopped; it hears of that when it "
            "next says something."
        )

    # Inside

    def _stop(self) -> StopSimException:
        stop = StopSimException(f"The simulation {self.name!r} was stopped.")
        vars(stop)["sim_id"] = self.sim_id  # so that the right block takes it
        return stop

    def _warn_that_it_has_ended(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            logger.warning("%r has ended; what is said after that is not recorded.", self)

    def _leave_block(self, error: Ending) -> None:
        with suppress(ValueError):
            _open_blocks.sims.remove(self)
        self._block = None
        execution = self._recording
        if isinstance(execution, Execution):
            execution.thread = self._executor
        self._leave(error)

    def _leave(self, ending: Ending) -> None:
        if self.is_of_parent:
            return
        trace = None if ending is None else ending.__traceback__
        self._note_left(ending)
        if threading.current_thread() is not self._executor:  # which is not in its own callbacks
            self.wait()
        if ending is not None:
            ending.__traceback__ = trace

    def _note_left(self, ending: Ending) -> None:
        with self._leaving:
            if not self._left.is_set():
                self._ending = ending
                self._left.set()

    def _judge(self, ending: Ending) -> None:
        """Say how it ended, in the simulation's own thread, so that an interrupt cannot come between."""
        if isinstance(ending, StopSimException) and not self.was_cancelled():
            raise StopSimException(str(ending))
        if isinstance(ending, KeyboardInterrupt):
            raise StopSimException(_INTERRUPTED)
        if isinstance(ending, (GeneratorExit, asyncio.CancelledError)):
            raise StopSimException(_LEFT_EARLY)
        if ending is None or isinstance(ending, StopSimException):
            return
        if isinstance(ending, SystemExit) and not ending.code:
            return
        self._before_end()  # what it finds to say comes before the closing status
        self._meta_failed, self._meta_cancelled = True, False
        self.add_status(error_status(ending))


class _OpenBlocks(threading.local):
    """The blocks that are open in this thread, innermost last."""

    def __init__(self) -> None:
        self.sims: list[TrackedSimulation] = []


_open_blocks = _OpenBlocks()


def block_around() -> TrackedSimulation | None:
    """Give the tracked simulation whose ``with`` block this thread is in; None outside of all."""
    return next((sim for sim in reversed(_open_blocks.sims) if not sim.is_of_parent), None)
