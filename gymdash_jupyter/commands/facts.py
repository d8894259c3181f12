"""What programs are told of a simulation: dicts that are JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.commands.choosing import type_of
from gymdash_jupyter.commands.printing import iso
from gymdash_jupyter.heartbeats import silence_since
from gymdash_jupyter.json_values import finite_or_none
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.states import ACTIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore


def summary(record: SimulationRecord) -> dict[str, Any]:
    """Give what a list tells of a simulation."""
    progress = record.progress
    return {
        "sim_id": str(record.sim_id),
        "number": record.number,
        "name": record.name,
        "type": type_of(record),
        "state": record.state.value,
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
        "duration_s": duration_s(record),
        "launcher": record.launcher,
        "tags": list(record.tags),
        "note": record.note,
        "is_foreign": record.is_foreign,
    }


def silences_s(store: ProjectStore, records: Iterable[SimulationRecord]) -> dict[UUID, float]:
    """Say of which simulations that GymDash left running nothing was heard, and for how many seconds."""
    ids = [each.sim_id for each in records if each.is_foreign and each.state in ACTIVE_STATES]
    heard = store.last_heard(ids) if ids else {}
    silences = {sim_id: silence_since(moment) for sim_id, moment in heard.items()}
    return {sim_id: silence for sim_id, silence in silences.items() if silence is not None}


def duration_s(record: SimulationRecord) -> float | None:
    """Give for how many seconds a simulation has run, or ran; None where that cannot be said."""
    if record.started is None:
        return None
    ended = record.ended
    if ended is None:
        if record.state.is_terminal or record.is_foreign:
            return None  # it ended at a moment that nobody knows
        ended = now_utc()
    return max((ended - record.started).total_seconds(), 0.0)
