"""Reading what a simulation prints while it prints: new lines of a file that grows, and that is trimmed at times."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.commands.printing import lines_of

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK: Final = 1024 * 1024
_MARK: Final = 256
"""How much of what was read last is looked for again in a file that has become shorter."""

_LONGEST_LINE: Final = 64 * 1024
_BINARY: Final = getattr(os, "O_BINARY", 0)
# A project may come from somebody else: no link is followed, no pipe is waited for.
_OF_STRANGERS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class PrintedLines:
    """Give the lines of a file that have come since the last time.

    Args:
        path: The file; it need not be there yet. One that is no regular file has no lines.
        starts_at_end: Whether what is there now is left out.
    """

    def __init__(self, path: Path, *, starts_at_end: bool = False) -> None:
        self._path = path
        self._at = 0
        self._mark = b""
        self._rest = b""
        if starts_at_end:
            self._skip()

    def new(self, *, is_last: bool = False) -> list[str]:
        """Read on.

        Args:
            is_last: Whether nothing more will come, so that a line without an end is given, too.

        Returns:
            Plain lines, as a terminal would have shown them.
        """
        data = self._rest
        while more := self._read():
            data += more
        end = data.rfind(b"\n") + 1
        if is_last or (not end and len(data) > _LONGEST_LINE):
            end = len(data)
        whole, self._rest = data[:end], data[end:]
        if not whole:
            return []
        return lines_of(whole.decode("utf-8", "replace")).removesuffix("\n").split("\n")

    def _skip(self) -> None:
        while self._read():
            pass

    def _read(self) -> bytes:
        try:
            with os.fdopen(
                os.open(self._path, os.O_RDONLY | _OF_STRANGERS | _BINARY), "rb"
            ) as file:
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode):
                    return b""
                if about.st_size < self._at:  # trimmed: only its beginning and its end are left
                    file.seek(0)
                    self._at = _behind(file.read(), self._mark, about.st_size)
                file.seek(self._at)
                data = file.read(_BLOCK)
        except (OSError, ValueError):
            return b""
        self._at += len(data)
        self._mark = (self._mark + data)[-_MARK:]
        return data


def _behind(data: bytes, mark: bytes, otherwise: int) -> int:
    """Give the place behind what was read last."""
    found = data.rfind(mark) if mark else -1
    return otherwise if found < 0 else found + len(mark)
