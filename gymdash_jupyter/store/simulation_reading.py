"""Simulations as they stand in the database: their records, their states and what may have to be settled."""

# ruff: noqa: S608 - queries are put together from constants only
from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.records import ProcessIdentity, SimulationRecord, Unsettled
from gymdash_jupyter.states import Flags, SimState
from gymdash_jupyter.store import rows, schema
from gymdash_jupyter.store.record_rows import RECORDS, records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping


def simulation(connection: sqlite3.Connection, sim_id: UUID) -> SimulationRecord:
    """Give one simulation."""
    found = records(connection.execute(f"{RECORDS} WHERE s.sim_id = ?", (str(sim_id),)))
    if not found:
        raise rows.unknown(sim_id)
    return found[0]


def simulations(
    connection: sqlite3.Connection, flags: Mapping[str, bool] | None, mode: Literal["OR", "AND"]
) -> list[SimulationRecord]:
    """List simulations by creation whose flags match."""
    wanted = dict(flags or {})
    unknown = wanted.keys() - set(Flags._fields)
    if unknown or mode not in {"OR", "AND"}:
        msg = (
            f"Simulations can be filtered by {', '.join(Flags._fields)} with mode 'OR' or 'AND'; "
            f"got {', '.join(sorted(unknown)) or 'nothing else'} with mode {mode!r}."
        )
        raise InvalidArgumentError(msg)
    tests = f" {mode} ".join(f"coalesce(s.{name}, 0) = ?" for name in wanted)
    where = f"WHERE {tests}" if tests else ""
    found = connection.execute(
        f"{RECORDS} {where} {rows.BY_CREATION}", [int(value) for value in wanted.values()]
    )
    return records(found)


def ids_matching(connection: sqlite3.Connection, prefix: str) -> list[UUID]:
    """List ids that begin with a prefix."""
    begin = prefix.lower()
    found = connection.execute(f"SELECT s.sim_id FROM simulations AS s {rows.BY_CREATION}")
    ids = [rows.id_of(text) for (text,) in found if str(text).lower().startswith(begin)]
    return [sim_id for sim_id in ids if sim_id is not None]


def states(connection: sqlite3.Connection, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
    """Give the states of those simulations that exist."""
    found = connection.execute(
        "SELECT s.sim_id, s.is_done, s.cancelled, s.failed, s.force_stopped, s.started AS started_text, r.state "
        "FROM simulations AS s LEFT JOIN runtime AS r ON r.sim_id = s.sim_id "
        "WHERE s.sim_id IN (SELECT value FROM json_each(?))",
        (rows.ids_json(sim_ids),),
    )
    return {UUID(row["sim_id"]): rows.state(row) for row in found}


def foreign_states(connection: sqlite3.Connection) -> dict[UUID, SimState]:
    """Give the states of what GymDash itself wrote, by creation."""
    found = connection.execute(
        "SELECT s.sim_id, s.is_done, s.cancelled, s.failed, s.force_stopped, s.started AS started_text, NULL AS state "
        "FROM simulations AS s WHERE NOT EXISTS (SELECT 1 FROM runtime AS r WHERE r.sim_id = s.sim_id) "
        f"{rows.BY_CREATION}"
    )
    return {
        sim_id: rows.state(row)
        for row in found
        if (sim_id := rows.id_of(row["sim_id"])) is not None
    }


def unsettled(connection: sqlite3.Connection) -> list[Unsettled]:
    """List what waits or executes and has an owner, oldest first."""
    found = connection.execute(
        "SELECT s.sim_id, s.name, r.state, r.launcher, r.owner_domain, r.owner_pid, r.owner_started, r.owner_host "
        f"FROM runtime AS r CROSS JOIN simulations AS s ON s.sim_id = r.sim_id WHERE r.{schema.IS_OPEN} "
        f"AND r.owner_domain IS NOT NULL {rows.BY_CREATION}"
    )
    return [_unsettled(row, owner) for row in found if (owner := rows.owner(row)) is not None]


def n_active(connection: sqlite3.Connection, launcher: str) -> int:
    """Count what executes with a launcher."""
    row = connection.execute(
        f"SELECT count(*) FROM runtime WHERE {schema.IS_OPEN} AND state != 'queued' AND launcher = ?",
        (launcher,),
    ).fetchone()
    count: int = row[0]
    return count


def _unsettled(row: sqlite3.Row, owner: ProcessIdentity) -> Unsettled:
    return Unsettled(
        sim_id=UUID(row["sim_id"]),
        name=str(row["name"] or ""),
        state=SimState(row["state"]),
        owner=owner,
        launcher=row["launcher"],
    )
