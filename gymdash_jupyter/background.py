"""The one way to run a helper thread: flush, poll, refresh. Simulations' own threads start in ``launch``.

A task is named, a daemon, can be woken early, can be stopped (twice is harmless), and its errors
are logged instead of ending it. Who waits for what another thread does, and may be a person's script,
waits with ``wait_for``.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

_HEARD_WITHIN_S = 0.5


def wait_for(event: threading.Event, timeout_s: float | None = None) -> bool:
    """Wait until an event is set, at most some seconds, and hear a Ctrl-C meanwhile.

    In pieces: Python sees a signal that comes just before it blocks, or that another thread was given, only when it
    wakes up.

    Returns:
        Whether it is set.
    """
    deadline = float("inf") if timeout_s is None else time.monotonic() + timeout_s
    while (left_s := deadline - time.monotonic()) > _HEARD_WITHIN_S:
        if event.wait(_HEARD_WITHIN_S):
            return True
    return event.wait(left_s)


class PeriodicTask:
    """Call a function again and again in a thread of its own until stopped.

    Args:
        name: Shown as the thread's name.
        work: Called without arguments. An exception is logged the first time it comes and the task
            goes on.
        interval_s: Seconds from the end of one call to the beginning of the next.
    """

    def __init__(self, name: str, work: Callable[[], None], *, interval_s: float) -> None:
        self.name = name
        self.interval_s = interval_s
        self._work = work
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._last_error = ""

    @property
    def is_running(self) -> bool:
        """Whether the thread is there."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def start(self) -> None:
        """Start the thread; does nothing while it runs.

        Raises:
            RuntimeError: No thread can be started: there are too many, or Python ends.
        """
        with self._lock:
            if self.is_running and not self._stop.is_set():
                return
            self._stop = threading.Event()
            self._wake = threading.Event()
            thread = threading.Thread(
                target=self._loop, args=(self._stop, self._wake), name=self.name, daemon=True
            )
            thread.start()
            self._thread = thread  # one that could not be started cannot be waited for

    def wake(self) -> None:
        """Let the next call happen now."""
        self._wake.set()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the thread to end after its present call and wait for it.

        Returns:
            Whether it has ended. Called from the task itself, it does not wait and returns False.
        """
        with self._lock:
            thread = self._thread
            self._stop.set()
            self._wake.set()
        if thread is None:
            return True
        if thread is threading.current_thread():
            return False
        thread.join(timeout_s)
        return not thread.is_alive()

    def _loop(self, stop: threading.Event, wake: threading.Event) -> None:
        while not stop.is_set():
            self._call()
            wake.wait(self.interval_s)
            wake.clear()

    def _call(self) -> None:
        try:
            self._work()
        except Exception as exc:
            text = f"{type(exc).__name__}: {exc}"
            if text != self._last_error:  # once for each kind of trouble, not ten times a second
                logger.exception("The helper thread %s had an error and goes on.", self.name)
            self._last_error = text
        else:
            self._last_error = ""
