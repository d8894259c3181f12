"""Note what this process uses while it executes simulations: CPU, memory and GPU, every few seconds.

One helper thread looks for all simulations of a relay; samples wait with their simulation and are stored with what it
says. A simulation has its first sample a second after its start, then one every 5 s, later ones less and less often,
and one at its end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.background import PeriodicTask
from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.records import ResourceSample, now_utc
from gymdash_jupyter.resource_usage import OwnProcessReader, OwnUsage
from gymdash_jupyter.store import MOST_RESOURCE_SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 5.0
_FIRST_AFTER_S: Final = 1.0
_TOO_SOON_S: Final = 0.2
"""A last sample so soon after the one before would say nothing but noise of the system's clock ticks."""

_PATIENCE_S: Final = 1.0
"""How long a start or an end waits for a look that is going on: a GPU's driver may take its time."""

AddSample = Callable[[ResourceSample], None]


@dataclass
class _Sampled:
    """One simulation; ``time`` and ``cpu_s`` are those of its last sample, or of its start."""

    add: AddSample
    time: float
    cpu_s: float
    due: float
    interval_s: float = INTERVAL_S
    n: int = 0


class Sampling:
    """Look at this process again and again while simulations execute in it.

    Args:
        clock: Monotonic seconds; tests hand in their own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Guards what follows; held while it is looked. It knows whose it is, as a stop may come just when it is got.
        self._lock = threading.RLock()
        self._reader = OwnProcessReader()
        self._sampled: dict[object, _Sampled] = {}
        self._task = PeriodicTask("gymdash-resources", self.look, interval_s=_FIRST_AFTER_S)

    def begin(self, key: object, add: AddSample) -> None:
        """Sample for one more simulation from now on.

        Args:
            key: Names it for ``end``.
            add: Takes each sample; called in any thread, and must return at once.
        """
        with self._locked("begin") as is_locked:
            if is_locked:
                used, now = self._reader.look(with_gpus=False), self._clock()
                self._sampled[key] = _Sampled(add, now, used.cpu_s, now + _FIRST_AFTER_S)
                self._task.interval_s = min(self._task.interval_s, _FIRST_AFTER_S)
                self._task.start()
                self._task.wake()

    def end(self, key: object) -> None:
        """Take a last sample for a simulation and forget it; ending twice is harmless."""
        with self._locked("end") as is_locked:
            if not is_locked:
                self._sampled.pop(key, None)  # one step of Python's, safe beside a look
                return
            sampled = self._sampled.pop(key, None)
            if sampled is None:
                return
            now = self._clock()
            if now - sampled.time >= _TOO_SOON_S or (sampled.n == 0 and now > sampled.time):
                _add(sampled, self._reader.look(), now)
            if not self._sampled:
                self._task.stop(timeout_s=0)

    def look(self) -> None:
        """Sample for all simulations for which it is time; called by the helper thread."""
        with self._lock:
            now = self._clock()
            due = [each for each in self._sampled.values() if each.due <= now]
            if due:
                used = self._reader.look()
                for each in due:
                    _add(each, used, now)
            next_due = min((each.due for each in self._sampled.values()), default=now)
            self._task.interval_s = max(next_due - now, 0.01)

    @contextmanager
    def _locked(self, what: str) -> Iterator[bool]:
        """Hold the lock if it can be had soon. Called by simulations' threads: nothing may go wrong there."""
        try:
            yield self._lock.acquire(timeout=_PATIENCE_S)
        except StopSimException:  # a signal, which is the simulation's to obey
            raise
        except Exception:
            # The edge: to measure is never worth a simulation.
            logger.exception("What the process uses cannot be measured (%s).", what)
        finally:
            with suppress(RuntimeError):  # it was not had in time
                self._lock.release()


def _add(sampled: _Sampled, used: OwnUsage, now: float) -> None:
    passed = now - sampled.time
    cpu = (used.cpu_s - sampled.cpu_s) / passed if passed > 0 else 0.0
    sample = ResourceSample(
        now_utc().timestamp(), cpu, used.memory_bytes, used.gpu, used.gpu_memory_bytes
    )
    sampled.add(sample)
    sampled.time, sampled.cpu_s, sampled.n = now, used.cpu_s, sampled.n + 1
    if sampled.n > MOST_RESOURCE_SAMPLES:  # the store makes half as many of them now
        sampled.n = sampled.n // 2 + 1
        sampled.interval_s *= 2
    sampled.due = now + sampled.interval_s
