# PYTHON_ARGCOMPLETE_OK
"""The command line: ``gymdash-jupyter``, or ``python -m gymdash_jupyter``.

Without a subcommand it opens JupyterLab on a project; the subcommands are in ``commands``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import gymdash_jupyter
from gymdash_jupyter.commands import parsing
from gymdash_jupyter.errors import GymDashError

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Do what a command line says: open JupyterLab on a project, or one of the subcommands.

    Args:
        argv: The arguments; None means those of the command line.

    Returns:
        The exit code: JupyterLab's, or one of those that ``parsing.EXIT_CODES`` names. Arguments
        that cannot be understood exit with 2.
    """
    if argv is None:
        from gymdash_jupyter.commands.completing import complete

        complete()
    words = list(sys.argv[1:] if argv is None else argv)
    command = parsing.command_of(words)
    try:
        if command is not None and parsing.is_command(command):
            return _execute(words, command)
        return _open_lab(words, command)
    except GymDashError as exc:
        print(f"{parsing.PROGRAM}: {_with_notes(exc)}", file=sys.stderr)
        return 1


def _open_lab(words: list[str], command: str | None) -> int:
    from gymdash_jupyter.start import add_gymdash_arguments, start

    parser = argparse.ArgumentParser(
        prog=parsing.PROGRAM,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [COMMAND] [options]",
        description=(
            "Open JupyterLab on a project, to start, watch and steer simulations in it; Ctrl-C ends it.\n"
            "With a command, do one of these things from the shell instead."
        ),
        epilog=parsing.overview(),
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {gymdash_jupyter.__version__}"
    )
    add_gymdash_arguments(parser)
    if command is not None and command != parsing.LAB:
        parser.error(parsing.unknown_command(command))
    return start(parser.parse_args(parsing.without_lab(words)))


def _execute(words: list[str], command: str) -> int:
    """Do what a subcommand says; a reader of its output that goes away ends it quietly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name may hold what a terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        done = parsing.execute(parsing.parse(words, command))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    return done


def _with_notes(exc: GymDashError) -> str:
    return "\n".join([str(exc), *getattr(exc, "__notes__", [])])


if __name__ == "__main__":
    sys.exit(main())
