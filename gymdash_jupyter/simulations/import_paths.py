"""Things named by where they are: ``"module:Name"``, which a config can hold as text where it cannot hold a class."""

from __future__ import annotations

import importlib
import re
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError, did_you_mean

_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def is_import_path(value: object) -> bool:
    """Tell whether a value is a text of the form ``"module:Name"``."""
    return isinstance(value, str) and _PATH.fullmatch(value.strip()) is not None


def path_of(thing: Any) -> str:
    """Give the import path of a class or function."""
    return f"{thing.__module__}:{thing.__qualname__}"


def load(argument: str, path: str) -> Any:
    """Import what a path names.

    Args:
        argument: Whose value the path is, for messages.
        path: Such as ``"torch.nn:Tanh"``.

    Raises:
        InvalidArgumentError: It is no such path, or the module has nothing of this name.
        MissingDependencyError: The module cannot be imported.
    """
    if not is_import_path(path):
        msg = f"{argument} must be an import path such as 'torch.nn:Tanh'; got {path!r}."
        raise InvalidArgumentError(msg, argument=argument)
    module_name, _, name = path.strip().partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as exc:
        msg = (
            f"{argument} is {path!r}, and {module_name} cannot be imported: {exc}. "
            "Install it where this simulation runs, or correct the path."
        )
        raise MissingDependencyError(msg, argument=argument, package=module_name) from exc
    for part in name.split("."):
        if not hasattr(found, part):
            msg = f"{argument} is {path!r}, and {module_name} has no {name!r}.{did_you_mean(part, dir(found))}"
            raise InvalidArgumentError(msg, argument=argument)
        found = getattr(found, part)
    return found
