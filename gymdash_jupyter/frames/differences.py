"""Say in what two simulations differ: settings, code, machine and versions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames.columns import objects, text
from gymdash_jupyter.frames.environments import seed_of
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described
from gymdash_jupyter.selection import Sims, resolve_sims

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store.contract import ProjectStore

_Path: TypeAlias = tuple[str, ...]

_SECTIONS = ("simulation", "config", "start_kwargs", "environment", "variables", "packages")
_SHORT_ID = 8
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""What the repr of an object says besides what it is; another one in every process."""


def differences_frame(store: ProjectStore, sim_a: Sims, sim_b: Sims) -> pd.DataFrame:
    """List in what two simulations differ.

    Numbers that are equal are the same, as integer or float (``1e6`` and ``1_000_000``), and so
    are two NaN. Of objects that JSON could not hold, descriptions are compared.

    Args:
        store: The project.
        sim_a: A simulation, its id or the beginning of it; see ``selection.resolve_sims``.
        sim_b: Likewise.

    Returns:
        One row a difference, without rows when there is none. Index ``section`` and ``name``;
        sections are ``simulation`` (its type and launcher), ``config`` (its kwargs),
        ``start_kwargs``, ``environment``, ``variables`` and ``packages``; names of nested kwargs
        are joined by dots. Two columns of objects, named after the simulations, with the beginning
        of the id where the names are equal. ``pd.NA`` stands where one has no such thing. When the
        environment of one was not captured, the single row ``environment``, ``captured`` says so.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: An argument means none or several.
    """
    records = [_one(store, sim_a, "sim_a"), _one(store, sim_b, "sim_b")]
    known = store.environments([record.sim_id for record in records])
    is_captured = [record.sim_id in known for record in records]
    facts = [_facts(record, known.get(record.sim_id), all(is_captured)) for record in records]
    if any(is_captured) and not all(is_captured):
        for mine, captured in zip(facts, is_captured, strict=True):
            mine["environment", "captured"] = captured
    rows = [
        (path, *(mine.get(path, pd.NA) for mine in facts))
        for path in _in_order(facts[0], facts[1])
        if not all(path in mine for mine in facts) or not _is_same(*(mine[path] for mine in facts))
    ]
    index = pd.MultiIndex.from_arrays(
        [text(path[0] for path, *_ in rows), text(".".join(path[1:]) for path, *_ in rows)],
        names=["section", "name"],
    )
    frame = pd.DataFrame(
        {place: objects([_shown(row[place + 1]) for row in rows]) for place in range(2)},
        index=index,
    )
    frame.columns = text(_labels(records[0], records[1]))
    return frame


def _one(store: ProjectStore, sim: Sims, argument: str) -> SimulationRecord:
    ids = [] if sim is None else resolve_sims(store, sim)
    if len(ids) != 1:
        found = "None" if sim is None else f"{len(ids)} simulations"
        msg = f"Two simulations can be compared, each by itself; {argument} means {found}."
        raise InvalidArgumentError(msg, argument=argument, found=tuple(ids))
    return store.simulation(ids[0])


def _labels(a: SimulationRecord, b: SimulationRecord) -> list[str]:
    """Name both columns so that they can be told apart."""
    labels = [record.name or str(record.sim_id)[:_SHORT_ID] for record in (a, b)]
    if labels[0] != labels[1]:
        return labels
    ids = [str(record.sim_id)[:_SHORT_ID] for record in (a, b)]
    if ids[0] == ids[1]:
        ids = [str(record.sim_id) for record in (a, b)]
    if ids[0] == ids[1]:  # one compared with itself
        ids[1] += " again"
    return [f"{label} ({sim_id})" for label, sim_id in zip(labels, ids, strict=True)]


def _facts(
    record: SimulationRecord, environment: Mapping[str, Any] | None, is_comparable: bool
) -> dict[_Path, Any]:
    """Collect everything that may differ, by section and path."""
    config = record.config
    kwargs, start_kwargs = dict(config.kwargs), dict(record.start_kwargs)
    itself = {
        "type": f"{record.sim_module_name}.{record.sim_type_name}".strip("."),
        "sim_key": record.sim_key or config.sim_key,
        "sim_family": config.sim_family,
        "sim_type": config.sim_type,
        "launcher": record.launcher,
    }
    sections: dict[str, Any] = {
        "simulation": {name: value for name, value in itself.items() if value},
        "config": kwargs,
        "start_kwargs": start_kwargs,
    }
    if environment is not None and is_comparable:
        own = {**environment, "seed": seed_of(record, environment)}
        if "seed" in kwargs or "seed" in start_kwargs:
            del own["seed"]  # said there
        inner = {name: own.pop(name, None) or {} for name in ("variables", "packages")}
        told = {name: value for name, value in own.items() if value is not None}
        sections |= {"environment": told, **inner}
    return {
        (section, *path): value
        for section, values in sections.items()
        for path, value in _flat(values)
        if path
    }


def _flat(values: Any, above: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    """Take nested dicts apart; one without anything in it is a value itself."""
    if not isinstance(values, Mapping) or is_described(values) or (above and not values):
        yield above, values
        return
    for name, value in values.items():
        yield from _flat(value, (*above, str(name)))


def _in_order(a: dict[_Path, Any], b: dict[_Path, Any]) -> list[_Path]:
    """Give all paths, section by section, those of the first simulation first."""
    return sorted(dict.fromkeys([*a, *b]), key=lambda path: _SECTIONS.index(path[0]))


def _is_same(a: Any, b: Any) -> bool:
    a, b = _shown(a), _shown(b)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if isinstance(a, bool) != isinstance(b, bool):
            return False
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_is_same, a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_is_same(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


def _shown(value: Any) -> Any:
    """Show a description as its words, without the address of an object."""
    return _ADDRESS.sub("", value[DESCRIPTION_KEY]) if is_described(value) else value
