"""What the operating system says about a database file: on which drive it lies and who holds locks on it."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NETWORK_TYPES = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb",
        "smb2",
    }
    | {
        "smb3",
        "smbfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.rclone",
        "fuse.gcsfuse",
        "fuse.davfs2",
    }
)
_MOUNTS = Path("/proc/mounts")
_LOCKS = Path("/proc/locks")


def is_on_network_drive(path: Path, mounts: Path = _MOUNTS) -> bool:
    """Tell whether a path lies on a network file system, where SQLite's WAL mode does not work.

    Args:
        path: A file or folder; need not exist.
        mounts: Linux's table of mounts. Where there is none, as on macOS and Windows, the answer is False.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    where = path.resolve()
    best, best_type = -1, ""
    for line in lines:
        _, _, rest = line.partition(" ")
        folder, _, rest = rest.partition(" ")
        folder = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), folder)
        # A later mount on the same folder hides the earlier one.
        if len(folder) >= best and where.is_relative_to(folder):
            best, best_type = len(folder), rest.partition(" ")[0]
    return best_type in _NETWORK_TYPES


def lock_holders(path: Path, locks: Path = _LOCKS) -> dict[int, bool] | None:
    """Find which processes hold locks on a file.

    The file is not opened: closing it would drop this process's own locks on it (POSIX).

    Returns:
        Process ids, and whether they hold a lock for writing; None where the system does not say. Processes in another
        container are not seen.
    """
    try:
        inode = path.stat().st_ino
        lines = locks.read_text().splitlines()
    except OSError:
        return None
    holders: dict[int, bool] = {}
    for line in lines:
        fields = line.replace(
            "->", ""
        ).split()  # "12: POSIX ADVISORY READ 9305 fe:00:2156818 128 128"
        if len(fields) >= 6 and fields[5].rpartition(":")[2] == str(inode):
            pid = int(fields[4])
            holders[pid] = holders.get(pid, False) or fields[3] == "WRITE"
    return holders


def writers_of(database: Path) -> list[int]:
    """List the other processes that hold a write lock on a database, as far as the system says."""
    pids: set[int] = set()
    for path in (database, beside(database, "-shm")):
        pids |= {pid for pid, is_writing in (lock_holders(path) or {}).items() if is_writing}
    return sorted(pids - {os.getpid()})


def beside(database: Path, suffix: str) -> Path:
    """Name a file that SQLite keeps beside a database: ``-wal``, ``-shm`` or ``-journal``."""
    return database.with_name(database.name + suffix)
