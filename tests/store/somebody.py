"""Act as a user without rights, also where the tests run as root."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

import pytest

NOBODY = 65534


def as_somebody_else(claim: Callable[[], None]) -> None:
    """Check a claim in a forked child that runs as nobody; the failure is told here."""
    if not hasattr(os, "fork") or os.geteuid() != 0:
        pytest.skip("only root can act as somebody else")
    told, telling = os.pipe()
    pid = os.fork()
    if pid == 0:
        words = ""
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            claim()
        except BaseException:  # noqa: BLE001 - told to the parent
            words = traceback.format_exc()
        finally:
            os.write(telling, words.encode()[:60_000])
            os._exit(0)
    os.close(telling)
    os.waitpid(pid, 0)
    with os.fdopen(told) as words_told:
        words = words_told.read()
    assert not words, words
