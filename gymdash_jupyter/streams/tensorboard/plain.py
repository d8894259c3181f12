"""One event, read field by field: what the fast way leaves over, and all that is not a scalar."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gymdash_jupyter.streams.tensorboard.fields import (
    EVENT_STEP,
    EVENT_SUMMARY,
    EVENT_TIME,
    SUMMARY_VALUE,
    VALUE_AUDIO,
    VALUE_HISTOGRAM,
    VALUE_IMAGE,
    VALUE_METADATA,
    VALUE_SIMPLE,
    VALUE_TAG,
    VALUE_TENSOR,
    plugin_content,
    plugin_of,
)
from gymdash_jupyter.streams.tensorboard.histograms import bins_of_proto, bins_of_tensor
from gymdash_jupyter.streams.tensorboard.pieces import (
    audio_of_proto,
    audio_of_tensor,
    image_of_proto,
    images_of_tensor,
    text_of_tensor,
)
from gymdash_jupyter.streams.tensorboard.tensors import read_tensor
from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    WireError,
    double_at,
    fields,
    float_at,
    signed,
)

if TYPE_CHECKING:
    from gymdash_jupyter.streams.tensorboard.histograms import Bins
    from gymdash_jupyter.streams.tensorboard.pieces import Piece
    from gymdash_jupyter.streams.tensorboard.tensors import Tensor

Word: TypeAlias = Literal["image", "audio", "text"]
_WORDS: Final[dict[str, Word]] = {"images": "image", "audio": "audio", "text": "text"}
_CONTENTS: Final = {
    (VALUE_SIMPLE, FIXED32): "scalars",
    (VALUE_IMAGE, BYTES): "images",
    (VALUE_HISTOGRAM, BYTES): "histograms",
    (VALUE_AUDIO, BYTES): "audio",
    (VALUE_TENSOR, BYTES): "tensor",
}


@dataclass
class PlainValue:
    """One value of a summary.

    Attributes:
        data: The record in which it lies.
        tag: Its tag as it is written.
        plugin: The plugin that its metadata name; empty where they name none.
        plugin_content: What that one keeps there for itself.
        content: ``scalars``, ``images``, ``histograms``, ``audio`` or ``tensor``; empty where there is nothing.
        at: Where the content begins.
        end: Where it ends.
    """

    data: bytes
    tag: bytes = b""
    plugin: str = ""
    plugin_content: bytes = b""
    content: str = ""
    at: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """Its tag as text; what is not UTF-8 stays legible."""
        return self.tag.decode("utf-8", "backslashreplace")

    @cached_property
    def tensor(self) -> Tensor:
        """Its tensor; WireError where that cannot be read."""
        return read_tensor(self.data, self.at, self.end)

    def number(self) -> float:
        """Give the number of a scalar.

        Raises:
            WireError: It is a tensor of more than one number, or of texts.
        """
        if self.content == "scalars":
            return float_at(self.data, self.at)
        numbers = self.tensor.numbers
        if numbers is None or len(numbers) != 1:
            msg = "a scalar is one number"
            raise WireError(msg)
        return float(numbers[0])

    def bins(self) -> Bins:
        """Give the bins of a histogram; WireError where it is none."""
        if self.content == "histograms":
            return bins_of_proto(self.data, self.at, self.end)
        return bins_of_tensor(self.tensor)

    def pieces(self, kind: str) -> tuple[Word, list[Piece]]:
        """Give its images, sounds or text; WireError where it holds none.

        Args:
            kind: ``images``, ``audio`` or ``text``.
        """
        if self.content == "images":
            pieces = [image_of_proto(self.data, self.at, self.end)]
        elif self.content == "audio":
            pieces = [audio_of_proto(self.data, self.at, self.end)]
        elif kind == "images":
            pieces = images_of_tensor(self.tensor)
        elif kind == "audio":
            pieces = audio_of_tensor(self.tensor)
        else:
            pieces = [text_of_tensor(self.tensor)]
        return _WORDS[kind], pieces


@dataclass
class PlainEvent:
    """One event.

    Attributes:
        time: Seconds since the epoch.
        step: At which step.
        values: The values of its summary, in their order.
    """

    time: float = 0.0
    step: int = 0
    values: list[PlainValue] = field(default_factory=list)


def read_event(record: bytes) -> PlainEvent:
    """Read an event.

    Raises:
        WireError: The record is no event.
    """
    event = PlainEvent()
    for number, kind, at, end in fields(record, 0, len(record)):
        if (number, kind) == (EVENT_TIME, FIXED64):
            event.time = double_at(record, at)
        elif (number, kind) == (EVENT_STEP, VARINT):
            event.step = signed(at)
        elif (number, kind) == (EVENT_SUMMARY, BYTES):
            event.values += [
                _read_value(record, value_at, value_end)
                for inner, inner_kind, value_at, value_end in fields(record, at, end)
                if (inner, inner_kind) == (SUMMARY_VALUE, BYTES)
            ]
    return event


def _read_value(record: bytes, at: int, end: int) -> PlainValue:
    value = PlainValue(record)
    for number, kind, field_at, field_end in fields(record, at, end):
        if (number, kind) == (VALUE_TAG, BYTES):
            value.tag = record[field_at:field_end]
        elif (number, kind) == (VALUE_METADATA, BYTES):
            value.plugin = plugin_of(record, field_at, field_end)
            value.plugin_content = plugin_content(record, field_at, field_end)
        elif (number, kind) in _CONTENTS:
            value.content = _CONTENTS[number, kind]
            value.at, value.end = field_at, field_end
    return value
