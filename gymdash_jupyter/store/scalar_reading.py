"""Read series: their list, one of them behind a cursor, and many of them as one table.

A series' first ``folded`` points lie in chunks, the rest in the log. Readers never see the difference.
"""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from gymdash_jupyter.records import ScalarSeries, SeriesInfo
from gymdash_jupyter.store import rows
from gymdash_jupyter.store.contract import ScalarTable
from gymdash_jupyter.store.scalar_points import (
    REAL,
    STEP,
    Points,
    from_chunk,
    from_log_row,
    joined,
)
from gymdash_jupyter.store.texts import exact, from_exact

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

SERIES = """SELECT e.series_id, e.sim_id, e.key, e.n, e.folded, e.last_step, e.last_value, e.tick
FROM simulations AS s JOIN series AS e ON e.sim_id = s.sim_id
"""
"""What ``series_infos`` reads."""


def series_infos(found: Iterable[sqlite3.Row]) -> list[SeriesInfo]:
    """Read rows of ``SERIES``."""
    infos: list[SeriesInfo] = []
    ids: dict[str, UUID] = {}
    for _, sim_text, key, n, _, last_step, last_value, tick in found:
        sim_id = ids.get(sim_text) or ids.setdefault(sim_text, UUID(sim_text))
        value = math.nan if last_value is None else last_value  # SQLite keeps a NaN as NULL
        infos.append(SeriesInfo(sim_id, from_exact(key), n, last_step, value, tick))
    return infos


def series(connection: sqlite3.Connection, sim_ids: Collection[UUID] | None) -> list[SeriesInfo]:
    """List series by simulation creation, then by key."""
    return series_infos(_series_rows(connection, sim_ids))


def read(
    connection: sqlite3.Connection, sim_id: UUID, key: str, after: int
) -> tuple[ScalarSeries, int]:
    """Read the points of one series behind a cursor, and the next cursor."""
    row = connection.execute(
        f"{SERIES} WHERE s.sim_id = ? AND e.key = ?", (str(sim_id), exact(key))
    ).fetchone()
    if row is None:
        _check_known(connection, sim_id)
        return _copied([]), max(0, after)
    after = max(0, after)
    if after >= row["n"]:
        return _copied([]), after
    parts: list[Points] = []
    if after < row["folded"]:
        parts += _chunks_behind(connection, row["series_id"], after)
    missing = row["n"] - max(after, row["folded"])
    if missing:
        parts += _log_tail(connection, sim_id, row["series_id"], missing)
    return _copied(parts), row["n"]


def read_table(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None, keys: Collection[str] | None
) -> ScalarTable:
    """Read all points of many series."""
    wanted = None if keys is None else set(keys)
    found = [
        row
        for row in _series_rows(connection, sim_ids)
        if wanted is None or from_exact(row["key"]) in wanted
    ]
    starts = np.zeros(len(found) + 1, np.int64)
    np.cumsum([row["n"] for row in found], out=starts[1:])
    total = int(starts[-1])
    steps, times, values = (
        np.empty(total, np.int64),
        np.empty(total, np.float64),
        np.empty(total, np.float64),
    )
    table = Points(steps, times, values)
    begins = {row["series_id"]: int(start) for row, start in zip(found, starts[:-1], strict=True)}
    _fill_from_chunks(connection, table, begins)
    _fill_from_log(connection, table, {row["series_id"]: row for row in found}, begins)
    return ScalarTable(
        series=series_infos(found),
        starts=starts,
        steps=steps,
        times=times,
        values=values,
    )


def _series_rows(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None
) -> list[sqlite3.Row]:
    if sim_ids is None:
        return connection.execute(f"{SERIES} {rows.BY_CREATION}, e.key").fetchall()
    return connection.execute(
        f"{SERIES} WHERE s.sim_id IN (SELECT value FROM json_each(?)) {rows.BY_CREATION}, e.key",
        (rows.ids_json(sim_ids),),
    ).fetchall()


def _check_known(connection: sqlite3.Connection, sim_id: UUID) -> None:
    if (
        connection.execute("SELECT 1 FROM simulations WHERE sim_id = ?", (str(sim_id),)).fetchone()
        is None
    ):
        raise rows.unknown(sim_id)


def _chunks_behind(connection: sqlite3.Connection, series_id: int, after: int) -> list[Points]:
    chunks = connection.execute(
        'SELECT first_index, steps, times, "values" FROM scalar_chunks WHERE series_id = ? AND first_index >= ('
        "SELECT max(first_index) FROM scalar_chunks WHERE series_id = ? AND first_index <= ?) ORDER BY first_index",
        (series_id, series_id, after),
    )
    return [
        from_chunk(steps, times, values).part(max(0, after - first))
        for first, steps, times, values in chunks
    ]


def _log_tail(
    connection: sqlite3.Connection, sim_id: UUID, series_id: int, missing: int
) -> list[Points]:
    # A viewer misses little and it lies at the end: go backwards until there is enough.
    parts: list[Points] = []
    log = connection.execute(
        "SELECT points FROM scalar_log WHERE sim_id = ? ORDER BY log_id DESC", (str(sim_id),)
    )
    for (row,) in log:
        for number, points in from_log_row(row):
            if number == series_id:
                parts.append(points.part(max(0, len(points) - missing)))
                missing -= len(parts[-1])
        if not missing:
            break
    return parts[::-1]


def _copied(parts: list[Points]) -> ScalarSeries:
    if not parts:
        return ScalarSeries(
            np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64)
        )
    points = joined(parts)
    if len(parts) == 1:  # still a view of the stored bytes
        points = Points(points.steps.copy(), points.times.copy(), points.values.copy())
    return ScalarSeries(points.steps, points.times, points.values)


def _fill_from_chunks(
    connection: sqlite3.Connection, table: Points, begins: dict[int, int]
) -> None:
    chunks = connection.execute(
        'SELECT series_id, first_index, n, steps, times, "values" FROM scalar_chunks '
        "WHERE series_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(begins)),),
    )
    for series_id, first_index, n, steps, times, values in chunks:
        begin = begins[series_id] + first_index
        table.steps[begin : begin + n] = np.frombuffer(steps, STEP)
        table.times[begin : begin + n] = np.frombuffer(times, REAL)
        table.values[begin : begin + n] = np.frombuffer(values, REAL)


def _fill_from_log(
    connection: sqlite3.Connection,
    table: Points,
    found: dict[int, sqlite3.Row],
    begins: dict[int, int],
) -> None:
    next_free = {number: begins[number] + row["folded"] for number, row in found.items()}
    with_log = {row["sim_id"] for row in found.values() if row["n"] > row["folded"]}
    log = connection.execute(
        "SELECT points FROM scalar_log WHERE sim_id IN (SELECT value FROM json_each(?)) ORDER BY log_id",
        (json.dumps(list(with_log)),),
    )
    for (row,) in log:
        for number, points in from_log_row(row):
            if number in next_free:
                begin = next_free[number]
                next_free[number] = end = begin + len(points)
                table.steps[begin:end] = points.steps
                table.times[begin:end] = points.times
                table.values[begin:end] = points.values
