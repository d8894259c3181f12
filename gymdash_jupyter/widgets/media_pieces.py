"""Recorded files on their way to a browser: what a panel says of one, its small picture, the file itself in pieces.

Files are only found by ``media_path`` and ``thumbnail_path``, which let nothing out of a simulation's folder, and what
a browser takes them for comes from a list of ours, never from the project.
"""

from __future__ import annotations

import math
import os
import stat
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, MediaError
from gymdash_jupyter.media import media_path, thumbnail_path
from gymdash_jupyter.media.files import MIME_TYPES
from gymdash_jupyter.media.found import FoundItem

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem

PIECE: Final = 256 * 1024
"""Bytes of a file in one message."""

LARGEST: Final = 200 * 1024 * 1024
LARGEST_THUMBNAIL: Final = 512 * 1024
_MOST_FACTS: Final = 12
_LONGEST_FACT: Final = 200

Piece = tuple[dict[str, Any], bytes]
"""What is said of some bytes, and the bytes."""

Answer = tuple[dict[str, Any], list[bytes]]
"""The same as a panel answers it."""


def thumbnail(project: HasSimsFolder, item: MediaItem) -> Piece:
    """Read the small picture of a file; without one the type and the bytes are empty.

    Raises:
        MediaError: It is gone, or its path is not safe.
        OSError: It cannot be read.
    """
    path = thumbnail_path(project, item)
    if path is None:
        return {"type": ""}, b""
    return {"type": "image/png"}, read(path, 0, LARGEST_THUMBNAIL)[0]


def piece(project: HasSimsFolder, item: MediaItem, offset: object) -> Piece:
    """Read a piece of a file, and say of which type and size the whole is.

    Args:
        project: Where files lie.
        item: Which one.
        offset: Where the piece begins, in bytes, as a browser said it.

    Raises:
        InvalidArgumentError: That is no offset, or the file is too large to be shown.
        MediaError: It is gone, or its path is not safe.
        OSError: It cannot be read.
    """
    if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
        msg = f"A piece of a file begins at a whole number of bytes; got {offset!r}."
        raise InvalidArgumentError(msg)
    path = media_path(project, item)
    data, size = read(path, offset, PIECE)
    if size > LARGEST:
        msg = f"It is too large to be shown here ({size / 1e6:,.0f} MB): {path}"
        raise InvalidArgumentError(msg)
    return {"type": mime_type(item), "size": size}, data


def file_name(item: MediaItem) -> str:
    """Give a file's name without its folders."""
    return PurePosixPath(item.path).name


def facts(item: MediaItem) -> dict[str, Any]:
    """Give what is known of a file, as far as a browser can show it."""
    info = {
        name: value
        for name, value in item.info.items()
        if isinstance(value, (int, float, str)) and not _is_odd(value)
    }
    # Where the small picture lies, and a fingerprint of an imported file.
    for name in ("thumbnail", "imported"):
        info.pop(name, None)
    return dict(list(info.items())[:_MOST_FACTS])


def has_thumbnail(item: MediaItem) -> bool:
    """Say whether there is a small picture, made when it was recorded or now."""
    if isinstance(item, FoundItem):
        return item.may_have_picture
    return isinstance(item.info.get("thumbnail"), str)


def mime_type(item: MediaItem) -> str:
    """Say what a browser may take a file for: never something that it would run."""
    if item.kind == "text":
        return "text/plain"
    kind = MIME_TYPES.get(PurePosixPath(item.path).suffix.lower(), "")
    return kind if kind.startswith(f"{item.kind}/") else "application/octet-stream"


def read(path: Path, offset: int, most: int) -> tuple[bytes, int]:
    """Read a piece of a regular file, and its size; a pipe or a device is refused instead of waited for.

    Raises:
        MediaError: It is not there.
        InvalidArgumentError: It is not a regular file.
        OSError: It cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError as exc:
        msg = "The file is not there any more."
        raise MediaError(msg, path=path) from exc
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            msg = f"{path} is not a regular file."
            raise InvalidArgumentError(msg)
        file.seek(offset)
        return file.read(most), about.st_size


def _is_odd(value: float | str) -> bool:
    return len(value) > _LONGEST_FACT if isinstance(value, str) else not math.isfinite(value)
