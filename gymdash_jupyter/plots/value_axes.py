"""Put values of settings on an axis: numbers as they are or by their logarithm, everything else one place each."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.grouping import is_seed, settings
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord

NOT_SET: Final = "not set"
_LONGEST_LABEL: Final = 24
_FEW_PLACES: Final = 8
_DECADES: Final = 30.0
"""Numbers whose greatest is so many times their least are told apart by their logarithm only."""

_LEAST_SPAN: Final = 8.0
_DIGITS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, eq=False)
class ValueAxis:
    """Where values of one setting are on an axis.

    Attributes:
        name: The setting.
        places: float64, shape (n,): the numbers themselves, NaN where one is missing; or 0, 1, 2... for categories.
        categories: What stands at 0, 1, 2...; None for numbers.
        is_log: Whether numbers are best told apart by their logarithm.
    """

    name: str
    places: NDArray[np.float64]
    categories: tuple[str, ...] | None
    is_log: bool

    @property
    def distinct(self) -> NDArray[np.float64]:
        """Every place that is there, once, growing; float64."""
        return np.unique(self.places[np.isfinite(self.places)])

    def within(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scale places so that the first one of the axis is 0 and the last one is 1; all are 0.5 on one place."""
        ends = self.distinct[[0, -1]] if len(self.distinct) else np.array([0.0, 1.0])
        if self.is_log:
            places, ends = np.log(places), np.log(ends)
        if ends[1] == ends[0]:
            return np.where(np.isfinite(places), 0.5, np.nan)
        scaled: NDArray[np.float64] = (places - ends[0]) / (ends[1] - ends[0])
        return scaled

    def ticks(self) -> tuple[NDArray[np.float64], list[str]]:
        """Give places to be named, and their names: every one where they are few, else round ones."""
        if self.categories is not None:
            return np.arange(len(self.categories), dtype=np.float64), list(self.categories)
        places = self.distinct
        if len(places) > _FEW_PLACES:
            places = _round_ones(places, is_log=self.is_log)
        return places, [number_text(place) for place in places]


def axis_of(name: str, values: Sequence[Any], *, keeps_missing: bool = False) -> ValueAxis:
    """Choose an axis for values.

    Args:
        name: The setting.
        values: Its values; ``NOT_SET`` where there is none.
        keeps_missing: Whether a missing number has a place, too: then a few numbers become categories.
    """
    known = {value for value in values if _is_number(value)}
    is_missing = any(value is NOT_SET for value in values)
    is_few = keeps_missing and is_missing and len(known) <= _FEW_PLACES
    if known and not is_few and all(_is_number(v) or v is NOT_SET for v in values):
        numbers = [float(value) if _is_number(value) else math.nan for value in values]
        places = np.array(numbers, dtype=np.float64)
        return ValueAxis(name, places, None, _spans_decades(places))
    texts = [_label(value) for value in values]
    numbers_of = {_label(value): float(value) for value in known}
    every = sorted(
        dict.fromkeys(texts), key=lambda text: (numbers_of.get(text, math.inf), _natural(text))
    )
    place_of = {text: float(place) for place, text in enumerate(every)}
    places = np.array([place_of[text] for text in texts], dtype=np.float64)
    return ValueAxis(name, places, tuple(every), is_log=False)


def value_of(record: SimulationRecord, path: str) -> Any:
    """Give what a simulation was made or started with at a path; ``NOT_SET`` where there is nothing."""
    return settings(record).get(path, NOT_SET)


def path_named(records: Sequence[SimulationRecord], name: str) -> str | None:
    """Find the setting that is meant: its whole path, or the last part of one, such as ``net_arch``.

    Returns:
        The path, or None where there is no such setting.

    Raises:
        InvalidArgumentError: It is no text, or stands for several settings.
    """
    if not isinstance(name, str) or not name:
        msg = f"A setting is named by a text, such as 'learning_rate'; got {name!r}."
        raise InvalidArgumentError(msg)
    paths = dict.fromkeys(path for record in records for path in settings(record))
    if name in paths:
        return name
    found = [path for path in paths if path.endswith(f".{name}")]
    if len(found) > 1:
        msg = f"{name!r} stands for several settings: {', '.join(found)}. Name one of them."
        raise InvalidArgumentError(msg, name=name, found=tuple(found))
    return found[0] if found else None


def unknown_setting(records: Sequence[SimulationRecord], name: str) -> InvalidArgumentError:
    """Say that no simulation has a setting of this name."""
    known = [
        path
        for path in dict.fromkeys(p for r in records for p in settings(r))
        if not is_seed(path)
    ]
    some = ", ".join(known[:16]) or "none"
    msg = f"No simulation has a setting {name!r}.{did_you_mean(name, known)} Settings: {some}."
    return InvalidArgumentError(msg, name=name, known=tuple(known))


def number_text(value: float) -> str:
    """Write a number short, as one would type it: ``0.0003``, ``1e-05``, ``128``, ``2,048``."""
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{value:,.0f}".replace("-", "\u2212")
    text = f"{value:.3g}"
    return re.sub(r"e([+-])0*", lambda sign: f"e{sign[1].replace('+', '')}", text).replace(
        "-", "\u2212"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _spans_decades(places: NDArray[np.float64]) -> bool:
    """Tell whether numbers lie more evenly by their logarithms."""
    distinct = np.unique(places[np.isfinite(places)])
    if len(distinct) < 2 or distinct[0] <= 0:
        return False
    span = distinct[-1] / distinct[0]
    if span >= _DECADES:
        return True
    return bool(span >= _LEAST_SPAN and _unevenness(np.log(distinct)) < _unevenness(distinct))


def _unevenness(places: NDArray[np.float64]) -> float:
    """Give the part of the whole that the widest gap takes, in gaps of even size."""
    gaps = np.diff(places)
    return float(gaps.max() / gaps.mean()) if len(gaps) > 1 else 1.0


def _round_ones(places: NDArray[np.float64], *, is_log: bool) -> NDArray[np.float64]:
    from matplotlib.ticker import LogLocator, MaxNLocator

    low, high = float(places[0]), float(places[-1])
    locator = LogLocator(numticks=7) if is_log else MaxNLocator(nbins=6)
    found = np.asarray(locator.tick_values(low, high), dtype=np.float64)
    inside = (
        found[(found >= low * (1 - 1e-9)) & (found <= high * (1 + 1e-9))]
        if is_log
        else found[(found >= low) & (found <= high)]
    )
    return inside if len(inside) >= 2 else places[[0, -1]]


def _label(value: Any) -> str:
    if _is_number(value):
        return number_text(value)
    if isinstance(value, Mapping) and is_described(value):
        text = str(value[DESCRIPTION_KEY])
    else:
        text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}\u2026"


def _natural(text: str) -> tuple[bool, list[tuple[int, str]]]:
    """Order texts as people do: ``net 2`` before ``net 10``; what is not set comes last."""
    parts = _DIGITS.split(text.lower())
    return text == NOT_SET, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
