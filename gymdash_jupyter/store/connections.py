"""Connections to one database: one a thread, and the two ways to use them, ``read`` and ``write``.

A thread's connection is closed when the thread ends. A forked child opens its own and never touches, not even closes,
what its parent had open. Still SQLite remembers in the child which locks the parent held: forking waits a moment for
what is under way (``forks``), and a child that was forked in the middle of a longer write can only read.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
import weakref
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from gymdash_jupyter.errors import ReadOnlyProjectError
from gymdash_jupyter.store import migrations, sqlite_errors
from gymdash_jupyter.store.forks import forks
from gymdash_jupyter.store.handles import Handle, close_all
from gymdash_jupyter.store.sources import (
    Access,
    open_for_reading,
    open_for_writing,
    signature,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

P = ParamSpec("P")
T = TypeVar("T")

_READ_ATTEMPTS = 5
_JOURNAL_PATIENCE_MS = 100
_WAL_BYTES_KEPT = 16 * 2**20


class Connections:
    """Give every thread its own connection to a database and run work in transactions.

    Args:
        path: The database; must exist.
        is_read_only: Whether nothing on disk may change.
        is_on_network: Whether to avoid WAL mode, which needs memory that is shared between all users.
        read_patience_s: How long a read waits for a lock, which happens only outside WAL mode.
    """

    def __init__(
        self, path: Path, *, is_read_only: bool, is_on_network: bool, read_patience_s: float
    ) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self.is_on_network = is_on_network
        self._read_patience_s = read_patience_s
        self._is_closed = False
        self._begin_life()
        forks.know(self)

    def locks_in_use(self) -> list[threading.Lock]:
        """Give what this process's threads hold while they are inside SQLite."""
        with self._handles_lock:
            return [handle.in_use for handle in self._handles]

    def _begin_life(self) -> None:
        self._pid = os.getpid()
        self._local = threading.local()
        self._handles: weakref.WeakSet[Handle] = weakref.WeakSet()
        self._handles_lock = threading.Lock()
        weakref.finalize(
            self, close_all, self._handles, self._pid
        )  # runs at the end of Python, too
        # SQLite's own waiting is a sleep of growing length; threads of this process can take turns at once.
        # It knows whose it is: a stop may come just between having got it and knowing that.
        self._writing_turn = threading.RLock()

    def read(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run work that only reads; all of it sees one moment of the database. It may be run more than once."""
        for attempt in range(_READ_ATTEMPTS):
            handle = self._handle()
            try:
                with self._used() as handle:
                    handle.wait_at_most(round(self._read_patience_s * 1000))
                    result = self._in_read_transaction(handle, work, *args, **kwargs)
            except sqlite3.Error as exc:
                self._after_failed_read(handle, exc, is_last=attempt == _READ_ATTEMPTS - 1)
                continue
            if handle.source.access is not Access.UNCHANGING or self._is_current(handle):
                break
            # Somebody began to write in the middle; what was read may be half of each.
            self._drop(handle)
        return result

    def write(
        self,
        patience_s: float,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run work in a write transaction: all of it happens, or nothing.

        Args:
            patience_s: How long to wait for the turn.
            work: Called with the connection first; must not write by another way.
            *args: Handed to the work.
            **kwargs: Handed to the work.

        Raises:
            ReadOnlyProjectError: The project is open for reading only.
            StoreBusyError: The turn did not come in time.
        """
        if self.is_read_only:
            msg = (
                f"The project {self.path} was opened with read_only=True and would be written to. Open it without "
                "read_only to change it."
            )
            raise ReadOnlyProjectError(msg, path=self.path)
        deadline = time.monotonic() + patience_s
        self._handle()  # a forked child has a turn of its own
        turn = self._writing_turn
        try:
            # Without the turn SQLite's lock still decides: one that was lost must not stop all writing.
            has_turn = turn.acquire(timeout=patience_s)
            with self._used() as handle:
                self._set_journal(handle)
                handle.wait_at_most(max(0, round((deadline - time.monotonic()) * 1000)))
                result = self._in_write_transaction(handle, work, *args, **kwargs)
        except sqlite3.Error as exc:
            raise sqlite_errors.translate(exc, self.path, patience_s) from exc
        else:
            if not has_turn and self._writing_turn is turn:
                # Whoever has it is not writing; where an interrupt lost it, nobody else must wait for it.
                self._writing_turn = threading.RLock()
            return result
        finally:
            _give_back(turn)

    def close(self) -> None:
        """Close all connections; a write in progress is waited for."""
        if os.getpid() != self._pid:
            self._begin_life()
        with self._handles_lock:
            self._is_closed = True  # who opens one more meanwhile sees it
        turn = self._writing_turn
        try:
            turn.acquire(timeout=self._read_patience_s)
            with self._handles_lock:
                handles = list(self._handles)
            for handle in handles:
                handle.close()
        finally:
            _give_back(turn)

    # One connection a thread

    def _handle(self) -> Handle:
        if os.getpid() != self._pid:
            self._begin_life()
        if self._is_closed:
            raise sqlite_errors.closed(self.path)
        handle: Handle | None = getattr(self._local, "handle", None)
        if handle is not None and handle.close.alive:
            if self._is_current(handle):
                return handle
            self._drop(handle)
        return self._open()

    @contextlib.contextmanager
    def _used(self) -> Iterator[Handle]:
        """Keep this thread's connection from being closed by another thread meanwhile."""
        while True:
            handle = self._handle()
            with handle.in_use:
                if handle.close.alive:
                    yield handle
                    return

    def _open(self, *, from_copy: bool = False) -> Handle:
        try:
            if self.is_read_only:
                source = open_for_reading(self.path, from_copy=from_copy)
            else:
                source = open_for_writing(self.path)
        except sqlite3.Error as exc:
            raise sqlite_errors.translate(exc, self.path, self._read_patience_s) from exc
        handle = Handle(source)
        with self._handles_lock:
            is_closed = self._is_closed
            if not is_closed:
                self._handles.add(handle)
        if is_closed:
            handle.close()
            raise sqlite_errors.closed(self.path)
        self._local.handle = handle
        return handle

    def _is_current(self, handle: Handle) -> bool:
        return signature(self.path, handle.source.access) == handle.source.signature

    def _drop(self, handle: Handle) -> None:
        self._local.handle = None
        handle.close()

    # Transactions

    def _in_read_transaction(
        self,
        handle: Handle,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        connection = handle.connection
        connection.execute("BEGIN")
        try:
            schema = connection.execute("PRAGMA main.schema_version").fetchone()[0]
            if schema != handle.schema_seen_by_reader:
                migrations.check_version(connection)
                handle.has_stand_ins = migrations.stand_in(connection)
                handle.schema_seen_by_reader = schema
            return work(connection, *args, **kwargs)
        finally:
            if connection.in_transaction:
                connection.execute("COMMIT")

    def _after_failed_read(self, handle: Handle, error: sqlite3.Error, *, is_last: bool) -> None:
        self._drop(handle)
        may_repair = self.is_read_only and handle.source.access is not Access.COPY
        if not is_last and may_repair and sqlite_errors.needs_repair(error):
            self._open(from_copy=True)
        elif is_last or not self._is_torn(handle):
            raise sqlite_errors.translate(error, self.path, self._read_patience_s) from error

    def _is_torn(self, handle: Handle) -> bool:
        # What looked damaged may have been written to, or copied, while it was read.
        return handle.source.access in {Access.UNCHANGING, Access.COPY} and not self._is_current(
            handle
        )

    def _in_write_transaction(
        self,
        handle: Handle,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        connection = handle.connection
        if handle.has_stand_ins:
            handle.schema_seen_by_reader = -1
            migrations.clear_stand_ins(connection)
            handle.has_stand_ins = False
        connection.execute("BEGIN IMMEDIATE")
        try:
            schema = connection.execute("PRAGMA main.schema_version").fetchone()[0]
            if schema != handle.schema_seen_by_writer:
                migrations.bring_up_to_date(connection)
                schema = connection.execute("PRAGMA main.schema_version").fetchone()[0]
            result = work(connection, *args, **kwargs)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise
        handle.schema_seen_by_writer = handle.schema_seen_by_reader = schema
        return result

    def _set_journal(self, handle: Handle) -> None:
        if handle.is_journal_set:
            return
        wanted = "truncate" if self.is_on_network else "wal"
        handle.wait_at_most(_JOURNAL_PATIENCE_MS)
        connection = handle.connection
        try:
            mode = connection.execute(f"PRAGMA main.journal_mode = {wanted}").fetchone()[0]
        except sqlite3.OperationalError as exc:
            if not sqlite_errors.is_busy(exc):
                raise
            return  # somebody is reading in the other mode; both modes are safe, so the next write tries again
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES_KEPT}")
        handle.is_journal_set = mode == wanted


def _give_back(turn: threading.RLock) -> None:
    """Release a turn, if it was had."""
    try:
        turn.release()
    except RuntimeError:
        return
