"""Choose simulations by what their columns and settings are, one filter a name, or by a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
import pandas as pd

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.frames.expand import leaves, values_of
from gymdash_jupyter.selection import matching_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARGUMENTS: Final = ("config", "start_kwargs")
_LISTED: Final = 40
_UNKNOWN_NAME = re.compile(r"name '(.*?)' is not defined")


def filtered(frame: pd.DataFrame, filters: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Say which simulations pass all filters.

    Args:
        frame: The frame of simulations, not expanded.
        filters: What is wanted, by the name of a column, else of a config kwarg, else of a start kwarg; those that lie
            deeper are named with dots. A value; text in which ``*`` stands for any text; a list of these, any of
            which will do; a function that is called with each value and says whether it is wanted; or None for what
            is missing. Of tags, and of other lists, any may fit, or the whole list.

    Returns:
        bool, shape (len(frame),).

    Raises:
        InvalidArgumentError: No simulation has anything of this name.
    """
    passed = np.ones(len(frame), dtype=bool)
    for name, wanted in filters.items():
        cells = _cells(frame, name)
        passed &= np.fromiter((_fits(cell, wanted) for cell in cells), bool, len(frame))
    return passed


def queried(frame: pd.DataFrame, where: str) -> NDArray[np.bool_]:
    """Say in which rows a pandas query holds; where what it asks is missing, it does not.

    Args:
        frame: The frame of simulations, expanded.
        where: For example ``"learning_rate < 1e-3 and state == 'succeeded'"``. Names with dots or slashes stand in
            backticks. It knows the columns only: a variable is put in with an f-string.

    Raises:
        InvalidArgumentError: It names something else, cannot be understood or computed, or says neither yes nor no.
    """
    if not isinstance(where, str):
        msg = f"A query is text, such as 'learning_rate < 1e-3'; got {where!r}."
        raise InvalidArgumentError(msg, where=where)
    try:
        # Without variables of whoever calls: what a name means must not depend on where the call stands.
        answer = frame.eval(where, engine="python", local_dict={}, global_dict={})
    except NameError as exc:
        raise _unknown_name(where, str(exc), [*map(str, frame.columns), "sim_id"]) from exc
    except (
        SyntaxError,
        TypeError,
        ValueError,
        NotImplementedError,
        KeyError,
        AttributeError,
    ) as exc:
        msg = f"The query {where!r} cannot be answered: {exc}{_advice(frame, where, exc)}"
        raise InvalidArgumentError(msg, where=where) from exc
    if isinstance(answer, pd.Series) and pd.api.types.is_bool_dtype(answer.dtype):
        return answer.fillna(value=False).to_numpy(dtype=bool)
    msg = f"The query {where!r} should say yes or no for every simulation, as learning_rate < 1e-3 does."
    raise InvalidArgumentError(msg, where=where)


def _cells(frame: pd.DataFrame, name: str) -> Iterable[Any]:
    if name == "sim_id":
        return list(frame.index)
    if name in frame.columns:
        return frame[name].tolist()
    for values in values_of(frame, _ARGUMENTS).values():
        found = [_inside(each, name) for each in values]
        if any(is_there for is_there, _ in found):
            return [value for _, value in found]
    raise _no_such_filter(frame, name)


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


def _no_such_filter(frame: pd.DataFrame, name: str) -> InvalidArgumentError:
    kwargs: dict[str, None] = {}
    for values in values_of(frame, _ARGUMENTS).values():
        for each in values:
            kwargs.update(dict.fromkeys(".".join(path) for path, _ in leaves(each) if path))
    known = [*map(str, frame.columns), *kwargs]
    msg = (
        f"No simulation has a column or an argument {name!r}.{did_you_mean(name, known)} "
        f"Columns: {_some(frame.columns)}. Arguments: {_some(kwargs) or 'none'}."
    )
    return InvalidArgumentError(msg, name=name, known=tuple(known))


def _unknown_name(where: str, said: str, known: list[str]) -> InvalidArgumentError:
    found = _UNKNOWN_NAME.search(said)
    name = found.group(1) if found else said
    if "@" in where:
        hint = " A query knows columns only: put the value of a variable in with an f-string."
    elif dotted := [each for each in known if each.startswith(f"{name}.")]:
        hint = f" Names with dots stand in backticks: `{dotted[0]}`."
    elif slashed := [each for each in known if each.startswith(f"{name}/")]:
        hint = f" Names with slashes stand in backticks: `{slashed[0]}`."
    else:
        hint = did_you_mean(name, known)
    msg = f"The query {where!r} names {name!r}, which is no column.{hint} Columns: {_some(known)}."
    return InvalidArgumentError(msg, where=where, name=name, known=tuple(known))


def _advice(frame: pd.DataFrame, where: str, exc: Exception) -> str:
    """Say what to do about times, and about columns that hold several kinds of values."""
    if not isinstance(exc, TypeError):
        return ""
    if "datetime64" in str(exc):
        return ". Times are UTC and say so: created >= '2026-03-01 12:00Z'."
    compared = [str(name) for name in frame.columns if str(name) in where]
    odd = [name for name in compared if not pd.api.types.is_numeric_dtype(frame[name].dtype)]
    if not odd:
        return ""
    return (
        f". {odd[-1]!r} holds texts, or values of several kinds; choose with a function: "
        f"simulations(**{{{odd[-1]!r}: lambda value: isinstance(value, float) and value < 1}})."
    )


def _some(names: Iterable[object]) -> str:
    listed = [str(name) for name in names]
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(listed[:_LISTED]) + more
