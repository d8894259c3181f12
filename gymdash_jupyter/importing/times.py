"""Wall times of logs, which may be anything, as moments that a project can hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


def moment(seconds: float) -> datetime:
    """Give the moment so many seconds after the epoch; the epoch itself for what is no time."""
    return datetime.fromtimestamp(seconds if 0 <= seconds < _LATEST else 0.0, UTC)


def span(times: Iterable[NDArray[np.float64]]) -> tuple[float, float] | None:
    """Give the first and the last of many times that are any; None where none is."""
    first, last = np.inf, -np.inf
    for some in times:
        proper = some[(some >= 0) & (some < _LATEST)]
        if len(proper):
            first, last = min(first, float(proper.min())), max(last, float(proper.max()))
    return (first, last) if first <= last else None
