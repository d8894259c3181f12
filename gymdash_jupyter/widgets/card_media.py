"""Recorded media of a card's simulations: what there is, small pictures, files in pieces.

Files are only found by ``media_path`` and ``thumbnail_path``, which let nothing out of a simulation's folder, and what
a browser takes them for comes from a list of ours, never from the project.
"""

from __future__ import annotations

import logging
import math
import os
import stat
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, MediaError
from gymdash_jupyter.media import media_path, thumbnail_path
from gymdash_jupyter.media.files import MIME_TYPES
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

PIECE: Final = 256 * 1024
"""Bytes of a file in one message."""

LARGEST: Final = 200 * 1024 * 1024
_LARGEST_THUMBNAIL: Final = 512 * 1024
_MOST_FACTS: Final = 12

_files = WorkQueue("gymdash-files")


class CardMedia:
    """Tell a browser of media and hand it their files.

    Args:
        store: Where they are listed.
        sim_ids: Whose media.
        project: Where their files lie; None for a card that lists nothing.
    """

    KINDS: Final = frozenset({"thumbnail", "piece"})

    def __init__(
        self, store: ProjectStore, sim_ids: Sequence[UUID], project: HasSimsFolder | None
    ) -> None:
        self._store = store
        self._sim_ids = tuple(sim_ids)
        self._project = project
        self._known: set[tuple[UUID, str]] = set()
        self._items: list[MediaItem] = []

    def __len__(self) -> int:
        return len(self._items)

    def update(self) -> None:
        """Look for new media. An item keeps its number: its place in the order in which they were found."""
        if self._project is None:
            return
        found = [
            item
            for item in self._store.media(self._sim_ids)
            if (item.sim_id, item.path) not in self._known
        ]
        found.sort(key=lambda item: item.time)
        self._known.update((item.sim_id, item.path) for item in found)
        self._items.extend(found)

    def shown(self, start: int) -> list[dict[str, Any]]:
        """Give what the browser needs of the items from a number on."""
        return [_shown(number, self._items[number]) for number in range(start, len(self._items))]

    def take(self, content: dict[str, Any], answer: Callable[..., None]) -> None:
        """Answer a question for a file in a helper thread.

        Args:
            content: The question, of one of ``KINDS``.
            answer: Called with the question and ``result=`` and ``buffers=``, or ``error=``.
        """
        _files.put(lambda: self._answer(content, answer))

    def _answer(self, content: dict[str, Any], answer: Callable[..., None]) -> None:
        try:
            item = self._item(content.get("number"))
            if content["kind"] == "thumbnail":
                result, data = self._thumbnail(item)
            else:
                result, data = self._piece(item, content.get("offset"))
        except FileNotFoundError:
            answer(content, error="The file is not there any more.")
        except (OSError, ValueError, MediaError) as exc:
            answer(content, error=str(exc) or type(exc).__name__)
        else:
            answer(content, result=result, buffers=[data])

    def _item(self, number: object) -> MediaItem:
        if not isinstance(number, int) or not 0 <= number < len(self._items):
            msg = f"This card shows no media with the number {number!r}."
            raise InvalidArgumentError(msg)
        return self._items[number]

    def _thumbnail(self, item: MediaItem) -> tuple[dict[str, Any], bytes]:
        assert self._project is not None  # noqa: S101 - there are no items without one
        path = thumbnail_path(self._project, item)
        if path is None:
            return {"type": ""}, b""
        return {"type": "image/png"}, _read(path, 0, _LARGEST_THUMBNAIL)[0]

    def _piece(self, item: MediaItem, offset: object) -> tuple[dict[str, Any], bytes]:
        assert self._project is not None  # noqa: S101 - there are no items without one
        if not isinstance(offset, int) or offset < 0:
            msg = f"A piece of a file begins at a whole number of bytes; got {offset!r}."
            raise InvalidArgumentError(msg)
        path = media_path(self._project, item)
        data, size = _read(path, offset, PIECE)
        if size > LARGEST:
            msg = f"It is too large to be shown here ({size / 1e6:,.0f} MB): {path}"
            raise InvalidArgumentError(msg)
        return {"type": _type(item), "size": size}, data


def _shown(number: int, item: MediaItem) -> dict[str, Any]:
    info = {
        name: value
        for name, value in item.info.items()
        if isinstance(value, (int, float, str)) and not _is_odd(value)
    }
    info.pop("thumbnail", None)
    return {
        "number": number,
        "sim_id": str(item.sim_id),
        "key": item.key,
        "step": item.step,
        "kind": item.kind,
        "name": PurePosixPath(item.path).name,
        "info": dict(list(info.items())[:_MOST_FACTS]),
        "has_thumbnail": isinstance(item.info.get("thumbnail"), str),
    }


def _is_odd(value: float | str) -> bool:
    return len(value) > 200 if isinstance(value, str) else not math.isfinite(value)


def _type(item: MediaItem) -> str:
    if item.kind == "text":
        return "text/plain"
    kind = MIME_TYPES.get(PurePosixPath(item.path).suffix.lower(), "")
    return kind if kind.startswith(f"{item.kind}/") else "application/octet-stream"


def _read(path: Path, offset: int, most: int) -> tuple[bytes, int]:
    """Read a piece of a regular file, and its size; a pipe or a device is refused instead of waited for."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            msg = f"{path} is not a regular file."
            raise InvalidArgumentError(msg)
        file.seek(offset)
        return file.read(most), about.st_size
