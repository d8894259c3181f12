"""``gymdash-jupyter stop``: ask simulations to stop, or end them by force."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.commands.choosing import chosen_records, open_to_act, short
from gymdash_jupyter.commands.completing import complete_ids
from gymdash_jupyter.commands.facts import summary
from gymdash_jupyter.commands.following import how_it_ended
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import line_of, print_json, say
from gymdash_jupyter.states import SETTLED_STATES, SimState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.tracker import SimulationTracker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    which = parser.add_argument(
        "ids", nargs="*", metavar="ID", help="id, its beginning, or the name of a simulation"
    )
    which.completer = complete_ids  # type: ignore[attr-defined]
    parser.add_argument(
        "--all", action="store_true", help="all that run, wait in the queue or are paused"
    )
    parser.add_argument(
        "--force", action="store_true", help="end its process if it does not stop by itself"
    )
    parser.add_argument("--wait", action="store_true", help="return when they have ended")
    add_json_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Stop simulations."""
    if bool(args.ids) == args.all:
        args.own_parser.error("give the ids of simulations, or --all for everything that goes on")
    mine = open_to_act(args)
    store = mine.project.store
    chosen = _all_that_go_on(mine) if args.all else chosen_records(store, args.ids)
    for record in chosen:
        mine.cancel(record.sim_id, force=args.force)
    if args.wait:
        mine.wait([record.sim_id for record in chosen])
    now = [store.simulation(record.sim_id) for record in chosen]
    if args.json:
        print_json(_told(chosen, now))
    elif not chosen:
        say("Nothing goes on in this project.")
    else:
        for before, after in zip(chosen, now, strict=True):
            print(_words(mine, before, after))
    return 0


def _all_that_go_on(mine: SimulationTracker) -> list[SimulationRecord]:
    """List what goes on; what waits comes first, so that nothing of it starts in the places that become free."""
    records = mine.project.store.simulations()
    going = [r for r in records if r.state in SETTLED_STATES and not r.is_foreign]
    return sorted(going, key=lambda record: record.state is not SimState.QUEUED)


def _words(mine: SimulationTracker, before: SimulationRecord, after: SimulationRecord) -> str:
    name = f"{line_of(after.name)} ({short(after)})"
    if before.state.is_terminal:
        return f"{name} had ended already: {before.state.value}."
    if after.state.is_terminal:
        return how_it_ended(mine.project.store, after)
    return f"{name} was asked to stop."


def _told(
    before: Iterable[SimulationRecord], after: Iterable[SimulationRecord]
) -> list[dict[str, Any]]:
    return [
        summary(now) | {"state_before": then.state.value, "was_asked": not then.state.is_terminal}
        for then, now in zip(before, after, strict=True)
    ]
