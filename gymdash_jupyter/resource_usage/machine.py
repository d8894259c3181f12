"""CPU, memory and disk of this machine, or of the container that this process is in."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from typing import Final

import psutil

from gymdash_jupyter.resource_usage.values import DiskSpace, MemoryUsage

_CGROUPS: Final = Path("/sys/fs/cgroup")
_OWN_GROUPS: Final = Path("/proc/self/cgroup")


class CpuReader:
    """Tell how busy each core was between two looks."""

    def __init__(self) -> None:
        self._before = _core_times()

    def read(self) -> tuple[float, ...]:
        """Give the busy share of each core since the last call, or since this was made."""
        now = _core_times()
        before, self._before = self._before, now
        if len(before) != len(now):  # a core was switched on or off
            return (0.0,) * len(now)
        return tuple(_share(*old, *new) for old, new in zip(before, now, strict=True))


def _share(busy_before: float, all_before: float, busy: float, everything: float) -> float:
    passed = everything - all_before
    return min(max((busy - busy_before) / passed, 0.0), 1.0) if passed > 0 else 0.0


def _core_times() -> list[tuple[float, float]]:
    """Give busy and all seconds of each core."""
    found = []
    for times in psutil.cpu_times(percpu=True):
        # Linux counts guests as user time too; a core that waits for a disk does nothing.
        everything = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        idle = times.idle + getattr(times, "iowait", 0.0)
        found.append((everything - idle, everything))
    return found


def load_average() -> float | None:
    """Give the load average of the last minute, or None where the system has none."""
    try:
        return psutil.getloadavg()[0]
    except (AttributeError, OSError):
        return None


def memory(cgroups: Path = _CGROUPS, own_groups: Path = _OWN_GROUPS) -> MemoryUsage:
    """Tell what memory is used.

    Args:
        cgroups: Where Linux shows control groups.
        own_groups: The file that says in which ones this process is, see cgroups(7).
    """
    machine = psutil.virtual_memory()
    for folder in _groups(cgroups, own_groups):
        limit = _number(folder / "memory.max")
        if limit is not None and limit < machine.total:
            used = (_number(folder / "memory.current") or 0) - _cached_bytes(folder)
            return MemoryUsage(max(used, 0), limit, is_container=True)
    return MemoryUsage(machine.total - machine.available, machine.total)


@functools.lru_cache(maxsize=8)
def _groups(cgroups: Path, own_groups: Path) -> list[Path]:
    """Give the folders of this process's group (version 2) and of those around it, innermost first."""
    try:
        lines = own_groups.read_text().splitlines()
    except (OSError, ValueError):
        return []
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    if path is None:
        return []
    parts = [part for part in path.split("/") if part not in ("", "..")]
    return [cgroups.joinpath(*parts[:n]) for n in range(len(parts), -1, -1)]


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max", or no such file
        return None


def _cached_bytes(folder: Path) -> int:
    """Give what a group holds of files that can be dropped at once."""
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):
        return 0


def disk_space(folder: Path) -> DiskSpace:
    """Tell what is free on the file system of a folder; all 0 where it cannot be asked."""
    try:
        about = shutil.disk_usage(folder)
    except OSError:
        return DiskSpace(folder, 0, 0, 0)
    return DiskSpace(folder, about.used, about.free, about.total)
