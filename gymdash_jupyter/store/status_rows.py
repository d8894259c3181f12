"""What simulations said about themselves, and the calls of people and programs to the project."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.store import rows
from gymdash_jupyter.store.contract import ApiCall, StatusRow
from gymdash_jupyter.store.texts import readable
from gymdash_jupyter.store.times import from_local_text, to_local_text, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from gymdash_jupyter.statuses import SimStatus

_STATUSES = """SELECT t.id, t.sim_id, t.time, t.code, t.subcode, t.details, t.error_trace, x.time AS exact_time
FROM sim_status AS t LEFT JOIN status_times AS x ON x.status_id = t.id
"""


def add(connection: sqlite3.Connection, sim_id: UUID, statuses: Sequence[SimStatus]) -> None:
    """Add statuses to a simulation; does nothing for one that is gone or GymDash's own."""
    if (
        not statuses
        or connection.execute("SELECT 1 FROM runtime WHERE sim_id = ?", (str(sim_id),)).fetchone()
        is None
    ):
        return
    for status in statuses:
        time = status.time or now_utc()
        cursor = connection.execute(
            "INSERT INTO sim_status (sim_id, time, code, subcode, details, error_trace) VALUES (?, ?, ?, ?, ?, ?)",
            (
                str(sim_id),
                to_local_text(time),
                int(status.code),
                int(status.subcode),
                readable(status.details),
                readable(status.error_trace),
            ),
        )
        connection.execute(
            "INSERT OR REPLACE INTO status_times (status_id, time) VALUES (?, ?)",
            (cursor.lastrowid, to_seconds(time)),
        )


def statuses(
    connection: sqlite3.Connection,
    sim_ids: Collection[UUID] | None,
    after: int,
    before: int | None,
    newest: int | None,
) -> list[StatusRow]:
    """List statuses in the order in which they were added."""
    where: list[str] = ["t.id > ?"]
    values: list[object] = [after]
    if before is not None:
        where.append("t.id < ?")
        values.append(before)
    if sim_ids is not None:
        where.append("t.sim_id IN (SELECT value FROM json_each(?))")
        values.append(rows.ids_json(sim_ids))
    order = "ORDER BY t.id" if newest is None else "ORDER BY t.id DESC LIMIT ?"
    values += [] if newest is None else [max(newest, 0)]
    found = connection.execute(f"{_STATUSES} WHERE {' AND '.join(where)} {order}", values)
    listed = [
        StatusRow(row["id"], sim_id, rows.status(row))
        for row in found
        if (sim_id := rows.id_of(row["sim_id"])) is not None
    ]
    return listed if newest is None else listed[::-1]


def latest(connection: sqlite3.Connection, sim_ids: Collection[UUID]) -> dict[UUID, SimStatus]:
    """Give the newest status of each simulation that has one."""
    found = connection.execute(
        f"{_STATUSES} WHERE t.id IN (SELECT max(id) FROM sim_status "
        "WHERE sim_id IN (SELECT value FROM json_each(?)) GROUP BY sim_id)",
        (rows.ids_json(sim_ids),),
    )
    return {UUID(row["sim_id"]): rows.status(row) for row in found}


def log_call(connection: sqlite3.Connection, name: str, code: int, details: str) -> None:
    """Add one row to ``api_calls``; ``details`` is JSON."""
    connection.execute(
        "INSERT INTO api_calls (name, time, code, details) VALUES (?, ?, ?, ?)",
        (readable(name), to_local_text(now_utc()), code, details),
    )


def api_calls(connection: sqlite3.Connection, after: int, newest: int | None) -> list[ApiCall]:
    """List calls, oldest first."""
    found = connection.execute(
        "SELECT id, name, time, code, details FROM api_calls WHERE id > ? ORDER BY id DESC LIMIT ?",
        (after, -1 if newest is None else max(newest, 0)),
    ).fetchall()
    return [
        ApiCall(
            name=row["name"],
            time=from_local_text(row["time"]),
            code=row["code"] or 0,
            # What another program wrote need not be JSON.
            details=from_json(row["details"], row["details"]),
            call_id=row["id"],
        )
        for row in reversed(found)
    ]
