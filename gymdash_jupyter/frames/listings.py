"""List what a project holds besides numbers: statuses, questions to people, people's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from gymdash_jupyter.store.contract import ProjectStore


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


def control_requests_frame(
    store: ProjectStore, sims: Sims = None, open_only: bool = False
) -> pd.DataFrame:
    """List what simulations asked people, oldest first.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.
        open_only: Whether to leave out what waits no longer: answered, dismissed, or its simulation has ended.

    Returns:
        Columns ``sim_id``, ``request_id``, ``channel``, ``details`` (text: the question), ``subkeys`` (tuples of text:
        names of the values that an answer may hold), ``time`` (UTC) and ``is_open`` (bool).

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    requests = store.control_requests(ids, open_only=open_only)
    return pd.DataFrame(
        {
            "sim_id": text(str(request.sim_id) for request in requests),
            "request_id": text(request.request_id for request in requests),
            "channel": text(request.channel for request in requests),
            "details": text(request.details for request in requests),
            "subkeys": objects([request.subkeys for request in requests]),
            "time": utc(request.time for request in requests),
            "is_open": np.array([request.is_open for request in requests], dtype=bool),
        }
    )
