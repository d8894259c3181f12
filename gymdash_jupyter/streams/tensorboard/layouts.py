"""Where time, step, tags and numbers stand in an event that holds nothing but scalars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.streams.tensorboard.fields import (
    EVENT_STEP,
    EVENT_SUMMARY,
    EVENT_TIME,
    SUMMARY_VALUE,
    VALUE_METADATA,
    VALUE_SIMPLE,
    VALUE_TAG,
    VALUE_TENSOR,
    plugin_of,
)
from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    WireError,
    fields,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Slot:
    """Where one scalar stands.

    Attributes:
        tag_at: Where its tag begins.
        tag_length: How many bytes that has.
        value_at: Where its number begins.
        dtype: What that is: ``<f4`` or ``<f8``.
        is_tensor: Whether it is kept as a tensor, so that its tag's plugin decides whether it is a scalar.
        plugin: The plugin that it names, if any.
    """

    tag_at: int
    tag_length: int
    value_at: int
    dtype: str
    is_tensor: bool = False
    plugin: str | None = None

    def values(self, table: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Read the numbers of records that are laid out so."""
        return _numbers(table, self.value_at, self.dtype)


class Layout:
    """How a record is laid out.

    Args:
        record: An example.
        time_at: Where the time's eight bytes are, or None.
        step_at: Where the step is and how many bytes it has, or None where it is 0.
        slots: Where the scalars are.
    """

    def __init__(
        self,
        record: bytes,
        time_at: int | None,
        step_at: tuple[int, int] | None,
        slots: tuple[Slot, ...],
    ) -> None:
        self.slots = slots
        self._time_at, self._step_at = time_at, step_at
        columns = [] if time_at is None else [*range(time_at, time_at + 8)]
        steps = [] if step_at is None else [*range(step_at[0], sum(step_at))]
        for slot in slots:
            columns += range(slot.value_at, slot.value_at + int(slot.dtype[-1]))
        self.free_columns = columns + steps
        """Columns that differ from record to record, tags apart."""
        fixed = np.zeros(-(-(len(record) + 4) // 8) * 8, dtype=np.uint8)
        fixed[: len(record)] = 0xFF
        fixed[columns] = 0
        fixed[steps] = 0x80  # the upper bit says whether the number goes on
        for slot in slots:
            fixed[slot.tag_at : slot.tag_at + slot.tag_length] = 0
        constant = np.zeros(len(fixed), dtype=np.uint8)
        constant[: len(record)] = np.frombuffer(record, dtype=np.uint8)
        self._fixed = fixed.view(np.uint64)
        self._example = constant.view(np.uint64) & self._fixed
        constant[self.free_columns] = 0
        for slot in slots:
            constant[slot.tag_at : slot.tag_at + slot.tag_length] = 0
        self.constant = constant[: len(record)].tobytes()
        """The record with zeros where records differ."""

    def fits(self, table: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Say which records are laid out so; a record a row, padded to whole words with anything."""
        words = table.view(np.uint64)
        differs = np.zeros(len(words), dtype=np.uint64)
        for i, (fixed, example) in enumerate(zip(self._fixed, self._example, strict=True)):
            if fixed:
                differs |= (words[:, i] & fixed) ^ example
        fits: NDArray[np.bool_] = differs == 0
        return fits

    def times(self, table: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Read the times of records that are laid out so."""
        if self._time_at is None:
            return np.zeros(len(table))
        return _numbers(table, self._time_at, "<f8")

    def steps(self, table: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Read the steps of records that are laid out so."""
        steps = np.zeros(len(table), dtype=np.uint64)
        if self._step_at is not None:
            at, width = self._step_at
            for i in range(width):
                steps |= (table[:, at + i] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * i)
        return steps.view(np.int64)


def layout_of(record: bytes) -> Layout | None:
    """Find out how a record is laid out; None if there is more in it than scalars, or it is unusual."""
    try:
        return _layout_of(record)
    except WireError:
        return None


def _layout_of(record: bytes) -> Layout | None:
    time_at, step_at, slots = None, None, None
    for number, kind, at, end in fields(record, 0, len(record)):
        if (number, kind) == (EVENT_TIME, FIXED64) and time_at is None:
            time_at = at
        elif (number, kind) == (EVENT_STEP, VARINT) and step_at is None:
            width = _varint_width(record, end)
            step_at = end - width, width
        elif (number, kind) == (EVENT_SUMMARY, BYTES) and slots is None:
            slots = _slots_of(record, at, end)
            if slots is None:
                return None
        else:
            return None
    return Layout(record, time_at, step_at, tuple(slots)) if slots else None


def _varint_width(record: bytes, end: int) -> int:
    width = 1
    while end - width - 1 >= 0 and record[end - width - 1] >= 0x80 and width < 10:
        width += 1
    return width


def _slots_of(record: bytes, at: int, end: int) -> list[Slot] | None:
    slots = []
    for number, kind, value_at, value_end in fields(record, at, end):
        if (number, kind) != (SUMMARY_VALUE, BYTES):
            return None
        slot = _slot_of(record, value_at, value_end)
        if slot is None:
            return None
        slots.append(slot)
    return slots


def _slot_of(record: bytes, at: int, end: int) -> Slot | None:
    tag: tuple[int, int] | None = None
    number_at: tuple[int, str] | None = None
    is_tensor, plugin = False, None
    for number, kind, field_at, field_end in fields(record, at, end):
        if (number, kind) == (VALUE_TAG, BYTES) and tag is None:
            tag = field_at, field_end - field_at
        elif (number, kind) == (VALUE_SIMPLE, FIXED32) and number_at is None:
            number_at = field_at, "<f4"
        elif (number, kind) == (VALUE_TENSOR, BYTES) and number_at is None:
            number_at, is_tensor = _number_in_tensor(record, field_at, field_end), True
            if number_at is None:
                return None
        elif (number, kind) == (VALUE_METADATA, BYTES) and plugin is None:
            plugin = plugin_of(record, field_at, field_end)
        else:
            return None
    if tag is None or number_at is None:
        return None
    return Slot(*tag, *number_at, is_tensor=is_tensor, plugin=plugin)


_TENSOR_NUMBERS = {1: ("<f4", 5, FIXED32), 2: ("<f8", 6, FIXED64)}
"""By TensorFlow's number of a dtype: what it is here, and the field for one number and that one's wire type."""


def _number_in_tensor(record: bytes, at: int, end: int) -> tuple[int, str] | None:
    dtype, found = 0, []
    for number, kind, field_at, field_end in fields(record, at, end):
        if (number, kind) == (1, VARINT) and dtype == 0:
            dtype = field_at
        elif (number, kind) == (2, BYTES) and field_at == field_end:
            continue  # no dimensions
        elif number in (4, 5, 6):
            found.append((number, kind, field_at, field_end))
        else:
            return None
    if dtype not in _TENSOR_NUMBERS or len(found) != 1:
        return None
    name, typed, typed_kind = _TENSOR_NUMBERS[dtype]
    number, kind, field_at, field_end = found[0]
    is_whole = field_end - field_at == int(name[-1])
    is_number = (number, kind) in ((4, BYTES), (typed, BYTES), (typed, typed_kind))
    return (field_at, name) if is_whole and is_number else None


def _numbers(table: NDArray[np.uint8], at: int, dtype: str) -> NDArray[np.float64]:
    columns = np.ascontiguousarray(table[:, at : at + int(dtype[-1])])
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        return columns.view(dtype)[:, 0].astype(np.float64)
