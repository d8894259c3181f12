"""A simulation's ``media`` folder, as its recorder writes it: hidden until complete, never over another file."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.media.names import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA = "media"
THUMBNAILS = ".thumbs"


class MediaFolder:
    """Write files of one simulation. One thread at a time gives files their names.

    Args:
        sim_path: The simulation's own folder; made when the first file comes.
    """

    def __init__(self, sim_path: str | os.PathLike[str]) -> None:
        self.sim_path = Path(sim_path)
        self._numbers: Iterator[int] = itertools.count()
        self._last: dict[Path, tuple[int, int]] = {}

    def partial(self, key: str, extension: str) -> Path:
        """Give the path of a hidden file that does not exist yet, in the folder of a key.

        Raises:
            MediaError: A link in the simulation's folder leads out of it.
            OSError: The folder cannot be made.
        """
        folder = self._made(self.sim_path / MEDIA / folder_of(key))
        return folder / f".partial-{os.getpid()}-{next(self._numbers)}{extension}"

    def keep(self, partial: Path, step: int, name: str | None = None) -> Path:
        """Let a hidden file be seen, complete, under its name, and give its path.

        Args:
            partial: From ``partial``, in the same folder.
            step: Becomes ``<step>_<n>``, n from 0 up.
            name: Instead of that, without the extension; made harmless as keys are, and a number is
                added where it is taken.
        """
        folder, extension = partial.parent, partial.suffix
        if name is None:
            last_step, last_n = self._last.get(folder, (step, -1))
            n = last_n + 1 if last_step == step else 0
            while (folder / f"{step}_{n}{extension}").exists():
                n += 1
            self._last[folder] = step, n
            path = folder / f"{step}_{n}{extension}"
        else:
            path = unused(folder / f"{folder_of(name)}{extension}")
        partial.replace(path)
        return path

    def thumbnail_of(self, path: Path) -> Path:
        """Give the path for the small picture of a file; its folder is there afterwards."""
        return self._made(path.parent / THUMBNAILS) / f"{path.name}.png"

    def relative(self, path: Path) -> str:
        """Give a path as it is stored: relative to the simulation's folder, with forward slashes."""
        return path.relative_to(self.sim_path).as_posix()

    def _made(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self.sim_path.resolve()):
            msg = f"{folder} is a link that leads out of the simulation's folder; nothing is written there."
            raise MediaError(msg)
        return folder


def unused(path: Path) -> Path:
    """Give a path under which there is nothing: this one, or one with a number at its end."""
    found, n = path, 1
    while found.exists():
        found = path.with_name(f"{path.stem}-{n}{path.suffix}")
        n += 1
    return found


def copy_regular(source: str | os.PathLike[str], target: Path) -> None:
    """Copy a file's content; what is not a regular file (a folder, a pipe, a device) is refused.

    Raises:
        MediaError: It is not a regular file.
        OSError: It is not there, or cannot be read or written.
    """
    # Not blocking, so that a pipe nobody writes to is refused instead of waited for.
    handle = os.open(
        source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(handle, "rb") as reader:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            msg = f"{os.fspath(source)!r} is not a regular file."
            raise MediaError(msg)
        with target.open("xb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)


def write_small(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the whole of it or the one before."""
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        remove(partial)


def remove(path: Path) -> None:
    """Remove a file; does nothing where there is none, or where it cannot be removed."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
