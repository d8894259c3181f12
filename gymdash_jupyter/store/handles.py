"""One thread's connection to a database, and how it ends: with its thread, with the store, with Python, or never."""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gymdash_jupyter.store.sources import Source

_CLOSE_PATIENCE_S = 2.0


class Handle:
    """One thread's connection and what is known of the database behind it.

    Attributes:
        source: How the connection was opened.
        connection: The connection; used only while ``in_use`` is held.
        schema_seen_by_reader: ``PRAGMA schema_version`` for which reading is prepared.
        schema_seen_by_writer: The same for writing.
        has_stand_ins: Whether temporary tables stand in for missing ones.
        is_journal_set: Whether the wanted journal mode is on.
        in_use: Held while the connection works, for closing under a thread that is inside SQLite is a crash.
        close: Closes the connection; called by itself when the thread, and with it the handle, is gone.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.connection = source.connection
        self.schema_seen_by_reader = -1
        self.schema_seen_by_writer = -1
        self.has_stand_ins = False
        self.patience_ms = -1
        self.is_journal_set = False
        self.in_use = threading.Lock()
        self.close = weakref.finalize(self, _close, source, self.in_use, os.getpid())
        # Connections does it at the end of Python, and once: other threads may open anew at the very last moment.
        self.close.atexit = False

    def wait_at_most(self, patience_ms: int) -> None:
        """Let SQLite wait this long for somebody else's lock."""
        if patience_ms != self.patience_ms:
            self.connection.execute(f"PRAGMA busy_timeout = {patience_ms}")
            self.patience_ms = patience_ms


def _close(source: Source, in_use: threading.Lock, pid: int) -> None:
    if os.getpid() != pid:
        # A forked child: closing would tidy up shared memory that the parent is using. One reference that is never
        # given back keeps the connection from being closed by the garbage collector.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(source.connection))
    elif in_use.acquire(timeout=_CLOSE_PATIENCE_S):
        # Closing under a thread that is inside SQLite is a crash. Who does not come out, also at the end of Python,
        # keeps the connection; the system closes its files.
        try:
            source.close()
        finally:
            in_use.release()


def close_all(handles: weakref.WeakSet[Handle], pid: int) -> None:
    """Close the connections of all threads, if this is the process that opened them."""
    if os.getpid() == pid:
        for handle in list(handles):
            handle.close()
