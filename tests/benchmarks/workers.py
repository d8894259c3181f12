"""The ends of worker processes, which come a moment after those of their simulations."""

from __future__ import annotations

import threading

from tests.waiting import wait_until


def wait_for_workers() -> None:
    """Wait until this process attends to no worker any more, so that its project can be closed."""
    wait_until(
        lambda: not any(thread.name.startswith("worker ") for thread in threading.enumerate()),
        60,
        what="the end of the workers",
    )
