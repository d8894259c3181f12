"""Exported types into the registry of this process."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Collection
from pathlib import Path

from gymdash_jupyter.config import config_from_json
from gymdash_jupyter.errors import UnknownSimulationTypeError, UserFolderError
from gymdash_jupyter.exported import folder
from gymdash_jupyter.exported.description import DamagedExportError, ExportedType
from gymdash_jupyter.exported.loading import load
from gymdash_jupyter.registry import RegisteredType, SimulationRegistry

logger = logging.getLogger(__name__)


class _Imported:
    """What this process has imported; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.by_key: dict[str, tuple[object, str]] = {}
        self.lock = threading.RLock()


_imported = _Imported()


def exported_keys(project_folder: str | os.PathLike[str]) -> list[str]:
    """List the sim keys of the types that this user exported for a project, sorted; runs none of their code.

    Raises:
        UserFolderError: The folder they are kept in belongs to another user.
    """
    return sorted(exported.key for _, exported in _readable(project_folder))


def import_exported(
    project_folder: str | os.PathLike[str], keys: Collection[str] | None = None
) -> list[str]:
    """Import the types that this user exported for a project and register each under its key.

    One that cannot be had is a warning with the reason and harms no other. A key that this process
    registered itself stays as it is, with a warning when it is another class.

    Args:
        project_folder: The project's folder; it need not be open.
        keys: Import only these; None means all.

    Returns:
        The keys that are registered now, sorted.

    Raises:
        UserFolderError: The folder they are kept in belongs to another user.
    """
    with _imported.lock:
        found = _readable(project_folder, warn=keys is None)
        wanted = [(path, e) for path, e in found if keys is None or e.key in keys]
        return sorted(exported.key for path, exported in wanted if _register(path, exported))


def _readable(
    project_folder: str | os.PathLike[str], *, warn: bool = False
) -> list[tuple[Path, ExportedType]]:
    found = []
    for path in folder.files(project_folder):
        try:
            found.append((path, folder.read(path)))
        except FileNotFoundError:
            pass  # removed just now
        except UserFolderError as exc:
            logger.warning("%s", exc)
        except (DamagedExportError, OSError) as exc:
            if warn:
                msg = "The exported simulation type in %s is not registered: %s. Export it again, or remove the file."
                logger.warning(msg, path, exc)
    return found


def _register(path: Path, exported: ExportedType) -> bool:
    """Register one type; tell whether its key has it now."""
    key, before = exported.key, _registered(exported.key)
    creator, fingerprint = _imported.by_key.get(key, (None, ""))
    is_ours = before is not None and before.creator is not None and before.creator is creator
    if before is not None and (
        (is_ours and fingerprint == exported.fingerprint) or words_of(before) == exported.words
    ):
        return True
    if before is not None and not is_ours:
        msg = (
            "The exported simulation type %r (%s) is not registered: here the key belongs to %s. "
            "Export one of them under another key."
        )
        logger.warning(msg, key, exported.words, words_of(before))
        return False
    try:
        cls = load(exported, path)
    # The edge to what a person wrote: whatever it raises, even an exit, is theirs to hear of.
    except (Exception, SystemExit) as exc:  # noqa: BLE001
        _say_why(exported, exc)
        return False
    own = _registered(key)  # the module may have registered it itself
    config = config_from_json(exported.default_config) if exported.default_config else None
    if config is None and own is not None and own.creator is cls:
        config = own.default_config
    SimulationRegistry.register(key, cls, config, replace=True)
    _imported.by_key[key] = (cls, exported.fingerprint)
    return True


def _registered(key: str) -> RegisteredType | None:
    try:
        return SimulationRegistry.find(key)
    except UnknownSimulationTypeError:
        return None


def words_of(found: RegisteredType) -> str:
    """Name what a registered key makes: module and class."""
    if found.creator is None and found.entry_point is not None:
        return found.entry_point.value.replace(":", ".")
    name = getattr(found.creator, "__qualname__", repr(found.creator))
    return f"{getattr(found.creator, '__module__', '')}.{name}"


def _say_why(exported: ExportedType, exc: BaseException) -> None:
    is_ours = type(exc).__module__.startswith("gymdash_jupyter.")
    reason = str(exc) if is_ours else f"{type(exc).__name__}: {exc}"
    msg = (
        "The exported simulation type %r (%s) is not registered: %s. Export it again where it is written, "
        "or forget it: gymdash_jupyter.SimulationExporter.remove(%r)."
    )
    logger.warning(msg, exported.key, exported.words, reason.rstrip("."), exported.key)
    logger.debug("The trace of %r:", exported.key, exc_info=exc)
