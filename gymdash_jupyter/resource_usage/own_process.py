"""What this process uses, with its children; for a process that executes simulations to say it of itself."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gymdash_jupyter.resource_usage.gpus import GpuReader, may_have_gpus
from gymdash_jupyter.resource_usage.processes import children_of, look_at

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class OwnUsage:
    """What this process and its children used at one moment.

    Attributes:
        cpu_s: Processor time that they spent since the first look, in seconds of one core.
        memory_bytes: Their resident memory; what they share is counted for each.
        gpu: How busy the GPUs are on which they have memory, 1.0 for each; None where that is not known.
        gpu_memory_bytes: Their memory on all GPUs; None likewise.
    """

    cpu_s: float
    memory_bytes: int
    gpu: float | None = None
    gpu_memory_bytes: int | None = None


class OwnProcessReader:
    """Tell what this process uses, look after look. Used by one thread at a time.

    Children with a session of their own are left out, with all that they started: simulations in processes of their
    own and what serves them (started by a kernel that also executes simulations in threads) are not this process's.
    """

    def __init__(self) -> None:
        self._cpu_s: dict[tuple[int, str], float] | None = None
        self._spent_s = 0.0
        self._gpus: GpuReader | None = None

    def look(self, *, with_gpus: bool = True) -> OwnUsage:
        """Look now.

        Args:
            with_gpus: Whether to ask the GPUs, too, which takes longer the first time.
        """
        looks = {pid: look for pid in _own_pids() if (look := look_at(pid)) is not None}
        spent = {(pid, look.started): look.cpu_s for pid, look in looks.items()}
        own = looks.get(os.getpid())
        if own is not None:  # what the system tells of others comes in steps of 10 ms
            spent[os.getpid(), own.started] = time.process_time()
        if self._cpu_s is not None:
            before = self._cpu_s
            # What was not there at the look before has started since, and all that it spent counts.
            self._spent_s += sum(
                max(cpu_s - before.get(key, 0.0), 0.0) for key, cpu_s in spent.items()
            )
        self._cpu_s = spent
        gpu, gpu_memory = self._ask_gpus(looks) if with_gpus else (None, None)
        memory = sum(look.memory_bytes for look in looks.values())
        return OwnUsage(self._spent_s, memory, gpu, gpu_memory)

    def _ask_gpus(self, pids: Iterable[int]) -> tuple[float | None, int | None]:
        if self._gpus is None:
            if not may_have_gpus():
                return None, None
            self._gpus = GpuReader()
        return self._gpus.used_by(set(pids))


def _own_pids() -> list[int]:
    """List this process and what it started, without what has a session of its own."""
    found: list[int] = []
    waiting = [os.getpid()]
    session = _session_of(0)
    while waiting:
        pid = waiting.pop()
        if pid in found or (found and _session_of(pid) != session):
            continue
        found.append(pid)
        waiting += children_of(pid)
    return found


def _session_of(pid: int) -> int | None:
    if not hasattr(os, "getsid"):  # Windows
        return None
    try:
        return os.getsid(pid)
    except OSError:  # it has ended
        return -1
