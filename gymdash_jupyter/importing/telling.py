"""Say how far a long import has come; a short one says nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_QUIET_S = 2.0
_BETWEEN_S = 1.0


class Progress:
    """Write one line that is replaced by the next, to standard error, from the third second on.

    Args:
        n: How many folders there are.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._next = time.monotonic() + _QUIET_S
        self._width = 0
        self._shows = _shows_lines(sys.stderr)

    def tell(self, i: int, name: str, n_points: int) -> None:
        """Say that a folder is being read.

        Args:
            i: Its number, from 1 up.
            name: Its name.
            n_points: How many new points were found so far.
        """
        now = time.monotonic()
        if now < self._next or not self._shows:
            return
        self._next = now + _BETWEEN_S
        shown = name if name.isprintable() else ascii(name)
        self._write(f"Importing {i:,} of {self._n:,}: {shown[:60]} ({n_points:,} new points)")

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            sys.stderr.write("\r")

    def _write(self, line: str) -> None:
        sys.stderr.write(f"\r{line.ljust(self._width)}")
        sys.stderr.flush()
        self._width = len(line)


def _shows_lines(stream: TextIO) -> bool:
    """Tell whether a person sees lines that replace one another: in a terminal or a notebook, not in a file."""
    try:
        return stream.isatty() or "ipykernel" in type(stream).__module__
    except ValueError:  # somebody closed it
        return False
