"""The tracked simulations of this process that have not ended, for the moments when nobody else ends them.

That is when the program ends, when it is forked, and when a cell of a notebook is executed again.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import StopSimException

if TYPE_CHECKING:
    from gymdash_jupyter.tracking.tracked import TrackedSimulation

_NO_END = (
    "Ended without finish(): the program ended, and whether its work was done is not known. "
    "A block, with gd.track(...) as sim:, ends by itself."
)
_BEGUN_ANEW = "Ended without finish(): gd.track was called again under this name in a later cell."


class StillOpen:
    """Know the tracked simulations of this process until they have ended."""

    def __init__(self) -> None:
        self._sims: set[TrackedSimulation] = set()
        self._is_registered = False
        self._lock = threading.Lock()  # guards the set

    def add(self, sim: TrackedSimulation) -> None:
        """Take care of one that has been started, until ``discard``."""
        with self._lock:
            self._sims.add(sim)
            if not self._is_registered:
                self._is_registered = True
                # After the launcher's own, which would wait for these: what is registered last is called first.
                atexit.register(self.end_at_exit)
                if hasattr(os, "register_at_fork"):
                    os.register_at_fork(after_in_child=self._forget_in_child)
        if sim.is_done:  # it was stopped at once
            self.discard(sim)

    def discard(self, sim: TrackedSimulation) -> None:
        """Leave one alone that has ended."""
        with self._lock:
            self._sims.discard(sim)

    def end_former(self, sim: TrackedSimulation) -> None:
        """In a notebook, end what an earlier execution of a cell has begun under the same name and left open."""
        if sim.begun_in_cell is None:
            return
        for other in self._listed():
            if (
                other.name == sim.name
                and not other.is_in_block
                and other.begun_in_cell not in (None, sim.begun_in_cell)
            ):
                other.finish(StopSimException(_BEGUN_ANEW))

    def end_at_exit(self) -> None:
        """End all: with the exception that ends the program, else as cancelled, as nobody said that they are done."""
        error = None if is_interactive() else getattr(sys, "last_value", None)
        for sim in self._listed():
            sim.finish(error if error is not None else StopSimException(_NO_END))

    def _listed(self) -> list[TrackedSimulation]:
        with self._lock:
            return list(self._sims)

    def _forget_in_child(self) -> None:
        sims, self._sims = self._sims, set()
        self._lock = threading.Lock()
        for sim in sims:
            sim.is_of_parent = True


def is_interactive() -> bool:
    """Tell whether a person goes on typing after an exception, as in a notebook."""
    return hasattr(sys, "ps1") or bool(sys.flags.interactive) or _shell() is not None


def executed_cell() -> int | None:
    """Give the number of the cell that a notebook executes now; None elsewhere."""
    shell = _shell()
    return None if shell is None else getattr(shell, "execution_count", None)


def _shell() -> object | None:
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


still_open = StillOpen()
