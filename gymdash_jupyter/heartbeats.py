"""Tell how long simulations that are said to execute have not been heard from.

A simulation's heartbeat counts once a second while what it says can be stored. Of a process on
another host or in another container nothing else is known. Of one that lives here silence means
that its project cannot be written (a full disk), or that the process is stopped or stuck. Who looks
measures with a clock of its own, so that no two clocks are ever compared. Silence is only shown: a
silent process may be alive behind a slow network.

GymDash's own simulations have no heartbeat and no process that is known. Of them only the times of
what they wrote say something.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.liveness import is_alive
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import ACTIVE_STATES, SimState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.records import ProcessIdentity, SimulationRecord

SILENT_AFTER_S: Final = 180.0
"""Shorter silences of a process elsewhere mean nothing: shared folders may show what was written a minute late."""

SILENT_HERE_AFTER_S: Final = 10.0
"""Shorter silences of a process that lives here mean nothing: a database may be busy for some seconds."""

SILENT_GYMDASH_AFTER_S: Final = 600.0
"""Shorter silences of GymDash mean nothing: it writes when an algorithm logs, and flushes files every two minutes."""

_BEATING_STATES: Final = (SimState.RUNNING, SimState.PAUSED)
"""In these a process here has begun to beat; setting up, it may import for long."""

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
        """Tell whether a simulation's heartbeats say something that its state does not."""
        return _patience_s(record) is not None or _is_of_gymdash(record)

    def silence_s(self, record: SimulationRecord, heard: datetime | None = None) -> float | None:
        """Take note of a simulation's heartbeat as it is now.

        Args:
            record: The simulation as it is now.
            heard: When it was last heard from, for one that GymDash wrote; see ``ProjectStore.last_heard``.

        Returns:
            How long it has not changed as far as this watch has seen, in seconds, down to whole
            minutes, or tens of seconds within the first; None as long as that means nothing.
        """
        if _is_of_gymdash(record):
            return None if heard is None else silence_since(heard)
        patience_s = _patience_s(record)
        if patience_s is None:
            self._changed.pop(record.sim_id, None)
            return None
        now = self._clock()
        beat = record.owner, record.heartbeat
        known = self._changed.get(record.sim_id)
        if known is None or known[0] != beat:
            self._changed[record.sim_id] = beat, now
            return None
        silence = now - known[1]
        if silence < patience_s:
            return None
        return silence - silence % (60 if silence >= 60 else 10)


def silence_since(heard: datetime) -> float | None:
    """Give for how many seconds GymDash has been silent, down to whole minutes; None where that means nothing."""
    silence = (now_utc() - heard).total_seconds()
    return None if silence < SILENT_GYMDASH_AFTER_S else silence - silence % 60


def _is_of_gymdash(record: SimulationRecord) -> bool:
    return record.is_foreign and record.state in ACTIVE_STATES


def _patience_s(record: SimulationRecord) -> float | None:
    """Give how long a simulation may be silent without that meaning anything; None: always."""
    if record.state not in ACTIVE_STATES or record.owner is None:
        return None
    is_there = is_alive(record.owner)
    if is_there is None:
        return SILENT_AFTER_S
    return SILENT_HERE_AFTER_S if is_there and record.state in _BEATING_STATES else None
