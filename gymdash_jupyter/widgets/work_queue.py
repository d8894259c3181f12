"""Do what a person asked for in a panel, one thing after the other, outside the thread that heard it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class WorkQueue:
    """Run functions in a helper thread that exists only while there are some.

    Args:
        name: Shown as the thread's name.
    """

    def __init__(self, name: str) -> None:
        self._lock = threading.Lock()  # guards _waiting together with the task's start and stop
        self._waiting: deque[Callable[[], None]] = deque()
        self._task = PeriodicTask(name, self._work, interval_s=1.0)

    def put(self, work: Callable[[], None]) -> None:
        """Have a function called soon; it deals with its own errors. Any thread may call this."""
        with self._lock:
            self._waiting.append(work)
            self._task.start()
            self._task.wake()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._task.stop()
                    return
                work = self._waiting.popleft()
            try:
                work()
            except Exception:
                logger.exception("What a panel was asked to do ended with an error.")
