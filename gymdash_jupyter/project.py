"""A project: a folder with a database. ``current`` knows which one is current."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import InvalidArgumentError, ProjectFolderError
from gymdash_jupyter.foreign import with_files
from gymdash_jupyter.presets import Presets
from gymdash_jupyter.resource_usage import DiskScan, DiskUsage
from gymdash_jupyter.store import ProjectStore, open_store

if TYPE_CHECKING:
    from uuid import UUID


DEFAULT_FOLDER = "./.gymdash-projects"
PROJECT_VARIABLE = "GYMDASH_PROJECT"
"""Environment variable with the project's folder, for notebooks of a JupyterLab opened on it."""


@dataclass(frozen=True)
class Project:
    """An open project.

    Attributes:
        folder: Absolute path of its folder.
        store: Its database.
        is_read_only: Whether nothing in it may change.
    """

    folder: Path
    store: ProjectStore
    is_read_only: bool = False

    @classmethod
    def open(
        cls, path: str | os.PathLike[str] = DEFAULT_FOLDER, *, read_only: bool = False
    ) -> Project:
        """Open a project's folder, making what is missing.

        Its store also knows what GymDash's simulations left in their folders; see ``foreign``.

        Args:
            path: The folder; a relative one is pinned now, so that a later change of directory
                means nothing.
            read_only: Change no byte of it; the folder must be there.

        Raises:
            ProjectFolderError: The folder cannot be a project.
            ProjectDatabaseError: Its database is not one, or was written by a newer version.
        """
        folder = pinned(path)
        if read_only:
            if not folder.is_dir():
                found = "it is a file" if folder.exists() else "the folder does not exist"
                msg = f"There is no project to read at {folder}: {found}."
                raise ProjectFolderError(msg, path=folder)
        else:
            for part in (folder, folder / "db", folder / "sims", folder / "resources"):
                _make_folder(part, folder)
        store = open_store(folder / "db" / "simulations.db", read_only=read_only)
        return cls(folder, with_files(store, folder / "sims"), read_only)

    @property
    def sims_folder(self) -> Path:
        """Where simulations keep their own folders."""
        return self.folder / "sims"

    @property
    def db_folder(self) -> Path:
        """Where the database is."""
        return self.folder / "db"

    @property
    def resources_folder(self) -> Path:
        """Where things are that simulations share: datasets, pretrained models."""
        return self.folder / "resources"

    @property
    def db_path(self) -> Path:
        """The database file."""
        return self.db_folder / "simulations.db"

    def sim_folder(self, sim_id: UUID) -> Path:
        """Where one simulation keeps its files."""
        return self.sims_folder / str(sim_id)

    def presets(self, kind: str) -> Presets:
        """Give the values that people kept under a name for one kind of form, to look at, save and delete.

        Args:
            kind: ``start:<sim key>`` for the arguments of a simulation type, ``reply:<channel>``
                for the answers to a control request.
        """
        return Presets(self.store, kind)

    def disk_usage(self) -> DiskUsage:
        """Tell how much of the disk the project takes, each simulation by kind of files.

        Some 0.1 s for 10,000 files the first time; folders of simulations that have ended are remembered.
        """
        return self._disk_scan.usage(self.store)

    @cached_property
    def _disk_scan(self) -> DiskScan:
        return DiskScan(self.folder)

    def __repr__(self) -> str:
        return f"<Project {str(self.folder)!r}{' (read only)' if self.is_read_only else ''}>"


def project_of_store(store: ProjectStore) -> Project:
    """Give the project that a store belongs to."""
    return Project(store.path.parent.parent, store, store.is_read_only)


def pinned(path: str | os.PathLike[str]) -> Path:
    """Make a path absolute now, so that a later change of directory means nothing."""
    if path == "":
        msg = "A project's folder must be a path; got an empty text. The current folder is '.'."
        raise InvalidArgumentError(msg)
    try:
        # Not resolve(): links stay as the person named them.
        return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100
    except (TypeError, ValueError) as exc:
        msg = f"A project's folder must be a path; got {path!r}."
        raise InvalidArgumentError(msg) from exc


def _make_folder(part: Path, project: Path) -> None:
    try:
        part.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as exc:
        msg = f"The project {project} needs a folder at {part}, and there is a file. Choose another project folder."
        raise ProjectFolderError(msg, path=part) from exc
    except (OSError, ValueError) as exc:
        msg = f"The project {project} needs a folder at {part}, which cannot be made: {exc}. Choose another place."
        raise ProjectFolderError(msg, path=part) from exc
