"""Which project and which simulations a command line means."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import UUID

from gymdash_jupyter.commands.printing import line_of, listed, local, plural
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    ProjectFolderError,
    UnknownSimulationError,
    did_you_mean,
)
from gymdash_jupyter.project import DEFAULT_FOLDER, PROJECT_VARIABLE, Project, pinned
from gymdash_jupyter.selection import MIN_PREFIX

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.tracker import SimulationTracker

SHORT: Final = 8
"""How many letters of an id are shown at least."""

_MOST_CANDIDATES: Final = 10


def project_folder(args: argparse.Namespace) -> Path:
    """Give the folder that a command line means: its flag, else ``GYMDASH_PROJECT``, else the default one."""
    given = args.project_dir
    if given is None:
        given = os.environ.get(PROJECT_VARIABLE) or DEFAULT_FOLDER
    return pinned(given)


def open_to_read(args: argparse.Namespace) -> Project:
    """Open the project that a command line means, without changing a byte of it.

    What dead processes left as running is told as ``lost`` by such a store.

    Raises:
        ProjectFolderError: There is none.
    """
    return Project.open(_existing(project_folder(args)), read_only=True)


def open_to_act(args: argparse.Namespace, *, may_make: bool = False) -> SimulationTracker:
    """Give the tracker of the project that a command line means.

    Args:
        args: The command line.
        may_make: Whether to make the project where there is none.

    Raises:
        ProjectFolderError: There is none, or it cannot be one.
    """
    from gymdash_jupyter import current, running

    folder = project_folder(args)
    current.open_project(folder if may_make else _existing(folder))
    return running.tracker()


def options_for(args: argparse.Namespace) -> str:
    """Give the flags with which a person finds the same project again, with a space behind."""
    import shlex

    return "" if args.project_dir is None else f"-d {shlex.quote(args.project_dir)} "


def chosen_records(
    store: ProjectStore, asked: Sequence[str], records: list[SimulationRecord] | None = None
) -> list[SimulationRecord]:
    """Give the simulations that are meant, each once, in the order in which they were named.

    Args:
        store: The project's.
        asked: Ids, beginnings of ids that only one simulation has (four letters or more), or whole names.
        records: All simulations of the project, where they are at hand.

    Raises:
        UnknownSimulationError: No simulation is called so.
        InvalidArgumentError: Several are.
    """
    everything = store.simulations() if records is None else records
    found = {record.sim_id: record for each in asked for record in [_chosen(everything, each)]}
    return list(found.values())


def type_of(record: SimulationRecord) -> str:
    """Name the type of a simulation: its sim key, else its class."""
    return record.sim_key or record.config.sim_key or record.sim_type_name


def id_length(sim_ids: Iterable[UUID]) -> int:
    """Give how many letters of each id tell it from all others, eight at least."""
    texts = sorted(map(str, sim_ids))
    length = SHORT
    for one, other in pairwise(texts):
        while one[:length] == other[:length] and length < len(one):
            length += 1
    return length


def short(record: SimulationRecord) -> str:
    """Give the beginning of an id."""
    return str(record.sim_id)[:SHORT]


def _existing(folder: Path) -> Path:
    """Give a project's folder back if it is there."""
    if (folder / "db" / "simulations.db").exists():
        return folder
    if folder.is_dir():
        found = "the folder holds no database"
    else:
        found = "it is a file" if folder.exists() else "the folder does not exist"
    msg = (
        f"There is no project at {folder}: {found}. "
        f"Say where one is: -d FOLDER, or the variable {PROJECT_VARIABLE}."
    )
    raise ProjectFolderError(msg, path=folder)


def _chosen(records: Sequence[SimulationRecord], asked: str) -> SimulationRecord:
    text = asked.strip().lower()
    try:
        whole = str(UUID(text))
    except ValueError:
        whole = ""
    if whole:
        found = [record for record in records if str(record.sim_id) == whole]
    else:
        is_long = len(text) >= MIN_PREFIX
        found = [
            record
            for record in records
            if (is_long and str(record.sim_id).startswith(text)) or record.name == asked
        ]
    if len(found) == 1:
        return found[0]
    raise _ambiguous(records, asked, found) if found else _unknown(records, asked)


def _ambiguous(
    records: Sequence[SimulationRecord], asked: str, found: Sequence[SimulationRecord]
) -> InvalidArgumentError:
    newest = list(reversed(found))
    length = id_length(record.sim_id for record in records)
    lines = [
        f"  {str(record.sim_id)[:length]}  {record.state:10}  created {local(record.created)}  {line_of(record.name)}"
        for record in newest[:_MOST_CANDIDATES]
    ]
    if len(newest) > _MOST_CANDIDATES:
        lines.append(f"  and {len(newest) - _MOST_CANDIDATES:,} more")
    msg = (
        f"{len(found):,} simulations are called {asked!r}. Say which one by its id:\n"
        + "\n".join(lines)
    )
    return InvalidArgumentError(msg, asked=asked, found=[record.sim_id for record in found])


def _unknown(records: Sequence[SimulationRecord], asked: str) -> UnknownSimulationError:
    hint = did_you_mean(asked, {line_of(record.name) for record in records[-1000:]})
    near = _near_ids(records, asked.strip().lower())
    if near:
        hint = f" Ids like it: {listed(near, 5)}."
    elif not hint and len(asked.strip()) < MIN_PREFIX:
        hint = f" The beginning of an id needs at least {MIN_PREFIX} letters."
    msg = (
        f"No simulation has the id or the name {asked!r}.{hint} "
        f"{plural(len(records))} in this project: gymdash-jupyter list."
    )
    return UnknownSimulationError(msg, sim_id=asked)


def _near_ids(records: Sequence[SimulationRecord], text: str) -> list[str]:
    """List ids that begin as a mistyped one does, as far as that goes; none where that says nothing."""
    for length in range(len(text) - 1, 3, -1):
        near = [
            str(record.sim_id)
            for record in records
            if str(record.sim_id)[:length] == text[:length]
        ]
        if near:
            return [each[: max(SHORT, len(text))] for each in reversed(near)]
    return []
