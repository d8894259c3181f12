"""``gymdash-jupyter queue``: let simulations wait for a free place in the project's queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.commands import starting

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes: what ``run`` takes."""
    starting.add_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Queue simulations."""
    return starting.start_and_follow(args, is_queued=True)
