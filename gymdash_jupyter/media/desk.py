"""One helper thread for what a recorder must encode and write, with a limit on what may wait.

Work is done in the order in which it was put. The thread starts with the first piece of work and ends when there was
none for a while.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES = 128 * 2**20
"""With so much waiting, ``put`` waits; nothing is ever dropped."""

_IDLE_S = 2.0
_STUCK_S = 30.0


class MediaDesk:
    """Do work in a helper thread, in order."""

    def __init__(self) -> None:
        self._work: deque[tuple[Callable[[], None], int]] = deque()
        self._n_bytes = 0
        self._n_done = 0
        self._is_working = False
        self._last_busy = 0.0
        self._changed = threading.Condition()  # guards all of the above
        self._one_worker = threading.Lock()
        self._task = PeriodicTask("gymdash-media", self._work_or_rest, interval_s=_IDLE_S)

    def put(self, job: Callable[[], None], n_bytes: int) -> None:
        """Let something be done; waits while too much is waiting.

        Args:
            job: Called once, in the helper thread. It must deal with its own errors.
            n_bytes: How much memory it holds.
        """
        with self._changed:
            while self._work and self._n_bytes + n_bytes > MAX_WAITING_BYTES and self._starts():
                self._changed.wait(1.0)  # the limit only survives a helper that died
            self._work.append((job, n_bytes))
            self._n_bytes += n_bytes
            has_helper = self._starts()
        if has_helper:
            self._task.wake()
        else:
            self._do_all()

    def finish(self) -> int:
        """Wait until everything is done; give how much is not because nothing moved for 30 s."""
        with self._changed:
            has_helper = not self._work or self._starts()
        if not has_helper:
            self._do_all()
        with self._changed:
            n_done, moved = self._n_done, time.monotonic()
            while self._work or self._is_working:
                self._starts()
                self._task.wake()
                self._changed.wait(0.2)
                if self._n_done != n_done:
                    n_done, moved = self._n_done, time.monotonic()
                elif time.monotonic() - moved > _STUCK_S:
                    break
            return len(self._work) + self._is_working

    def _starts(self) -> bool:
        """Start the helper; False when no thread can be started, as when Python ends: then who puts work does it."""
        try:
            self._task.start()
        except RuntimeError as exc:
            logger.debug("No thread can be started: %s", exc)
            return False
        return True

    def _do_all(self) -> None:
        # A helper that is about to end and the next one may meet for a moment.
        with self._one_worker:
            while self._do_one():
                pass

    def _work_or_rest(self) -> None:
        self._do_all()
        with self._changed:
            if not self._work and time.monotonic() - self._last_busy > _IDLE_S:
                self._task.stop()

    def _do_one(self) -> bool:
        with self._changed:
            if not self._work:
                return False
            job, n_bytes = self._work.popleft()
            self._is_working = True
        try:
            job()
        except Exception:
            logger.exception("Something could not be written.")
        with self._changed:
            self._is_working = False
            self._n_bytes -= n_bytes
            self._n_done += 1
            self._last_busy = time.monotonic()
            self._changed.notify_all()
        return True
