"""Take recorded files away so that it can be undone until their rows are gone, too.

Files are first moved into a hidden folder of their simulation, on the same disk. Then their rows are removed in one
transaction, and only then the hidden folder. When that transaction does not happen, they are moved back; when the
process is killed in between, the next one finds the hidden folder and finishes or undoes what it finds there.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gymdash_jupyter.errors import MediaError, UnsafeMediaPathError
from gymdash_jupyter.media.folder import MEDIA
from gymdash_jupyter.media.found import FoundItem
from gymdash_jupyter.media.paths import HasSimsFolder, media_path, thumbnail_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem

logger = logging.getLogger(__name__)

_PREFIX: Final = ".removing-"
_LEFT_BEHIND_S: Final = 60.0
"""A hidden folder that is older than this was left by a process that is gone."""


class Removal:
    """Move files away, and back or away for good.

    Args:
        project: Where they lie.
    """

    def __init__(self, project: HasSimsFolder) -> None:
        self._project = project
        self._name = f"{_PREFIX}{uuid4().hex[:12]}"
        self._moved: list[tuple[Path, Path]] = []
        self._folders: set[Path] = set()
        self._made: set[Path] = set()
        self._real: dict[Path, Path] = {}

    def size(self, item: MediaItem) -> int:
        """Give the size of a file and its small picture in bytes.

        Raises:
            MediaError: It is not a file in the simulation's media folder.
        """
        size = 0
        for path in _files_of(self._project, item, self._real):
            with suppress(OSError):  # gone just now
                size += path.lstat().st_size
        return size

    def take(self, item: MediaItem) -> None:
        """Move a file and its small picture away; one that is not there any more is none.

        Raises:
            MediaError: It is not a file in the simulation's media folder, or cannot be moved.
        """
        begin = len(self._moved)
        try:
            for path in _files_of(self._project, item, self._real):
                self._move(path, self._project.sims_folder / str(item.sim_id))
        except OSError as exc:
            self._back(begin)
            msg = f"{item.path} cannot be moved: {exc}"
            raise MediaError(msg) from exc

    def undo(self) -> None:
        """Move everything back. What cannot be moved stays in its hidden folder, where the next removal finds it."""
        if self._back(0):
            self._drop_folders()

    def finish(self) -> None:
        """Remove everything for good."""
        self._moved.clear()
        self._drop_folders()

    def _move(self, path: Path, folder: Path) -> None:
        hidden = folder / self._name
        target = hidden / path.relative_to(folder)
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        self._folders.add(hidden)
        with suppress(FileNotFoundError):
            path.rename(target)
            self._moved.append((path, target))

    def _back(self, begin: int) -> bool:
        is_all_back = True
        for path, target in reversed(self._moved[begin:]):
            try:
                target.rename(path)
            except OSError:
                logger.warning("%s could not be moved back to %s.", target, path, exc_info=True)
                is_all_back = False
        del self._moved[begin:]
        return is_all_back

    def _drop_folders(self) -> None:
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


def _files_of(project: HasSimsFolder, item: MediaItem, folders: dict[Path, Path]) -> list[Path]:
    """Give the files of an item that are there: itself and its small picture.

    Raises:
        MediaError: One of them is not a file, or not in the simulation's media folder.
    """
    if isinstance(item, FoundItem):
        msg = f"{item.path!r} was not recorded here but found, so it stays; delete the simulation or the file itself."
        raise MediaError(msg, path=item.path, sim_id=item.sim_id, key=item.key)
    found = []
    small = thumbnail_path(project, item, folders=folders)
    for path in (media_path(project, item, folders=folders), small):
        if path is None:
            continue
        if path.relative_to(project.sims_folder / str(item.sim_id)).parts[0] != MEDIA:
            msg = f"The path {item.path!r} does not lie in the media folder of its simulation, so it stays."
            raise UnsafeMediaPathError(msg, path=item.path, sim_id=item.sim_id, key=item.key)
        mode = _mode(path)
        if mode is None:
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            msg = f"{item.path!r} is not a file, so it stays."
            raise MediaError(msg)
        found.append(path)
    return found


def settle_left_behind(project: HasSimsFolder, sim_id: UUID, items: Collection[MediaItem]) -> None:
    """Finish or undo what a process left that was killed while it removed media.

    Args:
        project: Where they lie.
        sim_id: The simulation.
        items: All its media: files of these are moved back, others go.
    """
    folder = project.sims_folder / str(sim_id)
    wanted = {item.path for item in items} | {str(item.info.get("thumbnail")) for item in items}
    for hidden in _left_behind(folder):
        for path in [each for each in hidden.rglob("*") if not each.is_dir()]:
            relative = path.relative_to(hidden)
            target = folder / relative
            is_inside = target.parent.resolve().is_relative_to(folder.resolve())
            if PurePosixPath(relative).as_posix() in wanted and is_inside and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        shutil.rmtree(hidden, ignore_errors=True)


def _left_behind(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [
                each
                for each in entries
                if each.name.startswith(_PREFIX) and each.is_dir(follow_symlinks=False)
            ]
            old = [
                each
                for each in found
                if time.time() - each.stat(follow_symlinks=False).st_mtime > _LEFT_BEHIND_S
            ]
    except OSError:
        return
    for each in old:
        yield Path(each.path)


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None
