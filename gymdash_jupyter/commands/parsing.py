"""The subcommands of ``gymdash-jupyter``, and which one a command line means."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM: Final = "gymdash-jupyter"
LAB: Final = "lab"
"""The subcommand that opens JupyterLab; what a command line without any subcommand means."""

EXIT_CODES: Final = (
    "Exit codes: 0 done, 1 an error, 2 a command line that cannot be understood, 3 a followed "
    "simulation failed or was lost, 4 it was cancelled, 130 ended by Ctrl-C."
)

_PROJECT_FLAGS = ("-d", "--project-dir")


@dataclass(frozen=True)
class Command:
    """One subcommand.

    Attributes:
        name: As it is typed.
        module: The file of this room that has ``add_arguments(parser)`` and ``execute(args)``.
        words: What it does, for the list of all.
    """

    name: str
    module: str
    words: str

    def load(self) -> Any:
        """Import the module that does it."""
        return import_module(f"gymdash_jupyter.commands.{self.module}")


COMMANDS: Final = tuple(
    Command(*each)
    for each in (
        ("list", "listing", "list the simulations of a project, newest first"),
        ("show", "showing", "show everything that is known of simulations"),
        ("tail", "tailing", "print what a simulation prints and says"),
        ("run", "starting", "start a simulation, or several, and follow them"),
        ("queue", "queueing", "let simulations wait for a free place in the project's queue"),
        ("stop", "stopping", "ask simulations to stop"),
        ("export", "exporting", "write recorded numbers as CSV or JSON"),
        ("report", "reporting", "write simulations into one HTML file"),
        ("import", "importing", "bring the logs of TensorBoard into a project"),
        ("delete", "deleting", "remove simulations with all their data and files"),
        ("types", "listing_types", "list what can be started"),
    )
)
_BY_NAME: Final = {command.name: command for command in COMMANDS}


def command_of(words: Sequence[str]) -> str | None:
    """Say which subcommand the words of a command line mean; None where there is none.

    Only the project's folder may stand before it: every other flag without a subcommand is JupyterLab's.

    Args:
        words: The command line without the program.

    Returns:
        The first word that is no flag, whether it is a subcommand or not.
    """
    at = _first_behind_project(words)
    return words[at] if at < len(words) and not words[at].startswith("-") else None


def without_lab(words: Sequence[str]) -> list[str]:
    """Take the word ``lab`` out of a command line that means it."""
    at = _first_behind_project(words)
    return [*words[:at], *words[at + 1 :]] if list(words[at : at + 1]) == [LAB] else list(words)


def parse(words: Sequence[str], command: str) -> argparse.Namespace:
    """Read a command line that means a subcommand; one that cannot be understood ends this process with 2."""
    parser = commands_parser(command)
    args, left = parser.parse_known_args(words)
    if left:  # argparse would show the usage of the whole program
        args.own_parser.error(f"unrecognized arguments: {' '.join(left)}")
    return args


def commands_parser(named: str) -> argparse.ArgumentParser:
    """Make the parser of the subcommands.

    Args:
        named: The one that is meant, which alone gets its arguments.
    """
    parser = argparse.ArgumentParser(prog=PROGRAM)
    add_project_argument(parser, default=None)
    _add_commands(parser, [named])
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """Make a parser of everything, the flags of JupyterLab too; for completion, as it takes long to load."""
    from gymdash_jupyter.start import add_gymdash_arguments

    parser = argparse.ArgumentParser(prog=PROGRAM)
    parser.add_argument("--version", action="store_true")
    several = _add_commands(add_gymdash_arguments(parser), [])
    add_gymdash_arguments(several.add_parser(LAB, help="open JupyterLab on a project"))
    return parser


def _add_commands(parser: argparse.ArgumentParser, filled: Sequence[str]) -> Any:
    several = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        one = several.add_parser(
            command.name,
            help=command.words,
            description=f"{command.words[0].upper()}{command.words[1:]}.",
            epilog=EXIT_CODES,
        )
        if command.name in filled:
            add_project_argument(one, default=argparse.SUPPRESS)
            command.load().add_arguments(one)
            one.set_defaults(own_parser=one)
    return several


def add_project_argument(parser: argparse.ArgumentParser, *, default: Any) -> None:
    """Add the flag that says where the project is; it may stand before and behind a subcommand."""
    parser.add_argument(
        *_PROJECT_FLAGS,
        default=default,
        metavar="FOLDER",
        help="folder of the project (default: $GYMDASH_PROJECT, else ./.gymdash-projects)",
    )


def add_json_argument(
    parser: argparse.ArgumentParser, words: str = "print one JSON document"
) -> None:
    """Add the flag that asks for JSON instead of words."""
    parser.add_argument("--json", action="store_true", help=words)


def unknown_command(name: str) -> str:
    """Say that there is no such subcommand."""
    names = [LAB, *_BY_NAME]
    hint = did_you_mean(name, names)
    return f"There is no command {name!r}.{hint} Commands: {', '.join(names)}."


def is_command(name: str) -> bool:
    """Tell whether there is such a subcommand in this room."""
    return name in _BY_NAME


def execute(args: argparse.Namespace) -> int:
    """Do what a parsed command line says; return the exit code."""
    done: int = _BY_NAME[args.command].load().execute(args)
    return done


def overview() -> str:
    """List the subcommands, a line each, for the help of the whole command line."""
    lines = [f"  {LAB:8} open JupyterLab on a project, as without any command"]
    lines += [f"  {command.name:8} {command.words}" for command in COMMANDS]
    return "\n".join(
        ["commands:", *lines, "", f"Each has its own help: {PROGRAM} COMMAND --help.", EXIT_CODES]
    )


def _first_behind_project(words: Sequence[str]) -> int:
    """Give the place of the first word that does not say where the project is."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in _PROJECT_FLAGS:
            at += 2
        elif word.startswith("--project-dir=") or (word.startswith("-d") and word != "-d"):
            at += 1
        else:
            break
    return at
