"""Tell a file that is complete from one that somebody still writes, by its content and nothing else.

No library is loaded; a few hundred bytes are read. What is broken and what is not there yet look the same.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_BOXES = 10_000
_LARGEST_HEADER = 32 * 2**20
_ENDS = {
    ".png": b"IEND\xaeB`\x82",
    ".jpg": b"\xff\xd9",
    ".jpeg": b"\xff\xd9",
    ".gif": b"\x3b",
}
"""With what a picture ends; some programs write a few bytes more behind it."""

_TAIL = 64


def file_facts(path: Path) -> dict[str, Any] | None:
    """Say what is known of a file at a glance, or None while it is not complete.

    Args:
        path: A picture, video, sound or text; its extension says which.

    Returns:
        ``width``, ``height`` and ``duration_s`` as far as the file says them without being decoded; None for an empty
        file, an MP4 without its index (it is written last), a picture without its end, a WAV that is shorter than it
        says, and what cannot be read.
    """
    extension = path.suffix.lower()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                return None
            if extension in (".mp4", ".m4a"):
                return _mp4_facts(file, size)
            if extension == ".wav":
                return _wav_facts(file, size)
            if extension in _ENDS:
                file.seek(max(0, size - _TAIL))
                return {} if _ENDS[extension] in file.read(_TAIL) else None
            return {}
    except (OSError, ValueError, struct.error):
        return None


def _mp4_facts(file: BinaryIO, size: int) -> dict[str, Any] | None:
    """Look for the index among the boxes of ISO/IEC 14496-12, section 4.2; each must end within the file."""
    boxes = list(_boxes(file, 0, size))
    index = [(begin, end) for kind, begin, end in boxes if kind == b"moov"]
    if not index or boxes[-1][2] + 8 <= size:
        return None
    facts: dict[str, Any] = {}
    begin, end = index[0]
    if end - begin <= _LARGEST_HEADER:
        _movie_facts(file, begin, end, facts)
    return facts


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    for _ in range(_MOST_BOXES):
        if begin + 8 > end:
            return
        file.seek(begin)
        length, kind = struct.unpack(">I4s", file.read(8))
        content = begin + 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            content += 8
        elif length == 0:  # up to the end of the file
            length = end - begin
        if length < content - begin or begin + length > end:
            return
        yield kind, content, begin + length
        begin += length


def _movie_facts(file: BinaryIO, begin: int, end: int, facts: dict[str, Any]) -> None:
    for kind, first, last in _boxes(file, begin, end):
        if kind == b"mvhd":
            file.seek(first)
            head = file.read(32)
            place, form = (20, ">IQ") if head[0] else (12, ">II")
            scale, duration = struct.unpack_from(form, head, place)
            seconds = round(duration / scale, 3) if scale else 0
            if seconds:
                facts["duration_s"] = seconds
        elif kind == b"trak":
            _movie_facts(file, first, last, facts)
        elif kind == b"tkhd":
            file.seek(last - 8)
            width, height = (value >> 16 for value in struct.unpack(">II", file.read(8)))
            if width and height:  # 0 for a sound
                facts |= {"width": width, "height": height}


def _wav_facts(file: BinaryIO, size: int) -> dict[str, Any] | None:
    riff, length = struct.unpack("<4sI", file.read(8))
    return {} if riff == b"RIFF" and length + 8 <= size else None
