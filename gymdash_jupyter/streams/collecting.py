"""Reading what a simulation's registered streamers lead to, for the project, with cursors of its own.

Nobody's ``get_recent`` loses anything to this: event folders and media folders are read here, not the streamers. Only
a streamer of somebody's own class is asked itself, since nothing else is known of it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.streams.found import Found, FoundMedia, kind_of
from gymdash_jupyter.streams.media_link import MediaFileStatLinker, MediaLinkStreamableStat
from gymdash_jupyter.streams.own_streamers import read_own, sort_events
from gymdash_jupyter.streams.stat_tags import is_kind_of
from gymdash_jupyter.streams.tensorboard_streamer import TensorboardStreamer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gymdash_jupyter.streams.media_link import LinkedFile
    from gymdash_jupyter.streams.tensorboard import EventFolder, EventNews, HistogramEvent

_LOOK_AGAIN_S = 5.0
"""A folder of media in which no file came or went is looked at this often, for files that were written over."""

_CLOCKS_DIFFER_S = 2.0
"""A file system's clock may be behind that of this machine, or count in whole seconds."""

Tags = dict[str, frozenset[str]]
State = tuple[int, int]


class Collection:
    """Read what streamers lead to, again and again, everything once. Used by one thread at a time.

    Args:
        own_folder: The simulation's own. Of any other folder only media files are taken that came there since the
            simulation was made: those that were there before are not its.
        begun_s: When it was made, in seconds since the epoch.
    """

    def __init__(self, own_folder: str | None = None, begun_s: float = 0.0) -> None:
        self._own_folder = None if own_folder is None else os.path.realpath(own_folder)
        self._begun_ns = int((begun_s - _CLOCKS_DIFFER_S) * 1e9)
        self._folders: dict[str, _EventCursors] = {}
        self._media: dict[tuple[str, str, str], _MediaCursor] = {}

    def read(self, streamers: Iterable[Any], *, is_last: bool = False) -> Found:
        """Read what is new.

        Args:
            streamers: All that are registered.
            is_last: Whether nothing is being written any more.

        Returns:
            What is new. A media file is there when it did not change between two looks, or at the last one.
        """
        found = Found()
        for streamer in streamers:
            known = _known(streamer)
            try:
                if isinstance(known, TensorboardStreamer):
                    self._read_events(known, found)
                elif isinstance(known, MediaFileStatLinker):
                    for stat in known.stats:
                        self._read_media(stat, found, is_last=is_last)
                else:
                    read_own(streamer, found)
            except Exception as exc:  # noqa: BLE001 - the edge: a foreign streamer may fail in any way
                found.problems.append(_problem(streamer, exc))
        return found

    def _read_events(self, streamer: TensorboardStreamer, found: Found) -> None:
        path = _folder_of(streamer)
        if not path:
            return
        tags = {key: frozenset(tags) for key, tags in list(streamer.key_tag_map.items())}
        self._folders.setdefault(path, _EventCursors(path)).read(tags, found)

    def _read_media(self, stat: Any, found: Found, *, is_last: bool) -> None:
        is_ours = isinstance(stat, MediaLinkStreamableStat)
        if not is_ours or type(stat).get_recent is not MediaLinkStreamableStat.get_recent:
            sort_events(stat.key, stat.tag, stat.get_recent(), found)
            return
        folder = os.path.abspath(stat.folder)  # noqa: PTH100 - links stay
        where = folder, stat.key, stat.pattern.pattern
        if where not in self._media:
            real = os.path.realpath(folder)
            is_own = self._own_folder is not None and Path(real).is_relative_to(self._own_folder)
            self._media[where] = _MediaCursor(folder, 0 if is_own else self._begun_ns)
        self._media[where].read(stat, found, is_last=is_last)


