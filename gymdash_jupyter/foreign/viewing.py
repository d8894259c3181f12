"""Who must not wait: a panel is told what is known now, and hears of the rest with the next changes."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Hurry(threading.local):
    depth = 0


_hurry = _Hurry()


@contextmanager
def at_once() -> Iterator[None]:
    """Let this thread read what is known of files now, instead of waiting until they are read."""
    _hurry.depth += 1
    try:
        yield
    finally:
        _hurry.depth -= 1


def must_not_wait() -> bool:
    """Say whether this thread reads within ``at_once``."""
    return _hurry.depth > 0
