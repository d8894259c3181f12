"""CRC-32C as TFRecord files use it, of one text and of many equally long ones at once.

A CRC is linear: each byte adds (by exclusive or) something that depends on its value and on its distance from the end
only. So the checksum of a thousand records that differ in sixteen bytes needs sixteen look-ups a record, not a hundred.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def masked_crc(data: bytes) -> int:
    """Compute the masked CRC-32C of one text."""
    if len(data) <= _WIDTH:
        return mask(crc_of(data))
    ends = np.array([0]), np.array([len(data)])
    return int(masked_crcs(np.frombuffer(data, dtype=np.uint8), *ends)[0])


_WIDTH = 128
_BATCH = 1 << 23


def masked_crcs(
    block: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """Compute the masked CRC-32C of many texts of any lengths.

    Args:
        block: Bytes, shape (n,).
        starts: Where in it the texts begin.
        lengths: How many bytes each has.

    Returns:
        uint32, one for each text.
    """
    # All texts are cut into rows of equal width, whose shares are computed together. Zeros in front of a text add
    # nothing, so each is filled up there to whole rows. The usual start 0xFFFFFFFF does the same as inverting the first
    # four bytes; a shorter text is done by hand.
    n_rows = -(-lengths // _WIDTH)
    crcs = np.empty(len(starts), dtype=np.uint32)
    for part in _batches(n_rows * _WIDTH):
        ends = np.cumsum(n_rows[part]) * _WIDTH
        table = np.zeros(int(ends[-1]), dtype=np.uint8)
        for start, length, end in zip(
            starts[part].tolist(), lengths[part].tolist(), ends.tolist(), strict=True
        ):
            table[end - length : end] = block[start : start + length]
            table[end - length : min(end, end - length + 4)] ^= 0xFF
        rows = linear_crcs(table.reshape(-1, _WIDTH), range(_WIDTH), _WIDTH)
        crcs[part] = _joined(rows, n_rows[part])
    for i in np.flatnonzero(lengths < 4).tolist():
        crcs[i] = crc_of(block[starts[i] : starts[i] + lengths[i]].tobytes())
    return mask_all(crcs)


def _batches(sizes: NDArray[np.int64]) -> Iterator[slice]:
    """Share texts out so that a batch has some megabytes, or one text."""
    batch = (np.cumsum(sizes) - sizes) // _BATCH
    begins = np.flatnonzero(np.diff(batch, prepend=-1)).tolist()
    for begin, end in zip(begins, [*begins[1:], len(sizes)], strict=bool(begins)):
        yield slice(begin, end)


def _joined(rows: NDArray[np.uint32], n_rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Put the shares of each text's rows together: Horner's rule, in which a row more moves all before by _WIDTH."""
    shares = rows.tolist()
    first, second, third, fourth = _zeros_tables(_WIDTH)
    joined = []
    at = 0
    for n in n_rows.tolist():
        crc = 0
        for share in shares[at : at + n]:
            crc = (
                first[crc & 0xFF]
                ^ second[(crc >> 8) & 0xFF]
                ^ third[(crc >> 16) & 0xFF]
                ^ fourth[crc >> 24]
                ^ share
            )
        at += n
        joined.append(crc ^ 0xFFFFFFFF)
    return np.array(joined, dtype=np.uint32)


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
def crc_of(text: bytes) -> int:
    """Compute the (unmasked) CRC-32C of one short text, byte by byte."""
    table = _table()
    crc = 0xFFFFFFFF
    for byte in text:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF
