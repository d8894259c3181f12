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
    starts: list[int] = []
    add = starts.append
    read = _LENGTH.unpack_from
    at, last = 0, len(block) - HEADER - FOOTER
    size = len(block)
    while at <= last:
        (length,) = read(block, at)
        after = at + length + (HEADER + FOOTER)
        if after > size:
            break
        add(at)
        at = after
    heads = np.array(starts, dtype=np.int64)
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
        (length,) = read(rest, 0)
        is_damaged = masked_crc(rest[:8]) != struct.unpack_from("<I", rest, 8)[0]
        needs = length + HEADER + FOOTER
    return Records(heads + HEADER, lengths, at, is_damaged=is_damaged, needs=needs)


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
