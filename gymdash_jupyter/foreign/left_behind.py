"""What one simulation of GymDash's left in its folder: read once, and again while it may still grow."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.foreign.heard import LastWritten
from gymdash_jupyter.foreign.naming import KeyNames
from gymdash_jupyter.foreign.series import GrowingSeries
from gymdash_jupyter.foreign.unpacking import Unpacked
from gymdash_jupyter.media.files import EXTENSIONS
from gymdash_jupyter.media.found import FoundItem
from gymdash_jupyter.streams.media_folder import MediaFolder
from gymdash_jupyter.streams.tensorboard import EventFolder, event_folders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem, ScalarSeries

logger = logging.getLogger(__name__)

KINDS: Final = {
    extension: kind
    for kind, extensions in reversed(EXTENSIONS.items())
    for extension in extensions
}
SETTLED_S: Final = 150.0
"""TensorBoard's writers flush every two minutes at the latest: what ended and was not written to so long is over."""


@dataclass(frozen=True)
class Growth:
    """What a look at the files brought.

    Attributes:
        keys: Series that grew.
        has_media: Whether media came or went.
    """

    keys: frozenset[str] = frozenset()
    has_media: bool = False

    def __bool__(self) -> bool:
        return bool(self.keys) or self.has_media


@dataclass(frozen=True)
class SeriesFacts:
    """What is known of a series without its points."""

    key: str
    n: int
    last_step: int
    last_value: float


@dataclass(frozen=True)
class _Folder:
    events: EventFolder
    name: str
    begun: tuple[str, str]


