"""What processes that execute simulations use, with their children.

A process is known by its start, never by its id alone.
"""

from __future__ import annotations

import math
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from gymdash_jupyter.liveness import is_alive, own_identity
from gymdash_jupyter.resource_usage.values import ProcessUsage
from gymdash_jupyter.states import ACTIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.records import ProcessIdentity, Unsettled

_IS_LINUX: Final = sys.platform.startswith("linux")
_CHILDREN_EVERY_S: Final = 5.0
"""Looking for new children costs more than looking at known ones."""

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK") if _IS_LINUX else 0.0
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE") if _IS_LINUX else 0


@dataclass(frozen=True)
class Look:
    """One process at one moment; ``started`` tells it from another one that got its id."""

    started: str
    cpu_s: float
    memory_bytes: int


@dataclass
class _Known:
    """One process that executes simulations, between two samples."""

    pids: list[int] = field(default_factory=list)
    searched: float = -math.inf
    cpu_s: dict[tuple[int, str], float] = field(default_factory=dict)
    time: float = 0.0


class ProcessReader:
    """Tell what simulations' processes use, look after look. Used by one thread at a time."""

    def __init__(self) -> None:
        self._domain = own_identity().domain
        self._known: dict[ProcessIdentity, _Known] = {}

    def read(
        self, unsettled: Sequence[Unsettled], gpu_memory: Mapping[int, int]
    ) -> tuple[ProcessUsage, ...]:
        """Look at the processes on this machine that execute simulations.

        Args:
            unsettled: Simulations that have not ended.
            gpu_memory: GPU memory by process id, in bytes.
        """
        sims: dict[ProcessIdentity, list[Unsettled]] = {}
        for each in unsettled:
            if each.state in ACTIVE_STATES:
                sims.setdefault(each.owner, []).append(each)
        self._known = {owner: self._known.get(owner) or _Known() for owner in sims}
        owners = {owner.pid for owner in sims}
        found = []
        for owner, executed in sims.items():
            used = self._one(owner, executed, owners - {owner.pid}, gpu_memory)
            if used is not None:
                found.append(used)
        return tuple(found)

    def _one(
        self,
        owner: ProcessIdentity,
        executed: Sequence[Unsettled],
        others: set[int],
        gpu_memory: Mapping[int, int],
    ) -> ProcessUsage | None:
        if owner.domain != self._domain:  # its id means something else here
            return None
        known = self._known[owner]
        now = time.monotonic()
        if now - known.searched > _CHILDREN_EVERY_S:
            known.searched = now
            known.pids = _with_children(owner.pid, others)
        looks = {pid: look for pid in known.pids if (look := look_at(pid)) is not None}
        own = looks.get(owner.pid)
        if own is None or not _is_it(
            owner, own
        ):  # it ended, or its id belongs to somebody else now
            return None
        usage = ProcessUsage(
            pid=owner.pid,
            sim_ids=tuple(each.sim_id for each in executed),
            names=tuple(each.name for each in executed),
            launcher=executed[0].launcher,
            n_processes=len(looks),
            cpu=_cores(known, looks, now),
            memory_bytes=sum(look.memory_bytes for look in looks.values()),
            gpu_memory_bytes=sum(gpu_memory[pid] for pid in looks if pid in gpu_memory) or None,
        )
        known.cpu_s = {(pid, look.started): look.cpu_s for pid, look in looks.items()}
        known.time = now
        return usage


def _is_it(owner: ProcessIdentity, look: Look) -> bool:
    """Tell whether who was looked at is the owner: what is counted and who it is are of one moment on Linux."""
    if _IS_LINUX:
        return look.started == owner.started
    return bool(is_alive(owner))


def _cores(known: _Known, looks: Mapping[int, Look], now: float) -> float | None:
    """Give how many cores were kept busy by those that were there at the look before, too."""
    passed = now - known.time
    if not known.cpu_s or passed <= 0:
        return None
    spent = 0.0
    for pid, look in looks.items():
        before = known.cpu_s.get((pid, look.started))
        if before is not None:
            spent += max(look.cpu_s - before, 0.0)
    return spent / passed


def _with_children(pid: int, others: set[int]) -> list[int]:
    """List a process and what it started, without those that execute simulations of their own."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        if each in found or each in others:
            continue
        found.append(each)
        waiting += children_of(each)
    return found


def children_of(pid: int) -> list[int]:
    """List the processes that a process started and that are there."""
    if _IS_LINUX:
        try:
            return _children_by_thread(pid)
        except OSError:  # it ended, or a kernel that does not tell
            pass
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def _children_by_thread(pid: int) -> list[int]:
    found: list[int] = []
    with os.scandir(f"/proc/{pid}/task") as threads:
        for thread in threads:
            found += map(int, Path(thread.path, "children").read_bytes().split())
    return found


def look_at(pid: int) -> Look | None:
    """Look at a process; None when it has ended or may not be looked at."""
    if _IS_LINUX:
        return _look_on_linux(pid)
    try:
        process = psutil.Process(pid)
        times, memory = process.cpu_times(), process.memory_info()
        return Look(repr(process.create_time()), times.user + times.system, memory.rss)
    except psutil.Error:
        return None


def _look_on_linux(pid: int) -> Look | None:
    # One read for all of it: some ten times cheaper than psutil, and of one moment.
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast as Path
            fields = file.read(4096).rpartition(b")")[2].split()
        if fields[0] in b"ZXx":
            return None
        cpu_s = (int(fields[11]) + int(fields[12])) * _TICK_S
        return Look(fields[19].decode(), cpu_s, int(fields[21]) * _PAGE_BYTES)
    except (OSError, IndexError, ValueError):
        return None
