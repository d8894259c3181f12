"""Hyperparameters as TensorBoard's plugin of that name keeps them, in the metadata of a summary."""

from __future__ import annotations

from typing import Any, Final

from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    FIXED64,
    VARINT,
    double_at,
    fields,
    text_at,
)

PLUGIN: Final = "hparams"
START_TAG: Final = "_hparams_/session_start_info"
_START, _HPARAMS = 3, 1  # HParamsPluginData.session_start_info, SessionStartInfo.hparams
_NUMBER, _TEXT, _BOOL = 2, 3, 4  # google.protobuf.Value


def read_hparams(content: bytes) -> dict[str, Any]:
    """Read the hyperparameters of a session's start; an empty dict where the content is about something else.

    Raises:
        WireError: It is damaged.
    """
    found: dict[str, Any] = {}
    for number, kind, at, end in fields(content, 0, len(content)):
        if (number, kind) == (_START, BYTES):
            for inner, inner_kind, entry_at, entry_end in fields(content, at, end):
                if (inner, inner_kind) == (_HPARAMS, BYTES):
                    name, value = _entry(content, entry_at, entry_end)
                    found[name] = value
    return found


def _entry(content: bytes, at: int, end: int) -> tuple[str, Any]:
    name, value = "", None
    for number, kind, field_at, field_end in fields(content, at, end):
        if (number, kind) == (1, BYTES):
            name = text_at(content, field_at, field_end)
        elif (number, kind) == (2, BYTES):
            value = _value(content, field_at, field_end)
    return name, value


def _value(content: bytes, at: int, end: int) -> Any:
    value: Any = None
    for number, kind, field_at, field_end in fields(content, at, end):
        if (number, kind) == (_NUMBER, FIXED64):
            real = double_at(content, field_at)
            value = int(real) if real.is_integer() and abs(real) < 2**53 else real
        elif (number, kind) == (_TEXT, BYTES):
            value = text_at(content, field_at, field_end)
        elif (number, kind) == (_BOOL, VARINT):
            value = bool(field_at)
    return value
