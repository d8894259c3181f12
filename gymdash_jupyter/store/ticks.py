"""The project's clock: what changed since when.

Each write transaction that a viewer might want to see moves ``project_clock`` on and stamps what it changed. Writes to
GymDash's tables, GymDash's own too, are stamped by triggers (see ``schema``); the rest is stamped here.
"""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.records import Changes
from gymdash_jupyter.store import rows
from gymdash_jupyter.store.record_rows import RECORDS, records
from gymdash_jupyter.store.scalar_reading import SERIES, series_infos

if TYPE_CHECKING:
    import sqlite3
    from uuid import UUID


def bump(connection: sqlite3.Connection) -> int:
    """Move the clock on and return the new tick."""
    connection.execute("UPDATE project_clock SET tick = tick + 1")
    return now(connection)


def now(connection: sqlite3.Connection) -> int:
    """Return the present tick; 0 where there is no clock yet."""
    row = connection.execute("SELECT tick FROM project_clock").fetchone()
    return row[0] if row else 0


def stamp_record(connection: sqlite3.Connection, sim_id: UUID, tick: int) -> None:
    """Note that a simulation's record changed."""
    connection.execute(
        "UPDATE simulation_ticks SET tick = ?, record_tick = ? WHERE sim_id = ?",
        (tick, tick, str(sim_id)),
    )


def stamp_series(connection: sqlite3.Connection, sim_id: UUID, tick: int) -> None:
    """Note that some series of a simulation grew."""
    connection.execute(
        "UPDATE simulation_ticks SET tick = ? WHERE sim_id = ?", (tick, str(sim_id))
    )


def changes(connection: sqlite3.Connection, after: int) -> Changes:
    """Give what changed after a tick; everything for 0 and for a tick that has not come yet."""
    tick = now(connection)
    if after == tick and after > 0:
        return Changes(tick=tick, simulations=(), series=(), deleted=())
    if after <= 0 or after > tick:
        return _everything(connection, tick)
    simulations = connection.execute(
        f"{RECORDS} WHERE s.sim_id IN (SELECT sim_id FROM simulation_ticks WHERE tick > ?) "
        f"AND t.record_tick > ? {rows.BY_CREATION}",
        (after, after),
    )
    series = connection.execute(
        f"{SERIES} WHERE s.sim_id IN (SELECT sim_id FROM simulation_ticks WHERE tick > ?) "
        f"AND e.tick > ? {rows.BY_CREATION}, e.key",
        (after, after),
    )
    deleted = connection.execute(
        "SELECT sim_id FROM tombstones WHERE tick > ? ORDER BY tick", (after,)
    )
    return Changes(
        tick=tick,
        simulations=records(simulations),
        series=series_infos(series),
        deleted=[sim_id for (text,) in deleted if (sim_id := rows.id_of(text)) is not None],
    )


def _everything(connection: sqlite3.Connection, tick: int) -> Changes:
    simulations = connection.execute(f"{RECORDS} {rows.BY_CREATION}")
    series = connection.execute(f"{SERIES} {rows.BY_CREATION}, e.key")
    return Changes(
        tick=tick,
        simulations=records(simulations),
        series=series_infos(series),
        deleted=(),
    )
