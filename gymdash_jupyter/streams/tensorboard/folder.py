"""A folder of event files: everything in it, and again and again what is new."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.streams.tensorboard.decoding import Gathered
from gymdash_jupyter.streams.tensorboard.events import EventNews
from gymdash_jupyter.streams.tensorboard.growing_file import GrowingFile
from gymdash_jupyter.streams.tensorboard.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MARK = "tfevents"
"""What TensorBoard itself looks for in the name of a file."""


class EventFolder:
    """Read the event files that lie directly in a folder; those in folders below it belong to others.

    Every point is kept, in the order in which it was written: also when a training was started again and TensorBoard
    would hide what it wrote before. Files are read in the order of their names, as TensorBoard does. A record that is
    not complete yet is left for the next time. May be used from several threads.

    Args:
        folder: The folder; it need not exist yet.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.path = Path(folder)
        self._files: dict[str, GrowingFile] = {}
        self._tags = Tags()
        self._said: set[str] = set()
        self._is_behind = False
        self._reading = threading.Lock()

    def read(self, limit: int | None = None) -> EventNews:
        """Read everything that is complete and was not given by an earlier call.

        Costs one look at the folder and its files when nothing grew. Never raises: what cannot be read becomes a
        sentence in ``problems``, once, and everything else is read all the same.

        Args:
            limit: Stop when about so many bytes were read, or more where one record is longer; ``is_behind`` says
                then whether there is more. None reads all.

        Returns:
            Steps int64, times float64 (seconds since the epoch) and values float64 of each series, in the order in
            which they were written; float32 values are widened, NaN and infinities stay.
        """
        with self._reading:
            gathered = Gathered(room=limit)
            self._is_behind = False
            for name in self._names(gathered):
                if gathered.is_full:
                    self._is_behind = True
                    break
                file = self._files.get(name)
                if file is None:
                    file = self._files[name] = GrowingFile(self.path / name, self._tags)
                file.read(gathered)
                self._is_behind |= file.is_behind
            gathered.problems += [f"{self.path}: {problem}" for problem in self._tags.news()]
            return EventNews(
                gathered.series(),
                tuple(gathered.media),
                tuple(gathered.histograms),
                tuple(gathered.problems),
            )

    @property
    def is_behind(self) -> bool:
        """Whether the last call of ``read`` stopped at its limit, so that another one gives more at once."""
        return self._is_behind

    @property
    def tags(self) -> Mapping[str, str]:
        """Kind of each key that was read so far: scalars, images, audio, text or histograms."""
        with self._reading:
            return MappingProxyType(dict(self._tags.kinds))

    @property
    def hparams(self) -> Mapping[str, Any]:
        """The hyperparameters that the files read so far name; numbers, texts and truth values."""
        with self._reading:
            return MappingProxyType(dict(self._tags.hparams))

    def _names(self, gathered: Gathered) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                return sorted(entry.name for entry in entries if _MARK in entry.name)
        except FileNotFoundError:
            return []
        except OSError as exc:
            problem = f"{self.path} cannot be read: {exc.strerror or exc}."
            if problem not in self._said:
                self._said.add(problem)
                gathered.problems.append(problem)
            return []


def event_folders(root: str | os.PathLike[str]) -> list[Path]:
    """List the folders at or below a folder that hold event files.

    Links are followed, but no folder is listed twice or gone through in a circle. What cannot be read is passed over.

    Returns:
        Their paths, beginning with ``root``, sorted.
    """
    seen: set[tuple[int, int]] = set()
    found: list[Path] = []
    waiting = [Path(root)]
    while (
        waiting
    ):  # links last, so that a folder goes by its own name where it has one below the root
        links: list[Path] = []
        for start in waiting:
            for folder, names, holds_events in _walk(start, seen):
                if holds_events:
                    found.append(folder)
                links += names
        waiting = sorted(links)
    return sorted(found)


def _walk(start: Path, seen: set[tuple[int, int]]) -> Iterator[tuple[Path, list[Path], bool]]:
    waiting = [start]
    while waiting:
        folder = waiting.pop()
        links, below, holds_events = [], [], False
        try:
            facts = folder.stat()
            if (facts.st_dev, facts.st_ino) in seen:
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        below.append(folder / entry.name)
                    elif entry.is_symlink() and entry.is_dir():
                        links.append(folder / entry.name)
                    elif _MARK in entry.name and entry.is_file():
                        holds_events = True
        except OSError:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        waiting += below
        yield folder, links, holds_events
