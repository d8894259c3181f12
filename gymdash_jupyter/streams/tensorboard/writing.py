"""Write event files that TensorBoard reads: scalars by the hundred thousand, media, histograms, hyperparameters.

Every function gives bytes: whole records, to be written one after the other behind ``beginning()``.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.streams.tensorboard.checksums import (
    crc_of,
    linear_crcs,
    mask_all,
    masked_crc,
)
from gymdash_jupyter.streams.tensorboard.fields import (
    AUDIO_CHANNELS,
    AUDIO_DATA,
    AUDIO_FRAMES,
    AUDIO_RATE,
    AUDIO_TYPE,
    EVENT_STEP,
    EVENT_SUMMARY,
    EVENT_TIME,
    EVENT_VERSION,
    IMAGE_COLORSPACE,
    IMAGE_DATA,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    METADATA_PLUGIN,
    PLUGIN_CONTENT,
    PLUGIN_NAME,
    SUMMARY_VALUE,
    VALUE_AUDIO,
    VALUE_IMAGE,
    VALUE_METADATA,
    VALUE_SIMPLE,
    VALUE_TAG,
    VALUE_TENSOR,
)
from gymdash_jupyter.streams.tensorboard.framing import FOOTER, HEADER
from gymdash_jupyter.streams.tensorboard.hparams import PLUGIN, START_TAG, hparams_content
from gymdash_jupyter.streams.tensorboard.tensors import numbers_tensor, texts_tensor
from gymdash_jupyter.streams.tensorboard.wire import (
    bytes_field,
    double_field,
    float_field,
    varint,
    varint_field,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gymdash_jupyter.records import ScalarSeries

_TIME_AT = 1
_TIME_BYTES = 9
_VERSION = b"brain.Event:2"  # with it TensorBoard hides nothing when steps go back


def beginning(time: float) -> bytes:
    """Give the record with which an event file begins."""
    return _record(double_field(EVENT_TIME, time) + bytes_field(EVENT_VERSION, _VERSION))


def scalar_records(key: str, series: ScalarSeries) -> bytes:
    """Encode the points of a series, in their order.

    TensorBoard's format keeps values as float32: seven digits of each stay, and what is larger than 3.4e38 becomes
    infinite. Steps and times stay as they are.
    """
    steps = np.ascontiguousarray(series.steps, dtype=np.int64).view(np.uint64)
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.ascontiguousarray(series.values, dtype="<f4")
    times = np.ascontiguousarray(series.times, dtype="<f8")
    widths = _varint_widths(steps)
    tail = _scalar_tail(key)
    sizes = HEADER + _TIME_BYTES + 1 + widths + len(tail) + FOOTER
    ends = np.cumsum(sizes)
    whole = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    for width in np.unique(widths).tolist():
        rows = np.flatnonzero(widths == width)
        table = _table(steps[rows], times[rows], values[rows], width, tail)
        size = table.shape[1]
        places: NDArray[np.void] = np.ndarray(
            (len(whole) - size + 1,), f"V{size}", whole, strides=(1,)
        )
        places[ends[rows] - size] = table.view(f"V{size}")[:, 0]
    return whole.tobytes()


def image_record(
    key: str, step: int, time: float, data: bytes, *, width: int = 0, height: int = 0
) -> bytes:
    """Encode an image; ``data`` is the content of a PNG, JPEG or GIF file."""
    image = (
        varint_field(IMAGE_HEIGHT, height)
        + varint_field(IMAGE_WIDTH, width)
        + varint_field(IMAGE_COLORSPACE, 3)
        + bytes_field(IMAGE_DATA, data)
    )
    return _value_record(key, step, time, bytes_field(VALUE_IMAGE, image))


def audio_record(
    key: str,
    step: int,
    time: float,
    data: bytes,
    *,
    sample_rate: int = 0,
    n_channels: int = 1,
    n_frames: int = 0,
) -> bytes:
    """Encode a sound; ``data`` is the content of a WAV file."""
    sound = (
        float_field(AUDIO_RATE, sample_rate)
        + varint_field(AUDIO_CHANNELS, n_channels)
        + varint_field(AUDIO_FRAMES, n_frames)
        + bytes_field(AUDIO_DATA, data)
        + bytes_field(AUDIO_TYPE, b"audio/wav")
    )
    return _value_record(key, step, time, bytes_field(VALUE_AUDIO, sound))


def text_record(key: str, step: int, time: float, text: str) -> bytes:
    """Encode a text, which TensorBoard shows as Markdown."""
    tensor = texts_tensor([text.encode("utf-8", "backslashreplace")])
    return _value_record(key, step, time, bytes_field(VALUE_TENSOR, tensor) + _metadata("text"))


def histogram_record(key: str, step: int, time: float, bins: NDArray[np.float64]) -> bytes:
    """Encode a histogram; ``bins`` has the shape (n, 3): left end, right end and count of each bin."""
    tensor = bytes_field(VALUE_TENSOR, numbers_tensor(bins))
    return _value_record(key, step, time, tensor + _metadata("histograms"))


def hparams_record(time: float, hparams: Mapping[str, Any]) -> bytes:
    """Encode hyperparameters for TensorBoard's table of them; values are numbers, texts or truth values."""
    metadata = _metadata(PLUGIN, hparams_content(hparams, time))
    return _value_record(START_TAG, 0, time, metadata)


