"""From rows to records. Reading is forgiving, for GymDash's databases hold NULL and ``""`` in many places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.config import config_from_json
from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.records import ProcessIdentity, Progress, SimulationRecord
from gymdash_jupyter.states import Flags, SimState, state_of_foreign
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store.texts import from_exact
from gymdash_jupyter.store.times import from_local_text, from_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

RECORDS = """SELECT
    s.sim_id, s.name, s.created AS created_text, s.started AS started_text, s.ended AS ended_text,
    s.is_done, s.cancelled, s.failed, s.force_stopped, s.config, s.start_kwargs, s.sim_type_name, s.sim_module_name,
    r.state, r.sim_key, r.launcher, r.parent_id, r.created, r.started, r.ended,
    r.owner_domain, r.owner_pid, r.owner_started, r.owner_host, r.heartbeat,
    r.progress_current, r.progress_total, r.progress_status, r.progress_time, r.stop_asked, r.result,
    t.record_tick, l.tags, l.note, l.colour,
    coalesce(l.number, s.rowid + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'labels'), 0)) AS number
FROM simulations AS s
    LEFT JOIN runtime AS r ON r.sim_id = s.sim_id
    LEFT JOIN simulation_ticks AS t ON t.sim_id = s.sim_id
    LEFT JOIN labels AS l ON l.sim_id = s.sim_id
"""
"""What ``records`` reads; add WHERE and ``BY_CREATION``."""

BY_CREATION = "ORDER BY s.created, s.rowid"


def ids_json(sim_ids: Collection[UUID]) -> str:
    """Encode ids for ``IN (SELECT value FROM json_each(?))``, which takes any number of them."""
    return json.dumps([str(sim_id) for sim_id in sim_ids])


def id_of(text: object) -> UUID | None:
    """Read a stored id; rows of other tools may hold anything, then it is None."""
    try:
        return UUID(text)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        return None


def unknown(sim_id: UUID) -> UnknownSimulationError:
    """Say that a project has no such simulation."""
    return UnknownSimulationError(
        f"No simulation has the id {sim_id} in this project. It may have been deleted, or belong to another project.",
        sim_id=sim_id,
    )


def records(found: Iterable[sqlite3.Row]) -> list[SimulationRecord]:
    """Read rows of ``RECORDS``; those without a proper id are left out."""
    return [_record(sim_id, row) for row in found if (sim_id := id_of(row["sim_id"])) is not None]


def _record(sim_id: UUID, row: sqlite3.Row) -> SimulationRecord:
    is_foreign = row["state"] is None
    flags = stored_flags(row)
    return SimulationRecord(
        sim_id=sim_id,
        name=_text(row["name"]),
        # The exact time where we know it, else what GymDash's local time says.
        created=from_seconds(row["created"]) or from_local_text(row["created_text"]),
        started=from_seconds(row["started"]) or from_local_text(row["started_text"]),
        ended=from_seconds(row["ended"]) or from_local_text(row["ended_text"]),
        is_done=flags.is_done,
        cancelled=flags.cancelled,
        failed=flags.failed,
        force_stopped=flags.force_stopped,
        config=config_from_json(row["config"]),
        start_kwargs=_mapping(row["start_kwargs"]),
        sim_type_name=_text(row["sim_type_name"]),
        sim_module_name=_text(row["sim_module_name"]),
        state=state(row),
        sim_key=from_exact(row["sim_key"] or ""),
        launcher=row["launcher"] or "",
        owner=owner(row),
        heartbeat=row["heartbeat"] or 0,
        progress=_progress(row),
        stop_asked=from_seconds(row["stop_asked"]),
        result=from_json(row["result"]),
        parent_id=UUID(row["parent_id"]) if row["parent_id"] else None,
        tick=row["record_tick"] or 0,
        is_foreign=is_foreign,
        number=row["number"],
        tags=tags(row["tags"]),
        note=from_exact(row["note"] or ""),
        colour=row["colour"],
    )


def tags(stored: str | None) -> tuple[str, ...]:
    """Read stored tags."""
    if stored is None or stored == "[]":  # nearly always
        return ()
    listed = from_json(stored, [])
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def stored_flags(row: sqlite3.Row) -> Flags:
    """Read GymDash's four flags; NULL counts as false."""
    return Flags(
        is_done=bool(row["is_done"]),
        cancelled=bool(row["cancelled"]),
        failed=bool(row["failed"]),
        force_stopped=bool(row["force_stopped"]),
    )


def state(row: sqlite3.Row) -> SimState:
    """Read the state, which GymDash's own rows only hint at."""
    if row["state"] is not None:
        return SimState(row["state"])
    return state_of_foreign(stored_flags(row), has_started=row["started_text"] is not None)


def owner(row: sqlite3.Row) -> ProcessIdentity | None:
    """Read who executes a simulation."""
    if row["owner_domain"] is None:
        return None
    return ProcessIdentity(
        domain=from_exact(row["owner_domain"]),
        pid=row["owner_pid"],
        started=from_exact(row["owner_started"]),
        host=from_exact(row["owner_host"]),
    )


def status(row: sqlite3.Row) -> SimStatus:
    """Read one row of ``sim_status`` with its exact time, where it is known, as ``exact_time``."""
    code = row["code"]
    known = code in SimStatusCode.__members__.values()
    return SimStatus(
        code=SimStatusCode(code) if known else SimStatusCode.INFO,
        time=from_seconds(row["exact_time"]) or from_local_text(row["time"]),
        subcode=row["subcode"] if isinstance(row["subcode"], int) else 0,
        details=_text(row["details"]),
        error_trace=_text(row["error_trace"]),
    )


def _progress(row: sqlite3.Row) -> Progress | None:
    if row["progress_time"] is None:
        return None
    return Progress(
        current=row["progress_current"],
        total=row["progress_total"],
        status=row["progress_status"] or "",
        time=row["progress_time"],
    )


def _mapping(text: str | None) -> dict[str, Any]:
    if text == "{}":  # nearly always
        return {}
    value = from_json(text, {})
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
