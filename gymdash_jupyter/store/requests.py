"""What simulations ask people: control requests."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.json_values import from_json, to_json
from gymdash_jupyter.records import ControlRequest
from gymdash_jupyter.store import rows, ticks
from gymdash_jupyter.store.texts import exact, from_exact, readable
from gymdash_jupyter.store.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence


def add(connection: sqlite3.Connection, sim_id: UUID, requests: Sequence[ControlRequest]) -> None:
    """Add requests of one simulation; one that is known already stays as it is."""
    connection.executemany(
        "INSERT OR IGNORE INTO control_requests (request_id, sim_id, channel, details, subkeys, time, is_open) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                exact(request.request_id),
                str(sim_id),
                exact(request.channel),
                readable(request.details),
                to_json(request.subkeys),
                to_seconds(request.time),
                int(request.is_open),
            )
            for request in requests
        ],
    )


def close(connection: sqlite3.Connection, request_ids: Collection[str]) -> None:
    """Mark requests as no longer waiting."""
    touched: set[str] = set()
    for request_id in request_ids:
        row = connection.execute(
            "SELECT sim_id FROM control_requests WHERE request_id = ? AND is_open",
            (exact(request_id),),
        ).fetchone()
        if row is not None:
            touched.add(row["sim_id"])
            connection.execute(
                "UPDATE control_requests SET is_open = 0 WHERE request_id = ?",
                (exact(request_id),),
            )
    if touched:
        tick = ticks.bump(connection)
        for sim_id in touched:
            ticks.stamp_record(connection, UUID(sim_id), tick)


def close_all(connection: sqlite3.Connection, sim_id: UUID) -> None:
    """Mark all requests of a simulation that has ended as no longer waiting."""
    connection.execute(
        "UPDATE control_requests SET is_open = 0 WHERE sim_id = ? AND is_open", (str(sim_id),)
    )


def control_requests(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None, *, open_only: bool
) -> list[ControlRequest]:
    """List requests, oldest first."""
    tests = ["is_open"] if open_only else []
    values: list[str] = []
    if sim_ids is not None:
        tests.append("sim_id IN (SELECT value FROM json_each(?))")
        values.append(rows.ids_json(sim_ids))
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    found = connection.execute(
        f"SELECT * FROM control_requests {where} ORDER BY time, request_number", values
    )
    return [_request(row) for row in found]


def _request(row: sqlite3.Row) -> ControlRequest:
    time = from_seconds(row["time"])
    assert time is not None  # noqa: S101 - the column is NOT NULL
    return ControlRequest(
        request_id=from_exact(row["request_id"]),
        sim_id=UUID(row["sim_id"]),
        channel=from_exact(row["channel"]),
        details=row["details"],
        subkeys=tuple(from_json(row["subkeys"], [])),
        time=time,
        is_open=bool(row["is_open"]),
    )
