"""Who keeps the project's queue: at most one process, which others replace by comparing and setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.records import Keeper, ProcessIdentity
from gymdash_jupyter.store import queue, ticks
from gymdash_jupyter.store.texts import exact, from_exact

if TYPE_CHECKING:
    import sqlite3


def keeper(connection: sqlite3.Connection) -> Keeper | None:
    """Read who keeps the queue."""
    row = connection.execute("SELECT * FROM keeper").fetchone()
    if row is None:
        return None
    identity = ProcessIdentity(
        domain=from_exact(row["domain"]),
        pid=row["pid"],
        started=from_exact(row["started"]),
        host=from_exact(row["host"]),
    )
    return Keeper(identity, from_exact(row["address"]))


def become(connection: sqlite3.Connection, new: Keeper, replaced: ProcessIdentity | None) -> bool:
    """Store a keeper, if the one that it replaces is stored now."""
    if _identity(connection) != replaced:
        return False
    identity = new.identity
    connection.execute(
        "INSERT OR REPLACE INTO keeper (id, domain, pid, started, host, address) VALUES (1, ?, ?, ?, ?, ?)",
        (
            exact(identity.domain),
            identity.pid,
            exact(identity.started),
            exact(identity.host),
            exact(new.address),
        ),
    )
    ticks.bump(connection)
    return True


def resign(connection: sqlite3.Connection, identity: ProcessIdentity) -> bool:
    """Remove a keeper, if it is this one and nothing waits."""
    if _identity(connection) != identity or not queue.is_empty(connection):
        return False
    connection.execute("DELETE FROM keeper")
    ticks.bump(connection)
    return True


def _identity(connection: sqlite3.Connection) -> ProcessIdentity | None:
    stored = keeper(connection)
    return None if stored is None else stored.identity
