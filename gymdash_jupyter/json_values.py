"""Turn any value into JSON text and back, without ever failing and without running code.

A value that JSON cannot hold (a function, an environment, a lock) is stored as a readable
description of it. A description is recognised on reading, so that whoever needs the value again
can say which one is missing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from uuid import UUID

DESCRIPTION_KEY = "__described__"
"""A dict with only this key stands for a value that JSON could not hold."""

_MAX_DEPTH = 64


def to_json(value: object) -> str:
    """Encode any value as JSON text.

    NaN and infinities are written as ``NaN`` and ``Infinity``, which Python's own reader takes
    back.

    Args:
        value: Anything. numpy scalars and arrays become numbers and lists, tuples and sets become
            lists, paths and UUIDs become text, keys of dicts become text; what remains becomes a
            description.

    Returns:
        One line of JSON.
    """
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(", ", ": "))


def from_json(text: str | bytes | None, default: Any = None) -> Any:
    """Decode JSON text; text that is not JSON gives the default.

    Args:
        text: What was stored; None and empty text count as missing.
        default: What to return when there is nothing to decode.
    """
    if not text:
        return default
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return default


def jsonable(value: object, depth: int = 0) -> Any:
    """Copy a value into what JSON can hold: dict, list, str, int, float, bool, None."""
    if value is None or isinstance(value, (bool, str)):
        # A lone surrogate cannot be stored as UTF-8.
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
    if isinstance(value, (int, float)):
        return _plain_number(value)
    if depth >= _MAX_DEPTH:
        return described(value)
    if isinstance(value, Mapping):
        return {str(jsonable(str(k))): jsonable(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item, depth + 1) for item in value]
    if isinstance(value, (set, frozenset)):
        return [jsonable(item, depth + 1) for item in sorted(value, key=repr)]
    if isinstance(value, (PurePath, UUID)):
        return str(value)
    return _from_foreign(value, depth)


def described(value: object) -> dict[str, str]:
    """Describe a value that JSON cannot hold, in words that a person can read later."""
    code = getattr(value, "__code__", None)
    name = getattr(value, "__qualname__", None)
    if code is not None and name is not None:
        text = f"function {name} ({PurePath(code.co_filename).name}:{code.co_firstlineno})"
    elif isinstance(value, type):
        text = f"class {value.__module__}.{value.__qualname__}"
    else:
        try:
            text = f"{type(value).__qualname__}: {value!r}"[:300]
        except Exception as exc:  # noqa: BLE001 - any __repr__ may fail in any way
            text = f"{type(value).__qualname__} (its repr failed: {type(exc).__name__})"
    return {DESCRIPTION_KEY: text.encode("utf-8", "replace").decode()}


def is_described(value: object) -> bool:
    """Tell whether a decoded value only describes what was once there."""
    return isinstance(value, dict) and value.keys() == {DESCRIPTION_KEY}


def _plain_number(value: float) -> int | float:
    # int and float subclasses (numpy.float64, IntEnum) become the plain type.
    return int(value) if isinstance(value, int) else float(value)


def _from_foreign(value: object, depth: int) -> Any:
    for method in ("tolist", "item"):  # numpy arrays and scalars, torch tensors
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            try:
                plain = convert()
            except Exception:  # noqa: BLE001 - a foreign method may fail in any way
                return described(value)
            if type(plain) is not type(value):
                return jsonable(plain, depth + 1)
    dump = getattr(value, "model_dump", None)  # pydantic models
    if callable(dump) and not isinstance(value, type):
        return jsonable(dump(), depth + 1)
    return described(value)


def finite_or_none(value: float | None) -> float | None:
    """Replace NaN and infinities by None, for readers that take strict JSON only, such as browsers."""
    return value if value is not None and math.isfinite(value) else None
