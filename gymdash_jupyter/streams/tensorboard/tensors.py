"""TensorFlow's tensors as events hold them: numbers of any shape, or texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    VARINT,
    WireError,
    bytes_field,
    fields,
    read_varint,
    signed,
    varint_field,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STRING: Final = 7
_DOUBLE: Final = 2
_HALF, _BFLOAT16, _UINT64 = 19, 14, 23
_DTYPES: Final = {
    1: "<f4",
    2: "<f8",
    3: "<i4",
    4: "u1",
    5: "<i2",
    6: "i1",
    9: "<i8",
    10: "?",
    _BFLOAT16: "<u2",
    17: "<u2",
    _HALF: "<f2",
    22: "<u4",
    _UINT64: "<u8",
}
"""Numbers of types.proto that hold real numbers, as numpy reads their content."""

_SHAPE, _CONTENT, _DTYPE, _TEXTS = 2, 4, 1, 8
_FIXED: Final = {5: "<f4", 6: "<f8"}
_VARINTS: Final = (7, 10, 11, 13, 16, 17)
_LARGEST = 1 << 20
"""Numbers that a tensor may claim to have by its shape alone, without holding them."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor.

    Attributes:
        shape: Its dimensions.
        numbers: Its numbers as float64 in row-major order, or None where it holds texts.
        texts: Its texts in that order.
    """

    shape: tuple[int, ...]
    numbers: NDArray[np.float64] | None
    texts: Sequence[bytes] = ()


def read_tensor(data: bytes, at: int, end: int) -> Tensor:
    """Read a TensorProto at [at, end).

    Raises:
        WireError: It is damaged, or of a type that holds neither real numbers nor texts.
    """
    dtype, content = 0, b""
    shape: tuple[int, ...] = ()
    texts: list[bytes] = []
    reals: list[float] = []
    wholes: list[int] = []
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (_DTYPE, VARINT):
            dtype = field_at
        elif (number, kind) == (_SHAPE, BYTES):
            shape = _shape(data, field_at, field_end)
        elif (number, kind) == (_CONTENT, BYTES):
            content = data[field_at:field_end]
        elif (number, kind) == (_TEXTS, BYTES):
            texts.append(data[field_at:field_end])
        elif number in _FIXED and kind != VARINT:
            reals += np.frombuffer(
                _whole(data[field_at:field_end], _FIXED[number]), _FIXED[number]
            ).tolist()
        elif number in _VARINTS and kind in (VARINT, BYTES):
            wholes += _varints(data, kind, field_at, field_end)
    if dtype == STRING:
        return Tensor(shape, None, texts)
    if dtype not in _DTYPES:
        msg = f"its numbers are of TensorFlow's type {dtype}, which is not read"
        raise WireError(msg)
    values = (
        np.frombuffer(_whole(content, _DTYPES[dtype]), _DTYPES[dtype])
        if content
        else _typed(reals, wholes, dtype)
    )
    return Tensor(shape, _filled(_as_float64(values, dtype), shape))


def _shape(data: bytes, at: int, end: int) -> tuple[int, ...]:
    sizes = []
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (2, BYTES):
            size = 0
            for inner, inner_kind, inner_at, _ in fields(data, field_at, field_end):
                if (inner, inner_kind) == (1, VARINT):
                    size = signed(inner_at)
            sizes.append(max(size, 0))
    return tuple(sizes)


def _varints(data: bytes, kind: int, at: int, end: int) -> list[int]:
    if kind == VARINT:
        return [signed(at)]
    values = []
    while at < end:
        value, at = read_varint(data, at, end)
        values.append(signed(value))
    return values


def _typed(reals: list[float], wholes: list[int], dtype: int) -> NDArray[Any]:
    if dtype in (1, 2):
        return np.array(reals, dtype=np.float64)
    if dtype in (_HALF, _BFLOAT16):  # half_val keeps their bits in whole numbers
        return np.array([number & 0xFFFF for number in wholes], "<u2").view(_DTYPES[dtype])
    if dtype == _UINT64:
        return np.array([number & 0xFFFFFFFFFFFFFFFF for number in wholes], "<u8")
    return np.array(wholes, dtype=np.int64)


def _as_float64(values: NDArray[Any], dtype: int) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        if dtype == _BFLOAT16:
            return (values.astype("<u4") << np.uint32(16)).view("<f4").astype(np.float64)
        return values.astype(np.float64)


def _filled(values: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    # A tensor may hold fewer numbers than its shape says: the last one then stands for the rest.
    size = math.prod(shape)
    if len(values) == size:
        return values
    if size > _LARGEST or len(values) > size:
        msg = f"it says that it has {size} numbers and holds {len(values)}"
        raise WireError(msg)
    last = values[-1] if len(values) else 0.0
    return np.concatenate([values, np.full(size - len(values), last)])


def _whole(content: bytes, dtype: str) -> bytes:
    if len(content) % np.dtype(dtype).itemsize:
        msg = f"{len(content)} bytes are not whole numbers"
        raise WireError(msg)
    return content


def numbers_tensor(numbers: NDArray[np.float64]) -> bytes:
    """Encode numbers as a tensor of float64 of the same shape."""
    return (
        varint_field(_DTYPE, _DOUBLE)
        + _encoded_shape(numbers.shape)
        + bytes_field(_CONTENT, np.ascontiguousarray(numbers, dtype="<f8").tobytes())
    )


def texts_tensor(texts: Sequence[bytes]) -> bytes:
    """Encode texts as a tensor of one dimension."""
    items = b"".join(bytes_field(_TEXTS, text) for text in texts)
    return varint_field(_DTYPE, STRING) + _encoded_shape((len(texts),)) + items


def _encoded_shape(shape: tuple[int, ...]) -> bytes:
    return bytes_field(_SHAPE, b"".join(bytes_field(2, varint_field(1, size)) for size in shape))
