"""``gymdash-jupyter list``: the simulations of a project, newest first."""

from __future__ import annotations

import argparse
import gc
import sys
from typing import TYPE_CHECKING

from gymdash_jupyter.commands.choosing import id_length, open_to_read, type_of
from gymdash_jupyter.commands.completing import complete_types
from gymdash_jupyter.commands.facts import duration_s, silences_s, summary
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import (
    columns_of,
    duration,
    line_of,
    listed,
    local,
    number,
    painted,
    plural,
    print_json,
    say,
    shows_colours,
)
from gymdash_jupyter.commands.tables import Column, table
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import SimulationRecord


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "--state",
        action="append",
        choices=[state.value for state in SimState],
        metavar="STATE",
        help="only those in this state; may be given several times",
    )
    type_ = parser.add_argument(
        "--type", metavar="KEY", action="append", help="only those of this type, likewise"
    )
    type_.completer = complete_types  # type: ignore[attr-defined]
    parser.add_argument(
        "--tag", metavar="TAG", action="append", help="only those with this tag; several: with all"
    )
    parser.add_argument(
        "-n", type=count, metavar="N", dest="most", help="at most so many, the newest"
    )
    add_json_argument(parser)


def count(text: str) -> int:
    """Read a whole number from 0 up."""
    if not text.isdecimal() or len(text) > 12:
        msg = f"{text!r} is no whole number from 0 up"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def execute(args: argparse.Namespace) -> int:
    """List simulations."""
    # Of ten thousand records none can be freed yet, and looking for some takes a tenth of the time.
    gc.disable()
    project = open_to_read(args)
    records = project.store.simulations()
    gc.enable()
    chosen = _wanted(args, records)
    silences = silences_s(project.store, chosen)
    if args.json:
        print_json([{**summary(each), "silent_s": silences.get(each.sim_id)} for each in chosen])
    elif chosen:
        length = id_length(record.sim_id for record in records)
        columns = _columns(chosen, length, silences)
        print("\n".join(table(columns, columns_of(sys.stdout))))
    else:
        say(_nothing(project, records))
    return 0


def _wanted(args: argparse.Namespace, records: list[SimulationRecord]) -> list[SimulationRecord]:
    found: list[SimulationRecord] = []
    for record in reversed(records):
        if args.most is not None and len(found) >= args.most:
            break
        if args.tag and not set(args.tag) <= set(record.tags):
            continue
        if args.type and not {type_of(record), record.sim_type_name} & set(args.type):
            continue
        if not args.state or record.state in args.state:
            found.append(record)
    return found


def _columns(
    records: list[SimulationRecord], length: int, silences: Mapping[UUID, float]
) -> list[Column]:
    columns = [
        Column("id", [str(record.sim_id)[:length] for record in records]),
        Column("name", [line_of(record.name) for record in records], shrinks_to=12),
        Column(
            "state",
            [record.state.value for record in records],
            style=painted if shows_colours(sys.stdout) else None,
        ),
        Column("progress", [_progress(record) for record in records], goes=5, is_right=True),
        Column("type", [line_of(type_of(record)) for record in records], shrinks_to=8, goes=2),
        Column("started", [local(record.started)[:16] for record in records], goes=3),
        Column("duration", [duration(duration_s(record)) for record in records], goes=4),
    ]
    if silences:
        words = [
            f"{duration(silences[each.sim_id])} ago" if each.sim_id in silences else ""
            for each in records
        ]
        columns.insert(3, Column("last heard", words))
    if any(record.tags for record in records):
        tags = [line_of(listed(record.tags)) for record in records]
        columns.append(Column("tags", tags, shrinks_to=6, goes=1))
    return columns


def _progress(record: SimulationRecord) -> str:
    progress = record.progress
    if progress is None:
        return "-"
    if progress.fraction is not None:
        return f"{int(progress.fraction * 100 + 1e-9)} %"
    return "-" if progress.current is None else number(progress.current)


def _nothing(project: Project, records: list[SimulationRecord]) -> str:
    if not records:
        return f"The project at {project.folder} has no simulations yet."
    return f"None of {plural(len(records))} in the project at {project.folder} is like that."
