"""A lock on a file by which the keeper of a queue shows that it lives, also to other containers.

Processes on one machine are told apart by their identity (``liveness``); from another container, or
after one was made anew, nothing is known of a pid. The system lets go of a lock when its holder
dies, however that happens.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.project import Project

_FILE: Final = "keeper.lock"


class KeeperLock:
    """The lock of one project's keeper.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._path: Path = project.db_folder / _FILE
        self._file = -1

    def take(self) -> bool:
        """Take the lock; False while somebody else has it. Where the system has no locks, all get it."""
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return True
        try:
            _lock(self._file)
        except BlockingIOError:
            self.release()
            return False
        except OSError:  # a file system without locks
            pass
        return True

    def release(self) -> None:
        """Let go of it; twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def is_free(self) -> bool:
        """Tell whether nobody has it; False where that cannot be known."""
        try:
            file = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            _lock(file)
        except OSError:
            return False
        finally:
            os.close(file)
        return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError as exc:
            raise BlockingIOError(*exc.args) from exc
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
