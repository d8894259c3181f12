"""Checking the values of keyword arguments: each function returns the value in its plain type or says what is wrong."""

from __future__ import annotations

import math
import operator
from collections.abc import Collection, Mapping
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError


def whole_number(name: str, value: Any, *, at_least: int, at_most: int | None = None) -> int:
    """Give a whole number as an int; a float such as ``1e6`` counts as one, a bool does not.

    Raises:
        InvalidArgumentError: It is something else, or out of range.
    """
    number = _index(value)
    if number is None or number < at_least or (at_most is not None and number > at_most):
        span = f"from {at_least} up" if at_most is None else f"from {at_least} to {at_most}"
        raise _wrong(name, f"a whole number {span}", value)
    return number


def finite_number(name: str, value: Any, *, above: float | None = None) -> float:
    """Give a finite number from 0 up, or one above a limit, as a float.

    Raises:
        InvalidArgumentError: It is something else, or out of range.
    """
    is_number = hasattr(value, "__float__") and not isinstance(value, (bool, str, bytes))
    try:
        number = float(value) if is_number else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or (number < 0 if above is None else number <= above):
        raise _wrong(
            name, "a number from 0 up" if above is None else f"a number above {above:g}", value
        )
    return number


def finite_numbers(name: str, values: Any) -> list[float]:
    """Give a list of finite numbers from 0 up, as floats.

    Raises:
        InvalidArgumentError: It is no list, or one of them is something else.
    """
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Collection):
        raise _wrong(name, "a list of numbers from 0 up, such as [1, 2.5]", values)
    return [finite_number(f"{name}[{i}]", value) for i, value in enumerate(values)]


def true_or_false(name: str, value: Any) -> bool:
    """Give a bool.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if not isinstance(value, bool):
        raise _wrong(name, "True or False", value)
    return value


def named_values(name: str, value: Any) -> dict[str, Any]:
    """Give a dict of names to values as a new dict.

    Raises:
        InvalidArgumentError: It is no dict, or a name in it is no text.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _wrong(name, "a dict of names to values, such as {'name': 1}", value)
    return dict(value)


def text(name: str, value: Any, example: str) -> str:
    """Give a text that is not empty, without spaces around it.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, f"a text such as {example!r}", value)
    return value.strip()


def _index(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    try:
        return operator.index(value)
    except TypeError:
        return None


def _wrong(name: str, wanted: str, value: Any) -> InvalidArgumentError:
    shown = repr(value)
    shown = shown if len(shown) <= 100 else f"{shown[:97]}..."
    msg = f"{name} must be {wanted}; got {type(value).__name__}: {shown}."
    return InvalidArgumentError(msg, argument=name)
