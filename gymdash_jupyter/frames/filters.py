"""Choose simulations by what their columns and settings are, one filter a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
import pandas as pd

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.frames.expand import leaves, values_of
from gymdash_jupyter.selection import matching_keys
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARGUMENTS: Final = ("config", "start_kwargs")
_LISTED: Final = 40


def filtered(frame: pd.DataFrame, filters: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Say which simulations pass all filters.

    Args:
        frame: The frame of simulations, not expanded.
        filters: What is wanted, by the name of a column, else of a config kwarg, else of a start kwarg; those that lie
            deeper are named with dots, or by the end of that name where only one ends so. A value; text in which
            ``*`` stands for any text; a list of these, any of which will do; a function that is called with each
            value and says whether it is wanted; or None for what is missing. Of tags, and of other lists, any may fit,
            or the whole list.

    Returns:
        bool, shape (len(frame),).

    Raises:
        InvalidArgumentError: No simulation has anything of this name, or there is no such state.
    """
    passed = np.ones(len(frame), dtype=bool)
    for name, wanted in filters.items():
        if name == "state":
            _check_states(wanted)
        cells = _cells(frame, name)
        passed &= np.fromiter((_fits(cell, wanted) for cell in cells), bool, len(frame))
    return passed


def _check_states(wanted: Any) -> None:
    """Refuse a state that there is not: an empty frame would look like an answer."""
    listed = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Iterable) else wanted
    for each in listed:
        if isinstance(each, str) and "*" not in each and each not in list(SimState):
            hint = did_you_mean(each, [state.value for state in SimState])
            msg = (
                f"No simulation is ever in a state {each!r}.{hint} The states are {', '.join(SimState)}; "
                "is_done=True means all that have ended."
            )
            raise InvalidArgumentError(msg, state=each)


def _cells(frame: pd.DataFrame, name: str) -> Iterable[Any]:
    if name == "sim_id":
        return list(frame.index)
    if name in frame.columns:
        return frame[name].tolist()
    arguments = values_of(frame, _ARGUMENTS)
    for values in arguments.values():
        found = [_inside(each, name) for each in values]
        if any(is_there for is_there, _ in found):
            return [value for _, value in found]
    paths = {section: _paths(values) for section, values in arguments.items()}
    ending = [(s, path) for s in paths for path in paths[s] if path.endswith(f".{name}")]
    if len(ending) == 1:
        section, path = ending[0]
        return [_inside(each, path)[1] for each in arguments[section]]
    if ending:
        raise _ambiguous(name, [path for _, path in ending])
    raise _no_such_filter(frame, name, [*paths["config"], *paths["start_kwargs"]])


def _inside(values: Any, name: str) -> tuple[bool, Any]:
    """Find a value by its name, or by names joined by dots."""
    if not isinstance(values, Mapping):
        return False, None
    if name in values:
        return True, values[name]
    first, dot, rest = name.partition(".")
    return _inside(values.get(first), rest) if dot else (False, None)


def _fits(cell: Any, wanted: Any) -> bool:
    if callable(wanted) and not isinstance(wanted, Enum):
        return not _is_missing(cell) and bool(wanted(cell))
    if _is_one(cell, wanted):
        return True
    if isinstance(wanted, Iterable) and not isinstance(wanted, (str, bytes, Mapping)):
        return any(_fits(cell, each) for each in wanted)
    if isinstance(cell, (tuple, list)):
        return any(_is_one(each, wanted) for each in cell)
    return False


def _is_one(cell: Any, wanted: Any) -> bool:
    if wanted is None or _is_missing(wanted):
        return _is_missing(cell)
    if isinstance(wanted, Enum | UUID):
        wanted = wanted.value if isinstance(wanted, Enum) else str(wanted)
    if isinstance(wanted, str):
        if not isinstance(cell, str):
            return False
        return bool(matching_keys(wanted, [cell])) if "*" in wanted else cell == wanted
    if isinstance(cell, (list, tuple)) and isinstance(wanted, (list, tuple)):
        return list(cell) == list(wanted)
    if isinstance(wanted, (bool, np.bool_)) != isinstance(cell, (bool, np.bool_)):
        return False  # 1 is not True
    same = cell == wanted
    return bool(same) if isinstance(same, (bool, np.bool_)) else False


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _paths(values: Iterable[Any]) -> dict[str, None]:
    """Name every setting, deeper ones with dots, each once."""
    return dict.fromkeys(".".join(path) for each in values for path, _ in leaves(each) if path)


def _ambiguous(name: str, paths: list[str]) -> InvalidArgumentError:
    msg = f"{name!r} is the end of several settings: {some_of(paths)}. Give the whole name: **{{{paths[0]!r}: ...}}."
    return InvalidArgumentError(msg, name=name, known=tuple(paths))


def _no_such_filter(frame: pd.DataFrame, name: str, kwargs: list[str]) -> InvalidArgumentError:
    known = [*map(str, frame.columns), *kwargs]
    msg = (
        f"No simulation has a column or an argument {name!r}.{did_you_mean(name, known)} "
        f"Columns: {some_of(frame.columns)}. Arguments: {some_of(kwargs) or 'none'}."
    )
    return InvalidArgumentError(msg, name=name, known=tuple(known))


def some_of(names: Iterable[object]) -> str:
    """List names for a message, not too many of them."""
    listed = [str(name) for name in names]
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(listed[:_LISTED]) + more
