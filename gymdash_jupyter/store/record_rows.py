"""From rows to records of simulations. A project may have many thousands, so what is done for each row counts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.records import ProcessIdentity, Progress, SimulationRecord
from gymdash_jupyter.states import Flags, SimState, state_of_foreign
from gymdash_jupyter.store.rows import id_of, text_of
from gymdash_jupyter.store.texts import from_exact
from gymdash_jupyter.store.times import from_local_text, from_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

RECORDS = """SELECT
    s.sim_id, s.name, s.created, s.started, s.ended,
    s.is_done, s.cancelled, s.failed, s.force_stopped, s.config, s.start_kwargs, s.sim_type_name, s.sim_module_name,
    r.state, r.sim_key, r.launcher, r.parent_id, r.created, r.started, r.ended,
    r.owner_domain, r.owner_pid, r.owner_started, r.owner_host, r.heartbeat,
    r.progress_current, r.progress_total, r.progress_status, r.progress_time, r.stop_asked, r.result,
    t.record_tick, l.tags, l.note, l.colour,
    coalesce(l.number, s.rowid + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'labels'), 0))
FROM simulations AS s
    LEFT JOIN runtime AS r ON r.sim_id = s.sim_id
    LEFT JOIN simulation_ticks AS t ON t.sim_id = s.sim_id
    LEFT JOIN labels AS l ON l.sim_id = s.sim_id
"""
"""What ``records`` reads; add WHERE and ``rows.BY_CREATION``."""


class _Row(NamedTuple):
    """One row of ``RECORDS``; a place in a tuple is found much faster than a column by its name."""

    sim_id: Any
    name: Any
    created_text: Any
    started_text: Any
    ended_text: Any
    is_done: int | None
    cancelled: int | None
    failed: int | None
    force_stopped: int | None
    config: str | bytes | None
    start_kwargs: str | bytes | None
    sim_type_name: Any
    sim_module_name: Any
    state: str | None
    sim_key: str | bytes | None
    launcher: str | None
    parent_id: str | None
    created: float | None
    started: float | None
    ended: float | None
    owner_domain: str | bytes | None
    owner_pid: int
    owner_started: str | bytes
    owner_host: str | bytes
    heartbeat: int | None
    progress_current: float | None
    progress_total: float | None
    progress_status: str | None
    progress_time: float | None
    stop_asked: float | None
    result: str | None
    record_tick: int | None
    tags: str | None
    note: str | bytes | None
    colour: int | None
    number: int


def records(found: Iterable[sqlite3.Row]) -> list[SimulationRecord]:
    """Read rows of ``RECORDS``; those without a proper id are left out."""
    rows = map(_Row._make, found)
    return [_record(sim_id, row) for row in rows if (sim_id := id_of(row.sim_id)) is not None]


def tags_of(stored: str | None) -> tuple[str, ...]:
    """Read stored tags."""
    if stored is None or stored == "[]":  # nearly always
        return ()
    listed = from_json(stored, [])
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _record(sim_id: UUID, row: _Row) -> SimulationRecord:
    record = object.__new__(SimulationRecord)
    # A frozen dataclass sets its fields one by one, which takes as long as all the rest here.
    record.__dict__.update(
        sim_id=sim_id,
        name=text_of(row.name),
        # The exact time where we know it, else what GymDash's local time says.
        created=from_seconds(row.created) or from_local_text(row.created_text),
        started=from_seconds(row.started) or from_local_text(row.started_text),
        ended=from_seconds(row.ended) or from_local_text(row.ended_text),
        is_done=bool(row.is_done),
        cancelled=bool(row.cancelled),
        failed=bool(row.failed),
        force_stopped=bool(row.force_stopped),
        config_json=row.config,
        start_kwargs_json=row.start_kwargs,
        sim_type_name=text_of(row.sim_type_name),
        sim_module_name=text_of(row.sim_module_name),
        state=_state_of_foreign(row) if row.state is None else SimState(row.state),
        sim_key=from_exact(row.sim_key or ""),
        launcher=row.launcher or "",
        owner=None
        if row.owner_domain is None
        else _owner(row.owner_domain, row.owner_pid, row.owner_started, row.owner_host),
        heartbeat=row.heartbeat or 0,
        progress=None if row.progress_time is None else _progress(row, row.progress_time),
        stop_asked=from_seconds(row.stop_asked),
        result_json=row.result,
        parent_id=UUID(row.parent_id) if row.parent_id else None,
        tick=row.record_tick or 0,
        is_foreign=row.state is None,
        number=row.number,
        tags=tags_of(row.tags),
        note=from_exact(row.note or ""),
        colour=row.colour,
    )
    return record


def _state_of_foreign(row: _Row) -> SimState:
    flags = Flags(
        bool(row.is_done), bool(row.cancelled), bool(row.failed), bool(row.force_stopped)
    )
    return state_of_foreign(flags, has_started=row.started_text is not None)


@lru_cache(maxsize=512)
def _owner(
    domain: str | bytes, pid: int, started: str | bytes, host: str | bytes
) -> ProcessIdentity:
    return ProcessIdentity(from_exact(domain), pid, from_exact(started), from_exact(host))


def _progress(row: _Row, time: float) -> Progress:
    return Progress(
        current=row.progress_current,
        total=row.progress_total,
        status=row.progress_status or "",
        time=time,
    )
