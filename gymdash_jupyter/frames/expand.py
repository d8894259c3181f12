"""Lay what simulations were given, and what they gave back, out in columns of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.frames.columns import fitting
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import pandas as pd

Path: TypeAlias = tuple[str, ...]
"""Where a value lies in nested dicts."""

SECTIONS: Final = ("config", "start_kwargs", "result")
"""The columns that can be laid out; of a config, its kwargs."""


def sections_of(expand: str | bool | Iterable[str] | None) -> list[str]:
    """Give which sections are meant, each once, in the order of ``SECTIONS``.

    Args:
        expand: One of ``config`` (its kwargs), ``start_kwargs``, ``result``, a list of these; True for all of them,
            None or False for none.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if expand is None or isinstance(expand, bool):
        return list(SECTIONS) if expand else []
    asked: list[Any] = [expand] if isinstance(expand, str) else _listed(expand)
    for name in asked:
        if name not in SECTIONS:
            hint = did_you_mean(name, SECTIONS)
            msg = f"What can be expanded is {', '.join(SECTIONS)}, or True for all; got {name!r}.{hint}"
            raise InvalidArgumentError(msg, expand=expand)
    return [name for name in SECTIONS if name in asked]


def _listed(expand: object) -> list[Any]:
    try:
        return list(expand)  # type: ignore[call-overload,no-any-return]
    except TypeError as exc:
        msg = f"What can be expanded is {', '.join(SECTIONS)}, or True for all; got {expand!r}."
        raise InvalidArgumentError(msg, expand=expand) from exc


def expanded(sections: Mapping[str, Sequence[Any]], taken: Collection[str]) -> dict[str, Any]:
    """Lay sections of simulations out, one column a value.

    Args:
        sections: What ``values_of`` gives: by the names of sections, the values of simulations, one a row.
        taken: Names that columns have already.

    Returns:
        Columns by name, section by section, in the order in which they first appear; see ``fitting`` for their dtypes.
        Names of nested values are joined by dots. Where a name would stand for two things, or is taken, it begins with
        its section (``config.seed``). What JSON could not hold is its description in words.
    """
    found: dict[str, dict[Path, dict[int, Any]]] = {name: {} for name in sections}
    for section, values in found.items():
        for row, given in enumerate(sections[section]):
            for path, value in leaves(given):
                if path in values:
                    values[path][row] = value
                elif path:  # a result that is no dict stays where it is
                    values[path] = {row: value}
    n = max(map(len, sections.values()), default=0)
    columns: dict[str, Any] = {}
    for (section, path), name in _names(found, taken).items():
        values_at = found[section][path]
        is_full = len(values_at) == n  # then in the order of rows
        columns[name] = fitting(
            list(values_at.values()) if is_full else [values_at.get(row) for row in range(n)]
        )
    return columns


def values_of(frame: pd.DataFrame, sections: Iterable[str]) -> dict[str, list[Any]]:
    """Give sections of the frame of simulations, row by row; see ``SECTIONS``."""
    values: dict[str, list[Any]] = {name: frame[name].tolist() for name in sections}
    if "config" in values:
        values["config"] = [config["kwargs"] for config in values["config"]]
    return values


def leaves(values: Any, above: Path = ()) -> list[tuple[Path, Any]]:
    """Take nested dicts apart; one without anything in it is a value itself, and so is a list."""
    if not isinstance(values, (dict, Mapping)) or (above and not values):  # for a dict much faster
        return [(above, values)]
    if len(values) == 1 and is_described(values):
        return [(above, values[DESCRIPTION_KEY])]
    found: list[tuple[Path, Any]] = []
    for name, value in values.items():
        path = (*above, name)
        if isinstance(value, dict):
            found += leaves(value, path)
        else:
            found.append((path, value))
    return found


def _names(
    found: Mapping[str, Mapping[Path, object]], taken: Collection[str]
) -> dict[tuple[str, Path], str]:
    """Name every column so that no two are alike, as shortly as that allows."""
    waiting = [(section, path) for section, values in found.items() for path in values]
    names: dict[tuple[str, Path], str] = {}
    used = set(taken)
    for written in (_plain, _with_section, _quoted):
        wanted: dict[str, list[tuple[str, Path]]] = {}
        for each in waiting:
            wanted.setdefault(written(*each), []).append(each)
        for name, those in wanted.items():
            if len(those) == 1 and name not in used:
                names[those[0]] = name
        used.update(names.values())
        waiting = [each for each in waiting if each not in names]
    for each in waiting:  # somebody has put quotes and dots into names
        name = _quoted(*each)
        while name in used:
            name += "'"
        names[each] = name
        used.add(name)
    return {
        (section, path): names[section, path]
        for section, values in found.items()
        for path in values
    }


def _plain(_section: str, path: Path) -> str:
    return ".".join(path)


def _with_section(section: str, path: Path) -> str:
    return ".".join((section, *path))


def _quoted(section: str, path: Path) -> str:
    """Tell a dot in a name from one between names."""
    return ".".join((section, *(json.dumps(part) if "." in part else part for part in path)))