def _value_record(key: str, step: int, time: float, content: bytes) -> bytes:
    value = bytes_field(VALUE_TAG, _tag(key)) + content
    return _record(
        double_field(EVENT_TIME, time)
        + varint_field(EVENT_STEP, step)
        + bytes_field(EVENT_SUMMARY, bytes_field(SUMMARY_VALUE, value))
    )


def _metadata(plugin: str, content: bytes = b"") -> bytes:
    data = bytes_field(PLUGIN_NAME, plugin.encode()) + bytes_field(PLUGIN_CONTENT, content)
    return bytes_field(VALUE_METADATA, bytes_field(METADATA_PLUGIN, data))


def _tag(key: str) -> bytes:
    return key.encode("utf-8", "backslashreplace")


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    crcs = struct.pack("<I", masked_crc(length)), struct.pack("<I", masked_crc(data))
    return length + crcs[0] + data + crcs[1]


def _scalar_tail(key: str) -> bytes:
    # What follows the step, with zeros where the value goes.
    value = bytes_field(VALUE_TAG, _tag(key)) + float_field(VALUE_SIMPLE, 0.0)
    return bytes_field(EVENT_SUMMARY, bytes_field(SUMMARY_VALUE, value))


def _varint_widths(numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    widths = np.ones(len(numbers), dtype=np.int64)
    for bits in range(7, 64, 7):
        widths += numbers >= np.uint64(1 << bits)
    return widths


def _table(
    steps: NDArray[np.uint64],
    times: NDArray[np.float64],
    values: NDArray[np.float32],
    width: int,
    tail: bytes,
) -> NDArray[np.uint8]:
    """Make whole records, one a row, of points whose steps take equally many bytes."""
    n = len(steps)
    step_at = _TIME_BYTES + 1
    constant = double_field(EVENT_TIME, 0.0) + varint(EVENT_STEP << 3) + bytes(width) + tail
    length = len(constant)
    packed_length = struct.pack("<Q", length)
    table = np.empty((n, HEADER + length + FOOTER), dtype=np.uint8)
    head = packed_length + struct.pack("<I", masked_crc(packed_length))
    table[:] = np.frombuffer(head + constant + bytes(FOOTER), dtype=np.uint8)
    data = table[:, HEADER : HEADER + length]
    data[:, _TIME_AT:_TIME_BYTES] = times.view(np.uint8).reshape(n, 8)
    for i in range(width):
        part = ((steps >> np.uint64(7 * i)) & np.uint64(0x7F)).astype(np.uint8)
        data[:, step_at + i] = part | np.uint8(0x80 if i < width - 1 else 0)
    data[:, length - 4 :] = values.view(np.uint8).reshape(n, 4)
    free = [*range(_TIME_AT, _TIME_BYTES), *range(step_at, step_at + width)]
    free += range(length - 4, length)
    crcs = linear_crcs(data, free, length) ^ np.uint32(crc_of(constant))
    table[:, HEADER + length :] = mask_all(crcs).astype("<u4").view(np.uint8).reshape(n, 4)
    return table


def flat_hparams(kwargs: Mapping[str, Any], *, within: str = "") -> dict[str, float | str | bool]:
    """Make one level of nested settings: ``{"net": {"lr": 1}}`` becomes ``{"net.lr": 1.0}``; lists become texts."""
    flat: dict[str, float | str | bool] = {}
    for name, value in kwargs.items():
        whole = f"{within}{name}"
        if isinstance(value, dict) and value:
            flat.update(flat_hparams(value, within=f"{whole}."))
        elif isinstance(value, (bool, str)):
            flat[whole] = value
        elif isinstance(value, (int, float)) and abs(value) < 2**53 and math.isfinite(value):
            flat[whole] = float(value)
        elif value is not None:
            flat[whole] = str(value)
    return flat
