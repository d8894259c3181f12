"""Settle what dead processes left: declare their simulations lost, once, whoever notices it.

Whoever opens a project settles at once. After that a ``DeathWatch`` looks once a second and gives
everyone it finds dead another second, since the parent of a dead process knows more of its end.
"""

from __future__ import annotations

import logging
import time
import weakref
from typing import TYPE_CHECKING

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.launch.last_words import lost_status, stopped_status
from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.output import OUTPUT_FILE, read_tail

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gymdash_jupyter.records import ProcessIdentity, Unsettled
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

_INTERVAL_S = 1.0
_GRACE_S = 1.0
_TAIL_LINES = 20

attended: set[ProcessIdentity] = set()
"""Processes whose end somebody in this process awaits and settles, who alone knows the exit code."""


def settle(store: ProjectStore, unsettled: Unsettled, *, exit_code: int | None = None) -> bool:
    """Declare a simulation lost whose process is dead, or killed if that was ordered.

    What it printed last is kept with the words on how its process ended.

    Args:
        store: The project's store.
        unsettled: The simulation, with the owner that is dead.
        exit_code: As ``subprocess`` gives it, below 0 for a signal; None when nobody knows it.

    Returns:
        Whether this call settled it. It did not when the owner had stored its end, or when
        somebody else was faster.
    """
    log = store.path.parent.parent / "sims" / str(unsettled.sim_id) / OUTPUT_FILE
    lost = lost_status(unsettled, exit_code, read_tail(log, n_lines=_TAIL_LINES))
    return store.settle(unsettled.sim_id, unsettled.owner, lost, stopped=stopped_status())


def settle_dead(store: ProjectStore) -> int:
    """Settle what dead processes left; returns how many simulations this call settled."""
    return sum(settle(store, left) for left in _left_by_the_dead(store))


class DeathWatch:
    """Settle what the dead left, for as long as this object is there, in a helper thread.

    Args:
        store: The project's store; must not be read only.
        clock: Monotonic seconds; tests hand in their own.
    """

    def __init__(
        self, store: ProjectStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        looker = _Looker(store, clock)
        self.look = looker.look
        self._task = PeriodicTask("gymdash-deaths", looker.look, interval_s=_INTERVAL_S)
        # The thread holds only the looker, so that it ends with whoever wanted it.
        weakref.finalize(self, self._task.stop, timeout_s=0)

    def start(self) -> None:
        """Look once a second from now on; does nothing while it does."""
        self._task.start()

    def stop(self) -> None:
        """Look no more."""
        self._task.stop()


class _Looker:
    """Find the dead and remember since when, from one look to the next."""

    def __init__(self, store: ProjectStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._dead_since: dict[tuple[UUID, ProcessIdentity], float] = {}

    def look(self) -> None:
        """Settle those that were dead a second ago, too."""
        now = self._clock()
        try:
            left = _left_by_the_dead(self._store)
            dead_since = {}
            for each in left:
                key = each.sim_id, each.owner
                since = self._dead_since.get(key, now)
                dead_since[key] = since
                if now - since >= _GRACE_S:
                    settle(self._store, each)
            self._dead_since = dead_since
        except GymDashError as exc:  # whoever uses the project hears of it there
            logger.debug("The dead are not settled now: %s", exc)


def _left_by_the_dead(store: ProjectStore) -> list[Unsettled]:
    unsettled = store.unsettled()
    owners = {each.owner for each in unsettled}
    dead = {owner for owner in owners if owner not in attended and is_alive(owner) is False}
    return [each for each in unsettled if each.owner in dead]
