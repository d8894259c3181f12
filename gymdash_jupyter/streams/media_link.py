"""Media files that a simulation writes by itself, found by the pattern of their names."""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.streams.stats import StreamableStat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

_HALF_WRITTEN = ".partial-"


@dataclass(frozen=True)
class FileEvent:
    """One file.

    Attributes:
        wall_time: When it was changed last, in seconds since the epoch.
        step: What its name says.
        encoded_string: Its content.
        tag: What kind of thing it is.
        src_name: Its name.
    """

    wall_time: float
    step: int
    encoded_string: bytes
    tag: str
    src_name: str


@dataclass(frozen=True)
class LinkedFile:
    """One file that matches, without its content.

    Attributes:
        path: Where it is.
        step: What its name says.
        size: In bytes.
        changed_ns: When its content was changed last.
        came_ns: When it came where it is; on Windows, when it was made.
    """

    path: Path
    step: int
    size: int
    changed_ns: int
    came_ns: int

    @property
    def state(self) -> tuple[int, int]:
        """Two files of one path are the same as long as this is."""
        return self.size, self.changed_ns


class MediaLinkStreamableStat(StreamableStat):
    """The files of one key: those in a folder whose names match a pattern.

    Args:
        key: Name of the series.
        tag: What kind of things they are: ``videos``, ``images``, ``audio``.
        media_folder: Where they lie; need not exist yet.
        media_regex: Is searched for in each name.
        step_extractor: Gives the step, from a name.
    """

    def __init__(
        self,
        key: str,
        tag: str,
        media_folder: str | Path,
        media_regex: str,
        step_extractor: Callable[[str], int],
    ) -> None:
        self.key = key
        self.tag = tag
        self.folder = media_folder
        self.pattern = re.compile(media_regex)
        self.step_extractor = step_extractor
        self._told: set[str] = set()
        self._given: dict[str, tuple[int, int]] = {}
        super().__init__()

    @staticmethod
    def final_split_step_extractor(
        fname: str, split_char: str = "_", extension: str = ".png"
    ) -> int:
        """Read the step behind the last ``_`` of a name: 300 of ``rl-video-episode-4_300.png``."""
        return int(fname.split(split_char)[-1].removesuffix(extension))

    @property
    def found_key_tag(self) -> str:
        """What kind of things they are."""
        return self.tag

    @property
    def key_exists(self) -> bool:
        """Whether there could be files; always."""
        return True

    def get_recent(self) -> list[FileEvent]:
        """Give the files that are new, or were changed, since the last call, by step."""
        new = [file for file in self.find() if self._given.get(file.path.name) != file.state]
        self._given.update({file.path.name: file.state for file in new})
        return self._events(new)

    def get_values(self) -> list[FileEvent]:
        """Give all files, by step."""
        return self._events(self.find())

    def clear_values(self) -> None:
        """Forget which files were given."""
        self._given.clear()

    def find(self) -> list[LinkedFile]:
        """List the files that match now, by step; a name without a step is left out, which is logged once."""
        return sorted(self._matching(), key=lambda file: (file.step, file.changed_ns))

    def _matching(self) -> Iterator[LinkedFile]:
        try:
            entries = list(os.scandir(self.folder))
        except OSError:  # it is not there yet
            return
        for entry in entries:
            # What this package has not written to its end yet matches many a pattern, too.
            if entry.name.startswith(_HALF_WRITTEN) or self.pattern.search(entry.name) is None:
                continue
            try:
                found = entry.stat()
            except OSError:  # gone meanwhile
                continue
            if not S_ISREG(found.st_mode):
                continue
            try:
                step = int(self.step_extractor(entry.name))
            except Exception as exc:  # noqa: BLE001 - a person's function may fail in any way
                self._say_once(entry.name, exc)
                continue
            yield LinkedFile(
                Path(entry.path), step, found.st_size, found.st_mtime_ns, found.st_ctime_ns
            )

    def _say_once(self, name: str, exc: Exception) -> None:
        if name not in self._told:
            self._told.add(name)
            logger.warning(
                "The file %s of %r is left out: its step cannot be read (%s: %s).",
                name,
                self.key,
                type(exc).__name__,
                exc,
            )

    def _events(self, files: list[LinkedFile]) -> list[FileEvent]:
        found = []
        for file in files:
            try:
                content = file.path.read_bytes()
            except OSError:  # gone meanwhile
                continue
            found.append(
                FileEvent(file.changed_ns / 1e9, file.step, content, self.tag, file.path.name)
            )
        return found


class MediaFileStatLinker:
    """A streamer of media files.

    Args:
        streamer_name: Under which it is registered.
        media_link_stats: Which files belong to which key.
    """

    def __init__(
        self, streamer_name: str, media_link_stats: list[MediaLinkStreamableStat]
    ) -> None:
        self._streamer_name = streamer_name
        self.stats = media_link_stats

    @property
    def streamer_name(self) -> str:
        """The name under which it is registered."""
        return self._streamer_name

    def get_stat_keys(self) -> list[tuple[str, str]]:
        """List its keys, each with its tag."""
        return [(stat.key, stat.tag) for stat in self.stats]

    def Reload(self) -> None:  # noqa: N802 - GymDash's name
        """Do nothing: folders are looked at whenever something is asked."""

    def get_all_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give all files of a tag, by key."""
        return {stat.key: stat.get_values() for stat in self.stats if stat.tag == tag}

    def get_all_recent(self) -> dict[str, list[Any]]:
        """Give what is new, by key."""
        return {stat.key: stat.get_recent() for stat in self.stats}

    def get_recent_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give what is new of a tag, by key."""
        return {stat.key: stat.get_recent() for stat in self.stats if stat.tag == tag}

    def get_recent_from_key(self, key: str) -> list[Any]:
        """Give what is new of one key; nothing for one that it does not have."""
        return next((stat.get_recent() for stat in self.stats if stat.key == key), [])

    def reset_streamer(self) -> None:
        """Forget what was given."""
        for stat in self.stats:
            stat.reset()
