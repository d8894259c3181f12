"""Make columns whose dtype does not depend on whether they have rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOT_A_TIME = np.iinfo(np.int64).min
_LATEST_S = 9.2e12
"""Seconds that int64 microseconds can hold."""


def text(values: Iterable[str | None]) -> pd.Index:
    """Make a column of texts of the dtype that this pandas gives texts; None is missing."""
    return pd.Index(list(values), dtype=pd.Index([""]).dtype)


def objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """Make a column of objects as they are; lists and dicts are not taken apart."""
    column = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):  # numpy would take lists of equal length apart
        column[place] = value
    return column


def utc(times: Iterable[datetime | None]) -> pd.DatetimeIndex:
    """Make a column of UTC times from datetimes; None is missing, a naive one is local time."""
    counted = [_NOT_A_TIME if t is None else (_aware(t) - _EPOCH) // _MICROSECOND for t in times]
    return _utc_from_microseconds(np.array(counted, dtype=np.int64))


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.astimezone(UTC)


def utc_from_seconds(seconds: NDArray[np.float64]) -> pd.DatetimeIndex:
    """Make a column of UTC times from seconds since the epoch; what is no time is missing."""
    is_time = np.abs(seconds) < _LATEST_S
    counted = np.rint(seconds * 1e6, where=is_time, out=np.zeros(len(seconds))).astype(np.int64)
    counted[~is_time] = _NOT_A_TIME
    return _utc_from_microseconds(counted)


def _utc_from_microseconds(counted: NDArray[np.int64]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(counted.view("datetime64[us]")).tz_localize("UTC")
