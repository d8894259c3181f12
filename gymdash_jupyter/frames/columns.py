"""Make columns whose dtype does not depend on whether they have rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gymdash_jupyter.point_files import NOT_A_TIME, whole_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INT64 = np.iinfo(np.int64)
_EXACT = 2**53
"""Whole numbers up to this one are the same as float64."""


def text(values: Iterable[str | None]) -> pd.Index:
    r"""Make a column of texts of the dtype that this pandas gives texts; None is missing.

    Where that cannot hold lone surrogates, as in the name of a file that is not UTF-8, they are written as ``\udc80``.
    """
    listed, dtype = list(values), pd.Index([""]).dtype
    try:
        return pd.Index(listed, dtype=dtype)
    except UnicodeEncodeError:
        sound = [
            v if v is None else v.encode("utf-8", "backslashreplace").decode() for v in listed
        ]
        return pd.Index(sound, dtype=dtype)


def objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """Make a column of objects as they are; lists and dicts are not taken apart."""
    column = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):  # numpy would take lists of equal length apart
        column[place] = value
    return column


def fitting(values: Sequence[Any]) -> Any:
    """Make a column of the dtype that holds all values exactly.

    Args:
        values: What JSON can hold; None is missing.

    Returns:
        bool (``boolean`` where some are missing), int64 (``Int64``), float64 (NaN where missing) of numbers that are
        not all whole, the dtype of texts, or objects as they are: where kinds are mixed, for lists and dicts, for
        whole numbers that int64 cannot hold, and where nothing is known.
    """
    kinds = {type(value) for value in values}
    is_missing = type(None) in kinds
    kinds.discard(type(None))
    if kinds == {bool}:
        return pd.array(values, dtype="boolean") if is_missing else np.array(values, dtype=bool)
    if kinds == {int} and all(v is None or _INT64.min <= v <= _INT64.max for v in values):
        return pd.array(values, dtype="Int64") if is_missing else np.array(values, dtype=np.int64)
    if kinds in ({float}, {int, float}) and all(
        type(v) is not int or -_EXACT <= v <= _EXACT for v in values
    ):
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kinds == {str}:
        return text(values)
    return objects(values)


def utc(times: Iterable[datetime | None]) -> pd.DatetimeIndex:
    """Make a column of UTC times from datetimes; None is missing, a naive one is local time."""
    counted = [NOT_A_TIME if t is None else (_aware(t) - _EPOCH) // _MICROSECOND for t in times]
    return _utc_from_microseconds(np.array(counted, dtype=np.int64))


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.astimezone(UTC)


def utc_from_seconds(seconds: NDArray[np.float64]) -> pd.DatetimeIndex:
    """Make a column of UTC times from seconds since the epoch; what is no time is missing."""
    return _utc_from_microseconds(whole_microseconds(seconds))


def _utc_from_microseconds(counted: NDArray[np.int64]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(counted.view("datetime64[us]")).tz_localize("UTC")
