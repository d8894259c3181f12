"""Which project is current in this Python process, and GymDash's face of it, ``ProjectManager``."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any, Literal

from gymdash_jupyter.errors import InvalidArgumentError, NoProjectError
from gymdash_jupyter.ids import to_uuid, to_uuids
from gymdash_jupyter.launch import settle_dead
from gymdash_jupyter.openings import tell_opened
from gymdash_jupyter.project import DEFAULT_FOLDER, PROJECT_VARIABLE, Project, pinned

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from uuid import UUID

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.statuses import SimStatus


class _Session:
    """The current project of this Python process; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.project: Project | None = None
        self.opened: dict[tuple[Path, bool], Project] = {}
        self.temporary_folders: list[tempfile.TemporaryDirectory[str]] = []


_session = _Session()


def open_project(
    path: str | os.PathLike[str] = DEFAULT_FOLDER, read_only: bool = False
) -> Project:
    """Open a project and make it the current one; what was current goes on with what runs in it.

    Simulations that dead processes left as running become ``lost``. Opening a project again gives
    the same object, as long as its database is there. See ``Project.open`` for arguments and errors.
    """
    key = pinned(path), read_only
    opened = _session.opened.get(key)
    if opened is None:
        # Of several threads that open it at once, all get the first one's: its trackers know what runs in it.
        opened = _session.opened.setdefault(key, Project.open(path, read_only=read_only))
    elif not opened.db_path.is_file():
        opened = _session.opened[key] = Project.open(path, read_only=read_only)
    if not read_only:
        settle_dead(opened.store)
    _session.project = opened
    tell_opened(opened)
    return opened


def current_project() -> Project:
    """Give the current project, opening the default one if none is open.

    That is the folder which the environment variable ``GYMDASH_PROJECT`` names, as it does in a
    JupyterLab that ``start`` opened, else ``./.gymdash-projects``.
    """
    return _session.project or open_project(os.environ.get(PROJECT_VARIABLE) or DEFAULT_FOLDER)


class ProjectManager:
    """GymDash's face of the current project. All methods are static; all paths are absolute and ``str``."""

    @staticmethod
    def setup_from_args(args: Any = None) -> Project:
        """Open the project that parsed arguments name.

        Args:
            args: Anything with ``project_dir`` and ``no_project``, such as what
                ``add_gymdash_arguments`` parses. ``no_project`` true, or None instead of
                arguments, means a temporary project, which is removed when Python ends.
        """
        if args is not None and not hasattr(args, "__dict__"):
            msg = (
                f"Arguments are a namespace with project_dir or no_project, or None; got {args!r}."
            )
            raise InvalidArgumentError(msg)
        if args is None or getattr(args, "no_project", False):
            folder = tempfile.TemporaryDirectory(prefix="gymdash-", ignore_cleanup_errors=True)
            _session.temporary_folders.append(folder)
            return open_project(folder.name)
        return open_project(getattr(args, "project_dir", None) or DEFAULT_FOLDER)

    @staticmethod
    def open(path: str | os.PathLike[str] = DEFAULT_FOLDER, read_only: bool = False) -> Project:
        """Open a project and make it the current one; see ``open_project``."""
        return open_project(path, read_only)

    @staticmethod
    def current() -> Project:
        """Give the current project.

        Raises:
            NoProjectError: None is open.
        """
        if _session.project is None:
            msg = "No project is open. Open one first: gymdash_jupyter.open_project('./.gymdash-projects')."
            raise NoProjectError(msg)
        return _session.project

    @staticmethod
    def project_folder() -> str:
        """Return the project's folder."""
        return str(ProjectManager.current().folder)

    @staticmethod
    def sims_folder() -> str:
        """Return the folder of the simulations' folders."""
        return str(ProjectManager.current().sims_folder)

    @staticmethod
    def db_folder() -> str:
        """Return the database's folder."""
        return str(ProjectManager.current().db_folder)

    @staticmethod
    def resources_folder() -> str:
        """Return the folder of shared resources."""
        return str(ProjectManager.current().resources_folder)

    @staticmethod
    def db_path() -> str:
        """Return the database file."""
        return str(ProjectManager.current().db_path)

    @staticmethod
    def get_filtered_simulations(
        sim_id: UUID | str | None = None,
        is_done: bool | None = None,
        cancelled: bool | None = None,
        failed: bool | None = None,
        force_stopped: bool | None = None,
        set_mode: Literal["OR", "AND"] = "OR",
    ) -> list[SimulationRecord]:
        """List the project's simulations, oldest first.

        Args:
            sim_id: This simulation; None means that ids do not matter (likewise for the flags).
            is_done: Whether it has ended.
            cancelled: Whether it was stopped on wish.
            failed: Whether it did not reach its end.
            force_stopped: Whether it was killed or lost.
            set_mode: Whether one of what is given must match, or all.

        Raises:
            InvalidArgumentError: Another mode, or an id that is none.
        """
        if set_mode not in ("OR", "AND"):
            msg = f"set_mode is 'OR' or 'AND'; got {set_mode!r}."
            raise InvalidArgumentError(msg)
        wanted = None if sim_id is None else to_uuid(sim_id)
        given = {
            "is_done": is_done,
            "cancelled": cancelled,
            "failed": failed,
            "force_stopped": force_stopped,
        }
        flags = {name: bool(value) for name, value in given.items() if value is not None}

        def matches(record: SimulationRecord) -> bool:
            tests = [getattr(record, name) == value for name, value in flags.items()]
            if wanted is not None:
                tests.append(record.sim_id == wanted)
            return not tests or (any(tests) if set_mode == "OR" else all(tests))

        return [
            record for record in ProjectManager.current().store.simulations() if matches(record)
        ]

    @staticmethod
    def get_latest_statuses(sim_ids: Iterable[UUID | str]) -> dict[str, SimStatus | None]:
        """Give each simulation's newest status, or None where it has none, by id as text."""
        ids = {str(sim_id): sim_id for sim_id in to_uuids(sim_ids)}
        found = ProjectManager.current().store.latest_statuses(list(ids.values()))
        return {text: found.get(sim_id) for text, sim_id in ids.items()}
