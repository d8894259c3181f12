"""The files of exported types: in the user's own data folder, a folder a project, a file a type.

Who could write one could run code as this user, so they are for this user alone, and files that
another user owns or could change are not read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

from gymdash_jupyter.errors import UserFolderError
from gymdash_jupyter.exported.description import DamagedExportError, ExportedType, from_text
from gymdash_jupyter.user_folder import HOW_TO_CHOOSE, user_folder

_MAX_WORDS = 40
_HASH_LENGTH = 16


def folder_of(project_folder: str | os.PathLike[str]) -> Path:
    """Give where the exported types of a project are, or will be."""
    # Resolved, so that a project that is reached over a link is the same one.
    real = os.path.realpath(project_folder)
    words = _plain("-".join(Path(real).parts[-2:]))
    return user_folder() / "exported" / f"{words}-{_hash(os.path.normcase(real))}"


def name_of(key: str) -> str:
    """Give the name of a key's file, less its ending: an identifier of its own for each key."""
    return f"{_plain(key).replace('-', '_')}_{_hash(key)}"


def write(project_folder: str | os.PathLike[str], exported: ExportedType) -> Path:
    """Write a type's file in place of what was there, whole or not at all.

    Raises:
        UserFolderError: It cannot be written.
    """
    folder = folder_of(project_folder)
    path = folder / f"{name_of(exported.key)}.py"
    partial = folder / f"{path.stem}.{os.getpid()}.{secrets.token_hex(4)}.partial"
    try:
        for part in (folder.parent.parent, folder.parent, folder):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_owner(folder, folder.lstat())
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        with os.fdopen(os.open(partial, flags, 0o600), "w", encoding="utf-8", newline="") as file:
            file.write(exported.to_text())
        partial.replace(path)
    except UserFolderError:
        raise
    except OSError as exc:
        with contextlib.suppress(OSError):
            partial.unlink()
        msg = f"Exported simulation types are kept in {folder}, which cannot be written: {exc}. {HOW_TO_CHOOSE}"
        raise UserFolderError(msg, path=folder) from exc
    return path


def files(project_folder: str | os.PathLike[str]) -> list[Path]:
    """List the files of a project's types, whether or not they can be read.

    Raises:
        UserFolderError: The folder belongs to somebody else, or cannot be looked into.
    """
    folder = folder_of(project_folder)
    try:
        _check_owner(folder, folder.lstat())
        return sorted(path for path in folder.iterdir() if path.suffix == ".py")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except UserFolderError:
        raise
    except OSError as exc:
        msg = f"Exported simulation types are kept in {folder}, which cannot be read: {exc}."
        raise UserFolderError(msg, path=folder) from exc


def read(path: Path) -> ExportedType:
    """Read a type's file.

    Raises:
        UserFolderError: It belongs to somebody else, or others can write it.
        DamagedExportError: It is not what the exporter writes.
        OSError: It cannot be read.
    """
    # Looked at after opening, so that nobody can exchange it in between.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), encoding="utf-8", newline="") as file:
        _check_owner(path, os.fstat(file.fileno()))
        try:
            return from_text(file.read())
        except UnicodeDecodeError as exc:
            raise DamagedExportError(f"it is damaged: {exc}") from exc


def remove(project_folder: str | os.PathLike[str], key: str) -> bool:
    """Remove a type's file; tell whether there was one.

    Raises:
        UserFolderError: It cannot be removed.
    """
    path = folder_of(project_folder) / f"{name_of(key)}.py"
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as exc:
        raise UserFolderError(f"{path} cannot be removed: {exc}.", path=path) from exc
    return True


def _check_owner(path: Path, found: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):
        return
    if found.st_uid != os.geteuid():
        trouble = f"user {found.st_uid} owns it, and you are user {os.geteuid()}"
    elif stat.S_ISLNK(found.st_mode):
        trouble = "it is a link"
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        trouble = "other users can change it"
    else:
        return
    msg = (
        f"{path} is not used, because {trouble}: importing exported simulation types runs code. "
        "Remove it, and export your types again."
    )
    raise UserFolderError(msg, path=path)


def _plain(text: str) -> str:
    return re.sub(r"\W+", "-", text, flags=re.ASCII).strip("-")[:_MAX_WORDS]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
