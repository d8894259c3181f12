"""When GymDash was last heard from: nothing tells whether it lives, but what it wrote has a time."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.states import ACTIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.store import ProjectStore

_LOOK_EVERY_S: Final = 10.0
_SHARE_OF_TIME: Final = 0.01
"""Looking through one simulation's folder takes no more than this of a processor."""


class LastWritten:
    """Know when any file below a folder was last written. Any thread may ask.

    Args:
        folder: A simulation's folder; it need not exist. Links in it are not followed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # guards the next two
        self._time = 0.0
        self._look_after = 0.0

    def newest(self) -> float:
        """Say when, in seconds since the epoch, as it was some seconds ago at most; 0 where there is no file."""
        with self._lock:
            began = time.monotonic()
            if began >= self._look_after:
                self._time = _newest_below(self._folder)
                ended = time.monotonic()
                self._look_after = ended + max(_LOOK_EVERY_S, (ended - began) / _SHARE_OF_TIME)
            return self._time


def last_heard(store: ProjectStore, running: Mapping[UUID, LastWritten]) -> dict[UUID, datetime]:
    """Say when simulations were last heard from: of rows and files of theirs, what was written last.

    Args:
        store: The database.
        running: Those that GymDash wrote and has not ended, with their files.

    Returns:
        Those that GymDash says are running.
    """
    # A database that has a tick was written to by us, so that its own time says nothing of GymDash.
    of_database = 0.0 if store.tick() else _database_time(store.path)
    statuses = store.latest_statuses(list(running))
    found: dict[UUID, datetime] = {}
    for sim_id, files in running.items():
        record = store.simulation(sim_id)
        if record.state not in ACTIVE_STATES:
            continue
        said = statuses[sim_id].time if sim_id in statuses else None
        moments = [each.timestamp() for each in (record.created, record.started, said) if each]
        newest = max([of_database, files.newest(), *moments])
        found[sim_id] = datetime.fromtimestamp(min(newest, time.time()), UTC)
    return found


def _database_time(path: Path) -> float:
    times = [0.0]
    for name in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            times.append(name.stat().st_mtime)
    return max(times)


def _newest_below(folder: Path) -> float:
    newest = 0.0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # it is gone by now
                newest = max(newest, os.lstat(os.path.join(place, name)).st_mtime)  # noqa: PTH118 - thousands
    return newest
