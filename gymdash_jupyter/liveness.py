"""Tell whether a process that executes simulations is alive, wherever it is looked for from.

On Linux a process is known by boot, pid namespace, pid and start in raw clock ticks; elsewhere by
host, pid and the start by which psutil tells processes apart. Within one such domain the process
decides and clocks do not matter; of another domain nothing is known (see ``heartbeats``). What
follows from a death is the business of ``launch``.
"""

from __future__ import annotations

import functools
import os
import platform
import socket
import sys
from pathlib import Path

import psutil

from gymdash_jupyter.records import ProcessIdentity

_IS_LINUX = sys.platform.startswith("linux")
_STAT_STATE = 0  # fields of /proc/<pid>/stat behind the command's name, see proc(5)
_STAT_START = 19
_DEAD_STATES = "ZXx"
_HIDDEN = "hidden"


def own_identity() -> ProcessIdentity:
    """Give the identity of this process."""
    return identity_of(os.getpid())


def identity_of(pid: int) -> ProcessIdentity:
    """Give the identity of a process that is there now.

    Its ``started`` is ``""`` when it has died or may not be looked at; nothing is known of such a
    one later.
    """
    started = _started(pid)
    known = "" if started in (None, _HIDDEN) else str(started)
    return ProcessIdentity(_domain(), pid, known, _host())


def is_alive(identity: ProcessIdentity) -> bool | None:
    """Tell whether a process is there and is the one it was; None when nothing can be known of it.

    A process that was stopped or sleeps is alive; one that has ended is dead, also while nobody
    has collected its exit status.
    """
    if identity.domain != _domain():
        return None
    started = _started(identity.pid)
    if started == _HIDDEN or (started and not identity.started):
        return None
    return started is not None and started == identity.started


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


@functools.cache
def _host() -> str:
    return socket.gethostname()


def _started(pid: int) -> str | None:
    """Give a living process's start in its domain's unit; None when it is dead or a zombie."""
    return _started_on_linux(pid) if _IS_LINUX else _started_elsewhere(pid)


def _started_on_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None if _is_gone(pid) else _HIDDEN
    fields = stat.rpartition(")")[2].split()
    return None if fields[_STAT_STATE] in _DEAD_STATES else fields[_STAT_START]


def _is_gone(pid: int) -> bool:
    """Tell whether there is no such process, also where /proc hides those of other people."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    return False


def _started_elsewhere(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return None
    except psutil.AccessDenied:
        return _HIDDEN
    # Not create_time(): where it is corrected by changes of the clock (macOS), a process would
    # seem to be another one after each. What psutil itself tells processes apart by stays.
    start = getattr(process, "_ident", (pid, None))[1]
    return _HIDDEN if start is None else repr(start)
