"""How a store in a SQLite file gets its work done: reading, writing, and writing that may wait long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from gymdash_jupyter.store.connections import Connections

P = ParamSpec("P")
T = TypeVar("T")


class Turns:
    """Run work on a database, in a transaction each.

    Args:
        connections: The connections to the database.
        patience_s: How long a person waits for a turn to write.
        flush_patience_s: How long an executing process waits.
    """

    def __init__(
        self, connections: Connections, *, patience_s: float, flush_patience_s: float
    ) -> None:
        self._connections = connections
        self._patience_s = patience_s
        self._flush_patience_s = flush_patience_s

    def _read(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return self._connections.read(work, *args, **kwargs)

    def _write(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return self._connections.write(self._patience_s, work, *args, **kwargs)

    def _flush(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return self._connections.write(self._flush_patience_s, work, *args, **kwargs)