class LeftBehind:
    """Read one simulation's folder. Any thread may call anything.

    No file is kept open, and none is opened again that did not change.

    Args:
        sim_id: The simulation.
        folder: Its folder; it need not exist.
        look_every_s: How often to look at most.

    Attributes:
        files: Knows when one of its files was last written.
    """

    def __init__(self, sim_id: UUID, folder: Path, *, look_every_s: float) -> None:
        self.sim_id = sim_id
        self.files = LastWritten(folder)
        self._folder = folder
        self._look_every_s = look_every_s
        self._is_done = False
        self._is_settled = False
        self._is_forgotten = False
        self._looked: float | None = None
        self._asked = 0.0
        self._reading = threading.Lock()  # one looks at a time; guards the next three
        self._folders: dict[Path, _Folder] = {}
        self._names = KeyNames()
        self._files = MediaFolder(folder, KINDS)
        self._known = threading.Lock()  # guards the rest, and is never held while a file is read
        self._series: dict[str, GrowingSeries] = {}
        self._found: list[FoundItem] = []
        self._unpacked = Unpacked(sim_id)

    @property
    def is_done(self) -> bool:
        """Whether the simulation has ended, as its project says."""
        return self._is_done

    @is_done.setter
    def is_done(self, is_done: bool) -> None:
        if is_done != self._is_done:  # GymDash may execute one again
            self._is_done, self._is_settled = is_done, False

    @property
    def is_settled(self) -> bool:
        """Whether everything was read that there will ever be."""
        return self._is_settled

    @property
    def is_due(self) -> bool:
        """Whether there may be something that is not known."""
        if self._looked is None:
            return True
        return not self._is_settled and time.monotonic() - self._looked >= self._look_every_s

    def look(self) -> Growth:
        """Read what is new, if it is time to; afterwards, everything that was there when this was called is known.

        With ``look_every_s`` above 0, that is what was there that long ago.
        """
        with self._reading:
            if not self.is_due:
                return Growth()
            began, is_done = time.monotonic(), self._is_done
            keys, n_unpacked = self._read_events()
            has_media = self._find_media() or n_unpacked > 0
            self._is_settled = (
                is_done and self._is_done and time.time() - self._newest() > SETTLED_S
            )
            self._looked = began
            return Growth(frozenset(keys), has_media)

    def facts(self, keys: Collection[str] | None = None) -> list[SeriesFacts]:
        """Say what is known of these series, or of all, by key."""
        with self._known:
            return [
                SeriesFacts(key, series.n, series.last_step, series.last_value)
                for key, series in sorted(self._series.items())
                if keys is None or key in keys
            ]

    def points(self, key: str, after: int = 0) -> ScalarSeries | None:
        """Give a copy of a series' points behind a cursor, or None where there is no such series."""
        self._asked = time.monotonic()
        if self._is_forgotten:
            self._read_again()
        with self._known:
            series = self._series.get(key)
            return None if series is None else series.points(after)

    @property
    def asked(self) -> float:
        """When somebody wanted points last, on the monotonic clock."""
        return self._asked

    @property
    def n_held(self) -> int:
        """How many points are in memory."""
        with self._known:
            return sum(series.n_held for series in self._series.values())

    def forget(self) -> None:
        """Free the memory of points that will never be more; they are read again when somebody wants them."""
        with self._reading, self._known:
            if self._is_settled:
                self._is_forgotten = True
                for series in self._series.values():
                    series.forget()

    def _read_again(self) -> None:
        with self._reading:
            if not self._is_forgotten:
                return
            whole: dict[str, GrowingSeries] = {}
            for path, folder in self._folders.items():
                events = EventFolder(path)  # goes on from here, if there is ever more
                for tag, points in events.read().scalars.items():
                    key = self._names.key(folder.name, tag)
                    whole.setdefault(key, GrowingSeries()).add(points)
                self._folders[path] = replace(folder, events=events)
            with self._known:
                self._series = whole
                self._is_forgotten = False

    def media(self) -> list[MediaItem]:
        """List what was found: by key, and each key in the order in which it was recorded."""
        with self._known:
            found = [*self._found, *self._unpacked.items]
        by_key: dict[str, list[FoundItem]] = {}
        for item in found:
            by_key.setdefault(item.key, []).append(item)
        for items in by_key.values():
            if len({item.file is None for item in items}) > 1:
                items.sort(key=lambda item: item.step)  # from folders and from event files
        return [item for key in sorted(by_key) for item in by_key[key]]

    def _read_events(self) -> tuple[set[str], int]:
        grown: set[str] = set()
        n_before = len(self._unpacked.items)
        for folder in self._event_folders():
            news = folder.events.read()
            for problem in news.problems:
                logger.warning("%s", problem)
            with self._known:
                for tag, points in news.scalars.items():
                    key = self._names.key(folder.name, tag)
                    self._series.setdefault(key, GrowingSeries()).add(points)
                    grown.add(key)
            if news.media or news.histograms:
                self._unpacked.add(folder.name, news, self._names)
        return grown, len(self._unpacked.items) - n_before

    def _event_folders(self) -> Iterable[_Folder]:
        if not self._folder.is_dir():
            return ()
        root = self._folder.resolve()
        for path in event_folders(self._folder):
            if not path.resolve().is_relative_to(root):  # a link that leads out
                continue
            if path not in self._folders:
                name = path.relative_to(self._folder).as_posix()
                first = min((each.name for each in path.glob("*tfevents*")), default="")
                self._folders[path] = _Folder(EventFolder(path), name, (first, name))
        return sorted(self._folders.values(), key=lambda each: each.begun)

    def _find_media(self) -> bool:
        found = [
            FoundItem(
                self.sim_id,
                file.key,
                file.step,
                file.kind,
                file.path,
                datetime.fromtimestamp(file.time, UTC),
                file.info,
            )
            for file in self._files.look()
        ]
        with self._known:
            before, self._found = self._found, found
        return found != before

    def _newest(self) -> float:
        times = [self._files.newest_time]
        for folder in self._folders:
            for path in folder.glob("*tfevents*"):
                try:
                    times.append(path.stat().st_mtime)
                except OSError:
                    continue
        return max(times)
