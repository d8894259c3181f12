"""Lengths of time in words."""

from __future__ import annotations


def duration_words(seconds: float, space: str = " ") -> str:
    """Write a length of time: ``0.4 s``, ``9 s``, ``2 min 10 s``, ``3 h 12 min``, ``2 d 3 h``.

    Args:
        seconds: The length; less than none counts as none.
        space: What stands between a number and its unit.
    """
    seconds = max(seconds, 0.0)
    if seconds < 0.95:
        return f"{seconds:.1f}{space}s"
    if round(seconds) < 60:
        return f"{round(seconds)}{space}s"
    if round(seconds) < 3600:
        return _pair(round(seconds), 60, ("min", "s"), space)
    if round(seconds / 60) < 1440:
        return _pair(round(seconds / 60), 60, ("h", "min"), space)
    return _pair(round(seconds / 3600), 24, ("d", "h"), space)


def _pair(amount: int, size: int, units: tuple[str, str], space: str) -> str:
    whole, rest = divmod(amount, size)
    return f"{whole}{space}{units[0]}" + (f"{space}{rest}{space}{units[1]}" if rest else "")
