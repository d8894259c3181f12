"""Open a project's store: look at what is there and say clearly why it cannot be used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import ProjectDatabaseError, ProjectFolderError
from gymdash_jupyter.store import schema
from gymdash_jupyter.store.filesystem import is_on_network_drive
from gymdash_jupyter.store.seen import SeenStore
from gymdash_jupyter.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from gymdash_jupyter.store.contract import ProjectStore


def open_store(path: Path, *, read_only: bool = False) -> ProjectStore:
    """Open the store of a project.

    A database that does not exist yet is made, with all tables. One that GymDash made is only read until the first
    write, which adds our own tables beside GymDash's.

    Args:
        path: The database file, ``<project>/db/simulations.db``; its folder must exist.
        read_only: Whether to change not a single byte, and leave no file behind, either. Since nobody may settle a
            death then, simulations of dead processes are read as ``lost``, whatever their rows say.

    Returns:
        The store; close it when it is no longer needed.

    Raises:
        ProjectFolderError: The folder is missing or not a folder, the file is a folder, missing (``read_only``), or
            not readable or writable.
        ProjectDatabaseError: The file is not a GymDash project's database, or is damaged.
        NewerProjectError: A newer version of the package wrote it.
    """
    path = Path(path).absolute()
    _check_place(path, is_read_only=read_only)
    try:
        if not path.exists():
            path.touch()
        kind = SeenStore if read_only else SqliteStore
        store = kind(path, is_read_only=read_only, is_on_network=is_on_network_drive(path))
    except OSError as exc:
        msg = f"The project's database {path} cannot be made: {exc.strerror}. Choose another project folder."
        raise ProjectFolderError(msg, path=path) from exc
    try:
        tables = store.tables()
        _check_tables(path, tables)
        if not tables and not read_only:
            store.prepare()
    except BaseException:
        store.close()
        raise
    return store


def _check_place(path: Path, *, is_read_only: bool) -> None:
    folder = path.parent
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        msg = f"The project's database was asked for at {path}, but {folder} {found}. Open the project by its folder."
        raise ProjectFolderError(msg, path=path)
    if path.exists() and not path.is_file():
        msg = f"The project's database should be the file {path}, but there is a folder. Move it away to go on."
        raise ProjectFolderError(msg, path=path)
    if is_read_only and not path.exists():
        msg = f"There is no project at {path} to read. Look whether the path is right, or open it without read_only."
        raise ProjectFolderError(msg, path=path)
    if path.exists() and not os.access(path, os.R_OK):
        msg = f"The project's database {path} may not be read. Ask its owner for access, or choose another project."
        raise ProjectFolderError(msg, path=path)
    # SQLite also keeps files beside the database, so the folder must be writable, too.
    closed = (
        []
        if is_read_only
        else [
            place for place in (path, folder) if place.exists() and not os.access(place, os.W_OK)
        ]
    )
    if closed:
        msg = f"The project cannot be written: {closed[0]} is not writable. Open it with read_only=True, or elsewhere."
        raise ProjectFolderError(msg, path=path)


def _check_tables(path: Path, tables: frozenset[str]) -> None:
    if tables and tables.isdisjoint(schema.GYMDASH_TABLES):
        found = ", ".join(sorted(tables)[:5])
        msg = f"{path} is an SQLite database, but not a GymDash project's: it holds {found}. Choose another folder."
        raise ProjectDatabaseError(msg, path=path)
