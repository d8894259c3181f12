"""Results that the project cannot hold as they are: those of other types than JSON's, and large ones."""

from __future__ import annotations

import logging
from typing import Any

import cloudpickle

from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.store import RESULT_BYTES

logger = logging.getLogger(__name__)

_PLAIN = (type(None), bool, int, float, str)


def beyond_json(result: Any) -> bytes:
    """Pack a result for the parent's process; empty where the project holds all of it.

    What cannot be packed either stays behind; the project has its description.
    """
    if _is_plain(result) and len(to_json(result).encode()) <= RESULT_BYTES:
        return b""
    try:
        return bytes(cloudpickle.dumps(result))
    except Exception as exc:  # noqa: BLE001 - any __reduce__ may fail in any way
        logger.info("The result stays in this process, it cannot travel: %s", exc)
        return b""


def _is_plain(value: Any) -> bool:
    if type(value) is list:
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(_is_plain, value.values()))
    return type(value) in _PLAIN
