"""The command line: ``gymdash-jupyter``, or ``python -m gymdash_jupyter``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import gymdash_jupyter
from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.start import add_gymdash_arguments, start


def main(argv: Sequence[str] | None = None) -> int:
    """Open JupyterLab on a project.

    Args:
        argv: The arguments; None means those of the command line.

    Returns:
        The exit code: JupyterLab's, or 1 when the project or JupyterLab cannot be opened. Arguments
        that cannot be understood exit with 2.
    """
    parser = argparse.ArgumentParser(
        prog="gymdash-jupyter",
        description="Open JupyterLab on a project, to start, watch and steer simulations in it.",
        epilog="Ctrl-C ends JupyterLab.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {gymdash_jupyter.__version__}"
    )
    add_gymdash_arguments(parser)
    args = parser.parse_args(argv)
    try:
        return start(args)
    except GymDashError as exc:
        print(f"{parser.prog}: {exc}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
