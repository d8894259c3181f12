"""Write recorded points as text, every one of them with all its digits; needs no pandas."""

from __future__ import annotations

import csv
import json
import math
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gymdash_jupyter.store.contract import ScalarTable

COLUMNS: Final = ("sim_id", "key", "step", "time", "value")

NOT_A_TIME: Final = np.iinfo(np.int64).min
"""What numpy takes for a missing time."""

_ROWS_AT_ONCE: Final = 10_000
_LATEST_S: Final = 9.2e12
"""Seconds that int64 microseconds can hold."""


def write_points_csv(file: TextIO, table: ScalarTable) -> None:
    """Write points as CSV, one row each: columns ``COLUMNS``.

    Times are ISO 8601 in UTC, to the microsecond (empty where there is none); values have as many digits as it takes
    to tell them from all others, and are ``nan``, ``inf`` or ``-inf`` where they are no numbers.

    Args:
        file: Open for text, with ``newline=""``.
        table: The points.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for i, series in enumerate(table.series):
        sim_id, key = str(series.sim_id), series.key
        for rows in _blocks(int(table.starts[i]), int(table.starts[i + 1])):
            # To Python's own numbers first: they are written with all their digits, and much faster.
            steps, values = table.steps[rows].tolist(), table.values[rows].tolist()
            times = iso_times(table.times[rows])
            writer.writerows(
                (sim_id, key, step, time, repr(value))
                for step, time, value in zip(steps, times, values, strict=True)
            )


def write_points_json(file: TextIO, table: ScalarTable) -> None:
    """Write points as JSON: a list with an object a series, ``sim_id``, ``key``, ``steps``, ``times``, ``values``."""
    file.write("[")
    for i, series in enumerate(table.series):
        lead = ",\n" if i else "\n"
        told = {"sim_id": str(series.sim_id), "key": series.key, **series_arrays(table, i)}
        file.write(lead + json.dumps(told, ensure_ascii=False, allow_nan=False))
    file.write("\n]\n")


def series_arrays(table: ScalarTable, i: int) -> dict[str, list[Any]]:
    """Give the points of one series of a table as lists that strict JSON can hold.

    Returns:
        ``steps``, ``times`` (seconds since the epoch) and ``values``; what is no number is ``"nan"``, ``"inf"`` or
        ``"-inf"``.
    """
    rows = slice(int(table.starts[i]), int(table.starts[i + 1]))
    return {
        "steps": table.steps[rows].tolist(),
        "times": _strict(table.times[rows]),
        "values": _strict(table.values[rows]),
    }


def whole_microseconds(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count microseconds since the epoch; what is no time is ``NOT_A_TIME``."""
    is_time = np.abs(seconds) < _LATEST_S
    counted = np.rint(seconds * 1e6, where=is_time, out=np.zeros(len(seconds))).astype(np.int64)
    counted[~is_time] = NOT_A_TIME
    return counted


def iso_times(seconds: NDArray[np.float64]) -> list[str]:
    """Write moments as ISO 8601 in UTC, to the microsecond; what is no time as ``""``."""
    counted = whole_microseconds(seconds)
    written = np.datetime_as_string(counted.view("datetime64[us]")).tolist()
    return ["" if text == "NaT" else f"{text}+00:00" for text in written]


def strict_number(value: float) -> float | str:
    """Give a number as strict JSON can hold it: ``"nan"``, ``"inf"`` or ``"-inf"`` where it is none."""
    return value if math.isfinite(value) else str(value)


def _strict(values: NDArray[np.float64]) -> list[Any]:
    listed: list[Any] = values.tolist()
    return listed if bool(np.isfinite(values).all()) else [strict_number(each) for each in listed]


def _blocks(begin: int, end: int) -> Iterator[slice]:
    for at in range(begin, end, _ROWS_AT_ONCE):
        yield slice(at, min(at + _ROWS_AT_ONCE, end))
