"""Frames of bytes over a pipe: a kind, a length, the bytes.

A pipe between a worker and its parent carries only these. A frame that was cut off by a death
reads as the end.
"""

from __future__ import annotations

import struct
from typing import IO

ORDER = b"O"
"""To a worker: who it is and where, as JSON."""
PARCEL = b"P"
"""To a worker: what it executes."""
ENTRY = b"E"
"""To a worker, in place of a parcel: how to make what it executes, as JSON."""
NEWS = b"N"
"""From a worker: something has been stored that its parent wants to see."""
RESULT = b"R"
"""From a worker that ends: a result that JSON cannot hold, which only a living parent gets; else nothing."""

_HEAD = struct.Struct("!cQ")


def send(pipe: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    """Write one frame.

    Raises:
        OSError: Nobody reads any more.
    """
    pipe.write(_HEAD.pack(kind, len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame, waiting for it; None at the end."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, n = _HEAD.unpack(head)
    content = pipe.read(n)
    return None if len(content) < n else (kind, content)
