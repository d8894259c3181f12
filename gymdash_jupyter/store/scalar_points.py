"""Points of series as bytes: what a flush brings, one row of the log, and one chunk.

All numbers are little-endian and eight bytes wide, so NaN and infinities stay as they are. A log row is a header of
int64 ``(m, series_1, n_1, ..., series_m, n_m)`` and then all steps, all times and all values of these m series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from gymdash_jupyter.records import ScalarSeries

STEP = np.dtype("<i8")
REAL = np.dtype("<f8")


@dataclass(frozen=True, eq=False)
class Points:
    """Points of one series as arrays of equal length."""

    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)

    def part(self, first: int, end: int | None = None) -> Points:
        """Give the points from one index to another."""
        return Points(self.steps[first:end], self.times[first:end], self.values[first:end])


def checked(scalars: Mapping[str, ScalarSeries]) -> dict[str, Points]:
    """Give what a batch brings, by key, without empty series.

    Raises:
        InvalidArgumentError: Steps, times and values are not of one length, or a step is not an int64.
    """
    points = {key: _checked(key, series) for key, series in scalars.items()}
    return {key: series for key, series in points.items() if len(series)}


def _checked(key: str, series: ScalarSeries) -> Points:
    steps, times, values = (
        np.asarray(series.steps),
        np.asarray(series.times),
        np.asarray(series.values),
    )
    if not steps.shape == times.shape == values.shape or steps.ndim != 1:
        msg = (
            f"The points of series {key!r} need as many steps as times and values, in one dimension; got shapes "
            f"{steps.shape}, {times.shape} and {values.shape}."
        )
        raise InvalidArgumentError(msg)
    # A cast would wrap what does not fit.
    fits = steps.dtype.kind == "i" or (
        steps.dtype.kind == "u" and bool((steps <= np.iinfo(STEP).max).all())
    )
    if len(steps) and not fits:
        msg = f"The points of series {key!r} need steps that fit into int64; got {steps.dtype}."
        raise InvalidArgumentError(msg)
    try:
        return Points(
            np.ascontiguousarray(steps, STEP),
            np.ascontiguousarray(times, REAL),
            np.ascontiguousarray(values, REAL),
        )
    except (TypeError, ValueError) as exc:
        msg = f"The points of series {key!r} need float times and values: {exc}."
        raise InvalidArgumentError(msg) from exc


def joined(parts: Sequence[Points]) -> Points:
    """Put points one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Points(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def to_log_row(points: Mapping[int, Points]) -> bytes:
    """Encode points, by number of the series, as one row of the log."""
    header = [len(points)]
    for series_id, series in points.items():
        header += (series_id, len(series))
    every = points.values()
    parts = [
        np.array(header, STEP),
        *(series.steps for series in every),
        *(series.times for series in every),
        *(series.values for series in every),
    ]
    return b"".join(part.data for part in parts)


def from_log_row(row: bytes) -> Iterator[tuple[int, Points]]:
    """Decode a row of the log into numbers of series and their points, which are views of the row."""
    n_series = int.from_bytes(row[:8], "little")
    header = np.frombuffer(row, STEP, 2 * n_series, 8).tolist()
    total = sum(header[1::2])
    first = 8 * (1 + 2 * n_series)
    steps = np.frombuffer(row, STEP, total, first)
    times = np.frombuffer(row, REAL, total, first + 8 * total)
    values = np.frombuffer(row, REAL, total, first + 16 * total)
    begin = 0
    for series_id, n in zip(header[::2], header[1::2], strict=True):
        yield (
            series_id,
            Points(steps[begin : begin + n], times[begin : begin + n], values[begin : begin + n]),
        )
        begin += n


def from_chunk(steps: bytes, times: bytes, values: bytes) -> Points:
    """Decode a chunk; the points are views of the bytes."""
    return Points(
        np.frombuffer(steps, STEP), np.frombuffer(times, REAL), np.frombuffer(values, REAL)
    )
