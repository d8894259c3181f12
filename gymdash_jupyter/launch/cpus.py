"""How many CPUs this process may use, which is how many simulations run at once unless somebody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


def usable_cpus(cgroups: Path = _CGROUPS, own_groups: Path = _OWN_GROUPS) -> int:
    """Count the CPUs that this process may use: those it is bound to, or fewer if its control group has a quota.

    A quota of one and a half CPUs counts as one; the answer is at least 1.

    Args:
        cgroups: Where Linux shows control groups.
        own_groups: The file that says in which ones this process is, see cgroups(7).
    """
    return max(1, min(_bound_to(), *_quotas(cgroups, own_groups)))


def _bound_to() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _quotas(cgroups: Path, own_groups: Path) -> list[int]:
    """Give the quotas of this process's group and of those around it, in whole CPUs; a large number means none."""
    found = [2**31]
    for line in _read(own_groups).splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            found += [_quota_2(folder) for folder in _around(cgroups, path)]
        elif "cpu" in controllers.split(","):
            found += [_quota_1(folder) for folder in _around(cgroups / "cpu", path)]
    return [n for n in found if n]


def _around(root: Path, path: str) -> list[Path]:
    """Give the group's folder and those above it; a container may see only the root, which is its own then."""
    parts = [part for part in path.split("/") if part not in ("", "..")]
    return [root.joinpath(*parts[:n]) for n in range(len(parts) + 1)]


def _quota_2(folder: Path) -> int:
    quota, period = [*_read(folder / "cpu.max").split(), "", ""][:2]
    return _whole(quota, period)


def _quota_1(folder: Path) -> int:
    return _whole(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _whole(quota: str, period: str) -> int:
    """Give a quota in whole CPUs, at least 1; 0 when there is none."""
    try:
        time, of_time = int(quota), int(period)
    except ValueError:  # "max", or no such file
        return 0
    return max(1, time // of_time) if time > 0 and of_time > 0 else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
