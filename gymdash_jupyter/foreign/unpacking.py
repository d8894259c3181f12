"""Images, sounds, texts and histograms out of event files, as files of their own in this process's temporary folder."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from gymdash_jupyter.media import folder_of
from gymdash_jupyter.media.found import FoundItem, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.foreign.naming import KeyNames
    from gymdash_jupyter.streams.tensorboard import EventNews

logger = logging.getLogger(__name__)

MOST_BYTES: Final = 2**30
"""How much is unpacked in one process; what comes after it is left in the event files."""


class Unpacked:
    """Unpack what one simulation's event files hold beside numbers. One thread at a time.

    Args:
        sim_id: The simulation.

    Attributes:
        items: What was unpacked, in the order of the files.
    """

    def __init__(self, sim_id: UUID) -> None:
        self.items: list[FoundItem] = []
        self._sim_id = sim_id
        self._own = f"{sim_id}-{uuid4().hex[:8]}"  # a copy of the project may be open, too
        self._counts: dict[tuple[str, str, int], int] = {}
        self._is_full = False

    def add(self, folder: str, news: EventNews, names: KeyNames) -> None:
        """Unpack what is new in an event folder.

        Args:
            folder: Its path below the simulation's folder.
            news: What is new in it.
            names: Knows the keys of its tags.
        """
        for event in (*news.media, *(histogram.as_file() for histogram in news.histograms)):
            key = names.key(folder, event.key)
            place = (folder, key, event.step, event.kind, event.extension)
            self._keep(place, event.time, event.data, event.info)

    def _keep(
        self,
        place: tuple[str, str, int, str, str],
        time: float,
        data: bytes,
        info: Mapping[str, Any],
    ) -> None:
        folder, key, step, kind, extension = place
        if self._is_full or temporary_folder.n_bytes + len(data) > MOST_BYTES:
            self._say_full(folder)
            return
        number = self._counts.get((folder, key, step), 0)
        self._counts[folder, key, step] = number + 1
        path = f"{folder}/{folder_of(key)}/{step}_{number}{extension}"
        inside = f"{self._own}/{folder_of(folder)}/{folder_of(key)}/{step}_{number}{extension}"
        try:
            file = temporary_folder.keep(inside, data)
        except OSError as exc:
            self._is_full = True
            logger.warning("Pictures and sounds in %s cannot be unpacked: %s", folder, exc)
            return
        self.items.append(
            FoundItem(self._sim_id, key, step, kind, path, _moment(time), dict(info), file=file)
        )

    def _say_full(self, folder: str) -> None:
        if not self._is_full:
            self._is_full = True
            logger.warning(
                "The event files in %s hold more pictures and sounds than the %d MB that are unpacked at once; the "
                "rest is not shown. gd.import_tensorboard takes all of them into a project.",
                folder,
                MOST_BYTES // 2**20,
            )


def _moment(time: float) -> datetime:
    try:
        return datetime.fromtimestamp(time, UTC)
    except (OverflowError, OSError, ValueError):  # a file may say anything
        return datetime.fromtimestamp(0, UTC)
