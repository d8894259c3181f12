"""Numbers, durations and states as the card says them, for places without its browser side."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.durations import duration_words

if TYPE_CHECKING:
    from collections.abc import Mapping

SPACE: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"


def format_value(value: float) -> str:
    """Write a measured value with three or four digits that count: ``203.6``, ``8.21``, ``0.0064``."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else f"{MINUS}inf"
    size = abs(value)
    if size >= 1e9:
        text = _exponent(f"{value:.2e}")
    elif float(value).is_integer() or size >= 1000:
        text = f"{round(value):,}"
    elif size < 0.001:
        text = _exponent(f"{value:.1e}")
    else:
        decimals = 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 else 4
        text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS)


def format_count(value: float) -> str:
    """Write a count, such as steps: ``83,200``, ``5.5``."""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return text.replace("-", MINUS)


def format_duration(seconds: float) -> str:
    """Write a length of time: ``0.4 s``, ``9 s``, ``2 min 10 s``, ``3 h 12 min``, ``2 d 3 h``."""
    return duration_words(seconds, SPACE)


def format_bytes(n_bytes: float) -> str:
    """Write a size, in powers of ten as disks are sold: ``1.2 GB``."""
    units = ("B", "kB", "MB", "GB", "TB")
    value, unit = float(n_bytes), 0
    while value >= 999.5 and unit < len(units) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.{0 if unit == 0 or value >= 99.5 else 1}f}{SPACE}{units[unit]}"


def format_moment(seconds: float) -> str:
    """Write local date and time, since a saved page may be read on any day: ``2026-11-21 14:02:31``."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - local on purpose


def state_word(state: str) -> str:
    """Write a state: ``Setting up``."""
    return state.replace("_", " ").capitalize()


def fraction(shown: Mapping[str, Any]) -> float | None:
    """Tell how far a simulation has come, 0 to 1; see ``CardSimulation.shown``."""
    current, total = shown["current"], shown["total"]
    return None if current is None or not total else min(max(current / total, 0.0), 1.0)


def facts(shown: Mapping[str, Any]) -> tuple[list[str], str]:
    """Say what stands under the name: percent and steps at the left, when it ended at the right."""
    current, total, unit = shown["current"], shown["total"], shown["unit"]
    state, done = shown["state"], fraction(shown)
    has_times = shown["started"] is not None and shown["ended"] is not None
    took = format_duration(shown["ended"] - shown["started"]) if has_times else ""
    told = []
    if done is not None and state != "succeeded":
        told.append(f"{math.floor(done * 100 + 1e-9)}{SPACE}%")
    if current is not None:
        count = f"{format_count(current)}{f' {unit}' if unit else ''}"
        if state == "succeeded":
            told.append(f"{count}{f' in {took}' if took else ''}")
        else:
            of_total = "" if total is None else f" of {format_count(total)}"
            told.append(f"at {'step ' if unit else ''}{format_count(current)}{of_total}")
    if shown["ended"] is None:
        return told, f"as of {format_moment(shown['as_of'])}"
    is_said = state == "succeeded" and current is not None
    after = f"after {took}, " if took and not is_said else ""
    return told, f"{after}ended {format_moment(shown['ended'])}"


def _exponent(text: str) -> str:
    digits, _, power = text.partition("e")
    return f"{digits}e{int(power)}"
