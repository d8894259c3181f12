"""Events, decoded: a block of records becomes points, pieces and histograms in the order in which they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.streams.tensorboard.alike import AlikeValues, decode_alike
from gymdash_jupyter.streams.tensorboard.checksums import masked_crcs
from gymdash_jupyter.streams.tensorboard.events import HistogramEvent, MediaEvent
from gymdash_jupyter.streams.tensorboard.framing import uint32_at
from gymdash_jupyter.streams.tensorboard.plain import PlainEvent, PlainValue, read_event
from gymdash_jupyter.streams.tensorboard.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gymdash_jupyter.streams.tensorboard.framing import Records
    from gymdash_jupyter.streams.tensorboard.tags import Tags


@dataclass
class Gathered:
    """What was read so far; ``scalars`` holds parts of series that are joined at the end.

    ``room`` is how many bytes may still be read, None for any number.
    """

    scalars: dict[str, list[ScalarSeries]] = field(default_factory=dict)
    media: list[MediaEvent] = field(default_factory=list)
    histograms: list[HistogramEvent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    n_points: int = 0
    room: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether no more is to be read."""
        return self.room is not None and self.room <= 0

    def series(self) -> dict[str, ScalarSeries]:
        """Join the parts."""
        return {key: _joined(parts) for key, parts in sorted(self.scalars.items())}


def _joined(parts: list[ScalarSeries]) -> ScalarSeries:
    if len(parts) == 1:
        return parts[0]
    return ScalarSeries(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def decode_block(
    block: bytes, records: Records, tags: Tags, gathered: Gathered
) -> tuple[int, list[tuple[int, str]]]:
    """Decode the records of a block.

    Args:
        block: A block of a file, with ``alike.PADDING`` zeros behind it.
        records: Where its records are.
        tags: What is known of the tags of the folder; learns.
        gathered: Takes what is decoded.

    Returns:
        How many of the records are sound (the first one that is not ends it, and nothing behind it is decoded), and
        those among them that are no events: where each lies in the block, and why.
    """
    if not len(records.starts):
        return 0, []
    found, left = decode_alike(block, records, tags.number)
    n_sound, left = _sound_part(block, records, left)
    events, strange = [], []
    for row in left.tolist():
        at = int(records.starts[row])
        try:
            events.append((row, read_event(block[at : at + int(records.lengths[row])])))
        except WireError as exc:
            strange.append((at, str(exc)))
    plain = [
        (row, event, value)
        for row, event in events
        for value in event.values
        if _takes(value, event, tags, gathered)
    ]
    if n_sound < len(records.starts):
        found = [part for values in found if (part := _before(values, n_sound)) is not None]
    _gather_points(
        [part for values in found for part in _scalars_only(values, tags)],
        plain,
        n_sound,
        tags,
        gathered,
    )
    return n_sound, strange


def _sound_part(
    block: bytes, records: Records, left: NDArray[np.int64]
) -> tuple[int, NDArray[np.int64]]:
    """Give how many records come before the first damaged one, and which of those that are left are among them."""
    starts, lengths = records.starts[left], records.lengths[left]
    crcs = masked_crcs(np.frombuffer(block, dtype=np.uint8), starts, lengths)
    damaged = np.flatnonzero(crcs != uint32_at(block, starts + lengths))
    if not len(damaged):
        return len(records.starts), left
    return int(left[damaged[0]]), left[: damaged[0]]


def _before(values: AlikeValues, end: int) -> AlikeValues | None:
    return _chosen(values, values.rows < end)


def _chosen(values: AlikeValues, is_chosen: NDArray[np.bool_]) -> AlikeValues | None:
    if is_chosen.all():
        return values
    if not is_chosen.any():
        return None
    return AlikeValues(
        values.slot,
        values.slot_number,
        values.n_slots,
        values.rows[is_chosen],
        values.keys[is_chosen],
        values.steps[is_chosen],
        values.times[is_chosen],
        values.values[is_chosen],
    )


def _scalars_only(values: AlikeValues, tags: Tags) -> Iterator[AlikeValues]:
    numbers = np.unique(values.keys) if len(values.keys) < 64 else _distinct(values.keys)
    refused = [
        number
        for number in numbers.tolist()
        if not tags.is_scalar(number, is_tensor=values.slot.is_tensor, plugin=values.slot.plugin)
    ]
    kept = _chosen(values, ~np.isin(values.keys, refused)) if refused else values
    if kept is not None:
        yield kept


def _distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.bincount(numbers))


def _takes(value: PlainValue, event: PlainEvent, tags: Tags, gathered: Gathered) -> bool:
    # Whether it is a scalar; what is something else is gathered here.
    try:
        kind = tags.kind_of(value)
        if kind == "scalars":
            return True
        if kind == "histograms":
            key = tags.learned(value, kind)
            gathered.histograms.append(HistogramEvent(key, event.step, event.time, *value.bins()))
        elif kind is not None:
            word, pieces = value.pieces(kind)
            key = tags.learned(value, kind)
            gathered.media += [
                MediaEvent(key, word, event.step, event.time, content, extension, info)
                for content, extension, info in pieces
            ]
    except WireError as exc:
        tags.note(f"{value.key!r} at step {event.step} is left out: {exc}.")
    return False


def _gather_points(
    found: list[AlikeValues],
    plain: list[tuple[int, PlainEvent, PlainValue]],
    n_records: int,
    tags: Tags,
    gathered: Gathered,
) -> None:
    """Put the values of all records in the order of the file, and then by key."""
    # Each record has as many places as it has values at most; places that stay empty have the key -1.
    n_values = np.zeros(n_records + 1, dtype=np.int64)
    for values in found:
        n_values[values.rows] = values.n_slots
    for row, _, _ in plain:
        n_values[row] += 1
    first = np.concatenate([[0], np.cumsum(n_values)])
    n = int(first[-1])
    if not n:
        return
    keys = np.full(n, -1, dtype=np.int64)
    steps, times, numbers = np.empty(n, np.int64), np.empty(n), np.empty(n)
    for values in found:
        places = first[values.rows] + values.slot_number
        keys[places], steps[places] = values.keys, values.steps
        times[places], numbers[places] = values.times, values.values
    last_row, place = -1, 0
    for row, event, value in plain:
        place = place + 1 if row == last_row else int(first[row])
        last_row = row
        keys[place], steps[place] = tags.number(value.tag), event.step
        times[place], numbers[place] = event.time, value.number()
    order = np.argsort(keys.astype(np.uint16) if tags.n < 65_000 else keys, kind="stable")
    used = keys[order]
    begins = np.flatnonzero(np.diff(used, prepend=-2))
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), n], strict=True):
        number = int(used[begin])
        if number < 0:
            continue
        mine = order[begin:end]
        part = ScalarSeries(steps[mine], times[mine], numbers[mine])
        gathered.scalars.setdefault(tags.scalar_key(number), []).append(part)
        gathered.n_points += len(mine)
