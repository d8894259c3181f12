"""List simulations with what they were given and gave back, all of them or those that pass filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc, utc_from_seconds
from gymdash_jupyter.frames.environments import chosen_records
from gymdash_jupyter.frames.expand import SECTIONS, expanded, sections_of, values_of
from gymdash_jupyter.frames.filters import filtered
from gymdash_jupyter.frames.query import queried
from gymdash_jupyter.json_values import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

_CONFIG = ["name", "sim_key", "sim_family", "sim_type", "kwargs"]


def simulations_frame(
    store: ProjectStore,
    /,
    sims: Sims = None,
    *,
    expand: str | bool | Iterable[str] | None = None,
    where: str | None = None,
    **filters: Any,
) -> pd.DataFrame:
    """List the simulations of a project, oldest first, or those that pass filters.

    ``simulations(state="succeeded", env="CartPole-v1", expand="config")``: the rows can be given as ``sims=`` to
    everything that takes simulations.

    Args:
        store: The project.
        sims: Only of these; see ``selection.resolve_sims``.
        expand: What to lay out in columns of its own: ``"config"`` (its kwargs), ``"start_kwargs"``, ``"result"``, a
            list of these, or True for all. Only what the simulations that are listed have: see ``expand.expanded``
            for names and dtypes.
        where: A pandas query over all columns, expanded as with True, such as ``"learning_rate < 1e-3 and state ==
            'succeeded'"``; names with dots or slashes stand in backticks, or are called by their end.
        **filters: What is wanted, by the name of a column, a config kwarg or a start kwarg: a value; text in which
            ``*`` stands for any text; a list of these; a function of the value; None for missing. Deeper ones by
            the end of their name, ``net_arch=[64, 64]``, or with dots where that means several:
            ``**{"policy_kwargs.net_arch": [64, 64]}``. All of them must fit.

    Returns:
        One row a simulation, with its id as text in the index ``sim_id``. GymDash's columns:
        ``name``, ``state`` (text), ``created``, ``started``, ``ended`` (UTC, NaT where it has not
        happened), ``is_done``, ``cancelled``, ``failed``, ``force_stopped`` (bool), ``config``,
        ``start_kwargs`` (dicts), ``sim_type_name``, ``sim_module_name``. Then ours: ``sim_key``
        (that of the registry, else of the config),
        ``launcher`` (text), ``progress`` (0 to 1), ``progress_current``, ``progress_total`` (in
        the simulation's own unit, NaN when unknown), ``progress_status`` (text), ``progress_time``
        and ``stop_asked`` (UTC), ``result`` (decoded JSON), ``parent_id`` (text, missing when it
        restarts nothing), ``host`` (text), ``pid`` (nullable integer), ``is_foreign`` (whether
        GymDash itself wrote it), ``tags`` (tuples of text) and ``note`` (text). Then what was
        expanded; the columns ``config``, ``start_kwargs`` and ``result`` stay.

    Raises:
        InvalidArgumentError: Nothing has the name of a filter, the query cannot be answered, or something else is to
            be expanded.
        UnknownSimulationError: The project has no such simulation.
    """
    sections = sections_of(expand)
    frame = base_frame(chosen_records(store, sims))
    if len(frame) and (filters or where is not None):
        passed = filtered(frame, filters)
        if where is not None:
            passed &= queried(_expanded(frame, SECTIONS), where)
        frame = frame.iloc[np.flatnonzero(passed)]
    return _expanded(frame, sections)


def base_frame(records: Sequence[SimulationRecord]) -> pd.DataFrame:
    """Give simulations as rows, in their own order; see ``simulations_frame`` for the columns."""
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
        "start_kwargs": objects([_start_kwargs(r) for r in records]),
        "sim_type_name": text(r.sim_type_name for r in records),
        "sim_module_name": text(r.sim_module_name for r in records),
        "sim_key": text(r.sim_key or r.config.sim_key for r in records),
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


def _expanded(frame: pd.DataFrame, sections: Iterable[str]) -> pd.DataFrame:
    """Put what sections hold behind the columns."""
    columns = expanded(values_of(frame, sections), frame.columns)
    if not columns:
        return frame
    return pd.concat([frame, pd.DataFrame(columns, index=frame.index)], axis=1)


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
    """Give a config as a dict; one that is as we write it without validating it again, which takes longer."""
    told = from_json(record.config_json)
    if isinstance(told, dict) and list(told) == _CONFIG and isinstance(told["kwargs"], dict):
        names = [told[name] for name in _CONFIG[:-1]]
        if all(isinstance(name, str) for name in names):
            told["sim_family"] = told["sim_family"] or None
            told["sim_type"] = told["sim_type"] or None
            return told
    config = record.config
    return {name: getattr(config, name) for name in _CONFIG[:-1]} | {"kwargs": dict(config.kwargs)}


def _start_kwargs(record: SimulationRecord) -> dict[str, Any]:
    return {} if record.start_kwargs_json == "{}" else dict(record.start_kwargs)
