"""Know with which exit code a program ends itself by ``sys.exit``; Python tells it to nobody when it ends."""

from __future__ import annotations

import dis
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from types import FrameType


class Exits:
    """Listen to ``sys.exit`` while somebody wants to know how the program ends."""

    def __init__(self) -> None:
        self._before: Any = None
        self._listening = self._exit  # one object, to be known again
        self._status: object = None
        self._outermost: FrameType | None = None
        self._lock = threading.Lock()  # guards the first

    def listen(self) -> None:
        """Listen from now on; twice is harmless."""
        with self._lock:
            if self._before is None:
                self._before, sys.exit = sys.exit, self._listening

    def leave(self) -> None:
        """Listen no more, and leave ``sys.exit`` as it was found, unless somebody else has changed it since."""
        with self._lock:
            if sys.exit is self._listening:
                sys.exit, self._before = self._before, None

    def ending(self) -> SystemExit | None:
        """Give what ended the program, once it has ended: None where that was no ``sys.exit`` of its main thread."""
        frame = self._outermost
        if frame is None or _has_returned(
            frame
        ):  # somebody has caught it, and the program went on
            return None
        return SystemExit(self._status)

    def _exit(self, status: Any = None, /) -> NoReturn:
        if threading.current_thread() is threading.main_thread():
            frame = sys._getframe(1)  # noqa: SLF001 - whose last frame says whether this ended it
            while frame.f_back is not None:
                frame = frame.f_back
            self._status, self._outermost = status, frame
        self._before(status)
        raise SystemExit(status)  # whatever somebody has put in its place


def _has_returned(frame: FrameType) -> bool:
    """Tell whether a frame that is over came to its end, or was left by an exception."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")
