"""Find the pictures, videos, sounds and texts that a program left in a simulation's folder, by their names.

Nothing is opened but what is asked whether it is complete, and nothing is written. Links are never followed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.streams.complete_files import file_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEDIA: Final = "media"
_NOT_MEDIA: Final = frozenset({"checkpoints", "checkpoint", "ckpt", "models"})
"""Folders of a simulation in which pictures and sounds belong to a model."""

_MOST_DEEP: Final = 16
_INT64: Final = range(-(2**63), 2**63)
_RECORDED = re.compile(r"(?:^|-)(episode|step)-(\d+)(?:_(-?\d+))?$")
"""How GymDash and Gymnasium name a video: ``rl-video-episode-<episode>_<step>``, ``rl-video-step-<episode>_<step>``,
``rl-video-episode-<episode>``, ``rl-video-step-<step>``."""

_LAST_NUMBER = re.compile(r"((?<=_)-)?(\d+)(?!.*\d)", re.DOTALL)


@dataclass(frozen=True)
class FoundFile:
    """One file that is complete.

    Attributes:
        path: Relative to the simulation's folder, with forward slashes.
        key: The folder it lies in, without ``media``, such as ``episode_video``.
        kind: What its extension says: ``image``, ``video``, ``audio`` or ``text``.
        step: What its name says; -1 for what was recorded before the first step. Where it says none, its place among
            such files of its key by age.
        time: When it was last written, seconds since the epoch.
        info: ``episode`` where its name says one, and what the file says of itself at a glance.
    """

    path: str
    key: str
    kind: str
    step: int
    time: float
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Entry:
    path: str
    kind: str
    size: int
    changed_ns: int


class MediaFolder:
    """Look for files again and again; each is opened once, and again only when it has changed. One thread at a time.

    Args:
        folder: The simulation's folder; it need not exist.
        kinds: What each extension is, such as ``{".mp4": "video"}``. Texts are media in ``media`` only.
    """

    def __init__(self, folder: str | os.PathLike[str], kinds: Mapping[str, str]) -> None:
        self.folder = Path(folder)
        self._kinds = kinds
        self._known: dict[_Entry, Mapping[str, Any] | None] = {}

    def look(self) -> list[FoundFile]:
        """List what is complete now, by key and step."""
        before, self._known = self._known, {}
        found: list[FoundFile] = []
        unnumbered: dict[str, list[_Entry]] = {}
        for entry in self._entries():
            facts = before.get(entry)
            if facts is None:
                facts = file_facts(self.folder / entry.path)
            if facts is None:
                continue
            self._known[entry] = facts
            key = _key(entry.path, entry.kind)
            step, said = step_of(PurePosixPath(entry.path).stem)
            if step is None:
                unnumbered.setdefault(key, []).append(entry)
            else:
                found.append(_file(entry, key, step, {**said, **facts}))
        for key, entries in unnumbered.items():
            entries.sort(key=lambda each: (each.changed_ns, each.path))
            found += [
                _file(entry, key, step, self._known[entry] or {})
                for step, entry in enumerate(entries)
            ]
        found.sort(key=lambda each: (each.key, each.step, each.time, each.path))
        return found

    @property
    def newest_time(self) -> float:
        """When the newest of what was found was last written, seconds since the epoch; 0.0 without any."""
        return max((entry.changed_ns for entry in self._known), default=0) / 1e9

    def _entries(self) -> Iterator[_Entry]:
        waiting = [""]
        while waiting:
            within = waiting.pop()
            try:
                with os.scandir(self.folder / within) as entries:
                    for entry in entries:
                        path = f"{within}/{entry.name}" if within else entry.name
                        if entry.name.startswith("."):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name not in _NOT_MEDIA and path.count("/") < _MOST_DEEP:
                                waiting.append(path)
                        elif (kind := self._kind(path)) and entry.is_file(follow_symlinks=False):
                            about = entry.stat(follow_symlinks=False)
                            yield _Entry(path, kind, about.st_size, about.st_mtime_ns)
            except OSError:  # gone meanwhile, or not ours to read
                continue

    def _kind(self, path: str) -> str | None:
        kind = self._kinds.get(os.path.splitext(path)[1].lower())  # noqa: PTH122 - thousands of times
        return None if kind == "text" and not path.startswith(f"{MEDIA}/") else kind


def step_of(stem: str) -> tuple[int | None, dict[str, int]]:
    """Read step and episode out of a file's name.

    Args:
        stem: The name without its extension.

    Returns:
        The step, None where the name says none; and ``episode``, where it says one.
    """
    recorded = _RECORDED.search(stem)
    if recorded:
        kind, first, second = recorded[1], _whole(recorded[2]), _whole(recorded[3])
        if second is not None:
            return second, {} if first is None else {"episode": first}
        if first is not None:
            return first, {"episode": first} if kind == "episode" else {}
    number = _LAST_NUMBER.search(stem)
    return (_whole(f"{number[1] or ''}{number[2]}") if number else None), {}


def _whole(digits: str | None) -> int | None:
    if not digits or len(digits) > 20:
        return None
    number = int(digits)
    return number if number in _INT64 else None


def _key(path: str, kind: str) -> str:
    parts = PurePosixPath(path).parts[:-1]
    if parts[:1] == (MEDIA,):
        parts = parts[1:]
    return "/".join(parts) or kind


def _file(entry: _Entry, key: str, step: int, info: Mapping[str, Any]) -> FoundFile:
    return FoundFile(entry.path, key, entry.kind, step, entry.changed_ns / 1e9, dict(info))
