"""Hyperparameters as TensorBoard's plugin of that name keeps them, in the metadata of a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    FIXED64,
    VARINT,
    bytes_field,
    double_at,
    double_field,
    fields,
    text_at,
    varint_field,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PLUGIN: Final = "hparams"
START_TAG: Final = "_hparams_/session_start_info"
_START, _HPARAMS, _START_TIME = 3, 1, 5  # HParamsPluginData.session_start_info; SessionStartInfo
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


def hparams_content(hparams: Mapping[str, Any], time: float) -> bytes:
    """Encode the start of a session with these hyperparameters, as it stands in a summary's metadata."""
    entries = b"".join(
        bytes_field(
            _HPARAMS,
            bytes_field(1, name.encode("utf-8", "backslashreplace"))
            + bytes_field(2, _encoded(value)),
        )
        for name, value in hparams.items()
    )
    return bytes_field(_START, entries + double_field(_START_TIME, time))


def _encoded(value: Any) -> bytes:
    if isinstance(value, bool):
        return varint_field(_BOOL, value)
    if isinstance(value, (int, float)):
        return double_field(_NUMBER, value)
    return bytes_field(_TEXT, str(value).encode("utf-8", "backslashreplace"))
