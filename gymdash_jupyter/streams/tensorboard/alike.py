"""Records of scalars, many at once: those that are laid out alike are decoded together with numpy.

Nearly all records of a log are scalars that differ in time, step, tag and number only. One of them is taken apart field
by field; all records of its length whose other bytes are the same have the same layout, and are read as columns of a
table. Whatever is different is left to the plain decoder, so nothing here has to understand everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.streams.tensorboard.checksums import crc_of, linear_crcs, mask_all
from gymdash_jupyter.streams.tensorboard.layouts import Layout, Slot, layout_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from gymdash_jupyter.streams.tensorboard.framing import Records

_FEWEST = 24
"""Fewer records of one length than this are not worth a table."""
_LONGEST = 1024
"""Bytes of a record that may still be a scalar, or a few."""
_CHUNK = 1 << 14
"""Records a table: it stays in the processor's cache."""
_TRIES = 12
"""Layouts that are tried for one length before the rest is decoded one by one."""
PADDING = 16
"""Zeros that must follow a block, so that tables may be read past its end."""


@dataclass(frozen=True, eq=False)
class AlikeValues:
    """Values that stand at the same place of records that are laid out alike.

    Attributes:
        slot: Which place.
        slot_number: Which of the record's values it is, from 0 up.
        n_slots: How many values each of these records has.
        rows: Which records of the block, int64, shape (n,).
        keys: Numbers of their tags, int64, shape (n,).
        steps: int64, shape (n,).
        times: float64, shape (n,).
        values: float64, shape (n,).
    """

    slot: Slot
    slot_number: int
    n_slots: int
    rows: NDArray[np.int64]
    keys: NDArray[np.int64]
    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]


def decode_alike(
    block: bytes, records: Records, key_number: Callable[[bytes], int]
) -> tuple[list[AlikeValues], NDArray[np.int64]]:
    """Decode the records that are alike.

    Args:
        block: A block of a file, followed by ``PADDING`` zeros.
        records: Where its records are.
        key_number: Gives the number of a tag.

    Returns:
        What was decoded, and which records are left, ascending. A record whose checksum is wrong is left, too.
    """
    found: list[AlikeValues] = []
    left: list[NDArray[np.int64]] = []
    for length, rows in _by_length(records.lengths):
        if len(rows) < _FEWEST or not 0 < length <= _LONGEST:
            left.append(rows)
            continue
        tables = _Tables(block, length, key_number)
        for at in range(0, len(rows), _CHUNK):
            part = rows[at : at + _CHUNK]
            left.append(tables.decode(part, records.starts[part], found))
    return found, np.sort(np.concatenate(left)) if left else np.empty(0, np.int64)


