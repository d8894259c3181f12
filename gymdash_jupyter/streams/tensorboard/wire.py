"""Protobuf's wire format: fields of a message, and varints.

Encoding: https://protobuf.dev/programming-guides/encoding/. Nothing here knows what a field means.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field: TypeAlias = tuple[int, int, int, int]
"""Number of a field, its wire type, and where its value begins and ends; of a varint, its value and its end."""

_MAX_VARINT_BYTES = 10


class WireError(ValueError):
    """Bytes are not a protobuf message."""


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a varint at a position; give its value (0 to 2**64 - 1) and the position behind it."""
    value = shift = 0
    for position in range(at, min(end, at + _MAX_VARINT_BYTES)):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position + 1
        shift += 7
    msg = "A number does not end."
    raise WireError(msg)


def signed(value: int) -> int:
    """Read a varint's value as the int64 it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def fields(data: bytes, at: int, end: int) -> Iterator[Field]:
    """Go through the fields of a message that lies at [at, end).

    Raises:
        WireError: It is not a message.
    """
    while at < end:
        tag = data[at]
        if tag < 0x80:  # nearly always; a call less for each
            at += 1
        else:
            tag, at = read_varint(data, at, end)
        number, kind = tag >> 3, tag & 7
        if kind in (BYTES, VARINT):
            if at < end and data[at] < 0x80:
                size = data[at]
                at += 1
            else:
                size, at = read_varint(data, at, end)
            if kind == VARINT:
                yield number, kind, size, at
                continue
        elif kind == FIXED64:
            size = 8
        elif kind == FIXED32:
            size = 4
        else:
            msg = f"Field {number} has the unknown wire type {kind}."
            raise WireError(msg)
        if number == 0 or at + size > end:
            msg = f"Field {number} is longer than its message."
            raise WireError(msg)
        yield number, kind, at, at + size
        at += size


def double_at(data: bytes, at: int) -> float:
    """Read a float64."""
    return float(struct.unpack_from("<d", data, at)[0])


def float_at(data: bytes, at: int) -> float:
    """Read a float32, widened."""
    return float(struct.unpack_from("<f", data, at)[0])


def text_at(data: bytes, at: int, end: int) -> str:
    """Read a text; what is not UTF-8 stays legible, as escapes."""
    return data[at:end].decode("utf-8", errors="backslashreplace")


def varint(value: int) -> bytes:
    """Encode an integer; a negative one as the ten bytes of its int64."""
    value &= 0xFFFFFFFFFFFFFFFF
    encoded = bytearray()
    while value >= 0x80:
        encoded.append((value & 0x7F) | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def varint_field(number: int, value: int) -> bytes:
    """Encode a field that holds an integer."""
    return varint(number << 3 | VARINT) + varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Encode a field that holds bytes, a text or a message."""
    return varint(number << 3 | BYTES) + varint(len(value)) + value


def double_field(number: int, value: float) -> bytes:
    """Encode a field that holds a float64."""
    return varint(number << 3 | FIXED64) + struct.pack("<d", value)


def float_field(number: int, value: float) -> bytes:
    """Encode a field that holds a float32."""
    return varint(number << 3 | FIXED32) + struct.pack("<f", value)
