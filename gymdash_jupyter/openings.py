"""Tell who wants to know when a project becomes the current one; knows nothing of either."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class _Openings:
    """Who listens in this Python process; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Any], None]] = []


_openings = _Openings()


def when_opened(listener: Callable[[Any], None]) -> None:
    """Have a function called with each project that becomes the current one, in the thread that opens it."""
    _openings.listeners.append(listener)


def tell_opened(project: Any) -> None:
    """Say that a project is the current one now; a listener's error harms nobody."""
    for listener in list(_openings.listeners):
        try:
            listener(project)
        except Exception:
            logger.debug("Who was told of a project had an error.", exc_info=True)
