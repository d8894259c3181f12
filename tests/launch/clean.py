"""Leave nothing behind: fresh module state before a test, no running simulation after it.

A script waits for its simulations when it ends, so one that a test forgets would hang pytest itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gymdash_jupyter import current, registry, running
from gymdash_jupyter.channels import STOP
from gymdash_jupyter.launch import thread
from tests.waiting import wait_until


@contextmanager
def clean_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Replace the state of this Python process, and end what a test leaves running."""
    monkeypatch.setattr(current, "_session", current._Session())
    monkeypatch.setattr(running, "_trackers", running._Trackers())
    monkeypatch.setattr(registry, "_types", registry._Types())
    try:
        yield
    finally:
        end_all()


def end_all() -> None:
    """Stop every simulation that runs in a thread of this process, with force, and wait.

    Again and again: each that ends may let another one out of a queue.
    """
    while left := [e for e in thread._running._executions if not e.simulation.is_done]:
        for execution in left:
            execution.simulation.interactor.set_in(STOP, True)
            execution.force_stop()
        for execution in left:
            wait_until(
                lambda e=execution: e.simulation.is_done,
                60,
                what=f"{execution.simulation} to end",
            )