class _EventCursors:
    """One folder of event files; keys that become known later are read from the beginning, too."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._cursors: list[tuple[EventFolder, set[str]]] = []
        self._known: set[str] = set()

    def read(self, tags: Tags, found: Found) -> None:
        from gymdash_jupyter.streams.tensorboard import EventFolder

        new = tags.keys() - self._known
        if new:
            self._known |= new
            self._cursors.append((EventFolder(self._path), new))
        for n, (folder, keys) in enumerate(self._cursors):
            news = folder.read()
            if n == 0:
                found.problems.extend(news.problems)
            _sort(news, {key: tags[key] for key in keys & tags.keys()}, found)


class _MediaCursor:
    """The files of one key in one folder, as far as they came since some time."""

    def __init__(self, folder: str, since_ns: int) -> None:
        self._folder = folder
        self._since_ns = since_ns
        self._given: dict[Path, State] = {}
        self._growing: dict[Path, State] = {}
        self._folder_state: State = (0, 0)
        self._looked_at = 0.0

    def read(self, stat: MediaLinkStreamableStat, found: Found, *, is_last: bool) -> None:
        if not is_last and not self._is_due():
            return
        growing: dict[Path, State] = {}
        for file in stat.find():
            is_known = self._given.get(file.path) == file.state
            if is_known or not file.size or file.came_ns < self._since_ns:
                continue
            if not is_last and self._growing.get(file.path) != file.state:
                growing[file.path] = file.state  # it may be half written
                continue
            self._given[file.path] = file.state
            found.media.append(_linked(stat, file))
        self._growing = growing

    def _is_due(self) -> bool:
        try:
            status = os.stat(self._folder)  # noqa: PTH116 - twice a second, so no object for it
        except OSError:  # it is not there yet
            return False
        state, now = (status.st_ino, status.st_mtime_ns), time.monotonic()
        is_old = now - self._looked_at >= _LOOK_AGAIN_S
        if state == self._folder_state and not self._growing and not is_old:
            return False
        self._folder_state, self._looked_at = state, now
        return True


def event_folders_of(streamers: Iterable[Any]) -> list[str]:
    """List the folders of event files that streamers read, as absolute paths."""
    known = [_known(streamer) for streamer in streamers]
    return [_folder_of(found) for found in known if isinstance(found, TensorboardStreamer)]


def _folder_of(streamer: TensorboardStreamer) -> str:
    return os.path.abspath(streamer.tb_log_path) if streamer.tb_log_path else ""  # noqa: PTH100 - links stay


def _known(streamer: Any) -> Any:
    """Give what is behind a wrapper, or None for a class that reads in its own way."""
    inner = getattr(streamer, "streamer", None)
    if isinstance(inner, TensorboardStreamer):
        streamer = inner
    for known in (TensorboardStreamer, MediaFileStatLinker):
        if isinstance(streamer, known):
            reads_alike = type(streamer).get_all_recent is known.get_all_recent
            return streamer if reads_alike else None
    return None


def _sort(news: EventNews, tags: Mapping[str, frozenset[str]], found: Found) -> None:
    def is_wanted(key: str, kind: str) -> bool:
        return any(is_kind_of(kind, tag) for tag in tags.get(key, ()))

    for key, series in news.scalars.items():
        if is_wanted(key, "scalars"):
            found.scalars.setdefault(key, []).append(series)
    for item in news.media:
        if is_wanted(item.key, "images" if item.kind == "image" else item.kind):
            found.media.append(
                FoundMedia(
                    item.key,
                    item.kind,
                    item.step,
                    item.time,
                    item.data,
                    item.extension,
                    item.info,
                )
            )
    found.media.extend(
        _histogram(item) for item in news.histograms if is_wanted(item.key, "histograms")
    )


def _linked(stat: MediaLinkStreamableStat, file: LinkedFile) -> FoundMedia:
    return FoundMedia(
        stat.key,
        kind_of(stat.tag),
        file.step,
        file.changed_ns / 1e9,
        file.path,
        file.path.suffix.lower(),
    )


def _histogram(item: HistogramEvent) -> FoundMedia:
    file = item.as_file()
    return FoundMedia(file.key, file.kind, file.step, file.time, file.data, file.extension)


def _problem(streamer: Any, exc: Exception) -> str:
    name = getattr(streamer, "streamer_name", "")
    return (
        f"The streamer {str(name)!r} ({type(streamer).__name__}) could not be read: "
        f"{type(exc).__name__}: {exc}"
    )
