"""Execute simulations in threads of this process: for small things, debugging, and whatever cannot travel.

They share the GIL with everything else here and end with the process. A script that comes to its
end waits for them, as it would for its own threads; a notebook's kernel that shuts down asks them
to stop and waits a moment.
"""

from __future__ import annotations

import atexit
import ctypes
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.launch.contract import Launcher, Place
from gymdash_jupyter.liveness import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gymdash_jupyter.launch.execution import Execution

logger = logging.getLogger(__name__)

_INTERRUPTIBLE_S = 0.5
_KERNEL_GRACE_S = 2.0
_STORE_GRACE_S = 10.0


class ThreadLauncher(Launcher):
    """Execute each simulation in a thread of its own."""

    name: ClassVar[str] = "thread"
    is_here: ClassVar[bool] = True

    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> Place:  # noqa: ARG002
        """See ``Launcher.reserve``; there is always room for one more thread."""
        return Place(own_identity())

    def release(self, place: Place) -> None:
        """See ``Launcher.release``."""

    def start(self, execution: Execution, kwargs: Mapping[str, Any], place: Place) -> None:  # noqa: ARG002 - any thread will do
        """See ``Launcher.start``."""
        simulation = execution.simulation
        # A daemon, so that a kernel can end; scripts wait for it in _wait_at_exit.
        execution.thread = threading.Thread(
            target=simulation._execute,
            args=(kwargs,),
            name=f"simulation {simulation.name}",
            daemon=True,
        )
        _running.add(execution)
        execution.thread.start()

    def force_stop(self, execution: Execution) -> None:
        """Raise StopSimException in the simulation's thread, at its next Python instruction."""
        thread = execution.thread
        if thread is None or thread.ident is None or not thread.is_alive():
            return
        if execution.simulation._verdict is not None:
            return  # it is ending already
        raise_in_thread(thread)


def raise_in_thread(thread: threading.Thread) -> None:
    """Raise StopSimException in a thread, at its next Python instruction."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(StopSimException)
        )


class _Running:
    """The simulations in threads of this process, for the moment when it ends."""

    def __init__(self) -> None:
        self._executions: list[Execution] = []
        self._lock = threading.Lock()
        self._is_registered = False
        self._is_stopping = False

    def add(self, execution: Execution) -> None:
        """Remember one until it has ended."""
        if self._is_stopping:  # it came out of a queue because another one has stopped
            execution.simulation.interactor.set_in(STOP, True)
        with self._lock:
            self._executions = [e for e in self._executions if not e.is_finished]
            self._executions.append(execution)
            if not self._is_registered:
                _call_first_at_exit(self.wait_at_exit)
                atexit.register(self.end_at_exit)
                if hasattr(os, "register_at_fork"):
                    os.register_at_fork(after_in_child=self._forget_in_child)
                self._is_registered = True

    def wait_at_exit(self) -> None:
        """Let them end by themselves in a script, unless they end only with it; after Ctrl-C, by asking.

        Called while Python still starts threads, which simulations and those who store them need.
        """
        self._wait(lambda: [e for e in self._left() if not e.simulation._ends_with_program])

    def end_at_exit(self) -> None:
        """Let those end that are left, in a kernel by asking, and store what could not be stored."""
        self._wait(self._left)
        self._stop_all(time.monotonic() + _KERNEL_GRACE_S)
        self._store_all(time.monotonic() + _STORE_GRACE_S)

    def _wait(self, those: Callable[[], list[Execution]]) -> None:
        if _is_kernel() or _was_interrupted():
            return
        try:
            # Again and again: each that ends may let another one out of a queue.
            while not self._is_stopping and (executions := those()):
                for execution in executions:
                    # In pieces: a Ctrl-C that comes just before Python blocks is only seen afterwards.
                    while not execution.simulation.wait(_INTERRUPTIBLE_S):
                        pass
        except KeyboardInterrupt:
            logger.info("Interrupted while simulations were running: stopping them.")
            self._stop_all(time.monotonic() + _KERNEL_GRACE_S)

    def _store_all(self, deadline: float) -> None:
        """Try again to store the ends that could not be stored; what cannot be is said."""
        while unsaved := [
            e for e in self._executions if e.simulation.is_done and not e.is_finished
        ]:
            for execution in unsaved:
                execution.try_again()
            if time.monotonic() > deadline:
                for execution in unsaved:
                    n = execution.simulation.recorder.n_waiting
                    logger.error(
                        "The end of %r and %d of its points could not be stored and are lost.",
                        execution.simulation,
                        n,
                    )
                return

    def _stop_all(self, deadline: float) -> None:
        self._is_stopping = True
        for execution in self._left():
            execution.simulation.interactor.set_in(STOP, True)
        while (executions := self._left()) and time.monotonic() < deadline:
            for execution in executions:
                execution.simulation.wait(max(0.0, deadline - time.monotonic()))

    def _forget_in_child(self) -> None:
        # A forked process has none of the threads: who would wait for them there would wait for ever.
        self._executions = []
        self._lock = threading.Lock()

    def _left(self) -> list[Execution]:
        with self._lock:
            return [e for e in self._executions if not e.simulation.is_done]


_running = _Running()


def _call_first_at_exit(function: Callable[[], None]) -> None:
    """Call a function when the program has come to its end, before ``atexit``, where Python 3.12 starts no threads."""
    with suppress(
        AttributeError, RuntimeError
    ):  # it is Python's own, or that end has come already
        threading._register_atexit(function)  # type: ignore[attr-defined]


def _was_interrupted() -> bool:
    """Tell whether Ctrl-C has ended the script; who pressed it once should not have to press it again."""
    return getattr(sys, "last_type", None) is KeyboardInterrupt


def _is_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")