def _by_length(lengths: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    short = np.minimum(lengths, _LONGEST + 1).astype(np.uint16)
    order = np.argsort(short, kind="stable")
    distinct, begins = np.unique(short[order], return_index=True)
    yield from zip(distinct.tolist(), np.split(order, begins[1:]), strict=True)


class _Tables:
    """Tables of records of one length; layouts that were met before are tried first."""

    def __init__(self, block: bytes, length: int, key_number: Callable[[bytes], int]) -> None:
        self._block, self._length, self._key_number = block, length, key_number
        self._width = -(-(length + 4) // 8) * 8  # with the checksum behind it, in whole words
        self._layouts: list[Layout] = []
        self._n_tries = 0
        self._anywhere: NDArray[np.void] = np.ndarray(
            (len(block) - self._width + 1,), f"V{self._width}", block, strides=(1,)
        )

    def decode(
        self, rows: NDArray[np.int64], starts: NDArray[np.int64], found: list[AlikeValues]
    ) -> NDArray[np.int64]:
        """Decode what can be; give the rows that are left."""
        table = self._anywhere[starts].view(np.uint8).reshape(len(starts), self._width)
        waiting = np.arange(len(rows))
        left: list[NDArray[np.int64]] = []
        for layout in self._layouts:
            if len(waiting):
                waiting = self._take(layout, table, rows, waiting, found, left)
        while len(waiting) >= _FEWEST and self._n_tries < _TRIES:
            self._n_tries += 1
            new = layout_of(table[waiting[0], : self._length].tobytes())
            if new is None:
                left.append(waiting[:1])
                waiting = waiting[1:]
                continue
            self._layouts.append(new)
            waiting = self._take(new, table, rows, waiting, found, left)
        left.append(waiting)
        return rows[np.concatenate(left)]

    def _take(
        self,
        layout: Layout,
        table: NDArray[np.uint8],
        rows: NDArray[np.int64],
        waiting: NDArray[np.int64],
        found: list[AlikeValues],
        left: list[NDArray[np.int64]],
    ) -> NDArray[np.int64]:
        fits = layout.fits(table[waiting] if len(waiting) < len(table) else table)
        other = waiting[~fits]
        mine = waiting[fits] if len(other) else waiting
        if not len(mine):
            return other
        chosen = table[mine] if len(mine) < len(table) else table
        tags = [self._tags(chosen, slot) for slot in layout.slots]
        is_sound = (
            self._crcs(layout, chosen, tags)
            == chosen[:, self._length : self._length + 4].copy().view("<u4")[:, 0]
        )
        if not is_sound.all():
            left.append(mine[~is_sound])
            mine, chosen = mine[is_sound], chosen[is_sound]
            tags = [(names, which[is_sound]) for names, which in tags]
        steps, times = layout.steps(chosen), layout.times(chosen)
        for i, (slot, (names, which)) in enumerate(zip(layout.slots, tags, strict=True)):
            numbers = np.array([self._key_number(name) for name in names], dtype=np.int64)
            found.append(
                AlikeValues(
                    slot,
                    i,
                    len(layout.slots),
                    rows[mine],
                    numbers[which],
                    steps,
                    times,
                    slot.values(chosen),
                )
            )
        return other

    def _tags(self, table: NDArray[np.uint8], slot: Slot) -> tuple[list[bytes], NDArray[np.int64]]:
        columns = table[:, slot.tag_at : slot.tag_at + slot.tag_length]
        examples, which = _distinct_rows(columns)
        return [columns[i].tobytes() for i in examples.tolist()], which

    def _crcs(
        self,
        layout: Layout,
        table: NDArray[np.uint8],
        tags: list[tuple[list[bytes], NDArray[np.int64]]],
    ) -> NDArray[np.uint32]:
        # Bytes that are zero add nothing, so what is the same in all records is one constant.
        length = self._length
        total = linear_crcs(table, layout.free_columns, length)
        for slot, (names, which) in zip(layout.slots, tags, strict=True):
            if slot.tag_length:
                texts = np.frombuffer(b"".join(names), np.uint8).reshape(
                    len(names), slot.tag_length
                )
                shares = linear_crcs(texts, range(slot.tag_length), length - slot.tag_at)
                total ^= shares[which]
        total ^= np.uint32(crc_of(layout.constant))
        return mask_all(total)


def _distinct_rows(columns: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # Gives an example of each distinct row, and which one each row equals. A hash that two texts share is noticed.
    n, width = columns.shape
    if width == 0 or not (columns != columns[0]).any():
        return np.zeros(1, np.int64), np.zeros(n, np.int64)
    words = np.zeros((n, -(-width // 8) * 8), dtype=np.uint8)
    words[:, :width] = columns
    texts = words.view(np.uint64)
    hashes = np.zeros(n, dtype=np.uint64)
    for i in range(texts.shape[1]):
        hashes = (hashes ^ texts[:, i]) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    buckets = (hashes * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(52)
    example_of = np.zeros(4096, dtype=np.int64)
    example_of[buckets] = np.arange(n)
    if (texts != texts[example_of[buckets]]).any():
        _, examples, which = np.unique(texts, axis=0, return_index=True, return_inverse=True)
        return examples, which.reshape(-1)
    used = np.flatnonzero(np.bincount(buckets.astype(np.int64), minlength=4096))
    number_of = np.zeros(4096, dtype=np.int64)
    number_of[used] = np.arange(len(used))
    return example_of[used], number_of[buckets]
