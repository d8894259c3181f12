"""Tell whether the process that executes a simulation is alive, and settle what it left when it is not.

On Linux a process is known by boot, pid namespace, pid and start in raw clock ticks; elsewhere by
host, pid and psutil's creation time. Within one such domain the process decides and clocks do not
matter; of another domain nothing is known.
"""

from __future__ import annotations

import functools
import os
import platform
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gymdash_jupyter.records import (
    SETTLED_STATES,
    ProcessIdentity,
    SimStatus,
    SimStatusCode,
    SimStatusSubcode,
    now_utc,
)

if TYPE_CHECKING:
    from gymdash_jupyter.store import ProjectStore

_IS_LINUX = sys.platform.startswith("linux")
_STAT_STATE = 0  # fields of /proc/<pid>/stat behind the command's name, see proc(5)
_STAT_START = 19
_DEAD_STATES = "ZXx"
_LOOK_INTERVAL_S = 1.0


def own_identity() -> ProcessIdentity:
    """Give the identity of this process."""
    return _identity_of_pid(os.getpid())


def is_alive(identity: ProcessIdentity) -> bool | None:
    """Tell whether a process is there and is the one it was; None when it lives where this process cannot look."""
    if identity.domain != _domain():
        return None
    started = _started(identity.pid)
    return started is not None and started == identity.started


def settle_dead(store: ProjectStore) -> int:
    """Declare lost what dead processes left as active; returns how many this call settled."""
    n_settled = 0
    for record in store.simulations({"is_done": False}):
        if record.is_foreign or record.owner is None or record.state not in SETTLED_STATES:
            continue
        if is_alive(record.owner) is False:
            status = SimStatus(
                SimStatusCode.FAIL,
                time=now_utc(),
                subcode=SimStatusSubcode.ERROR,
                details=(
                    f"Lost: the process that executed it (pid {record.owner.pid} on {record.owner.host}) "
                    f"ended without a word while it was {record.state}."
                ),
            )
            n_settled += store.settle(record.sim_id, record.owner, status)
    return n_settled


class DeathWatch:
    """Settle what the dead left again and again, for those who wait for simulations of other processes.

    Args:
        store: The project's store; one that is open for reading only is left alone.
    """

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._next_look = 0.0

    def look(self) -> None:
        """Settle, at most once a second however often this is called."""
        now = time.monotonic()
        if now >= self._next_look and not self._store.is_read_only:
            self._next_look = now + _LOOK_INTERVAL_S
            settle_dead(self._store)


@functools.cache
def _identity_of_pid(pid: int) -> ProcessIdentity:
    return ProcessIdentity(_domain(), pid, _started(pid) or "", socket.gethostname())


@functools.cache
def _domain() -> str:
    if _IS_LINUX:
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            namespace = Path("/proc/self/ns/pid").readlink()
        except OSError:
            pass
        else:
            return f"linux:{boot}:{namespace}"
    return f"{platform.system().lower()}:{socket.gethostname()}"


def _started(pid: int) -> str | None:
    """Give a living process's start in its domain's unit; None when it is dead or a zombie."""
    if _IS_LINUX:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[_STAT_STATE] in _DEAD_STATES else fields[_STAT_START]
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return repr(process.create_time())
    except psutil.Error:
        return None
