"""Merging and checking keyword arguments."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError, InvalidSimulationTypeError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def merge_kwargs(*kwargs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Merge kwargs into a new dict, later ones over earlier ones; None counts as empty."""
    merged: dict[str, Any] = {}
    for given in kwargs:
        merged.update(given or {})
    return merged


def missing_names(names: Iterable[str], kwargs: Mapping[str, Any]) -> list[str]:
    """List the names that are not among the kwargs, in the order given."""
    return [name for name in names if name not in kwargs]


def check_accepts(function: Callable[..., object], kwargs: Mapping[str, Any]) -> None:
    """Check that calling a function with these kwargs does what it says.

    Raises:
        InvalidArgumentError: It does not take them.
        InvalidSimulationTypeError: It only makes a coroutine or a generator, so nothing in it would be executed.
    """
    _check_is_plain(function)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(**kwargs)
    except TypeError as exc:
        names = [p.name for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        unknown = [name for name in kwargs if name not in names]
        hint = did_you_mean(unknown[0], names) if unknown else ""
        name = getattr(function, "__qualname__", repr(function))
        msg = f"{name}() was given {', '.join(kwargs) or 'no kwargs'}: {exc}.{hint} It takes: {signature}."
        raise InvalidArgumentError(msg, unknown=unknown) from exc


def _check_is_plain(function: Callable[..., object]) -> None:
    name = getattr(function, "__qualname__", repr(function))
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        msg = f"{name} is an async function, and nobody would await it. Let it be a plain one that calls asyncio.run()."
    elif inspect.isgeneratorfunction(function):
        msg = (
            f"{name} contains a yield, so calling it executes nothing. Let it be a plain function."
        )
    else:
        return
    raise InvalidSimulationTypeError(msg)


def check_known(given: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    """Raise ``InvalidArgumentError`` when a name is given that is not known."""
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        msg = (
            f"{what} has no argument {unknown[0]!r}.{did_you_mean(unknown[0], known)} "
            f"Arguments: {', '.join(sorted(known))}."
        )
        raise InvalidArgumentError(msg, unknown=unknown)


def every_x_trigger(value: Any) -> Callable[[int], bool]:
    """Turn what a person gives as a trigger into a function of a count.

    Args:
        value: A function of an int (kept as it is); an int: every so many, 0 or less never; None:
            never.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if callable(value):
        return value  # type: ignore[no-any-return]
    if value is None:
        return lambda _: False
    if isinstance(value, int) and not isinstance(value, bool):
        return (lambda count: count % value == 0) if value > 0 else (lambda _: False)
    msg = f"A trigger is a function of a count, an int (every so many) or None (never); got {value!r}."
    raise InvalidArgumentError(msg)
