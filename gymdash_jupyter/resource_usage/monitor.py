"""A short history of what was in use, taken once a second while somebody asks for it."""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.resource_usage.sampler import ResourceSampler

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gymdash_jupyter.resource_usage.sampler import KnowsUnsettled
    from gymdash_jupyter.resource_usage.values import ResourceUsage

INTERVAL_S: Final = 1.0
KEPT: Final = 300
"""How many samples are kept: five minutes."""

FIRST_COLUMNS: Final = ("time", "cpu", "memory")
PATIENCE_S: Final = 4.0
"""Nobody looks any more when nobody has asked for so long."""


_FIRST_S: Final = 0.1
"""From the beginning to the first sample: how busy something is can only be said of a while."""


class ResourceMonitor:
    """Sample in a helper thread, which is there only while somebody asks. Any thread may call every method.

    Args:
        store: Knows the project's simulations.
        folder: The project's folder.
        interval_s: Seconds between two samples.
        patience_s: Nobody looks any more when nobody has asked for so long.
    """

    _monitors: ClassVar[weakref.WeakValueDictionary[int, ResourceMonitor]] = (
        weakref.WeakValueDictionary()
    )
    _monitors_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        store: KnowsUnsettled,
        folder: Path,
        *,
        interval_s: float = INTERVAL_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._patience_s = patience_s
        self._store = store
        self._folder = folder
        self._lock = threading.Lock()  # guards all below
        self._sampler: ResourceSampler | None = None
        self._asked = -math.inf
        self._latest: ResourceUsage | None = None
        self._history: deque[tuple[float, ...]] = deque(maxlen=KEPT)
        self._task = PeriodicTask("gymdash-resources", self._work, interval_s=interval_s)

    @classmethod
    def of(cls, store: KnowsUnsettled, folder: Path) -> ResourceMonitor:
        """Return the one monitor of a project's store, which lives as long as somebody keeps it."""
        with cls._monitors_lock:
            found = cls._monitors.get(
                id(store)
            )  # a monitor keeps its store, so the id is not used again
            if found is None:
                found = cls._monitors[id(store)] = cls(store, folder)
            return found

    @property
    def is_running(self) -> bool:
        """Whether samples are taken now."""
        return self._task.is_running

    def look(self) -> ResourceUsage | None:
        """Give the newest sample and have more taken in the next seconds; None where there is none yet.

        What was measured before anybody looked is not given: it may be long ago.
        """
        with self._lock:
            was_away = time.monotonic() - self._asked > self._patience_s
            self._asked = time.monotonic()
            if was_away:
                self._latest = self._sampler = None
            latest = self._latest
            self._task.start()
        return latest

    def history(self, after: float = 0.0) -> NDArray[np.float64]:
        """Give samples, oldest first.

        Args:
            after: Only those taken after this time, in seconds since the epoch.

        Returns:
            float64, shape (n, 3 + GPUs): time in seconds since the epoch, and the used shares of all CPU cores, of
            memory and of each GPU, from 0 to 1; NaN where a GPU does not say. There are gaps where nobody looked.
        """
        with self._lock:
            rows = [row for row in self._history if row[0] > after]
            n_columns = len(self._history[-1]) if self._history else len(FIRST_COLUMNS)
        return np.array(rows, dtype=np.float64).reshape(-1, n_columns)

    def _work(self) -> None:
        with self._lock:
            if time.monotonic() - self._asked > self._patience_s:
                self._task.stop(timeout_s=0)
                return
            sampler = self._sampler
        if sampler is None:
            sampler = ResourceSampler(self._store, self._folder)
            usage = sampler.sample_after(_FIRST_S)
        else:
            usage = sampler.sample()
        with self._lock:
            self._sampler = sampler
            self._latest = usage
            row = _row(usage)
            if self._history and len(self._history[-1]) != len(row):  # a GPU came or went
                self._history.clear()
            self._history.append(row)


def _row(usage: ResourceUsage) -> tuple[float, ...]:
    busy = [math.nan if gpu.busy is None else gpu.busy for gpu in usage.gpus]
    return usage.time.timestamp(), usage.cpu, usage.memory.fraction, *busy
