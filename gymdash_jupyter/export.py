"""GymDash's face of exported simulation types, ``SimulationExporter``; ``exported`` does the work."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter import exported
from gymdash_jupyter.calls import Call
from gymdash_jupyter.config import config_to_json
from gymdash_jupyter.current import ProjectManager
from gymdash_jupyter.errors import (
    NoProjectError,
    SimulationTypeTakenError,
    UnknownSimulationTypeError,
)
from gymdash_jupyter.json_values import DESCRIPTION_KEY, jsonable
from gymdash_jupyter.project import DEFAULT_FOLDER, PROJECT_VARIABLE, pinned
from gymdash_jupyter.registry import RegisteredType, SimulationRegistry

if TYPE_CHECKING:
    from gymdash_jupyter.exported import ExportedType
    from gymdash_jupyter.simulation import Simulation

logger = logging.getLogger(__name__)

_Folder = str | os.PathLike[str]


class _Prepared:
    """What this process has prepared; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.by_key: dict[str, tuple[ExportedType, type[Simulation]]] = {}


_prepared = _Prepared()


class SimulationExporter:
    """Make simulation types known to processes that did not define them. All methods are static.

    A type that one notebook or script exports can be started by its key from other notebooks on the
    same project, from the queue and from JupyterLab's sidebar. Exports are kept in the user's own data
    folder, by project (see ``exported``); nobody else's project can bring any.
    """

    @staticmethod
    def prepare_for_export(
        key: str,
        type: type[Simulation],  # noqa: A002 - GymDash's name
        *,
        replace: bool = False,
    ) -> bool:
        """Note that a type should be exported, and check that it can be.

        A class of a module is exported by its import path, a class of a notebook or script by its
        source, with the imports, constants, functions and classes that it uses from there. It is taken
        down as it is now: after changing it, prepare and export it again.

        Args:
            key: The sim key under which other processes will know it.
            type: A Simulation subclass at the top level of a module, notebook or script.
            replace: Whether another class that was prepared or registered under the key gives way.

        Returns:
            True, as GymDash does; what cannot be exported is an exception.

        Raises:
            ExportError: No other process could have it; the message says why.
            InvalidSimulationTypeError: It is no Simulation subclass.
            SimulationTypeTakenError: The key belongs to another class.
            InvalidArgumentError: The key is not text.
        """
        found = exported.describe(key, type)
        if not replace:
            _check_key(found, type)
        _prepared.by_key[key] = found, type
        return True

    @staticmethod
    def export_sims(project: _Folder | None = None) -> list[str]:
        """Export all prepared types for a project, in place of what was exported under their keys.

        A type that is registered under the same key goes with its default config.

        Args:
            project: The project's folder; None means the current project.

        Returns:
            The keys, sorted.

        Raises:
            UserFolderError: The user's data folder cannot be written.
        """
        keys = sorted(_prepared.by_key)
        folder = _folder(project)
        with _taken_down(folder, keys):
            for key in keys:
                found, cls = _prepared.by_key[key]
                exported.write(folder, replace(found, default_config=_default_config(key, cls)))
        return keys

    @staticmethod
    def import_and_register(project: _Folder | None = None) -> list[str]:
        """Import the types that this user exported for a project, and register each under its key.

        One that cannot be imported is a warning that says why, and harms no other. Keys that this
        process registered itself stay as they are.

        Args:
            project: The project's folder; None means the current project.

        Returns:
            The keys that are registered now, sorted.

        Raises:
            UserFolderError: The folder they are kept in belongs to another user.
        """
        return exported.import_exported(_folder(project))

    @staticmethod
    def remove(*keys: str, project: _Folder | None = None) -> list[str]:
        """Forget exported types: other processes will not know them any more.

        Args:
            *keys: Their sim keys.
            project: The project's folder; None means the current project.

        Returns:
            Those of the keys that had been exported.

        Raises:
            UserFolderError: The user's data folder cannot be written.
        """
        for key in keys:
            _prepared.by_key.pop(key, None)
        return [key for key in keys if exported.remove(_folder(project), key)]


def _check_key(found: ExportedType, cls: type) -> None:
    prepared = _prepared.by_key.get(found.key)
    registered = _registered(found.key)
    before = [prepared[0].words] if prepared else []
    if registered is not None and registered.creator is not cls:
        before.append(exported.words_of(registered))
    taken = next((words for words in before if words != found.words), None)
    if taken is not None:
        msg = (
            f"The sim key {found.key!r} belongs to {taken}. Export {found.words} under another key, "
            "or pass replace=True."
        )
        raise SimulationTypeTakenError(msg, key=found.key)


def _default_config(key: str, cls: type) -> str:
    registered = _registered(key)
    config = registered.default_config if registered else None
    if registered is None or config is None or registered.creator is not cls:
        return ""
    lost = [name for name, value in config.kwargs.items() if _has_description(jsonable(value))]
    if lost:
        msg = "%r is exported without its default config, because its kwargs cannot be written as JSON: %s."
        logger.warning(msg, key, ", ".join(lost))
        return ""
    return config_to_json(config)


def _has_description(value: Any) -> bool:
    if isinstance(value, dict):
        return DESCRIPTION_KEY in value or any(map(_has_description, value.values()))
    return isinstance(value, list) and any(map(_has_description, value))


def _registered(key: str) -> RegisteredType | None:
    with contextlib.suppress(UnknownSimulationTypeError):
        return SimulationRegistry.find(key)
    return None


def _folder(project: _Folder | None) -> Path:
    """Give a project's folder; to know it, the project need not be open."""
    if project is not None:
        return pinned(project)
    try:
        return ProjectManager.current().folder
    except NoProjectError:
        return pinned(os.environ.get(PROJECT_VARIABLE) or DEFAULT_FOLDER)


@contextlib.contextmanager
def _taken_down(folder: Path, keys: list[str]) -> Iterator[None]:
    """Take the call down in the project, where it is the one that is open."""
    try:
        project = ProjectManager.current()
    except NoProjectError:
        project = None
    if not keys or project is None or project.folder != folder or project.is_read_only:
        yield
        return
    with Call(project.store, "export", {"keys": keys}):
        yield
