"""Records of a TFRecord file: where each begins, and whether its length is what was written.

A record is its length (uint64), that number's masked CRC-32C (uint32), the data, and the data's masked CRC-32C
(uint32), all little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.streams.tensorboard.checksums import masked_crc

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER = 12
FOOTER = 4
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, eq=False)
class Records:
    """The whole records in a block of a file.

    Attributes:
        starts: Where their data begin in the block, int64, shape (n,).
        lengths: How many bytes these are, int64, shape (n,).
        end: Where the last whole and sound record ends.
        is_damaged: Whether what follows it has a length that its checksum denies.
        needs: How many bytes the block must have from ``end`` on, to hold one record more; 0 where that is not known.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    end: int
    is_damaged: bool
    needs: int


def find_records(block: bytes | memoryview) -> Records:
    """Find the records of a block that begins with one."""
    heads, at = _heads(block)
    ends = np.append(heads[1:], at) if len(heads) else heads
    lengths = ends - heads - (HEADER + FOOTER)
    n_sound = _count_sound(block, heads, lengths)
    if n_sound < len(heads):
        return Records(
            heads[:n_sound] + HEADER,
            lengths[:n_sound],
            int(heads[n_sound]),
            is_damaged=True,
            needs=0,
        )
    rest = block[at : at + HEADER]
    is_damaged, needs = False, 0
    if len(rest) == HEADER:
        (length,) = _LENGTH.unpack_from(rest, 0)
        is_damaged = masked_crc(bytes(rest[:8])) != struct.unpack_from("<I", rest, 8)[0]
        needs = length + HEADER + FOOTER
    return Records(heads + HEADER, lengths, at, is_damaged=is_damaged, needs=needs)


_WALK = 4096
"""Records that are gone through one by one before their lengths are looked at for a pattern."""
_LONGEST_PERIOD = 1024
_MOST_GUESSED = 1 << 17


def _heads(block: bytes | memoryview) -> tuple[NDArray[np.int64], int]:
    """Give where records begin, and where the last one ends.

    Where the next record begins stands in the one before, so they have to be walked. But a training writes the same few
    keys again and again, so lengths repeat: once they do, the next places are guessed, and all guesses are checked at
    once, which is ten times as fast.
    """
    parts: list[NDArray[np.int64]] = []
    at = 0
    while True:
        walked, at = _walk(block, at)
        parts.append(walked)
        if len(walked) < _WALK:
            return np.concatenate(parts), at
        period = _period(np.diff(walked, append=at))
        while period is not None:
            guessed, at, is_over = _follow(block, at, period)
            parts.append(guessed)
            if is_over:
                break
            period = np.tile(period, 2) if len(guessed) < _MOST_GUESSED else period


def _walk(block: bytes | memoryview, at: int) -> tuple[NDArray[np.int64], int]:
    heads: list[int] = []
    add, read = heads.append, _LENGTH.unpack_from
    size = len(block)
    last = size - HEADER - FOOTER
    for _ in range(_WALK):
        if at > last:
            break
        after = at + read(block, at)[0] + (HEADER + FOOTER)
        if after > size:
            break
        add(at)
        at = after
    return np.array(heads, dtype=np.int64), at


def _period(sizes: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Give the sizes of the records that repeat, if the newer half of them does."""
    newer = sizes[-_WALK // 2 :]
    same = np.flatnonzero(newer[:-1][::-1] == newer[-1])[:64] + 1
    for length in same.tolist():
        if length <= _LONGEST_PERIOD and (newer[length:] == newer[:-length]).all():
            return newer[-length:]
    return None


def _follow(
    block: bytes | memoryview, at: int, sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int, bool]:
    """Go on as long as records have these sizes, at most once through; say whether that ended before."""
    ends = at + np.cumsum(sizes)
    heads = np.append(at, ends[:-1])
    inside = heads[ends <= len(block)]
    everywhere: NDArray[np.uint64] = np.ndarray(
        (max(len(block) - 7, 0),), dtype="<u8", buffer=block, strides=(1,)
    )
    is_as_guessed = everywhere[inside] == (sizes[: len(inside)] - (HEADER + FOOTER)).view(
        np.uint64
    )
    n = len(inside) if is_as_guessed.all() else int(np.argmin(is_as_guessed))
    return heads[:n], int(ends[n - 1]) if n else at, n < len(sizes)


def uint32_at(block: bytes | memoryview, positions: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Read little-endian uint32 numbers at any positions of a block."""
    everywhere: NDArray[np.uint32] = np.ndarray(
        (max(len(block) - 3, 0),), dtype="<u4", buffer=block, strides=(1,)
    )
    return everywhere[positions]


def _count_sound(
    block: bytes | memoryview, heads: NDArray[np.int64], lengths: NDArray[np.int64]
) -> int:
    # A few lengths come again and again, so their checksums are computed once each.
    if not len(heads):
        return 0
    distinct, which = np.unique(lengths, return_inverse=True)
    crcs = np.array(
        [masked_crc(_LENGTH.pack(length)) for length in distinct.tolist()], dtype=np.uint32
    )
    is_wrong = uint32_at(block, heads + 8) != crcs[which]
    return int(np.argmax(is_wrong)) if is_wrong.any() else len(heads)
