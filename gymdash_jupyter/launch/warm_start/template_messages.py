"""What a kernel and its template say to one another, over a Unix socket.

The frames are those of ``messages``, but may carry descriptors of files. Answers come in the order
of the questions; ends come in between.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WARM = b"W"
"""To a template: how to look and which class to warm up, as JSON. Answer: WARMED or FAILED."""
FORK = b"F"
"""To a template: the surroundings of a worker as JSON, with its descriptors 0, 1 and 2. Answer: FORKED or REFUSED."""
LAST = b"L"
"""To a template: nothing more is wanted; it ends when its workers have. No answer."""
WARMED = b"w"
"""From a template: the class is warm."""
FAILED = b"f"
"""From a template: a class could not be warmed up, and the trace as text."""
FORKED = b"p"
"""From a template: the pid of the worker as JSON."""
REFUSED = b"r"
"""From a template: why there is no worker, as text."""
ENDED = b"e"
"""From a template: a worker has ended; ``[pid, exit code]`` as JSON, the code as ``subprocess`` gives it."""

_HEAD = struct.Struct("!cQ?")
_N_DESCRIPTORS = 3


def send(
    to: socket.socket, kind: bytes, content: bytes = b"", descriptors: Sequence[int] = ()
) -> None:
    """Send one frame.

    Args:
        to: The other end.
        kind: What it is.
        content: What it says.
        descriptors: Either none or three; they stay open here.

    Raises:
        OSError: Nobody is there any more.
    """
    to.sendall(_HEAD.pack(kind, len(content), bool(descriptors)) + content)
    if descriptors:
        socket.send_fds(to, [b"\0"], list(descriptors))


def receive(from_: socket.socket) -> tuple[bytes, bytes, list[int]] | None:
    """Receive one frame, waiting for it; None at the end.

    Returns:
        The kind, the content and the descriptors, which are the caller's to close.
    """
    try:
        head = _exactly(from_, _HEAD.size)
        if head is None:
            return None
        kind, size, has_descriptors = _HEAD.unpack(head)
        content = _exactly(from_, size)
        if content is None:
            return None
        descriptors: list[int] = []
        if has_descriptors:
            _, descriptors, _, _ = socket.recv_fds(from_, 1, _N_DESCRIPTORS)
    except ConnectionError:
        return None
    return kind, content, descriptors


def _exactly(from_: socket.socket, size: int) -> bytes | None:
    content = bytearray()
    while len(content) < size:
        more = from_.recv(min(size - len(content), 1 << 16))
        if not more:
            return None
        content += more
    return bytes(content)
