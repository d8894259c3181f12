"""What the files of a log name as its hyperparameters, wherever the program that wrote it puts them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.streams.tensorboard import EventFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gymdash_jupyter.streams.tensorboard import MediaEvent

ADDED: Final = "add_hparams"
"""Simulation type of the folder that torch's ``add_hparams`` writes, so that it joins no curve of the folder above."""

_TABLE_TAGS: Final = frozenset({"hyperparameters", "hparams"})
_RULE: Final = re.compile(r"\|?[\s:]*-+[\s:]*\|[\s:]*-+[\s:]*\|?")
_INT: Final = re.compile(r"[+-]?\d{1,18}")
_FLOAT: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WORDS: Final[Mapping[str, Any]] = {"True": True, "False": False, "None": None}
_LARGEST_LOOK: Final = 1 << 20


def table_of(event: MediaEvent) -> dict[str, Any]:
    r"""Read the table of values that CleanRL, and many a script after it, writes as a text.

    It is ``add_text("hyperparameters", "|param|value|\n|-|-|\n|seed|1|...")``.

    Returns:
        Numbers, truth values, None and texts by name; empty where it is no such table.
    """
    if event.kind != "text" or event.key.partition("/")[0].lower() not in _TABLE_TAGS:
        return {}
    lines = [line.strip() for line in event.data.decode("utf-8", "replace").splitlines()]
    if len(lines) < 3 or not _RULE.fullmatch(lines[1]):
        return {}
    values = {}
    for line in lines[2:]:
        name, is_cell, value = line.removeprefix("|").removesuffix("|").partition("|")
        if is_cell and name.strip():
            values[name.strip()] = _value(value.strip())
    return values


class AddedFolders:
    """The folders that torch's ``add_hparams`` makes within a writer's, each called for the time.

    Args:
        folders: All that are imported.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        everything = set(folders)
        self._by_log: dict[Path, list[Path]] = {}
        for folder in everything:
            if _is_time(folder.name) and folder.parent in everything:
                self._by_log.setdefault(folder.parent, []).append(folder)

    def __contains__(self, folder: Path) -> bool:
        return folder in self._by_log.get(folder.parent, ())

    def values(self, log: Path) -> dict[str, Any]:
        """Give the hyperparameters that were added to a log; empty where there are none, or several that differ."""
        found = []
        for folder in self._by_log.get(log, ()):
            files = EventFolder(folder)
            files.read(limit=_LARGEST_LOOK)
            found.append(dict(files.hparams))
        return found[0] if found and all(each == found[0] for each in found) else {}


def _is_time(name: str) -> bool:
    with suppress(ValueError):
        return float(name) > 1e9  # in seconds since the epoch
    return False


def _value(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
