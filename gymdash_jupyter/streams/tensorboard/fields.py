"""Numbers of the fields of TensorBoard's messages: event.proto, summary.proto, tensor.proto, types.proto."""

from __future__ import annotations

from typing import Final

from gymdash_jupyter.streams.tensorboard.wire import BYTES, fields, text_at

EVENT_TIME: Final = 1
EVENT_STEP: Final = 2
EVENT_VERSION: Final = 3
EVENT_SUMMARY: Final = 5

SUMMARY_VALUE: Final = 1

VALUE_TAG: Final = 1
VALUE_SIMPLE: Final = 2
VALUE_IMAGE: Final = 4
VALUE_HISTOGRAM: Final = 5
VALUE_AUDIO: Final = 6
VALUE_NODE: Final = 7
VALUE_TENSOR: Final = 8
VALUE_METADATA: Final = 9

METADATA_PLUGIN: Final = 1
PLUGIN_NAME: Final = 1
PLUGIN_CONTENT: Final = 2

IMAGE_HEIGHT: Final = 1
IMAGE_WIDTH: Final = 2
IMAGE_COLORSPACE: Final = 3
IMAGE_DATA: Final = 4

AUDIO_RATE: Final = 1
AUDIO_CHANNELS: Final = 2
AUDIO_FRAMES: Final = 3
AUDIO_DATA: Final = 4
AUDIO_TYPE: Final = 5

HISTOGRAM_MIN: Final = 1
HISTOGRAM_MAX: Final = 2
HISTOGRAM_LIMITS: Final = 6
HISTOGRAM_COUNTS: Final = 7


def plugin_of(data: bytes, at: int, end: int) -> str:
    """Read the name of the plugin in a summary's metadata; empty where there is none."""
    name = ""
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (METADATA_PLUGIN, BYTES):
            for inner, inner_kind, inner_at, inner_end in fields(data, field_at, field_end):
                if (inner, inner_kind) == (PLUGIN_NAME, BYTES):
                    name = text_at(data, inner_at, inner_end)
    return name


def plugin_content(data: bytes, at: int, end: int) -> bytes:
    """Read what a plugin keeps for itself in a summary's metadata."""
    content = b""
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (METADATA_PLUGIN, BYTES):
            for inner, inner_kind, inner_at, inner_end in fields(data, field_at, field_end):
                if (inner, inner_kind) == (PLUGIN_CONTENT, BYTES):
                    content = data[inner_at:inner_end]
    return content
