"""Tell how long simulations whose processes cannot be looked at have not been heard from.

Of a process on another host or in another container nothing is known but that its simulations'
heartbeats count once a second. Who looks measures with a clock of its own, so that no two clocks
are ever compared. Silence is only shown: a silent process may be alive behind a slow network.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.records import ACTIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gymdash_jupyter.records import ProcessIdentity, SimulationRecord

SILENT_AFTER_S: Final = 180.0
"""Shorter silences mean nothing: shared folders may show what was written a minute late."""

_Beat = tuple["ProcessIdentity | None", int]


class HeartbeatWatch:
    """Remember when each simulation's heartbeat was last seen to change.

    Args:
        clock: Monotonic seconds; tests hand in their own.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed: dict[UUID, tuple[_Beat, float]] = {}

    def is_needed(self, record: SimulationRecord) -> bool:
        """Tell whether heartbeats are all that is known of a simulation's process."""
        if record.state not in ACTIVE_STATES or record.owner is None:
            return False
        return is_alive(record.owner) is None

    def silence_s(self, record: SimulationRecord) -> float | None:
        """Take note of a simulation's heartbeat as it is now.

        Returns:
            How long it has not changed as far as this watch has seen, in seconds, down to whole
            minutes; None as long as that means nothing, or where the process itself can be looked
            at.
        """
        if not self.is_needed(record):
            self._changed.pop(record.sim_id, None)
            return None
        now = self._clock()
        beat = record.owner, record.heartbeat
        known = self._changed.get(record.sim_id)
        if known is None or known[0] != beat:
            self._changed[record.sim_id] = beat, now
            return None
        silence = now - known[1]
        return None if silence < SILENT_AFTER_S else silence - silence % 60
