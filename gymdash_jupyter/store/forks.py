"""Let a process be forked only while none of its threads is inside SQLite.

SQLite remembers for a whole process which locks it holds. A child that is forked in the middle of a write believes for
ever that it holds what its parent held, and can never write; in the middle of any other call it may wait for a mutex
whose owner was not forked along. So the thread that forks waits a moment for what is under way.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gymdash_jupyter.store.connections import Connections

_PATIENCE_S = 1.0


class Forks:
    """Know the connections of this process, for the moment when it is forked."""

    def __init__(self) -> None:
        self._known: weakref.WeakSet[Connections] = weakref.WeakSet()
        self._held: list[threading.Lock] = []
        self._is_registered = False

    def know(self, connections: Connections) -> None:
        """Have forks wait for these connections from now on, for at most a second."""
        self._known.add(connections)
        if not self._is_registered and hasattr(os, "register_at_fork"):
            self._is_registered = True
            os.register_at_fork(
                before=self._hold, after_in_parent=self._let_go, after_in_child=self._let_go
            )

    def _hold(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        for connections in list(self._known):
            for in_use in connections.locks_in_use():
                if in_use.acquire(timeout=max(0.0, deadline - time.monotonic())):
                    self._held.append(in_use)

    def _let_go(self) -> None:
        while self._held:
            self._held.pop().release()


forks = Forks()
