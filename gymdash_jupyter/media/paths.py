"""The one way from a recorded ``MediaItem`` to its file.

What a project's database says about paths is not trusted: it may come from somebody else. Nothing outside the
simulation's own folder is ever opened for a viewer, but for what this process itself unpacked (``FoundItem.file``).
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Protocol

from gymdash_jupyter.errors import UnsafeMediaPathError
from gymdash_jupyter.media.found import FoundItem, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.records import MediaItem


class HasSimsFolder(Protocol):
    """A project, as far as its files matter."""

    @property
    def sims_folder(self) -> Path:
        """Where simulations keep their own folders."""


def media_path(
    project: HasSimsFolder, item: MediaItem, *, folders: dict[Path, Path] | None = None
) -> Path:
    """Give the absolute path of a recorded file, which need not exist any more.

    Args:
        project: The project it was recorded in.
        item: What the project says about it.
        folders: Remembers where folders really are, for many paths in a row; empty at first.

    Raises:
        UnsafeMediaPathError: The path is absolute, goes up with ``..``, leads through a link out of the simulation's
            folder, or is no path at all.
    """
    return _file_of(project, item, {} if folders is None else folders)


def media_paths(project: HasSimsFolder, items: Iterable[MediaItem]) -> list[Path | None]:
    """Give the paths of many files at once, with None in the place of an unsafe one; see ``media_path``."""
    folders: dict[Path, Path] = {}
    found: list[Path | None] = []
    for item in items:
        try:
            found.append(_file_of(project, item, folders))
        except UnsafeMediaPathError:
            found.append(None)
    return found


def thumbnail_path(
    project: HasSimsFolder, item: MediaItem, *, folders: dict[Path, Path] | None = None
) -> Path | None:
    """Give the absolute path of a file's small picture, or None where it has none.

    That of a ``FoundItem`` is made now, which takes some milliseconds the first time.

    Args:
        project: The project it was recorded in.
        item: What the project says about it.
        folders: As in ``media_path``.

    Raises:
        UnsafeMediaPathError: As ``media_path``.
    """
    known = {} if folders is None else folders
    if isinstance(item, FoundItem):
        path = _file_of(project, item, known)
        return temporary_folder.small_picture(path, item.kind) if item.may_have_picture else None
    relative = item.info.get("thumbnail")
    return _resolved(project, item, relative, known) if isinstance(relative, str) else None


def _file_of(project: HasSimsFolder, item: MediaItem, folders: dict[Path, Path]) -> Path:
    if isinstance(item, FoundItem) and item.file is not None:
        return item.file
    return _resolved(project, item, item.path, folders)


def _resolved(
    project: HasSimsFolder, item: MediaItem, relative: str, folders: dict[Path, Path]
) -> Path:
    """Give the path; ``folders`` remembers where folders really are, so that many items cost little."""
    _check_words(item, relative)
    root = project.sims_folder / str(item.sim_id)
    path = root.joinpath(*PurePosixPath(relative).parts)
    try:
        real_root = _real_folder(project.sims_folder, folders) / str(item.sim_id)
        folder = _real_folder(path.parent, folders)
        real = path.resolve() if path.is_symlink() else folder / path.name
    except (OSError, RuntimeError, ValueError) as exc:  # such as links in a circle
        raise _unsafe(item, relative, f"it cannot be followed ({exc})") from exc
    if not real.is_relative_to(real_root):
        raise _unsafe(item, relative, f"it leads through a link to {real}")
    return path


def _real_folder(folder: Path, folders: dict[Path, Path]) -> Path:
    found = folders.get(folder)
    if found is None:
        found = folders[folder] = folder.resolve()
    return found


def _check_words(item: MediaItem, relative: str) -> None:
    windows = PureWindowsPath(relative)
    posix = PurePosixPath(relative)
    if not posix.parts or "\0" in relative:
        raise _unsafe(item, relative, "it is not a path")
    if posix.is_absolute() or windows.drive or windows.root:
        raise _unsafe(item, relative, "it is absolute")
    if ".." in posix.parts or ".." in windows.parts:
        raise _unsafe(item, relative, "it goes up with '..'")


def _unsafe(item: MediaItem, relative: str, why: str) -> UnsafeMediaPathError:
    msg = (
        f"The path {relative!r} of the {item.kind} {item.key!r} (step {item.step}) is refused: {why}. Media lie in "
        f"their simulation's own folder; the project's database may have been changed by hand."
    )
    return UnsafeMediaPathError(msg, path=relative, sim_id=item.sim_id, key=item.key)
