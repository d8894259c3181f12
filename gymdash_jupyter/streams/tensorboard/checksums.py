"""CRC-32C as TFRecord files use it, of one text and of many equally long ones at once.

A CRC is linear: each byte adds (by exclusive or) something that depends on its value and on its distance from the end
only. So the checksum of a thousand records that differ in sixteen bytes needs sixteen look-ups a record, not a hundred.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, reversed: RFC 3720, appendix B.4
_MASK_DELTA = 0xA282EAD8  # TFRecord stores checksums rotated and shifted by this number


@functools.cache
def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
        entries.append(crc)
    return tuple(entries)


@functools.cache
def _array_table() -> NDArray[np.uint32]:
    return np.array(_table(), dtype=np.uint32)


def mask(crc: int) -> int:
    """Give a checksum in the form in which TFRecord files store it."""
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def mask_all(crcs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Mask many checksums; uint32 in, a new uint32 array out."""
    return ((crcs >> np.uint32(15)) | (crcs << np.uint32(17))) + np.uint32(_MASK_DELTA)


def masked_crc(data: bytes | memoryview) -> int:
    """Compute the masked CRC-32C of one text.

    A long text is cut into equal columns whose checksums are computed together and then joined.
    """
    if len(data) >= _LONG:
        return mask(_long_crc(data))
    table = _table()
    crc = 0xFFFFFFFF
    for byte in bytes(data):
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return mask(crc ^ 0xFFFFFFFF)


_LONG = 2048
_WIDTH = 256


def _long_crc(data: bytes | memoryview) -> int:
    # Zeros in front change nothing in a checksum that starts from 0, so the text is filled up in front to whole rows.
    # What the usual start 0xFFFFFFFF adds is the same as four inverted bytes at the beginning of the text.
    n_rows = -(-len(data) // _WIDTH)
    text = np.zeros(n_rows * _WIDTH, dtype=np.uint8)
    text[-len(data) :] = np.frombuffer(data, dtype=np.uint8)
    text[-len(data) : len(text) - len(data) + 4] ^= 0xFF
    crcs = linear_crcs(text.reshape(n_rows, _WIDTH), range(_WIDTH), _WIDTH)
    # Horner's rule over the rows: what is behind by one row is moved on by _WIDTH zeros.
    zeros = _zeros_tables(_WIDTH)
    total = 0
    for crc in crcs.tolist():
        total = (
            zeros[0][total & 0xFF]
            ^ zeros[1][(total >> 8) & 0xFF]
            ^ zeros[2][(total >> 16) & 0xFF]
            ^ zeros[3][total >> 24]
            ^ crc
        )
    return total ^ 0xFFFFFFFF


@functools.lru_cache(maxsize=4)
def _zeros_tables(n: int) -> tuple[tuple[int, ...], ...]:
    # What n zero bytes make of each of the four bytes of a checksum.
    tables = []
    for byte_at in range(4):
        crcs = np.arange(256, dtype=np.uint32) << np.uint32(8 * byte_at)
        for _ in range(n):
            crcs = _one_zero_more(crcs)
        tables.append(tuple(crcs.tolist()))
    return tuple(tables)


@functools.lru_cache(maxsize=4096)
def _byte_table(distance: int) -> NDArray[np.uint32]:
    # What a byte adds to the checksum when ``distance`` bytes follow it.
    if distance == 0:
        return _array_table()
    before = _byte_table(distance - 1) if distance % 64 else _walked(distance - 1)
    return _one_zero_more(before)


def _one_zero_more(crcs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    longer: NDArray[np.uint32] = _array_table()[crcs & np.uint32(0xFF)] ^ (crcs >> np.uint32(8))
    return longer


def _walked(distance: int) -> NDArray[np.uint32]:
    crcs = _array_table()
    for _ in range(distance):
        crcs = _one_zero_more(crcs)
    return crcs


def linear_crcs(
    rows: NDArray[np.uint8], columns: range | list[int], length: int
) -> NDArray[np.uint32]:
    """Add up what some columns of equally long texts contribute to their checksums.

    Args:
        rows: uint8, shape (n, length), one text a row.
        columns: Which columns count.
        length: Of each text.

    Returns:
        uint32, shape (n,). Over all columns, and ``of_start(length)`` added, it is the (unmasked) checksum.
    """
    total = np.zeros(len(rows), dtype=np.uint32)
    for column in columns:
        total ^= _byte_table(length - 1 - column)[rows[:, column]]
    return total


@functools.lru_cache(maxsize=4096)
def crc_of_constant(text: bytes) -> int:
    """Compute the (unmasked) CRC-32C of one text, the part that equal texts share."""
    table = _table()
    crc = 0xFFFFFFFF
    for byte in text:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF
