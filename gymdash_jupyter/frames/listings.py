"""List what a project holds besides numbers: simulations, their statuses, people's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc, utc_from_seconds
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore


def simulations_frame(store: ProjectStore) -> pd.DataFrame:
    """List the simulations of a project, oldest first.

    Returns:
        One row a simulation, with its id as text in the index ``sim_id``. GymDash's columns:
        ``name``, ``state`` (text), ``created``, ``started``, ``ended`` (UTC, NaT where it has not
        happened), ``is_done``, ``cancelled``, ``failed``, ``force_stopped`` (bool), ``config``,
        ``start_kwargs`` (dicts), ``sim_type_name``, ``sim_module_name``. Then ours: ``sim_key``,
        ``launcher`` (text), ``progress`` (0 to 1), ``progress_current``, ``progress_total`` (in
        the simulation's own unit, NaN when unknown), ``progress_status`` (text), ``progress_time``
        and ``stop_asked`` (UTC), ``result`` (decoded JSON), ``parent_id`` (text, missing when it
        restarts nothing), ``host`` (text), ``pid`` (nullable integer), ``is_foreign`` (whether
        GymDash itself wrote it), ``tags`` (tuples of text) and ``note`` (text).
    """
    records = store.simulations()
    columns: dict[str, Any] = {
        "name": text(r.name for r in records),
        "state": text(r.state.value for r in records),
        "created": utc(r.created for r in records),
        "started": utc(r.started for r in records),
        "ended": utc(r.ended for r in records),
        "is_done": np.array([r.is_done for r in records], dtype=bool),
        "cancelled": np.array([r.cancelled for r in records], dtype=bool),
        "failed": np.array([r.failed for r in records], dtype=bool),
        "force_stopped": np.array([r.force_stopped for r in records], dtype=bool),
        "config": objects([_config_dict(r) for r in records]),
        "start_kwargs": objects([dict(r.start_kwargs) for r in records]),
        "sim_type_name": text(r.sim_type_name for r in records),
        "sim_module_name": text(r.sim_module_name for r in records),
        "sim_key": text(r.sim_key for r in records),
        "launcher": text(r.launcher for r in records),
        **_progress_columns(records),
        "stop_asked": utc(r.stop_asked for r in records),
        "result": objects([r.result for r in records]),
        "parent_id": text(str(r.parent_id) if r.parent_id else None for r in records),
        "host": text(r.owner.host if r.owner else "" for r in records),
        "pid": pd.array([r.owner.pid if r.owner else pd.NA for r in records], dtype="Int64"),
        "is_foreign": np.array([r.is_foreign for r in records], dtype=bool),
        "tags": objects([r.tags for r in records]),
        "note": text(r.note for r in records),
    }
    index = pd.Index(text(str(r.sim_id) for r in records), name="sim_id")
    return pd.DataFrame(columns, index=index)


def statuses_frame(store: ProjectStore, sims: Sims = None) -> pd.DataFrame:
    """List what simulations said about themselves, in the order in which it was stored.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        Columns ``sim_id`` (text), ``time`` (UTC), ``code`` (int64: 0 success, 1 fail, 2 info),
        ``code_name`` (text), ``subcode`` (int64), ``details`` and ``error_trace`` (text).

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    rows = store.statuses(ids)
    return pd.DataFrame(
        {
            "sim_id": text(str(row.sim_id) for row in rows),
            "time": utc(row.status.time for row in rows),
            "code": np.array([row.status.code for row in rows], dtype=np.int64),
            "code_name": text(row.status.code.name for row in rows),
            "subcode": np.array([row.status.subcode for row in rows], dtype=np.int64),
            "details": text(row.status.details for row in rows),
            "error_trace": text(row.status.error_trace for row in rows),
        }
    )


def api_calls_frame(store: ProjectStore) -> pd.DataFrame:
    """List the commands of people and programs to a project, oldest first.

    Returns:
        Columns ``name`` (text), ``time`` (UTC), ``code`` (int64: 0 done, 1 refused or failed),
        ``details`` (decoded JSON).
    """
    calls = store.api_calls()
    return pd.DataFrame(
        {
            "name": text(call.name for call in calls),
            "time": utc(call.time for call in calls),
            "code": np.array([call.code for call in calls], dtype=np.int64),
            "details": objects([call.details for call in calls]),
        }
    )


def _progress_columns(records: Sequence[SimulationRecord]) -> dict[str, Any]:
    said = [r.progress for r in records]

    def number(name: str) -> NDArray[np.float64]:
        found = [None if p is None else getattr(p, name) for p in said]
        return np.array([np.nan if x is None else x for x in found], dtype=np.float64)

    return {
        "progress": number("fraction"),
        "progress_current": number("current"),
        "progress_total": number("total"),
        "progress_status": text("" if p is None else p.status for p in said),
        "progress_time": utc_from_seconds(number("time")),
    }


def _config_dict(record: SimulationRecord) -> dict[str, Any]:
    config = record.config
    return {
        "name": config.name,
        "sim_key": config.sim_key,
        "sim_family": config.sim_family,
        "sim_type": config.sim_type,
        "kwargs": dict(config.kwargs),
    }
