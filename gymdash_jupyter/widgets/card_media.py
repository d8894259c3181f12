"""Recorded media of a card's simulations: what there is, and the browser's questions for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, MediaError
from gymdash_jupyter.media.histograms import HISTOGRAM
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store import ProjectStore

logger = logging.getLogger(__name__)

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
            and item.kind != HISTOGRAM  # dozens a step would leave no room for anything else
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
        assert self._project is not None  # noqa: S101 - there are no items without one
        try:
            item = self._item(content.get("number"))
            if content["kind"] == "thumbnail":
                result, data = media_pieces.thumbnail(self._project, item)
            else:
                result, data = media_pieces.piece(self._project, item, content.get("offset"))
        except (OSError, ValueError, MediaError) as exc:
            answer(content, error=str(exc) or type(exc).__name__)
        else:
            answer(content, result=result, buffers=[data])

    def _item(self, number: object) -> MediaItem:
        if not isinstance(number, int) or not 0 <= number < len(self._items):
            msg = f"This card shows no media with the number {number!r}."
            raise InvalidArgumentError(msg)
        return self._items[number]


def _shown(number: int, item: MediaItem) -> dict[str, Any]:
    return {
        "number": number,
        "sim_id": str(item.sim_id),
        "key": item.key,
        "step": item.step,
        "kind": item.kind,
        "name": media_pieces.file_name(item),
        "info": media_pieces.facts(item),
        "has_thumbnail": media_pieces.has_thumbnail(item),
    }
