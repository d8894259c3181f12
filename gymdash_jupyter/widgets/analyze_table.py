"""The table of a key: of each line the last value with its band, the best, and where that was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from gymdash_jupyter.selection import matching_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gymdash_jupyter.widgets.analyze_line import Line
    from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
    from gymdash_jupyter.widgets.analyze_numbers import LineNumbers

Direction: TypeAlias = Literal["max", "min"]

_SMALL_IS_GOOD: Final = frozenset(
    {
        "loss",
        "losses",
        "error",
        "err",
        "mse",
        "mae",
        "rmse",
        "cost",
        "costs",
        "regret",
        "kl",
        "violation",
        "violations",
    }
)
"""A key is better when it is smaller if one of the words of its name is one of these: ``train/value_loss``."""


@dataclass(frozen=True)
class TableRow:
    """What the table says of one line; all of the recorded values, not of the smoothed ones.

    Attributes:
        line: The line.
        n: How many of its simulations report where ``last`` is.
        last: The newest value; of several simulations their statistic where all have come that were not broken off.
        low: Lower end of the 95 % band of ``last``, NaN for fewer than two simulations.
        high: Upper end.
        best: Greatest or least value.
        at: The x of it, first of several.
    """

    line: Line
    n: int
    last: float
    low: float
    high: float
    best: float
    at: float


def direction_of(key: str, chosen: Mapping[str, Direction] | None = None) -> Direction:
    """Say whether a key is better when it is greater or when it is smaller.

    Args:
        key: The series.
        chosen: What a person said, by key or pattern; the first that fits counts.

    Returns:
        ``max``, unless a word of the key's last part says that it is something to be made small: loss, error, cost,
        regret, kl, violation and the like (but an ``entropy_loss`` is no measure of either, so ``max``).
    """
    for pattern, direction in (chosen or {}).items():
        if matching_keys(pattern, [key]):
            return direction
    words = key.rpartition("/")[2].lower().replace("-", "_").replace(".", "_").split("_")
    return "min" if _SMALL_IS_GOOD.intersection(words) and "entropy" not in words else "max"


def table_rows(
    numbers: LineNumbers,
    known: AnalyzeLines,
    lines: Sequence[Line],
    key: str,
    direction: Direction,
) -> list[TableRow]:
    """Compute the table of a key; lines that have not recorded it are left out."""
    rows = []
    for line in lines:
        reporting = numbers.reporting(line, key)
        if len(reporting) == 1:
            rows.append(_row_of_one(numbers, known, line, key, direction))
        elif reporting:
            rows.append(_row_of_several(numbers, line, key, direction))
    return rows


def _row_of_one(
    numbers: LineNumbers, known: AnalyzeLines, line: Line, key: str, direction: Direction
) -> TableRow:
    curve = numbers.curve(line, key)
    info = known.info(numbers.reporting(line, key)[0], key)
    best, at = curve.highest if direction == "max" else curve.lowest
    last = math.nan if info is None else info.last_value
    return TableRow(line, 1, last, math.nan, math.nan, best, at)


def _row_of_several(numbers: LineNumbers, line: Line, key: str, direction: Direction) -> TableRow:
    joined = numbers.recorded(line, key)
    is_there = np.flatnonzero(np.isfinite(joined.value))
    if not len(is_there):
        return TableRow(line, 0, math.nan, math.nan, math.nan, math.nan, math.nan)
    end = int(is_there[-1])
    low, high = numbers.band_at(line, key, float(joined.x[end]))
    values = joined.value[is_there]
    best = int(is_there[int(np.argmax(values) if direction == "max" else np.argmin(values))])
    return TableRow(
        line=line,
        n=int(joined.n[end]),
        last=float(joined.value[end]),
        low=low,
        high=high,
        best=float(joined.value[best]),
        at=float(joined.x[best]),
    )


def rows_buffer(rows: Sequence[TableRow]) -> bytes:
    """Give ``last, low, high, best, at`` of each row, float64, row after row."""
    table = [(row.last, row.low, row.high, row.best, row.at) for row in rows]
    return np.array(table, dtype="<f8").tobytes()
