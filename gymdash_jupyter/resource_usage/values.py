"""Frozen values: what was in use at one moment. Shares are from 0 to 1, sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID


@dataclass(frozen=True)
class MemoryUsage:
    """Memory of the machine, or of the container that this process is in where that has less.

    Attributes:
        used_bytes: What programs hold; files that the system keeps in memory to be quick do not count.
        total_bytes: What there is.
        is_container: Whether the limit of a container is meant.
    """

    used_bytes: int
    total_bytes: int
    is_container: bool = False

    @property
    def fraction(self) -> float:
        """Used share."""
        return self.used_bytes / self.total_bytes if self.total_bytes else 0.0


@dataclass(frozen=True)
class DiskSpace:
    """The file system that a folder lies on.

    Attributes:
        path: The folder.
        used_bytes: What is taken.
        free_bytes: What this user may still write.
        total_bytes: What there is.
    """

    path: Path
    used_bytes: int
    free_bytes: int
    total_bytes: int

    @property
    def fraction(self) -> float:
        """Used share of what this user may have, as ``df`` says it."""
        reachable = self.used_bytes + self.free_bytes
        return self.used_bytes / reachable if reachable else 0.0


@dataclass(frozen=True)
class GpuUsage:
    """One GPU.

    Attributes:
        index: Its number, from 0.
        name: As its maker calls it.
        busy: Share of the last moment in which it computed, or None where it does not say.
        memory_used_bytes: Taken memory, by everybody; None where it does not say.
        memory_total_bytes: Its memory; None where it does not say.
        temperature_c: In degrees Celsius, or None.
    """

    index: int
    name: str
    busy: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    temperature_c: int | None = None


@dataclass(frozen=True)
class ProcessUsage:
    """A process that executes simulations, with all its children.

    Attributes:
        pid: Its process id.
        sim_ids: The simulations; several where they are threads of one process.
        names: Their display names.
        launcher: ``thread``, ``process``, ``dask`` or ``""``.
        n_processes: How many processes there are: itself and its children.
        cpu: How many cores they kept busy together since the look before; None at the first look.
        memory_bytes: Their resident memory; what they share is counted for each.
        gpu_memory_bytes: Their memory on all GPUs; None where that is not known.
    """

    pid: int
    sim_ids: tuple[UUID, ...]
    names: tuple[str, ...]
    launcher: str
    n_processes: int
    cpu: float | None
    memory_bytes: int
    gpu_memory_bytes: int | None = None


@dataclass(frozen=True)
class ResourceUsage:
    """What was in use at one moment.

    Attributes:
        time: When.
        cores: How busy each CPU core was since the look before.
        load: The system's load average of the last minute; None where it has none.
        memory: Memory.
        disk: The file system of the project.
        gpus: The GPUs that could be asked.
        gpu_note: Why there are no GPUs here, or ``""``.
        processes: The processes on this machine that execute simulations of the project.
    """

    time: datetime
    cores: tuple[float, ...]
    load: float | None
    memory: MemoryUsage
    disk: DiskSpace
    gpus: tuple[GpuUsage, ...]
    gpu_note: str
    processes: tuple[ProcessUsage, ...]

    @property
    def cpu(self) -> float:
        """How busy all cores were together."""
        return sum(self.cores) / len(self.cores) if self.cores else 0.0

    def of(self, sim_id: UUID) -> ProcessUsage | None:
        """Give the process that executes a simulation; None when none on this machine does."""
        return next((each for each in self.processes if sim_id in each.sim_ids), None)

    def __repr__(self) -> str:
        parts = [
            f"CPU {self.cpu:.0%} of {len(self.cores)}",
            f"memory {self.memory.used_bytes / 1e9:.1f} of {self.memory.total_bytes / 1e9:.1f} GB",
            f"disk {self.disk.free_bytes / 1e9:.1f} GB free",
            f"{len(self.gpus)} GPUs",
            f"{len(self.processes)} processes of simulations",
        ]
        return f"<ResourceUsage: {', '.join(parts)}>"
