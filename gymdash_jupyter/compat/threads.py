"""GymDash's way to do something in the thread of its server, which there is none of here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


def run_on_main_thread(func: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Call a function now, in this thread: in a process of its own, that is the simulation's main thread.

    GymDash let matplotlib draw that way. An exception in it is logged, as it was there.

    Args:
        func: It.
        *args: Its arguments.
        **kwargs: Its keyword arguments.
    """
    try:
        func(*args, **kwargs)
    except Exception:
        logger.exception("What was to run on the main thread failed.")


def execute_queued() -> None:
    """Do nothing: nothing waits, since ``run_on_main_thread`` does not put it off."""
