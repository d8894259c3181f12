"""Tell whether what this process has imported is still what a fresh one would import."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Freshness:
    """What was imported, from where, and how its files were then.

    Args:
        own_path: What is in ``sys.path`` of a process like this one from its beginning.
    """

    def __init__(self, own_path: Sequence[str]) -> None:
        self._own_path = list(own_path)
        self._path = list(own_path)
        self._files: dict[str, tuple[int, int] | None] = {}
        self._top: dict[str, str] = {}

    def note(self) -> None:
        """Take what is imported now as fresh, as far as it is not known yet."""
        self._path = list(dict.fromkeys(sys.path))
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not isinstance(file, str):
                continue
            if file not in self._files:
                self._files[file] = _state(file)
            if "." not in name:
                is_package = hasattr(module, "__path__")
                folder = os.path.dirname(os.path.dirname(file) if is_package else file)  # noqa: PTH120 - 2,000 of them
                self._top[name] = os.path.realpath(folder)

    def doubt(self, sys_path: Sequence[str]) -> str | None:
        """Say in words why a fresh process might import something else; None when it would not.

        Args:
            sys_path: Where the one that starts it finds its imports; its own come after these.
        """
        for file, state in self._files.items():
            if _state(file) != state:
                return f"{file} has changed"
        path = list(dict.fromkeys([*sys_path, *self._own_path]))
        if path == self._path:
            return None
        used = set(self._top.values())
        needed = [entry for entry in self._path if os.path.realpath(entry) in used]
        if [entry for entry in path if entry in needed] != needed:
            return "sys.path has lost a folder that is needed, or has another order"
        new = [entry for entry in path if entry not in self._path]
        for name in self._top if new else ():
            spec = PathFinder.find_spec(name, new)
            if spec is not None and spec.loader is not None:
                return f"there is another {name} in {spec.origin}"
        return None


def _state(file: str) -> tuple[int, int] | None:
    try:
        about = os.stat(file)  # noqa: PTH116 - 2,000 of them
    except OSError:  # in a zip file, or gone
        return None
    return about.st_mtime_ns, about.st_size
