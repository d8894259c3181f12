"""What a simulation in a process of its own prints: the file it goes to, and reading that file for people.

The file lies in the simulation's folder. It is capped: the beginning and the end are kept. Trainings never feel it:
words that cannot be written are dropped and counted. What else a simulation says (numbers, statuses) goes elsewhere.
"""

from __future__ import annotations

import io
import os
import re
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.terminal_text import cleaned

OUTPUT_FILE: Final = "output.log"
"""Name of the file in a simulation's folder."""

MAX_BYTES: Final = 8 * 1024 * 1024
"""A larger file is trimmed."""

HEAD_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 4 * 1024 * 1024
"""What trimming keeps of the beginning and of the end."""

_BLOCK: Final = 64 * 1024
_BINARY: Final = getattr(os, "O_BINARY", 0)
# A project may come from somebody else: no link is followed, no pipe is waited for.
_OF_STRANGERS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_GONE = re.compile(rb"\n?\[gymdash: ([\d,]+) bytes of output are not kept\]\n")
_LONGEST_NOTE: Final = 100


class OutputLog:
    """Write what a process prints to a file that stays small. Nothing here raises, and any thread may call it.

    C libraries and child processes write to the same file by a descriptor of their own (``os.dup2(log.fileno(), 1)``):
    it is opened for appending and stays the same file when it is trimmed.

    Args:
        path: The file; it is made, and so is its folder. Where that is not possible, or a link lies there, words go
            nowhere.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._writing = threading.RLock()  # guards the ends of the file and the two below
        self._lost = 0
        self._is_line_begun = False
        self._note_rest = b""
        self._streams: list[TextIO] = []
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _OF_STRANGERS | _BINARY
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._end = os.open(self.path, flags, 0o666)
        except OSError:  # a folder without rights, a full disk: the training goes on
            self._end = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        """Give the descriptor of the file, opened for appending."""
        return self._end

    def stream(self) -> TextIO:
        """Make a text stream, for ``sys.stdout`` or ``sys.stderr``.

        A line is in the file when it ends, and whole; a line without an end when ``trim`` comes or it is flushed.
        """
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        # Not write_through: a print would be several calls of the system, and threads would mix their lines.
        made = io.TextIOWrapper(
            _NeverFailing(self),
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            line_buffering=True,
        )
        self._streams.append(made)
        return made

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes; what cannot be written is dropped, and a line says so when there is room again."""
        with self._writing:
            if (self._lost or self._note_rest) and not self._has_said_what_was_lost():
                self._lost += len(data)
                return
            written = self._append(data)
            self._lost += len(data) - written
            if written:
                self._is_line_begun = data[written - 1] != ord("\n")

    def trim(self) -> None:
        """Keep only the beginning and the end of a file that is too large; call it about once a second."""
        self._flush()
        with suppress(OSError):  # the next time may go better
            about = os.fstat(self._end)
            if about.st_size > MAX_BYTES:
                if about.st_nlink:
                    self._trim()
                else:  # deleted: nobody can read it any more, but it fills the disk
                    os.ftruncate(self._end, 0)

    def close(self) -> None:
        """Close the file; descriptors made from it stay open. Twice is harmless."""
        self._flush()
        end, self._end = self._end, -1
        if end >= 0:
            os.close(end)

    def _flush(self) -> None:
        for stream in self._streams:
            with suppress(ValueError):  # somebody closed it
                stream.flush()

    def _append(self, data: bytes | memoryview) -> int:
        """Write as much as goes, and say how much that was."""
        done = 0
        while done < len(data):
            try:
                done += os.write(self._end, data[done:])
            except OSError:  # a full disk, a limit on the size of files
                break
        return done

    def _has_said_what_was_lost(self) -> bool:
        if self._lost and not self._note_rest:
            begin = "\n" if self._is_line_begun else ""
            note = (
                f"{begin}[gymdash: {self._lost:,} bytes of output could not be written]\n".encode()
            )
            written = self._append(note)
            if not written:
                return False
            self._note_rest = note[written:]
            self._lost = 0
            self._is_line_begun = False
        elif self._note_rest:
            self._note_rest = self._note_rest[self._append(self._note_rest) :]
        return not self._note_rest

    def _trim(self) -> None:
        # Not truncated first and written back: so a kill in between, or a disk that fills up, loses nothing, and
        # what others append meanwhile is copied along. Only what comes between the last two calls can be lost.
        with self.path.open("r+b", buffering=0) as file:
            about = os.fstat(file.fileno())
            if not os.path.samestat(about, os.fstat(self._end)):  # somebody put another file there
                return
            head = file.read(HEAD_BYTES + _LONGEST_NOTE)
            said = _GONE.search(head)  # trimmed before
            head = head[: said.start()] if said else _whole_lines(head[:HEAD_BYTES])
            head_end = len(head)
            start = about.st_size - TAIL_BYTES
            file.seek(start)
            start += _first_line_end(file.read(_BLOCK))
            gone = start - head_end
            if said:
                gone += int(said[1].replace(b",", b"")) - len(said[0])
            begin = "" if head.endswith(b"\n") else "\n"
            note = f"{begin}[gymdash: {gone:,} bytes of output are not kept]\n".encode()
            file.seek(head_end)
            to = head_end + file.write(note)
            start, to = _move(file, start, to)
            with self._writing:
                _, to = _move(file, start, to)
                file.truncate(to)

    def _after_fork(self) -> None:
        self._writing = threading.RLock()  # another thread may have held it in the parent


