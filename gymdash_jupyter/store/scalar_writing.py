"""Write points: a row of the log at each flush, folded into chunks when there is enough.

A row of its own for each series at each flush would write twenty times more, and so would a chunk that grows point by
point.
"""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gymdash_jupyter.store.scalar_points import (
    Points,
    from_chunk,
    from_log_row,
    joined,
    to_log_row,
)
from gymdash_jupyter.store.texts import exact

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from uuid import UUID

CHUNK_POINTS = 4096
"""Points of a series in a full chunk; one may hold up to twice as many."""
LOG_ROWS = 512
"""Rows of a simulation's log at which it is folded, so that reading it stays cheap."""
LOG_POINTS = 2**18
"""Points of a simulation's log at which it is folded, for simulations with very many series."""

_KEYS_PER_QUERY = 500  # old builds of SQLite take 999 values


@dataclass(frozen=True)
class LogSize:
    """How much of a simulation lies in the log."""

    rows: int
    points: int


def append(
    connection: sqlite3.Connection,
    sim_id: UUID,
    scalars: Mapping[str, Points],
    *,
    tick: int,
    log: LogSize,
) -> LogSize:
    """Add points to a simulation's series and fold the log when it is due.

    Args:
        connection: In a write transaction.
        sim_id: A simulation that exists.
        scalars: New points by key.
        tick: The present tick.
        log: The size of the simulation's log.

    Returns:
        Its new size.
    """
    points, longest = _grow(connection, sim_id, scalars, tick)
    n = sum(map(len, points.values()))
    if longest >= CHUNK_POINTS or log.rows + 1 >= LOG_ROWS or log.points + n >= LOG_POINTS:
        fold(connection, sim_id, newest=points)
        return LogSize(0, 0)
    connection.execute(
        "INSERT INTO scalar_log (sim_id, points) VALUES (?, ?)", (str(sim_id), to_log_row(points))
    )
    return LogSize(log.rows + 1, log.points + n)


def fold(
    connection: sqlite3.Connection, sim_id: UUID, *, newest: Mapping[int, Points] | None = None
) -> None:
    """Move a simulation's log into chunks.

    Args:
        connection: In a write transaction.
        sim_id: The simulation.
        newest: Points that come after the log, by number of the series, and need not go through it.
    """
    parts: dict[int, list[Points]] = {}
    log = connection.execute(
        "SELECT points FROM scalar_log WHERE sim_id = ? ORDER BY log_id", (str(sim_id),)
    )
    for (row,) in log:
        for series_id, points in from_log_row(row):
            parts.setdefault(series_id, []).append(points)
    for series_id, points in (newest or {}).items():
        parts.setdefault(series_id, []).append(points)
    for series_id, pending in parts.items():
        _fold_series(connection, series_id, pending)
    connection.execute("DELETE FROM scalar_log WHERE sim_id = ?", (str(sim_id),))


def _grow(
    connection: sqlite3.Connection, sim_id: UUID, scalars: Mapping[str, Points], tick: int
) -> tuple[dict[int, Points], int]:
    """Count points to their series, which begin here if they are new.

    Returns:
        The points by number of the series, and the largest number of points of one series that are not in chunks.
    """
    known = _known_series(connection, sim_id, list(scalars))
    by_number: dict[int, Points] = {}
    updates = []
    longest = 0
    for key, points in scalars.items():
        n, last_step, last_value = len(points), int(points.steps[-1]), float(points.values[-1])
        stored_key = exact(key)
        if stored_key in known:
            series_id, unfolded = known[stored_key]
            updates.append((n, last_step, last_value, tick, series_id))
        else:
            unfolded = 0
            cursor = connection.execute(
                "INSERT INTO series (sim_id, key, n, folded, last_step, last_value, tick) "
                "VALUES (?, ?, ?, 0, ?, ?, ?)",
                (str(sim_id), stored_key, n, last_step, last_value, tick),
            )
            series_id = cursor.lastrowid or 0  # an INSERT always gives one
        by_number[series_id] = points
        longest = max(longest, unfolded + n)
    connection.executemany(
        "UPDATE series SET n = n + ?, last_step = ?, last_value = ?, tick = ? WHERE series_id = ?",
        updates,
    )
    return by_number, longest


def _known_series(
    connection: sqlite3.Connection, sim_id: UUID, keys: list[str]
) -> dict[str | bytes, tuple[int, int]]:
    """Find the series that exist: their numbers, and how many of their points are not in chunks."""
    known: dict[str | bytes, tuple[int, int]] = {}
    for first in range(0, len(keys), _KEYS_PER_QUERY):
        some = [exact(key) for key in keys[first : first + _KEYS_PER_QUERY]]
        found = connection.execute(
            f"SELECT key, series_id, n - folded FROM series WHERE sim_id = ? AND key IN ({','.join('?' * len(some))})",
            (str(sim_id), *some),
        )
        known.update((key, (series_id, unfolded)) for key, series_id, unfolded in found)
    return known


def _fold_series(connection: sqlite3.Connection, series_id: int, pending: list[Points]) -> None:
    row = connection.execute(
        "SELECT folded FROM series WHERE series_id = ?", (series_id,)
    ).fetchone()
    first_index, end = row["folded"], row["folded"] + sum(map(len, pending))
    for chunk in _short_chunks_before(connection, series_id, end - first_index):
        pending.insert(0, from_chunk(chunk["steps"], chunk["times"], chunk["values"]))
        first_index = chunk["first_index"]
        connection.execute("DELETE FROM scalar_chunks WHERE chunk_id = ?", (chunk["chunk_id"],))
    _insert_chunks(connection, series_id, first_index, joined(pending))
    connection.execute("UPDATE series SET folded = ? WHERE series_id = ?", (end, series_id))


def _short_chunks_before(
    connection: sqlite3.Connection, series_id: int, pending: int
) -> list[sqlite3.Row]:
    """Find the chunks at a series' end that should be joined with what is pending, the last one first.

    A chunk is joined when it is no longer than what comes after it, as in a binary counter: a slowly growing series
    never has more than some dozen short chunks, and each of its points is rewritten some dozen times at most.
    """
    found: list[sqlite3.Row] = []
    chunks = connection.execute(
        'SELECT chunk_id, first_index, n, steps, times, "values" FROM scalar_chunks WHERE series_id = ? '
        "ORDER BY first_index DESC",
        (series_id,),
    )
    for chunk in chunks:
        if chunk["n"] >= CHUNK_POINTS or chunk["n"] > pending:
            break
        found.append(chunk)
        pending += chunk["n"]
    chunks.close()
    return found


def _insert_chunks(
    connection: sqlite3.Connection, series_id: int, first_index: int, points: Points
) -> None:
    begin = 0
    while begin < len(points):
        is_rest = len(points) - begin < 2 * CHUNK_POINTS
        part = points.part(begin, None if is_rest else begin + CHUNK_POINTS)
        connection.execute(
            'INSERT INTO scalar_chunks (series_id, first_index, n, steps, times, "values") VALUES (?, ?, ?, ?, ?, ?)',
            (
                series_id,
                first_index + begin,
                len(part),
                part.steps.data,
                part.times.data,
                part.values.data,
            ),
        )
        begin += len(part)
