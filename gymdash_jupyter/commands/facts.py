"""What programs are told of a simulation: dicts that are JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.commands.choosing import current_state, type_of
from gymdash_jupyter.commands.printing import iso
from gymdash_jupyter.json_values import finite_or_none
from gymdash_jupyter.records import now_utc

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.store import ProjectStore


def summary(record: SimulationRecord, state: SimState) -> dict[str, Any]:
    """Give what a list tells of a simulation.

    Args:
        record: The simulation.
        state: Its state now; see ``choosing.current_state``.
    """
    progress = record.progress
    return {
        "sim_id": str(record.sim_id),
        "number": record.number,
        "name": record.name,
        "type": type_of(record),
        "state": state.value,
        "progress": None
        if progress is None
        else {
            "fraction": progress.fraction,
            "current": finite_or_none(progress.current),
            "total": finite_or_none(progress.total),
            "status": progress.status,
        },
        "created": iso(record.created),
        "started": iso(record.started),
        "ended": iso(record.ended),
        "duration_s": duration_s(record, state),
        "launcher": record.launcher,
        "tags": list(record.tags),
        "note": record.note,
        "is_foreign": record.is_foreign,
    }


def duration_s(record: SimulationRecord, state: SimState) -> float | None:
    """Give for how many seconds a simulation has run, or ran; None where that cannot be said."""
    if record.started is None:
        return None
    ended = record.ended
    if ended is None:
        if state.is_terminal or record.is_foreign:
            return None  # it ended at a moment that nobody knows
        ended = now_utc()
    return max((ended - record.started).total_seconds(), 0.0)


def summaries(store: ProjectStore, records: list[SimulationRecord]) -> list[dict[str, Any]]:
    """Give what a list tells of several simulations."""
    return [summary(record, current_state(store, record)) for record in records]
