"""Tell whether a function that was called is still being executed, from another thread, without its help."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


class Executing:
    """Watch one call of a function, until it is over. Made in the thread that executes it.

    Args:
        frame: Its frame.
    """

    def __init__(self, frame: FrameType) -> None:
        self._frame = frame
        self._ident = threading.get_ident()

    @property
    def is_over(self) -> bool:
        """Whether it has returned, or was left by an exception."""
        frame = sys._current_frames().get(self._ident)  # noqa: SLF001 - documented, for such specialised purposes
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        return frame is None

    def exception(self) -> BaseException | None:
        """Give the exception that left it, if Python or a notebook has shown it as unhandled."""
        error = getattr(sys, "last_value", None)
        trace = error.__traceback__ if isinstance(error, BaseException) else None
        while trace is not None:
            if trace.tb_frame is self._frame:
                return error
            trace = trace.tb_next
        return None


def call_of(method: str, owner: object) -> Executing | None:
    """Watch the outermost call of a method of an object that is being executed in this thread; None if there is none.

    Args:
        method: Its name.
        owner: Its ``self``.
    """
    found = None
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way to know who called
    while frame is not None:
        if frame.f_code.co_name == method and frame.f_locals.get("self") is owner:
            found = frame
        frame = frame.f_back
    return None if found is None else Executing(found)
