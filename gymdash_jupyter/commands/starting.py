"""``gymdash-jupyter run``: start simulations in processes of their own, by the same call as a notebook's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.commands import following
from gymdash_jupyter.commands.choosing import open_to_act, options_for, project_folder
from gymdash_jupyter.commands.completing import complete_types
from gymdash_jupyter.commands.facts import summary
from gymdash_jupyter.commands.kwargs import (
    kwarg,
    merged,
    several,
    several_kwargs,
    sweep_values,
    values,
)
from gymdash_jupyter.commands.parsing import PROGRAM, add_json_argument
from gymdash_jupyter.commands.printing import print_json, say

if TYPE_CHECKING:
    import argparse

    from gymdash_jupyter.groups import SimulationGroup
    from gymdash_jupyter.tracker import SimulationTracker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    key = parser.add_argument(
        "key", metavar="KEY", help="sim key of the type; see the command types"
    )
    key.completer = complete_types  # type: ignore[attr-defined]
    parser.add_argument("--name", help="display name; of several a template, such as ppo-s{seed}")
    parser.add_argument(
        "--kwarg",
        type=kwarg,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a kwarg, as JSON or else as text; a.b=1 puts it into the dict a",
    )
    parser.add_argument(
        "--kwargs",
        type=several_kwargs,
        action="append",
        default=[],
        metavar="JSON",
        help="several as a JSON object, or @FILE with one; what --kwarg says comes over them",
    )
    parser.add_argument(
        "--seeds",
        type=several,
        metavar="VALUES",
        help="one simulation for each seed: 0..4, or 1,2,5",
    )
    parser.add_argument(
        "--values",
        type=values,
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="one for each value, and every combination: algorithm_kwargs.gamma=0.9,0.99",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--wait",
        action="store_true",
        help="follow until the end, as without this; Ctrl-C leaves it",
    )
    how.add_argument(
        "--detach", action="store_true", help="return at once; the simulation goes on"
    )
    add_json_argument(parser, "print one JSON document: at the end, or at once with --detach")


def execute(args: argparse.Namespace) -> int:
    """Start simulations."""
    return start_and_follow(args, is_queued=False)


def start_and_follow(args: argparse.Namespace, *, is_queued: bool) -> int:
    """Start simulations, or let them wait for their turn, and follow them unless that is not wanted."""
    try:
        mine, group = _started(args, is_queued=is_queued)
    except KeyboardInterrupt:
        say(f"Interrupted; look what goes on: {PROGRAM} {options_for(args)}list -n 10")
        return following.INTERRUPTED
    if not args.json:
        # The id comes first, so that a script that reads it can go on.
        print(*group.ids, sep="\n", flush=True)
    code = 0
    if not args.detach:
        code = following.follow(mine.project.store, group.ids, args)
    if args.json:
        store = mine.project.store
        print_json([summary(store.simulation(sim_id)) for sim_id in group.ids])
    return code


def _started(
    args: argparse.Namespace, *, is_queued: bool
) -> tuple[SimulationTracker, SimulationGroup]:
    from gymdash_jupyter.export import SimulationExporter
    from gymdash_jupyter.making import config_for
    from gymdash_jupyter.registry import SimulationRegistry
    from gymdash_jupyter.sweeping import sweep

    if args.key not in SimulationRegistry.list_simulations():
        SimulationExporter.import_and_register(project_folder(args))
    # All of this comes before the project, which a mistyped key must not make.
    config = config_for(args.key).model_copy(update={"sim_key": args.key})
    kwargs = merged(config.kwargs, args.kwargs, args.kwarg)
    config = config.model_copy(update={"kwargs": kwargs})
    differing = sweep_values(args.seeds, args.values)
    if args.name is not None and not differing:  # a brace in a single name means nothing
        config = config.model_copy(update={"name": args.name})
    mine = open_to_act(args, may_make=True)
    template = args.name if differing else None
    return mine, sweep(config, template, values=differing, queue=is_queued)
