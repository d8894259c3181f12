"""One event file that may still grow: what is complete and new in it, block by block."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from gymdash_jupyter.streams.tensorboard.alike import PADDING
from gymdash_jupyter.streams.tensorboard.decoding import decode_block
from gymdash_jupyter.streams.tensorboard.framing import FOOTER, HEADER, find_records

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.streams.tensorboard.decoding import Gathered
    from gymdash_jupyter.streams.tensorboard.framing import Records
    from gymdash_jupyter.streams.tensorboard.tags import Tags

BLOCK = 1 << 26
"""Bytes that are read at once, unless a record is longer."""
_SMALL_BLOCK = 1 << 16
_PRINT = 64
"""Bytes at the beginning of a file, and before the place to which it was read, by which it is known again."""


@dataclass(frozen=True)
class _Look:
    size: int
    mtime_ns: int
    inode: int


class GrowingFile:
    """Read one event file on and on.

    A file is known again by its first bytes (they hold the moment at which it was begun) and by those before the place
    to which it was read. So a copy that is brought up to date, in place or by replacing it, goes on where reading
    stopped; another file under the same name is read from its beginning; one that got shorter is left alone until it is
    as long as it was. No point is given twice.

    Args:
        path: The file.
        tags: What is known of the tags of its folder; learns.
    """

    def __init__(self, path: Path, tags: Tags) -> None:
        self._path, self._tags = path, tags
        self._look: _Look | None = None
        self._at = 0
        self._n_points = 0
        self._head = self._tail = b""
        self._said: set[str] = set()
        self._damaged_at = -1
        self.is_behind = False
        """Whether reading stopped because no more was to be read."""

    def read(self, gathered: Gathered) -> None:
        """Read what is new and complete; what cannot be read becomes a problem, once."""
        self.is_behind = False
        try:
            self._read(gathered)
        except OSError as exc:
            self._look = None
            self._say(gathered, f"{self._path} cannot be read: {exc.strerror or exc}.")

    def _read(self, gathered: Gathered) -> None:
        facts = self._path.stat()
        look = _Look(facts.st_size, facts.st_mtime_ns, facts.st_ino)
        if look == self._look:
            return
        if not stat.S_ISREG(facts.st_mode):
            self._look = look
            self._say(gathered, f"{self._path} is not a file.")
            return
        with self._path.open("rb") as reader:
            size = os.fstat(reader.fileno()).st_size
            # What the file held when its size was asked is read; what comes later makes it look different next time.
            if self._is_the_same(reader, gathered, size):
                self._read_on(reader, size, gathered)
        self._look = None if self.is_behind else look

    def _is_the_same(self, reader: BinaryIO, gathered: Gathered, size: int) -> bool:
        if not self._at:
            return True
        head = _bytes_at(reader, 0, min(len(self._head), size))
        if head != self._head[: len(head)]:
            self._say(
                gathered,
                f"{self._path} was replaced by another file, which is read from its beginning.",
            )
            self._at, self._n_points, self._damaged_at = 0, 0, -1
            return True
        if size < self._at:
            return False  # it is being written again, or copied
        if _bytes_at(reader, self._at - len(self._tail), len(self._tail)) == self._tail:
            return True
        self._say(
            gathered,
            f"{self._path} was changed before byte {self._at}, to which it had been read; it is not read further.",
        )
        return False

    def _read_on(self, reader: BinaryIO, size: int, gathered: Gathered) -> None:
        needs = HEADER + FOOTER
        while size - self._at >= needs:
            if gathered.is_full:
                self.is_behind = True
                return
            # What was damaged is looked at again when the file has changed, but cheaply.
            most = _SMALL_BLOCK if self._at == self._damaged_at else BLOCK
            wanted = min(max(most, needs), size - self._at)
            block = _bytes_at(reader, self._at, wanted)
            if gathered.room is not None:
                gathered.room -= len(block)
            is_cut = len(block) < wanted  # somebody made the file shorter just now
            records = find_records(block)
            if not self._decode(block + bytes(PADDING), records, gathered) or is_cut:
                return
            needs = max(records.needs, HEADER + FOOTER)

    def _decode(self, block: bytes, records: Records, gathered: Gathered) -> bool:
        """Decode a block and move on behind what is sound in it; False where that ends in damage."""
        n_before = gathered.n_points
        n_sound, strange = decode_block(block, records, self._tags, gathered)
        self._n_points += gathered.n_points - n_before
        for at, why in strange:
            place = self._at + at - HEADER
            self._say(
                gathered, f"{self._path} holds no event at byte {place}: {why} It is left out."
            )
        is_sound = n_sound == len(records.starts)
        self._move_on(records.end if is_sound else int(records.starts[n_sound]) - HEADER, block)
        if is_sound and not records.is_damaged:
            return True
        self._damaged_at = self._at
        self._say(
            gathered,
            f"{self._path} is damaged at byte {self._at}: {self._n_points:,} points were read before it; "
            "what follows is left out."
            if self._at
            else f"{self._path} is damaged at byte 0, or no event file: nothing of it is read.",
        )
        return False

    def _move_on(self, n_bytes: int, block: bytes) -> None:
        if not n_bytes:
            return
        if not self._at:
            self._head = block[: min(_PRINT, n_bytes)]
        self._at += n_bytes
        self._tail = block[max(0, n_bytes - _PRINT) : n_bytes]

    def _say(self, gathered: Gathered, problem: str) -> None:
        if problem not in self._said:
            self._said.add(problem)
            gathered.problems.append(problem)


def _bytes_at(reader: BinaryIO, at: int, n: int) -> bytes:
    reader.seek(at)
    return reader.read(n)
