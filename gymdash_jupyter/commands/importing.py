"""``gymdash-jupyter import``: bring TensorBoard's logs into a project."""

from __future__ import annotations

import argparse

from gymdash_jupyter.commands.choosing import open_to_act
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import line_of, print_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "folder", metavar="FOLDER", help="folder with event files, or with folders that have some"
    )
    parser.add_argument("--name", help="name of the simulation, or beginning of the names")
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", help="tag to put on them; repeatable"
    )
    add_json_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Import logs; what could not be read is said, and what could be is there."""
    from gymdash_jupyter.importing import import_tensorboard

    project = open_to_act(args, may_make=True).project
    done = import_tensorboard(project, args.folder, args.name, args.tag)
    if args.json:
        print_json(
            {
                "folder": str(done.folder),
                "simulations": [{"sim_id": str(sim.sim_id), "name": sim.name} for sim in done],
                "new_simulations": done.n_new,
                "new_points": done.n_points,
                "new_media": done.n_media,
                "new_histograms": done.n_histograms,
                "problems": list(done.problems),
            }
        )
        return 0
    for sim in done:
        print(f"{str(sim.sim_id)[:8]}  {line_of(sim.name)}")
    say(done.words)
    for problem in done.problems:
        say(f"  {line_of(problem)}")
    return 0