def _move(file: io.FileIO, start: int, to: int) -> tuple[int, int]:
    """Copy what lies between a place in a file and its end to an earlier place; give where both go on."""
    while True:
        file.seek(start)
        data = file.read(_BLOCK * 4)
        if not data:
            return start, to
        start += len(data)
        file.seek(to)
        to += file.write(data)


class _NeverFailing(io.RawIOBase):
    mode = "wb"

    def __init__(self, log: OutputLog) -> None:
        self._log = log
        self.name = str(log.path)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._log.fileno()

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        self._log.write(view)
        return len(view)


def _whole_lines(data: bytes) -> bytes:
    """Leave out a last line that has not ended; all of it where no line has."""
    return data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1] or data


def _first_line_end(data: bytes) -> int:
    """Give the place behind the first end of a line, or 0 where nothing would be left."""
    found = re.search(rb"\r?\n|\r", data)
    return found.end() if found and found.end() < len(data) else 0


# Reading


def read_tail(
    path: str | os.PathLike[str],
    *,
    n_lines: int | None = 200,
    max_bytes: int = 2 * MAX_BYTES,
) -> str:
    """Read the last lines of what a process printed, as a terminal would have shown them.

    Only as much of the file is read as is needed.

    Args:
        path: The file. One that is not there, or is not a regular file, is empty.
        n_lines: How many lines at most; None for all.
        max_bytes: How many bytes at the end of the file are looked at, at most.

    Returns:
        The lines without the last line's end; see ``terminal_text.cleaned``.

    Raises:
        InvalidArgumentError: ``n_lines`` is not a whole number from 0 on.
    """
    if n_lines is not None and (
        isinstance(n_lines, bool) or not isinstance(n_lines, int) or n_lines < 0
    ):
        msg = f"n_lines takes a whole number from 0 on, or None for all lines; got {n_lines!r}."
        raise InvalidArgumentError(msg)
    wanted = _BLOCK if n_lines is not None else max_bytes
    while True:
        data, is_all = _end_of(path, min(wanted, max_bytes))
        if not is_all:
            data = data[_first_line_end(data) :]
        lines = cleaned(data.decode("utf-8", "replace")).removesuffix("\n").split("\n")
        is_enough = n_lines is not None and len(lines) >= n_lines
        if is_enough or is_all or wanted >= max_bytes:
            first = 0 if n_lines is None else max(len(lines) - n_lines, 0)
            return "\n".join(lines[first:])
        wanted *= 4


def output_size(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Give the size of a file in bytes and when it last changed, in ns; (0, 0) where there is none to read.

    Cheap: two equal answers mean that there is nothing new to read.
    """
    try:
        about = os.lstat(path)
    except (OSError, ValueError):
        return 0, 0
    return (about.st_size, about.st_mtime_ns) if stat.S_ISREG(about.st_mode) else (0, 0)


def _end_of(path: str | os.PathLike[str], most: int) -> tuple[bytes, bool]:
    """Read the end of a regular file, and say whether that is all of it."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _OF_STRANGERS | _BINARY), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return b"", True
            start = max(about.st_size - most, 0)
            file.seek(start)
            return file.read(most), start == 0
    except (OSError, ValueError):
        return b"", True
