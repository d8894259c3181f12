"""List in which environments simulations were executed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gymdash_jupyter.frames.columns import objects, text
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore


def environments_frame(store: ProjectStore, sims: Sims = None) -> pd.DataFrame:
    """List versions, machine, code and command of simulations.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        One row a simulation, with its id as text in the index ``sim_id``; by creation, or in the
        order in which they were named. Columns ``name``, ``python``, ``implementation``,
        ``platform``, ``machine``, ``host`` (text), ``cpu_count`` (nullable integer: processors
        that it could use), ``gpus`` (lists of names), ``git_commit``, ``git_branch`` (text),
        ``git_is_dirty`` (nullable boolean: whether tracked files were changed), ``folder``,
        ``command``, ``notebook``, ``executable`` (text), ``seed`` (as it was given),
        ``variables`` (dicts: environment variables that matter) and ``packages`` (dicts: name to
        version). What is not known is missing, as is everything of a simulation whose environment
        nobody captured, such as GymDash's.

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """
    records = chosen_records(store, sims)
    facts = store.environments([record.sim_id for record in records])
    known = [facts.get(record.sim_id, {}) for record in records]
    columns: dict[str, Any] = {
        "name": text(record.name for record in records),
        **{
            name: _texts(known, name)
            for name in ("python", "implementation", "platform", "machine", "host")
        },
        "cpu_count": _counts(known, "cpu_count"),
        "gpus": _of_type(known, "gpus", list),
        "git_commit": _texts(known, "git_commit"),
        "git_branch": _texts(known, "git_branch"),
        "git_is_dirty": _flags(known, "git_is_dirty"),
        **{name: _texts(known, name) for name in ("folder", "command", "notebook", "executable")},
        "seed": objects([seed_of(r, fact) for r, fact in zip(records, known, strict=True)]),
        "variables": _of_type(known, "variables", dict),
        "packages": _of_type(known, "packages", dict),
    }
    index = pd.Index(text(str(record.sim_id) for record in records), name="sim_id")
    return pd.DataFrame(columns, index=index)


def chosen_records(store: ProjectStore, sims: Sims) -> list[SimulationRecord]:
    """Give the records of the simulations that are meant, in their order; see ``selection.resolve_sims``."""
    records = store.simulations()
    if sims is None:
        return records
    ids = resolve_sims(store, sims)
    by_id: dict[UUID, SimulationRecord] = {record.sim_id: record for record in records}
    return [by_id[sim_id] for sim_id in ids if sim_id in by_id]  # one may have been deleted since


def seed_of(record: SimulationRecord, facts: Mapping[str, Any]) -> Any:
    """Give the seed that a simulation was started with, or None; its kwargs tell it, too."""
    for known in (facts, record.start_kwargs, record.config.kwargs):
        if known.get("seed") is not None:
            return known["seed"]
    return None


def _texts(known: Iterable[Mapping[str, Any]], name: str) -> pd.Index:
    found = (facts.get(name) for facts in known)
    return text(None if value is None else str(value) for value in found)


def _counts(known: Iterable[Mapping[str, Any]], name: str) -> Any:
    found = [facts.get(name) for facts in known]
    return pd.array([v if isinstance(v, int) else pd.NA for v in found], dtype="Int64")


def _flags(known: Iterable[Mapping[str, Any]], name: str) -> Any:
    found = [facts.get(name) for facts in known]
    return pd.array([v if isinstance(v, bool) else pd.NA for v in found], dtype="boolean")


def _of_type(known: Sequence[Mapping[str, Any]], name: str, wanted: type) -> NDArray[np.object_]:
    found = [facts.get(name) for facts in known]
    return objects([value if isinstance(value, wanted) else None for value in found])
