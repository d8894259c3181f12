"""From rows to values. Reading is forgiving, for GymDash's databases hold NULL and ``""`` in many places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.records import ProcessIdentity
from gymdash_jupyter.states import Flags, SimState, state_of_foreign
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store.texts import from_exact
from gymdash_jupyter.store.times import from_local_text, from_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

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
        details=text_of(row["details"]),
        error_trace=text_of(row["error_trace"]),
    )


def text_of(value: Any) -> str:
    """Read a text; rows of other tools may hold anything."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
