"""Names of folders and files: any key becomes one harmless folder name, and two keys never share one.

A key stays as it is when every file system takes it and tells it from all others (``episode_video``). Any other key,
such as ``rollout/frames`` or ``Größe``, becomes what is readable of it, ``~`` and twelve digits of its hash. ``~`` is
not allowed in the first kind, and capitals are not either, since Windows and macOS do not tell them from small letters.
"""

from __future__ import annotations

import hashlib
import re

MAX_LENGTH = 64
"""Letters of a folder's name, at most."""

_HASH_DIGITS = 12
_PLAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_-])?")
_UNREADABLE = re.compile(r"[^A-Za-z0-9_.-]+")
_TAKEN_BY_WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))]
)


def folder_of(key: str) -> str:
    """Give the name of the folder in which the media of a key lie.

    Args:
        key: Any text, also an empty one.

    Returns:
        At most 64 ASCII letters, digits, ``_``, ``.``, ``-`` and ``~``; not beginning with a dot.
    """
    is_plain = (
        len(key) <= MAX_LENGTH
        and _PLAIN.fullmatch(key) is not None
        and key.split(".", 1)[0] not in _TAKEN_BY_WINDOWS
    )
    if is_plain:
        return key
    digits = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    readable = _UNREADABLE.sub("-", key).strip("-.")[: MAX_LENGTH - _HASH_DIGITS - 1].strip("-.")
    if readable.split(".", 1)[0].lower() in _TAKEN_BY_WINDOWS:
        readable = f"key-{readable}"
    return f"{readable or 'key'}~{digits}"
