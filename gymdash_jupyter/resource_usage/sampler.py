"""Take one sample of everything after the other."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.resource_usage.gpus import GpuReader
from gymdash_jupyter.resource_usage.machine import CpuReader, disk_space, load_average, memory
from gymdash_jupyter.resource_usage.processes import ProcessReader
from gymdash_jupyter.resource_usage.values import ResourceUsage

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.records import Unsettled

_GPUS_AGAIN_S: Final = 60.0
"""A GPU that could not be asked may come back with its driver; asked again so seldom."""


class KnowsUnsettled(Protocol):
    """A store, as far as processes matter."""

    def unsettled(self) -> list[Unsettled]:
        """List simulations that have not ended and have an owner."""


class ResourceSampler:
    """Tell what is in use, look after look. Used by one thread at a time.

    Args:
        store: Knows the project's simulations.
        folder: The project's folder.
    """

    def __init__(self, store: KnowsUnsettled, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._cpu = CpuReader()
        self._gpus = GpuReader()
        self._gpus_opened = time.monotonic()
        self._processes = ProcessReader()

    def sample_after(self, wait_s: float) -> ResourceUsage:
        """Look for the first time after a moment, so that it can be said how busy processes were, too."""
        self._processes.read(self._unsettled(), {})
        threading.Event().wait(wait_s)
        return self.sample()

    def sample(self) -> ResourceUsage:
        """Look now; how busy something was is meant since the look before, or since this was made."""
        if self._gpus.note and time.monotonic() - self._gpus_opened > _GPUS_AGAIN_S:
            self._gpus_opened = time.monotonic()
            self._gpus = GpuReader()
        return ResourceUsage(
            time=now_utc(),
            cores=self._cpu.read(),
            load=load_average(),
            memory=memory(),
            disk=disk_space(self._folder),
            gpus=self._gpus.read(),
            gpu_note=self._gpus.note,
            processes=self._processes.read(self._unsettled(), self._gpus.memory_by_pid()),
        )

    def _unsettled(self) -> list[Unsettled]:
        try:
            return self._store.unsettled()
        except (
            GymDashError
        ):  # the machine can be looked at all the same, and panels say what is wrong
            return []
