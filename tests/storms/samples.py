"""The simulation of the storms: it records as fast as it may and keeps a log of its own beside the project."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.simulation import Simulation
from tests.storms.step_log import NumberLog

KEY = "score"
_BATCH = 50
_PRIME = 1_000_003


def value_at(step: int) -> float:
    """Give the value that is recorded at a step."""
    return step * 7919 % _PRIME / 7


def values_at(steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the values that are recorded at some steps."""
    return steps * 7919 % _PRIME / 7


class Writing(Simulation):
    """Records a point a step until it is stopped, or for ``n`` steps.

    Its kwargs: ``log``, where to log when each step was recorded (with ``.flushes`` behind it: when each flush began
    and ended); ``rate``, how many steps a second at most, 0 for no limit; ``file_limit``, a file that lets no file of
    this process grow as long as it is there.
    """

    def _setup(self, **kwargs: Any) -> None:
        self._log = NumberLog(self.config.kwargs["log"])
        self._limit = Path(self.config.kwargs.get("file_limit", "/nowhere"))
        _time_flushes(self, f"{self.config.kwargs['log']}.flushes")

    def _run(self, **kwargs: Any) -> None:
        rate = self.config.kwargs.get("rate", 0)
        n = self.config.kwargs.get("n", 3_900_000)
        scalar, noted, now = self.recorder.scalar, self._log.add, time.monotonic
        step = 0
        due = now()
        while step < n and not self.interactor.set_out_if_in("stop_simulation", True):
            for step in range(step, min(step + _BATCH, n)):  # noqa: B020 - it goes on where it was
                scalar(KEY, value_at(step), step)
                noted(now())
            step += 1
            self.recorder.progress(step, n)
            self.interactor.set_out_if_in("custom_query", step)
            self._keep_to_limit()
            if rate:
                due = max(due + _BATCH / rate, now() - 0.1)
                time.sleep(max(0.0, due - now()))
        self.result = step

    def _keep_to_limit(self) -> None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        limit = 4096 if self._limit.exists() else hard
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))


def writing(log: Path, name: str = "writing", **kwargs: Any) -> Writing:
    """Make one that logs to a file."""
    config = SimulationStartConfig(
        name=name, sim_key="writing", kwargs={"log": str(log), **kwargs}
    )
    return Writing(config)


def _time_flushes(simulation: Simulation, path: str) -> None:
    """Log when each flush of this process's relay begins and ends."""
    relay = simulation._recording._relay  # type: ignore[union-attr]
    log, flush = NumberLog(path, 100_000), relay.flush

    def timed_flush() -> None:
        log.add(time.monotonic())
        flush()
        log.add(time.monotonic())

    relay.flush = timed_flush
