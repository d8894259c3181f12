"""``%load_ext gymdash_jupyter``: the line magic ``%gymdash``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter import session
from gymdash_jupyter.errors import GymDashError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HELP: Final = """%gymdash                 the dashboard of the current project
%gymdash FOLDER          open the project in a folder, and its dashboard
%gymdash watch [ID ...]  live cards of simulations; without ids, of those that go on"""


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give a shell the magic."""
    shell.magics_manager.register_function(gymdash, magic_kind="line", magic_name="gymdash")


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take it away again."""
    shell.magics_manager.magics["line"].pop("gymdash", None)


def gymdash(line: str) -> Any:
    """Open a dashboard or cards of the current project.

    Args:
        line: What stands behind ``%gymdash``.
    """
    words = shlex.split(line)
    try:
        if words[:1] == ["watch"]:
            return session.watch(words[1:] or None)
        if len(words) > 1 or (words and words[0].startswith("-")):
            print(_HELP)  # noqa: T201 - the answer to a line that a person typed
            return None
        if words:
            session.open_project(words[0])
        return session.dashboard()
    except GymDashError as exc:
        print(exc)  # noqa: T201 - a person typed it: a sentence, and no traceback
        return None
