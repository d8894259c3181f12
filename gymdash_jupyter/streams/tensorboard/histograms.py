"""Histograms as events hold them: a HistogramProto, or a tensor of one row (left, right, count) a bin."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gymdash_jupyter.streams.tensorboard.fields import (
    HISTOGRAM_COUNTS,
    HISTOGRAM_LIMITS,
    HISTOGRAM_MAX,
    HISTOGRAM_MIN,
)
from gymdash_jupyter.streams.tensorboard.wire import FIXED64, VARINT, WireError, double_at, fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gymdash_jupyter.streams.tensorboard.tensors import Tensor

    Bins: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def bins_of_proto(data: bytes, at: int, end: int) -> Bins:
    """Read the bins of a HistogramProto: left ends, right ends, counts.

    Such a histogram has only right ends, of which the last may be the largest float, and hundreds of empty bins at both
    ends. As TensorBoard does when it reads one, the empty ends are left out, and the smallest and the largest value are
    the outer ends of what remains.
    """
    low, high = 0.0, 0.0
    limits: list[float] = []
    counts: list[float] = []
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (HISTOGRAM_MIN, FIXED64):
            low = double_at(data, field_at)
        elif (number, kind) == (HISTOGRAM_MAX, FIXED64):
            high = double_at(data, field_at)
        elif number in (HISTOGRAM_LIMITS, HISTOGRAM_COUNTS) and kind != VARINT:
            if (field_end - field_at) % 8:
                msg = "the bins of a histogram are not whole numbers"
                raise WireError(msg)
            numbers = np.frombuffer(data[field_at:field_end], "<f8").tolist()
            (limits if number == HISTOGRAM_LIMITS else counts).extend(numbers)
    n = min(len(limits), len(counts))
    all_counts = np.array(counts[:n], dtype=np.float64)
    used = np.flatnonzero(all_counts > 0)
    if not len(used):
        return np.empty(0), np.empty(0), np.empty(0)
    first, last = int(used[0]), int(used[-1])
    inner = np.array(limits[first:last], dtype=np.float64)
    return np.append(low, inner), np.append(inner, high), all_counts[first : last + 1]


def bins_of_tensor(tensor: Tensor) -> Bins:
    """Read the bins of a tensor of shape (n, 3).

    Raises:
        WireError: It has another shape, or holds texts.
    """
    if tensor.numbers is None or len(tensor.shape) != 2 or tensor.shape[1] != 3:
        msg = f"a histogram is a tensor of shape (n, 3); this one's is {tensor.shape}"
        raise WireError(msg)
    table = tensor.numbers.reshape(tensor.shape)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()
