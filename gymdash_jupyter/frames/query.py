"""Choose simulations by a query in the words of pandas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.frames.filters import some_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

_UNKNOWN_NAME = re.compile(r"(?:name|local variable) '(.*?)' is not defined")


def queried(frame: pd.DataFrame, where: str) -> NDArray[np.bool_]:
    """Say in which rows a pandas query holds; where what it asks is missing, it does not.

    Args:
        frame: The frame of simulations, expanded.
        where: For example ``"learning_rate < 1e-3 and state == 'succeeded'"``. Names with dots or slashes stand in
            backticks; the end of a name with dots is enough where only one ends so. It knows the columns only: the
            value of a variable is put in with an f-string.

    Raises:
        InvalidArgumentError: It names something else, cannot be understood or computed, or says neither yes nor no.
    """
    if not isinstance(where, str):
        msg = f"A query is text, such as 'learning_rate < 1e-3'; got {where!r}."
        raise InvalidArgumentError(msg, where=where)
    ends = _ends(frame)
    try:
        # Without variables of whoever calls: what a name means must not depend on where the call stands.
        answer = frame.eval(
            where, engine="python", local_dict={}, global_dict={}, resolvers=[_short(frame, ends)]
        )
    except NameError as exc:
        raise _unknown_name(where, str(exc), [*map(str, frame.columns), "sim_id"], ends) from exc
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
    hint = " What is equal is asked with ==." if isinstance(answer, pd.DataFrame) else ""
    msg = f"The query {where!r} should say yes or no for every simulation, as learning_rate < 1e-3 does.{hint}"
    raise InvalidArgumentError(msg, where=where)


def _ends(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Give, by the ends of names with dots, the columns that are called so and have no shorter name."""
    ends: dict[str, list[str]] = {}
    for name in map(str, frame.columns):
        parts = name.split(".")
        for i in range(1, len(parts)):
            ends.setdefault(".".join(parts[i:]), []).append(name)
    return {end: names for end, names in ends.items() if end not in frame.columns}


def _short(frame: pd.DataFrame, ends: Mapping[str, list[str]]) -> dict[str, Any]:
    return {end: frame[names[0]] for end, names in ends.items() if len(names) == 1}


def _unknown_name(
    where: str, said: str, known: list[str], ends: Mapping[str, list[str]]
) -> InvalidArgumentError:
    found = _UNKNOWN_NAME.search(said)
    name = found.group(1) if found else said
    if "@" in where:
        hint = " A query knows columns only: put the value of a variable in with an f-string."
    elif name in ends:
        hint = f" It is the end of several: {', '.join(f'`{each}`' for each in ends[name])}."
    elif dotted := [each for each in known if each.startswith(f"{name}.")]:
        hint = f" Names with dots stand in backticks: `{dotted[0]}`."
    elif slashed := [each for each in known if each.startswith(f"{name}/")]:
        hint = f" Names with slashes stand in backticks: `{slashed[0]}`."
    else:
        hint = did_you_mean(name, known)
    msg = (
        f"The query {where!r} names {name!r}, which is no column.{hint} Columns: {some_of(known)}."
    )
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
