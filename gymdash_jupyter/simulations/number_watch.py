"""The one way from a training to the recorder for numbers: they are recorded, and looked at for what must be said."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.stop_rules import StopWatch

_WATCHED = ("train/", "eval/")

# Is NaN by definition while the returns do not vary: nothing has gone wrong then.
_MAY_BE_NAN = frozenset({"train/explained_variance"})


class NumberWatch:
    """Record numbers; say once a key when one is not finite; let the stop rules see them.

    Args:
        recorder: The simulation's.
        stops: Compares what is recorded with the rules.
        say: Adds a status.
    """

    def __init__(self, recorder: Recorder, stops: StopWatch, say: Callable[[str], None]) -> None:
        self._record = recorder.scalar
        self._stops = stops
        self._say = say
        self._told: set[str] = set()

    def record(self, key: str, value: Any, step: int) -> None:
        """Record one value of a series, as ``Recorder.scalar`` does."""
        self._record(key, value, step)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return  # which the recorder has told
        self._stops.look(key, number, step)
        if not math.isfinite(number) and self._is_news(key):
            self._told.add(key)
            self._say(f"{key} is not finite since step {step:,} ({number}).")

    def _is_news(self, key: str) -> bool:
        return key.startswith(_WATCHED) and key not in self._told and key not in _MAY_BE_NAN
