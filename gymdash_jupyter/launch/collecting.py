"""Let Python look for garbage rarely while a worker imports what it needs, which makes next to none.

Importing torch and making a first model leaves a million objects that stay; looking through them
again and again is a sixth of a cold start's processor time.
"""

from __future__ import annotations

import gc

_RARELY = (300_000, 100, 100)
_usual: list[tuple[int, int, int]] = []


def collect_rarely() -> None:
    """Look for garbage rarely from now on."""
    if gc.get_threshold() != _RARELY:
        _usual[:] = [gc.get_threshold()]
        gc.set_threshold(*_RARELY)


def collect_as_usual() -> None:
    """Look for it as often as before, unless somebody has chosen otherwise meanwhile."""
    if _usual and gc.get_threshold() == _RARELY:
        gc.set_threshold(*_usual.pop())
