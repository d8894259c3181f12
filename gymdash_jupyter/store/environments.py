"""In which environment simulations execute: facts as JSON, one row a simulation."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.store import rows, ticks

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping


def set_facts(connection: sqlite3.Connection, sim_id: UUID, facts: str) -> None:
    """Store the facts of a simulation of ours that is there; ``facts`` is JSON."""
    stored = connection.execute(
        "INSERT OR REPLACE INTO environment (sim_id, facts) SELECT sim_id, ? FROM runtime WHERE sim_id = ?",
        (facts, str(sim_id)),
    )
    if stored.rowcount:
        ticks.stamp_record(connection, sim_id, ticks.bump(connection))


def environments(
    connection: sqlite3.Connection, sim_ids: Collection[UUID] | None
) -> dict[UUID, Mapping[str, Any]]:
    """Read the facts of simulations that have some, by creation."""
    where = "" if sim_ids is None else "WHERE s.sim_id IN (SELECT value FROM json_each(?))"
    values = () if sim_ids is None else (rows.ids_json(sim_ids),)
    found = connection.execute(
        f"SELECT e.sim_id, e.facts FROM environment AS e JOIN simulations AS s ON s.sim_id = e.sim_id {where} "
        f"{rows.BY_CREATION}",
        values,
    )
    return {UUID(row["sim_id"]): from_json(row["facts"], {}) for row in found}
