"""From what a model logs to a simulation's recorder. Needs no torch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymdash_jupyter.simulations.torch_classifier import MLSimulation

# In the project a series is named for what is measured on what; GymDash names the phase in between, too.
_KEYS = {
    "loss/train/train": "loss/train",
    "acc/train/train": "acc/train",
    "loss/train/val": "loss/val",
    "acc/train/val": "acc/val",
}


class RecordingLogger:
    """Give what a model logs to a simulation's recorder; say once a key when a value is not finite.

    Args:
        simulation: Which one.

    Attributes:
        latest: The last value of each series.
    """

    def __init__(self, simulation: MLSimulation) -> None:
        self.latest: dict[str, float] = {}
        self._record = simulation.recorder.scalar
        self._say = simulation.say
        self._told: set[str] = set()

    def add_scalar(self, tag: str, scalar_value: Any, global_step: int) -> None:
        """Record one value; ``loss/train/train`` is recorded as ``loss/train``, and so on."""
        key = _KEYS.get(tag, tag)
        value = self.latest[key] = float(scalar_value)
        self._record(key, value, global_step)
        if not math.isfinite(value) and key not in self._told:
            self._told.add(key)
            self._say(f"{key} is not finite since sample {global_step:,} ({value}).")
