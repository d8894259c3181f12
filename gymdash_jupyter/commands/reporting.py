"""``gymdash-jupyter report``: simulations as one HTML file to be sent, printed and kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gymdash_jupyter.commands.choosing import chosen_records, open_to_read
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.printing import say
from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("path", metavar="PATH", help="the HTML file to write")
    which = parser.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help="id, its beginning, or the name of a simulation (default: all of the project)",
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument("--title", metavar="TEXT", help="heading of the report")
    parser.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="draw this series, or a pattern such as 'rollout/*'; may be given several times",
    )
    parser.add_argument(
        "--max-megabytes",
        type=float,
        default=25.0,
        metavar="N",
        help="room for images and videos in the file (default: 25)",
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def execute(args: argparse.Namespace) -> int:
    """Write a report."""
    from gymdash_jupyter.report import write_report
    from gymdash_jupyter.report.writing import checked_path

    goal: Path = checked_path(args.path)
    if goal.exists() and not args.force:
        msg = f"{goal} is there already, and nothing was written. Choose another name, or write over it: --force."
        raise InvalidArgumentError(msg, path=goal)
    project = open_to_read(args)
    sims = None
    if args.ids:
        sims = [record.sim_id for record in chosen_records(project.store, args.ids)]
    written = write_report(
        project, sims, goal, args.title, args.key, max_megabytes=args.max_megabytes
    )
    say(f"The report is in {written} ({written.stat().st_size / 1e6:,.1f} MB).")
    return 0
