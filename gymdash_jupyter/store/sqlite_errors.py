"""Turn SQLite's errors into ours, with words on what to do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import (
    GymDashError,
    ProjectDatabaseError,
    ProjectError,
    ProjectFolderError,
    StoreBusyError,
)
from gymdash_jupyter.store.filesystem import writers_of

if TYPE_CHECKING:
    from pathlib import Path

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_DRIVE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether somebody else's lock was in the way."""
    return _code(error) in _BUSY


def needs_repair(error: sqlite3.Error) -> bool:
    """Tell whether a reader met a half-finished write that only a writer may tidy up."""
    return _code(error) in _NOT_WRITABLE | {sqlite3.SQLITE_CANTOPEN}


def translate(error: sqlite3.Error, path: Path, waited_s: float) -> GymDashError:
    """Give the error of ours that says the same.

    Args:
        error: What sqlite3 raised.
        path: The database.
        waited_s: How long a lock was waited for.
    """
    code = _code(error)
    if code in _BUSY:
        return busy(path, waited_s)
    if code in _NOT_WRITABLE:
        return ProjectFolderError(
            f"The project's database {path} cannot be written: {error}. Make the file and its folder writable, or open "
            "the project with read_only=True.",
            path=path,
        )
    if code in _DRIVE:
        return ProjectFolderError(
            f"The project's database {path} cannot be used: {error}. Look whether its folder is still there, may be "
            "written, and has space left.",
            path=path,
        )
    if code in _DAMAGED:
        return damaged(path, str(error))
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return closed(path)
    return ProjectDatabaseError(
        f"The project's database {path} does not do what it should: {error}. Is it a GymDash project's?",
        path=path,
    )


def busy(path: Path, waited_s: float) -> StoreBusyError:
    """Say that somebody else holds the database, and who, as far as that can be known."""
    pids = writers_of(path)
    who = f" The process with id {pids[0]} holds it." if pids else ""
    return StoreBusyError(
        f"The project's database {path} was locked for more than {waited_s:g} s by another program or thread.{who} "
        "Look for a notebook or debugger that is suspended in the middle of a write, or a database browser with "
        "unsaved changes; nothing was changed, so it can be tried again.",
        path=path,
        waited_s=waited_s,
        pids=pids,
    )


def damaged(path: Path, details: str) -> ProjectDatabaseError:
    """Say that a file is not a database or is damaged."""
    return ProjectDatabaseError(
        f"The project's database {path} is damaged or is not an SQLite database: {details}. Restore it from a backup, "
        f"recover what is left with `sqlite3 {path.name} .recover`, or choose another project folder.",
        path=path,
    )


def closed(path: Path) -> ProjectError:
    """Say that a store was used after ``close``."""
    return ProjectError(f"The store of {path} is closed; open the project again.", path=path)


def _code(error: sqlite3.Error) -> int:
    # The lower byte is the primary code; errors that the sqlite3 module itself raises have none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
