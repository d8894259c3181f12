"""How one connection to a database file is opened: for writing, or for reading without changing a byte.

A reader must not even leave a ``-wal`` or ``-shm`` file behind, which SQLite's own read-only mode does on a database in
WAL mode. So it looks at what lies beside the database and chooses; when that changes it opens anew.

A database that may be in use is never opened with ``open()``: on POSIX systems closing it would drop the locks that
SQLite holds on the same file in this process.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gymdash_jupyter.errors import ProjectFolderError
from gymdash_jupyter.store.filesystem import beside, lock_holders

_COPY_ATTEMPTS = 5


class Access(Enum):
    """In which way a database file is used."""

    WRITING = "writing"
    READING = "reading"
    """Beside living writers, or on a database with a rollback journal, where a reader leaves no trace."""
    UNCHANGING = "unchanging"
    """A database in WAL mode that nobody has open."""
    COPY = "copy"
    """A database with a ``-wal`` file or a journal that a killed writer left behind."""


Signature = tuple[object, ...]
"""What must stay the same on disk for an open connection to be right."""


@dataclass(frozen=True)
class Source:
    """An open connection, how it was opened, and what it relies on."""

    connection: sqlite3.Connection
    access: Access
    signature: Signature
    copy_folder: Path | None = None

    def close(self) -> None:
        """Close the connection and remove its temporary copy."""
        self.connection.close()
        if self.copy_folder is not None:
            shutil.rmtree(self.copy_folder, ignore_errors=True)


def open_for_writing(path: Path) -> Source:
    """Open a database file, which must exist, for reading and writing."""
    before = signature(path, Access.WRITING)
    connection = _connect(path, "mode=rw")
    connection.execute("PRAGMA foreign_keys = ON")
    return Source(connection, Access.WRITING, before)


def open_for_reading(path: Path, *, from_copy: bool = False) -> Source:
    """Open a database so that nothing on disk changes.

    Args:
        path: The database.
        from_copy: Whether to read a temporary copy in any case.
    """
    access = Access.COPY if from_copy else choose_access(path)
    if access is Access.COPY:
        return _open_copy(path)
    options = "immutable=1" if access is Access.UNCHANGING else "mode=ro"
    before = signature(path, access)
    return Source(_connect(path, options), access, before)


def choose_access(path: Path) -> Access:
    """Choose how to read a database without changing anything."""
    if beside(path, "-wal").exists():
        shm = beside(path, "-shm")
        holders = lock_holders(shm) if shm.exists() else {}
        # None: this system does not say who is alive. Then it is safer to take part in the locking.
        return Access.READING if holders or holders is None else Access.COPY
    with contextlib.closing(_connect(path, "mode=ro&nolock=1")) as probe:
        try:
            probe.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError as exc:
            code = exc.sqlite_errorcode & 0xFF
            # Without locks SQLite refuses a database in WAL mode, which tells what it is without making files.
            if code == sqlite3.SQLITE_CANTOPEN and path.exists():
                return Access.UNCHANGING
            # There is a journal; only with locks can be told whether its writer lives.
            if code != sqlite3.SQLITE_READONLY:
                raise
    return Access.READING


def signature(path: Path, access: Access) -> Signature:
    """Give what an open connection relies on; when it changes, the connection must be opened anew.

    Raises:
        ProjectFolderError: The database is gone.
    """
    try:
        database = path.stat()
    except OSError as exc:
        msg = f"The project's database {path} is gone: {exc.strerror}. Open or make the project again."
        raise ProjectFolderError(msg, path=path) from exc
    identity = (database.st_dev, database.st_ino)
    if access is Access.WRITING:
        return identity
    if access is Access.READING:
        return (*identity, beside(path, "-wal").exists())
    return (*identity, database.st_mtime_ns, database.st_size, *_stamps(path))


def _stamps(path: Path) -> tuple[object, ...]:
    stamps: list[object] = []
    for suffix in ("-wal", "-journal"):
        try:
            stat = beside(path, suffix).stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(stamps)


def _open_copy(path: Path) -> Source:
    folder = Path(tempfile.mkdtemp(prefix="gymdash-read-"))
    try:
        for _ in range(_COPY_ATTEMPTS):
            before = signature(path, Access.COPY)
            for suffix in ("", "-wal", "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(beside(path, suffix), beside(folder / path.name, suffix))
            if signature(path, Access.COPY) == before:
                break
        # The copy is ours: SQLite may tidy it up.
        return Source(_connect(folder / path.name, "mode=rw"), Access.COPY, before, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _connect(path: Path, options: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{options}"
    # isolation_level=None: transactions begin and end where we say so. Threads are kept apart by Connections, which
    # must be able to close a connection from another thread than the one that used it.
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=2.0
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection
