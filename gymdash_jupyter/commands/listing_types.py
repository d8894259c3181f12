"""``gymdash-jupyter types``: what can be started, registered by packages or exported for the project."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gymdash_jupyter.commands.choosing import project_folder
from gymdash_jupyter.commands.parsing import add_json_argument
from gymdash_jupyter.commands.printing import columns_of, line_of, print_json
from gymdash_jupyter.commands.tables import Column, table

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


@dataclass(frozen=True)
class KnownType:
    """A simulation type that can be started.

    Attributes:
        key: Its sim key.
        made_by: Its class, or what makes it, or ``""``.
        source: ``installed`` with a package, or ``exported`` for the project by this user.
    """

    key: str
    made_by: str
    source: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    add_json_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """List types."""
    types = known_types(project_folder(args))
    if args.json:
        print_json([asdict(each) for each in types])
        return 0
    columns = [
        Column("key", [line_of(each.key) for each in types]),
        Column("class", [line_of(each.made_by or "-") for each in types], shrinks_to=12, goes=1),
        Column("from", [each.source for each in types], goes=2),
    ]
    print("\n".join(table(columns, columns_of(sys.stdout))))
    return 0


def known_types(folder: Path) -> list[KnownType]:
    """List the types that a shell can start in a project, by key; none of their code is executed.

    Raises:
        UserFolderError: The folder of exported types belongs to another user.
    """
    from gymdash_jupyter.exported import exported_keys, words_of
    from gymdash_jupyter.registry import SimulationRegistry

    found = {
        key: KnownType(key, words_of(SimulationRegistry.find(key)), "installed")
        for key in SimulationRegistry.list_simulations()
    }
    for key in exported_keys(folder):
        found.setdefault(key, KnownType(key, "", "exported"))
    return [found[key] for key in sorted(found)]
