"""One import into a project at a time, so that two of the same folder do not bring everything twice."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_import(db_folder: Path) -> Iterator[None]:
    """Wait until no other process or thread imports into a project, and keep others waiting.

    The lock is the operating system's: it goes with a process that is killed. Where the file system has none, two
    imports at once are not kept apart.

    Args:
        db_folder: The folder of the project's database.
    """
    file = os.open(db_folder / ".importing", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with suppress(OSError):
            _wait_for(file)
        yield
    finally:
        os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _wait_for(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _wait_for(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
