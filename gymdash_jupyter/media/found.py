"""Files that nobody recorded here: they were found in a folder that another program wrote, or inside its event files.

Their project is not changed for them. What they need beside themselves lies in a temporary folder of this process:
their small pictures, made when somebody looks at one, and files that were unpacked from event files.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psutil

from gymdash_jupyter.errors import MediaError, MissingDependencyError
from gymdash_jupyter.records import MediaItem

_PREFIX: Final = "gymdash-jupyter-"
_LEFT_BEHIND_S: Final = 86400.0

_MOST_PICTURES: Final = 4000
"""Small pictures that are kept; each has some 5 to 50 kB."""


@dataclass(frozen=True)
class FoundItem(MediaItem):
    """A file that was found. No database can hold one, so where its file is may be trusted.

    Attributes:
        file: Where its content was unpacked to, outside the project; None for a file that lies at ``path``. With it,
            ``path`` only says what it is: where the event file lies, and a name.
    """

    file: Path | None = None

    @property
    def may_have_picture(self) -> bool:
        """Whether there will be a small picture of it when somebody asks."""
        return self.kind == "image" or (self.kind == "video" and find_spec("av") is not None)


class TemporaryFolder:
    """A folder of this process, there when it is needed and gone when the process ends. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards all below
        self._path: Path | None = None
        self._pid = 0
        self._n_bytes = 0
        self._pictures: OrderedDict[str, Path | None] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        """How much was unpacked into it."""
        return self._n_bytes

    def path(self) -> Path:
        """Give the folder.

        Raises:
            OSError: It cannot be made.
        """
        with self._lock:
            return self._made()

    def keep(self, name: str, content: bytes) -> Path:
        """Write a file and give its path; a name that was used before is written over.

        Raises:
            OSError: It cannot be written.
        """
        path = self.path() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with self._lock:
            self._n_bytes += len(content)
        return path

    def small_picture(self, path: Path, kind: str) -> Path | None:
        """Make the small picture of an image or a video, or find the one made before.

        Returns:
            A PNG; None where the file is gone, broken or of another kind, or a library for it is missing.
        """
        try:
            about = path.stat()
        except OSError:
            return None
        said = f"{path}\0{about.st_size}\0{about.st_mtime_ns}"
        name = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        with self._lock:
            if name in self._pictures:
                self._pictures.move_to_end(name)
                return self._pictures[name]
        made = self._made_picture(path, kind, name)
        with self._lock:
            self._pictures[name] = made
            dropped = [
                self._pictures.popitem(last=False)[1]
                for _ in range(len(self._pictures) - _MOST_PICTURES)
            ]
        for old in dropped:
            if old is not None:
                old.unlink(missing_ok=True)
        return made

    def remove(self) -> None:
        """Remove the folder with all that is in it; does nothing in a process that was forked from its owner."""
        with self._lock:
            path, self._path = self._path, None
            self._pictures.clear()
            self._n_bytes = 0
            is_own = self._pid == os.getpid()
        if path is not None and is_own:
            shutil.rmtree(path, ignore_errors=True)

    def _made(self) -> Path:
        if self._path is None or self._pid != os.getpid():
            self._pid = os.getpid()
            self._path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{self._pid}-"))
            atexit.register(self.remove)
            _remove_left_behind(self._path)
        return self._path

    def _made_picture(self, path: Path, kind: str, name: str) -> Path | None:
        from gymdash_jupyter.media.files import file_facts

        try:
            _, content = file_facts(kind, path)
            if content is None:
                return None
            target = self.path() / f"small-{name}.png"
            partial = target.with_suffix(f".{threading.get_ident()}")
            partial.write_bytes(content)
            partial.replace(target)
        except (MediaError, MissingDependencyError, OSError):
            return None
        return target


def _remove_left_behind(own: Path) -> None:
    """Remove folders of this user's processes that were killed, when they are a day old."""
    mine = own.stat()
    for path in own.parent.glob(f"{_PREFIX}*-*"):
        try:
            about = path.lstat()
            pid = int(path.name.removeprefix(_PREFIX).partition("-")[0])
        except (OSError, ValueError):
            continue
        is_old = mine.st_mtime - about.st_mtime > _LEFT_BEHIND_S
        if is_old and about.st_uid == mine.st_uid and not psutil.pid_exists(pid):
            shutil.rmtree(path, ignore_errors=True)


temporary_folder = TemporaryFolder()
"""The one of this process; nothing is made before it is needed."""
