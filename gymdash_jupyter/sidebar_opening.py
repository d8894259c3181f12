"""How a kernel of the sidebar's own opens the project that it is there for."""

from __future__ import annotations

import contextlib
import os

from gymdash_jupyter.current import open_project
from gymdash_jupyter.errors import ProjectFolderError
from gymdash_jupyter.project import pinned


def open_for_sidebar(folder: str, create: bool = False) -> None:
    """Open a project in a kernel that does nothing else; one that may not be written is opened for reading.

    The kernel goes to the folder around the project, where its simulations' modules and files are looked for.

    Args:
        folder: The project's folder, absolute or from ``~`` on.
        create: Make the project if it is not there.

    Raises:
        ProjectFolderError: There is no project, or the folder cannot be one.
        ProjectDatabaseError: Its database is not one, or was written by a newer version.
    """
    path = pinned(folder)
    database = path / "db" / "simulations.db"
    is_there = database.is_file()
    if not is_there and not create:
        found = "it has no database db/simulations.db" if path.is_dir() else "it does not exist"
        msg = f"There is no project in {path}: {found}. Choose another folder, or make a new project there."
        raise ProjectFolderError(msg, path=path)
    is_locked = is_there and not all(os.access(each, os.W_OK) for each in (database, path / "db"))
    open_project(path, read_only=is_locked)
    with contextlib.suppress(OSError):
        os.chdir(path.parent)
