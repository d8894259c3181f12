"""What a shell is told when somebody presses Tab: simulations and types that begin so.

``argcomplete`` asks, where it is installed. Nothing here may print or fail: that would spoil the line that somebody
is typing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.commands.parsing import (
    command_of,
    commands_parser,
    is_command,
    whole_parser,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_ASKED: Final = "_ARGCOMPLETE"
_LINE: Final = "COMP_LINE"
_MOST: Final = 200


def complete() -> None:
    """Answer a shell that asks what may come next, and end this process; do nothing when none asks."""
    if _ASKED not in os.environ:
        return
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(_parser(os.environ.get(_LINE, "").split()[1:]))


def complete_ids(prefix: str, parsed_args: argparse.Namespace, **_: Any) -> dict[str, str]:
    """Offer simulations of the project: ids that begin so, or names."""
    return _quietly(lambda: _ids(prefix, parsed_args))


def complete_types(prefix: str, parsed_args: argparse.Namespace, **_: Any) -> dict[str, str]:
    """Offer the types that can be started in the project."""
    return _quietly(lambda: _types(prefix, parsed_args))


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """Make the parser for the line so far; the last word may be half a command."""
    command = command_of(words)
    if command is not None and is_command(command) and words[-1] != command:
        return commands_parser(command)
    return whole_parser()


def _ids(prefix: str, args: argparse.Namespace) -> dict[str, str]:
    from gymdash_jupyter.commands.choosing import id_length, open_to_read
    from gymdash_jupyter.commands.printing import line_of

    records = open_to_read(args).store.simulations()
    length = max(id_length(record.sim_id for record in records), len(prefix))
    found: dict[str, str] = {}
    for record in reversed(records):
        name = line_of(record.name)
        if str(record.sim_id).startswith(prefix.lower()):
            found[str(record.sim_id)[:length]] = f"{name}, {record.state}"
        elif prefix and record.name.startswith(prefix) and name == record.name:
            found[name] = f"{record.state}"
        if len(found) >= _MOST:
            break
    return found


def _types(prefix: str, args: argparse.Namespace) -> dict[str, str]:
    from gymdash_jupyter.commands.choosing import project_folder
    from gymdash_jupyter.commands.listing_types import known_types

    known = known_types(project_folder(args))
    return {each.key: each.made_by for each in known if each.key.startswith(prefix)}


def _quietly(ask: Callable[[], dict[str, str]]) -> dict[str, str]:
    try:
        return ask()
    except Exception:  # noqa: BLE001 - a trace in the middle of a command line helps nobody
        return {}
