"""Values that can be written down as code: numbers, texts, and lists, dicts and sets of them."""

from __future__ import annotations

import logging
import math
from pathlib import PurePath
from typing import Any

_MAX_LENGTH = 1_000_000
_MAX_DEPTH = 50


def written_down(value: Any) -> str | None:
    """Give an expression that makes an equal value, or None where there is none.

    Paths and loggers are written down too, as scripts have them so often.
    """
    if isinstance(value, logging.Logger):
        is_by_name = logging.getLogger(value.name) is value
        return f'__import__("logging").getLogger({value.name!r})' if is_by_name else None
    if isinstance(value, PurePath):
        kind = "Path" if hasattr(value, "exists") else type(value).__name__
        return f'__import__("pathlib").{kind}({str(value)!r})'
    text = _literal(value, _MAX_DEPTH)
    return text if text is not None and len(text) <= _MAX_LENGTH else None


def _literal(value: Any, depth: int) -> str | None:
    kind = type(value)  # exactly: a subclass may be anything
    if kind is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if value is None or value is ... or kind in (bool, int, str, bytes):
        return repr(value)
    if kind not in (list, tuple, dict, set, frozenset) or depth == 0:
        return None
    if kind is dict:
        pairs = [(_literal(k, depth - 1), _literal(v, depth - 1)) for k, v in value.items()]
        if any(k is None or v is None for k, v in pairs):
            return None
        return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    items = [_literal(item, depth - 1) for item in value]
    if any(item is None for item in items):
        return None
    inside = ", ".join(str(item) for item in items)
    if kind is tuple:
        return f"({inside},)" if items else "()"
    return f"[{inside}]" if kind is list else f"{kind.__name__}([{inside}])"
