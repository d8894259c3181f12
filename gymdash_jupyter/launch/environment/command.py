"""Say with which command this process was started, without the secrets that a command may hold."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from gymdash_jupyter.json_values import jsonable

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "***"
"""Stands where a secret was."""

_MAX_LENGTH = 2_000
_OURS = "gymdash_jupyter.launch."
_KERNEL = "python -m ipykernel_launcher"

_USER_OF_URL = re.compile(r"(?<=://)[^/\s@]+@")
_ASSIGNED = re.compile(r"(?P<name>-*[\w.+-]+)=.+", re.DOTALL)
_NAME = re.compile(r"""(?P<name>[\w.-]+)["']?\s*[=:]\s*""")
_VALUE = re.compile(r""""[^"]*"|'[^']*'|[^&"',;}\]]+""")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SECRET = frozenset(
    {
        "apikey",
        "auth",
        "authorization",
        "bearer",
        "credential",
        "credentials",
        "pass",
        "passphrase",
    }
    | {"passwd", "password", "pw", "pwd", "secret", "token"}
)
_SECRET_KEYS = frozenset({"access", "account", "api", "auth", "private", "secret"})


def own_command() -> str:
    """Give the command of this process as a shell would take it, for a kernel ``python -m ipykernel_launcher``.

    The code of ``python -c`` is not part of it. Longer commands than 2,000 letters are cut.
    """
    arguments = [str(argument) for argument in sys.argv]
    program = arguments[0] if arguments else ""
    if _is_kernel(program):
        return _KERNEL  # its arguments only say how Jupyter talks to it, anew each time
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    # A worker has the arguments of who started it.
    if spec is not None and not spec.name.startswith(_OURS):
        start = ["python", "-m", spec.name.removesuffix(".__main__")]
    else:
        start = ["python", program] if program else ["python"]
    command = shlex.join([*start, *without_secrets(arguments[1:])])
    return str(jsonable(command))[:_MAX_LENGTH]


def without_secrets(arguments: Iterable[str]) -> list[str]:
    """Hide passwords, tokens and keys in the arguments of a command.

    Hidden is the value of whatever has a telling name (``--api-key=...``, ``--token ...``,
    ``WANDB_API_KEY=...``, ``?token=...``), and the user in an address (``https://me:pw@host``).
    """
    kept: list[str] = []
    is_value = False
    for argument in arguments:
        if is_value and not argument.startswith("-"):
            kept.append(HIDDEN)
            is_value = False
            continue
        is_value = argument.startswith("-") and "=" not in argument and _is_secret(argument)
        kept.append(_without_values(_USER_OF_URL.sub(f"{HIDDEN}@", argument)))
    return kept


def _without_values(argument: str) -> str:
    whole = _ASSIGNED.fullmatch(argument)
    if whole is not None and _is_secret(whole["name"]):
        return f"{whole['name']}={HIDDEN}"
    kept, place = "", 0
    while (name := _NAME.search(argument, place)) is not None:
        kept += argument[place : name.end()]
        place = name.end()
        value = _VALUE.match(argument, place) if _is_secret(name["name"]) else None
        if value is not None:
            kept += HIDDEN
            place = value.end()
    return kept + argument[place:]


def _is_secret(name: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _SECRET) or ("key" in words and bool(words & _SECRET_KEYS))


def _is_kernel(program: str) -> bool:
    path = PurePath(program)
    return path.stem.endswith("kernel_launcher") or path.parts[-2:] == ("ipykernel", "__main__.py")
