"""What a simulation type says about itself, and what of that is about one argument."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING

from gymdash_jupyter.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY = re.compile(r"^(?P<indent>\s+)(?P<name>\w+)(?: \([^)]*\))?: (?P<words>\S.*)$")

_LAST_BRACKETS = re.compile(r"^(?P<before>.*)\((?P<inside>[^()]*)\)\.?$", re.DOTALL)


def documentation_of(simulation: Simulation) -> str:
    """Give its help text, or the docstring of its class; ``""`` where there is neither."""
    kind = type(simulation)
    if kind._get_help_text is not Simulation._get_help_text:  # noqa: SLF001 - whether it has one of its own
        return str(simulation._get_help_text()).strip()  # noqa: SLF001
    for base in kind.__mro__:
        if base is Simulation:
            break
        if vars(base).get("__doc__"):
            return inspect.cleandoc(base.__doc__ or "")
    return ""


def first_words(documentation: str) -> str:
    """Give its first paragraph, which says what it does, in one line."""
    return " ".join(documentation.strip().partition("\n\n")[0].split())


def without_default(words: str, default: object) -> str:
    """Leave out a default in brackets at the end of words about an argument: it stands in its field."""
    match = _LAST_BRACKETS.match(words)
    shown = {repr(default), str(default), json.dumps(default) if isinstance(default, str) else ""}
    is_default = match is not None and match["inside"] in shown
    return (
        match["before"].rstrip() if match is not None and is_default else words.removesuffix(".")
    )


def words_for_names(documentation: str) -> Mapping[str, str]:
    """Find the lines ``name: words`` of an indented list, as docstrings and help texts have for arguments."""
    found: dict[str, str] = {}
    name, indent = "", 0
    for line in documentation.splitlines():
        match = _ENTRY.match(line)
        depth = len(line) - len(line.lstrip())
        if match is not None and (not name or depth <= indent):
            name, indent = match["name"], depth
            found.setdefault(name, match["words"].strip())
        elif name and line.strip() and depth > indent:
            found[name] += f" {line.strip()}"
        else:
            name = ""
    return found
