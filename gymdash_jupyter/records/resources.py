"""What the process of a simulation used of its machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResourceSample:
    """What the process that executes a simulation used at one moment, with its children.

    Where several simulations execute in one process (threads of a kernel), all of them have the same samples: the
    process is what can be measured.

    Attributes:
        time: Seconds since the epoch.
        cpu: How many cores it kept busy since the sample before, 1.0 for one; the first one since the start.
        memory_bytes: Resident memory, that of its children included.
        gpu: How busy the GPUs were on which it has memory, 1.0 for one of them; None where it uses none, or where that
            cannot be known.
        gpu_memory_bytes: Its memory on all GPUs; None likewise.
    """

    time: float
    cpu: float
    memory_bytes: int
    gpu: float | None = None
    gpu_memory_bytes: int | None = None
