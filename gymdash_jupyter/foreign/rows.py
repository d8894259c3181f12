"""Rows of a database that only GymDash writes to: it has no tick, so what changed is found by comparing."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.foreign.clock import Clock
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore


_FRESH_NS: Final = 100_000_000


class Rows:
    """Compare simulations with those seen before, when the database file has changed.

    Args:
        store: The database.
        clock: Told of what changed.
    """

    def __init__(self, store: ProjectStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._looking = threading.Lock()  # one looks at a time; guards all below
        self._seen: tuple[int, ...] = ()
        self._records: dict[UUID, SimulationRecord] | None = None
        self._last_status = 0

    def begin(self) -> None:
        """List everything once, before a viewer reads it: what changes from now on is news."""
        if self._records is None:
            self.look()

    def look(self) -> None:
        """Tell the clock of simulations that changed since the last look; the first one tells nothing."""
        with self._looking:
            looks = looks_of(self._store.path)
            if looks and looks == self._seen:
                return
            before = self._records
            self._records = {record.sim_id: record for record in self._store.simulations()}
            added = self._store.statuses(after=self._last_status)
            self._last_status = max((row.status_id for row in added), default=self._last_status)
            self._seen = looks
            if before is None:
                return
            changed = {
                sim_id for sim_id, record in self._records.items() if record != before.get(sim_id)
            }
            changed |= {row.sim_id for row in added if row.sim_id in self._records}
            gone = before.keys() - self._records.keys()
            if changed or gone:
                self._clock.note(simulations=changed, gone=gone)


def looks_of(path: Path) -> tuple[int, ...]:
    """Give how a database's files look from outside: when that is the same, so is what is in them.

    Returns:
        Nothing for files that changed this moment, which may change again without looking otherwise: file systems tell
        times apart by some milliseconds only.
    """
    found: list[int] = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        try:
            about = name.stat()
        except OSError:
            found += [0, 0]
        else:
            found += [about.st_size, about.st_mtime_ns]
    is_fresh = abs(time.time_ns() - max(found[1], found[3])) < _FRESH_NS
    return () if is_fresh else tuple(found)
