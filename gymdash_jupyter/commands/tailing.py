"""``gymdash-jupyter tail``: what a simulation printed and said, and what it goes on to print and say."""

from __future__ import annotations

import argparse
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.commands.choosing import chosen_records, open_to_read
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.facts import summary
from gymdash_jupyter.commands.following import how_it_ended
from gymdash_jupyter.commands.listing import count
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printed import PrintedLines
from gymdash_jupyter.commands.printing import json_line, line_of, lines_of, print_json, say
from gymdash_jupyter.commands.showing import status_lines, status_told
from gymdash_jupyter.output import OUTPUT_FILE, read_tail

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.store.contract import StatusRow

_INTERVAL_S: Final = 0.2
_LINES: Final = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "id", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument("-f", "--follow", action="store_true", help="go on until it has ended")
    parser.add_argument(
        "-n",
        type=count,
        default=_LINES,
        metavar="N",
        dest="most",
        help="so many of the last lines and statuses (default: %(default)s)",
    )
    add_json_argument(parser, "print one JSON document; with --follow one a line")


def execute(args: argparse.Namespace) -> int:
    """Print what a simulation printed and said."""
    project = open_to_read(args)
    record = chosen_records(project.store, [args.id])[0]
    if args.follow:
        _follow(project, record.sim_id, args)
        return 0
    lines = _last_lines(project, record.sim_id, args.most)
    statuses = _last_statuses(project, record.sim_id, args.most)
    if args.json:
        told = summary(record) | {
            "output": lines,
            "statuses": [status_told(row) for row in statuses],
        }
        print_json(told)
        return 0
    for line in lines:
        print(line)
    for row in statuses:
        print("\n".join(status_lines(row)))
    if not lines and not statuses:
        say(f"{line_of(record.name)} has printed and said nothing yet.")
    return 0


def _last_lines(project: Project, sim_id: UUID, most: int) -> list[str]:
    if most == 0:
        return []
    text = lines_of(read_tail(project.sim_folder(sim_id) / OUTPUT_FILE, n_lines=most))
    return text.split("\n") if text else []


def _last_statuses(project: Project, sim_id: UUID, most: int) -> list[StatusRow]:
    return project.store.statuses([sim_id], newest=most) if most else []


def _follow(project: Project, sim_id: UUID, args: argparse.Namespace) -> None:
    """Print what there is and what comes, until the simulation has ended."""
    store = project.store
    # First to the end of the file, so that what is printed meanwhile comes twice rather than never.
    printed = PrintedLines(project.sim_folder(sim_id) / OUTPUT_FILE, starts_at_end=True)
    rows = store.statuses([sim_id], newest=max(args.most, 1))
    seen = rows[-1].status_id if rows else 0
    _print(args, _last_lines(project, sim_id, args.most), rows if args.most else [])
    while True:
        # The state before what it printed: nothing comes after the end.
        record = store.simulation(sim_id)
        rows = store.statuses([sim_id], after=seen)
        seen = rows[-1].status_id if rows else seen
        _print(args, printed.new(is_last=record.state.is_terminal), rows)
        if record.state.is_terminal:
            break
        threading.Event().wait(_INTERVAL_S)
    if args.json:
        _print_object("end", **summary(record))
    else:
        say(how_it_ended(store, record))


def _print(args: argparse.Namespace, lines: list[str], statuses: list[StatusRow]) -> None:
    for line in lines:
        if args.json:
            _print_object("output", line=line)
        else:
            print(line)
    for row in statuses:
        if args.json:
            _print_object("status", **status_told(row))
        else:
            print("\n".join(status_lines(row)))
    sys.stdout.flush()


def _print_object(kind: str, **told: Any) -> None:
    print(json_line({"kind": kind, **told}))
