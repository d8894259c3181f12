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

_FLOAT_KEY = "__float__"
_SPECIALS = ("nan", "inf", "-inf")
_MAX_DEPTH = 64
_MAX_BITS = 10_000
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def to_json(value: object) -> str:
    """Encode any value as JSON text.

    JSON knows no NaN and no infinities: they are written as ``{"__float__": "nan"}``, which
    ``from_json`` takes back.

    Args:
        value: Anything. numpy scalars and arrays become numbers and lists, tuples and sets become
            lists, paths and UUIDs become text, keys of dicts become text; what remains becomes a
            description.

    Returns:
        One line of JSON.
    """
    # What is JSON already, as most is, need not be copied: that is some four times as fast.
    strict = value if _is_json(value, _MAX_DEPTH) else _without_specials(jsonable(value))
    return _ENCODER.encode(strict)


def from_json(text: str | bytes | None, default: Any = None) -> Any:
    """Decode JSON text; text that is not JSON gives the default.

    Args:
        text: What was stored; None and empty text count as missing.
        default: What to return when there is nothing to decode.
    """
    if not text:
        return default
    try:
        if not has_specials(text):
            return json.loads(text)  # some three times as fast
        return json.loads(text, object_hook=_with_specials)
    except (ValueError, RecursionError):
        return default


def has_specials(text: str | bytes) -> bool:
    """Tell whether JSON text may hold numbers that only ``from_json`` understands."""
    return _FLOAT_KEY in text if isinstance(text, str) else _FLOAT_KEY.encode() in text


def jsonable(value: object) -> Any:
    """Copy a value into what JSON can hold: dict, list, str, int, float, bool, None. Never fails."""
    return _copied(value, ())


def described(value: object) -> dict[str, str]:
    """Describe a value that JSON cannot hold, in words that a person can read later."""
    try:
        text = _words(value)
    except Exception as exc:  # noqa: BLE001 - any __repr__ or __getattr__ may fail in any way
        text = f"{type(value).__qualname__} (its repr failed: {type(exc).__name__})"
    return {DESCRIPTION_KEY: _storable(text)}


def is_described(value: object) -> bool:
    """Tell whether a decoded value only describes what was once there."""
    return isinstance(value, dict) and value.keys() == {DESCRIPTION_KEY}


def _is_json(value: object, depth: int) -> bool:
    """Tell whether a value is of plain types only, less deep than this, and would be copied as it is."""
    kind = type(value)
    if kind is str:
        return value.isascii()  # type: ignore[attr-defined, no-any-return]
    if kind is int:
        return value.bit_length() <= _MAX_BITS  # type: ignore[attr-defined, no-any-return]
    if kind is float:
        return math.isfinite(value)  # type: ignore[arg-type]
    if value is None or kind is bool:
        return True
    if depth <= 1:
        return False
    if kind is list:
        return all(_is_json(one, depth - 1) for one in value)  # type: ignore[attr-defined]
    return kind is dict and all(
        type(name) is str and name.isascii() and _is_json(one, depth - 1)
        for name, one in value.items()  # type: ignore[attr-defined]
    )


def _copied(value: object, around: tuple[int, ...]) -> Any:
    """Copy a value; ``around`` are the ids of what it lies in, so that a circle is noticed."""
    if value is None or isinstance(value, bool):
        return value
    if len(around) >= _MAX_DEPTH or id(value) in around:
        return described(value)
    try:
        return _copied_as_it_is(value, (*around, id(value)))
    except Exception:  # noqa: BLE001 - the methods of a foreign value may fail in any way
        return described(value)


def _copied_as_it_is(value: object, around: tuple[int, ...]) -> Any:
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, (int, float)):
        return _plain_number(value)
    if isinstance(value, Mapping):
        return {_key(k): _copied(v, around) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(item, around) for item in value]
    if isinstance(value, (set, frozenset)):
        return [_copied(item, around) for item in sorted(value, key=repr)]
    if isinstance(value, (PurePath, UUID)):
        return str(value)
    return _from_foreign(value, around)


def _storable(text: str) -> str:
    # A lone surrogate cannot be stored as UTF-8.
    return text.encode("utf-8", "replace").decode()


def _key(key: object) -> str:
    try:
        return _storable(str(key))
    except Exception:  # noqa: BLE001 - any __str__ may fail in any way
        return described(key)[DESCRIPTION_KEY]


def _plain_number(value: float) -> Any:
    # int and float subclasses (numpy.float64, IntEnum) become the plain type.
    if not isinstance(value, int):
        return float(value)
    whole = int(value)
    # Python refuses to write longer ones as text.
    return whole if whole.bit_length() <= _MAX_BITS else described(whole)


def _from_foreign(value: object, around: tuple[int, ...]) -> Any:
    if isinstance(value, type):
        return described(value)
    for method in ("tolist", "item"):  # numpy arrays and scalars, torch tensors
        convert = getattr(value, method, None)
        if callable(convert):
            plain = convert()
            if type(plain) is not type(value):
                return _copied(plain, around)
    dump = getattr(value, "model_dump", None)  # pydantic models
    return _copied(dump(), around) if callable(dump) else described(value)


def _words(value: object) -> str:
    code = getattr(value, "__code__", None)
    name = getattr(value, "__qualname__", None)
    if code is not None and name is not None:
        return f"function {name} ({PurePath(code.co_filename).name}:{code.co_firstlineno})"
    if isinstance(value, type):
        return f"class {value.__module__}.{value.__qualname__}"
    return f"{type(value).__qualname__}: {value!r}"[:300]


def finite_or_none(value: float | None) -> float | None:
    """Replace NaN and infinities by None, for readers that take strict JSON only, such as browsers."""
    return value if value is not None and math.isfinite(value) else None


def _without_specials(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {_FLOAT_KEY: str(value)}
    if isinstance(value, dict):
        return {key: _without_specials(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_specials(one) for one in value]
    return value


def _with_specials(value: dict[str, Any]) -> Any:
    if value.keys() == {_FLOAT_KEY} and value[_FLOAT_KEY] in _SPECIALS:
        return float(value[_FLOAT_KEY])
    return value
