"""``gymdash-jupyter delete``: remove simulations with all their data and files, for those who say that they mean it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gymdash_jupyter.commands.choosing import chosen_records, open_to_act, open_to_read, short
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import complain, line_of, plural, print_json, say

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord

_MOST_NAMED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "ids", nargs="+", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument(
        "--yes", action="store_true", help="do it; without this nothing is removed"
    )
    add_json_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Delete simulations."""
    if not args.yes:
        project = open_to_read(args)
        chosen = chosen_records(project.store, args.ids)
        complain(
            f"This would remove {plural(len(chosen))} with all data and files from {project.folder}:\n"
            f"{_named(chosen)}\nNothing was removed. If you mean it, add --yes."
        )
        return 2
    mine = open_to_act(args)
    chosen = chosen_records(mine.project.store, args.ids)
    mine.delete([record.sim_id for record in chosen])
    if args.json:
        print_json([{"sim_id": str(record.sim_id), "name": record.name} for record in chosen])
    else:
        say(f"Removed {plural(len(chosen))}:\n{_named(chosen)}")
    return 0


def _named(chosen: list[SimulationRecord]) -> str:
    lines = [f"  {short(r)}  {r.state.value:10}  {line_of(r.name)}" for r in chosen[:_MOST_NAMED]]
    if len(chosen) > _MOST_NAMED:
        lines.append(f"  and {len(chosen) - _MOST_NAMED:,} more")
    return "\n".join(lines)
