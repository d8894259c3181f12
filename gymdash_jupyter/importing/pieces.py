"""Images, sounds, texts and histograms of a log, kept as a recorder would have kept them."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.importing.times import moment
from gymdash_jupyter.media.files import EXTENSIONS, file_facts
from gymdash_jupyter.media.folder import MediaFolder, remove, write_small
from gymdash_jupyter.media.histograms import HISTOGRAM
from gymdash_jupyter.media.pruned import FINGERPRINT, pruned
from gymdash_jupyter.records import MediaItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.streams.tensorboard import HistogramEvent, MediaEvent


class PieceKeeper:
    """Keep what is new of one simulation's pieces.

    Args:
        sim_id: The simulation.
        sim_folder: Its own folder.
        stored: What the project has of it.
    """

    def __init__(self, sim_id: UUID, sim_folder: Path, stored: Sequence[MediaItem]) -> None:
        self.items: list[MediaItem] = []
        """What was new, written, and is to be told to the project."""
        self.problems: list[str] = []
        """What could not be kept."""
        self._sim_id = sim_id
        self._folder = MediaFolder(sim_folder)
        self._known = Counter(item.info.get(FINGERPRINT) for item in stored) + pruned(sim_folder)

    def keep(self, event: MediaEvent) -> None:
        """Write the file of an event, unless the project has it, or had it until it was pruned.

        Raises:
            OSError: The disk is full, or the folder cannot be written.
        """
        fingerprint = _fingerprint(event)
        if self._known[fingerprint]:
            self._known[fingerprint] -= 1
            return
        if event.extension not in EXTENSIONS[event.kind]:
            self._refuse(event, f"files of type {event.extension} are not kept")
            return
        try:
            path, info = self._written(event)
        except MediaError:  # its words name a file that is gone by now
            self._refuse(event, "its content cannot be read")
            return
        self.items.append(
            MediaItem(
                self._sim_id,
                event.key,
                event.step,
                event.kind,
                path,
                moment(event.time),
                {**event.info, **info, FINGERPRINT: fingerprint},
            )
        )

    def keep_histogram(self, event: HistogramEvent) -> None:
        """Write a histogram as JSON, unless the project has it."""
        self.keep(event.as_file())

    def _written(self, event: MediaEvent) -> tuple[str, dict[str, Any]]:
        partial = self._folder.partial(event.key, event.extension)
        try:
            partial.write_bytes(event.data)
            facts, thumbnail = file_facts(event.kind, partial)
            path = self._folder.keep(partial, event.step)
        except BaseException:
            remove(partial)
            raise
        info: dict[str, Any] = dict(facts)
        if event.kind == "text":
            info["n_letters"] = len(event.data.decode("utf-8", "replace"))
        if thumbnail is not None:
            small = self._folder.thumbnail_of(path)
            write_small(small, thumbnail)
            info["thumbnail"] = self._folder.relative(small)
        return self._folder.relative(path), info

    def _refuse(self, event: MediaEvent, why: str) -> None:
        self.problems.append(
            f"The {event.kind} {event.key!r} at step {event.step} is left out: {why}."
        )


def _fingerprint(event: MediaEvent) -> str:
    digest = hashlib.sha256()
    # Histograms were kept as texts at first; a log that was imported then is not imported twice.
    kind = "text" if event.kind == HISTOGRAM else event.kind
    for part in (event.key, kind, event.extension):
        text = part.encode("utf-8", "surrogatepass")
        digest.update(struct.pack("<Q", len(text)) + text)
    digest.update(struct.pack("<qd", event.step, event.time) + event.data)
    return digest.hexdigest()[:24]
