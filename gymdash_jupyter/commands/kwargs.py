"""Kwargs of simulations as they are typed in a shell: ``num_steps=20000``, ``algorithm_kwargs.gamma=0.9``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PYTHONS_WORDS: Final = {"True": True, "False": False, "None": None}


def kwarg(text: str) -> tuple[str, Any]:
    """Read ``PATH=VALUE``.

    Args:
        text: What was typed. The path is names with dots between. The value is JSON; ``True``, ``False`` and ``None``
            are as in Python; everything else is text as it stands, and ``'"1"'`` is the text 1.

    Returns:
        The path and the value.

    Raises:
        argparse.ArgumentTypeError: It is nothing like that.
    """
    path, typed = _split(text, "num_steps=20000")
    return path, value_of(typed)


def values(text: str) -> tuple[str, str]:
    """Read ``PATH=VALUES``, where the values are as people type them into a form (``sweeps.values``).

    Returns:
        The path and the values as typed.

    Raises:
        argparse.ArgumentTypeError: It is nothing like that.
    """
    path, typed = _split(text, "seed=0..4 or algorithm_kwargs.gamma=0.9,0.99")
    return path, several(typed)


def several(typed: str) -> str:
    """Check that values can be read as they are typed: ``0..4``, ``1, 2, 5``, ``1e-5..1e-2 in 4 log``.

    Raises:
        argparse.ArgumentTypeError: They cannot.
    """
    from gymdash_jupyter.sweeps import Interval, parse_values

    try:
        found = parse_values(typed)
    except InvalidArgumentError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    if isinstance(found, Interval):
        msg = f"{typed} is any number between; say how many: {typed.removesuffix(' log')} in 5"
        raise argparse.ArgumentTypeError(msg)
    return typed


def value_of(typed: str) -> Any:
    """Read one value: JSON, or a word of Python's, else the text as it stands."""
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        return _PYTHONS_WORDS.get(typed, typed)


def several_kwargs(text: str) -> dict[str, Any]:
    """Read a JSON object of kwargs, or ``@FILE`` with one in it; ``@-`` reads standard input.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    where = "it"
    if text.startswith("@"):
        where = text[1:]
        text = _content(where)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        msg = f"{where} is no JSON: {exc}"
        raise argparse.ArgumentTypeError(msg) from exc
    if not isinstance(found, dict):
        msg = f'{where} should be an object, such as {{"num_steps": 20000}}; got {text.strip()[:40]!r}'
        raise argparse.ArgumentTypeError(msg)
    return found


def merged(
    start: dict[str, Any], objects: Iterable[dict[str, Any]], single: Iterable[tuple[str, Any]]
) -> dict[str, Any]:
    """Put kwargs over others: first those of whole objects, then single ones by their paths.

    Raises:
        InvalidArgumentError: A path leads into something that is no dict.
    """
    from gymdash_jupyter.sweeps import with_value

    kwargs = dict(start)
    for each in objects:
        kwargs |= each
    for path, value in single:
        kwargs = with_value(kwargs, path, value)
    return kwargs


def sweep_values(seeds: str | None, given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give what differs between several simulations, as typed, by path.

    Raises:
        InvalidArgumentError: One path is given twice.
    """
    found: dict[str, str] = {}
    for path, typed in [*given, *([] if seeds is None else [("seed", seeds)])]:
        if path in found:
            msg = f"The values of {path} are given twice: {found[path]} and {typed}. Give one of them."
            raise InvalidArgumentError(msg, path=path)
        found[path] = typed
    return found


def _split(text: str, example: str) -> tuple[str, str]:
    path, equals, typed = text.partition("=")
    path = path.strip()
    if not equals or not all(part.strip() for part in path.split(".")):
        msg = f"{text!r} is no name and value, such as {example}"
        raise argparse.ArgumentTypeError(msg)
    return path, typed


def _content(where: str) -> str:
    try:
        return sys.stdin.read() if where == "-" else Path(where).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        msg = f"{where} cannot be read: {reason}"
        raise argparse.ArgumentTypeError(msg) from exc
