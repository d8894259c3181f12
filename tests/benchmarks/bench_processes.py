"""What processes of their own give to simulations: more steps at once, and how soon they start and stop.

Trainings of PPO in CartPole, as people start them, with the default limits of threads. Speeds are environment steps a
second of wall time, counted over whole rollouts while all of them train; rollouts are of 512 steps, so that many fit.
How many train is changed in turns, and of each number the fastest round counts, because whatever else the machine does
only ever slows them down.

Run it with ``python -m tests.benchmarks.bench_processes``.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.benchmarks.rows import BenchRow
from tests.benchmarks.workers import wait_for_workers
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

TARGET_TWO = 1.9
TARGET_RETURN_MS = 100
TARGET_COLD_S = 3.0
TARGET_STOP_MS = 150

MOST_AT_ONCE = 4
ROUNDS = 3
WINDOW_S = 5.0
STARTS = 5
STOPS = 9

_ROLLOUT = "rollout/ep_rew_mean"  # recorded once a rollout


class Stepping(Simulation):
    """Take a step of one millisecond until it is stopped."""

    def _run(self, **kwargs: Any) -> None:
        step = 0
        while not self.interactor.set_out_if_in(STOP, True):
            time.sleep(0.001)
            step += 1
            self.recorder.progress(step)


def rows() -> Iterator[BenchRow]:
    """Measure and give one row a figure."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        project = Project.open(Path(folder) / "project")
        try:
            tracker = SimulationTracker("process", project=project)
            yield from _starts(tracker)
            yield from _stops(tracker)
            yield from _speeds(tracker)
        finally:
            wait_for_workers()
            project.store.close()


# How many steps


def _speeds(tracker: SimulationTracker) -> list[BenchRow]:
    processes: list[list[float]] = []
    threads: list[list[float]] = []
    for number in range(ROUNDS):
        processes.append([_speed(tracker, n, "process") for n in range(1, MOST_AT_ONCE + 1)])
        if number == 0:  # nothing is promised of them
            threads.append([_speed(tracker, n, "thread") for n in range(1, MOST_AT_ONCE + 1)])
    best, in_threads = np.max(processes, axis=0), np.max(threads, axis=0)
    ratio = best[1] / best[0]
    what = f"PPO CartPole, 1 to {MOST_AT_ONCE} at once"
    return [
        BenchRow(
            "two PPO processes at once / one, steps per second",
            f"{ratio:.2f} ({best[1]:,.0f} / {best[0]:,.0f} steps)",
            f">= {TARGET_TWO} on two cores",
            ratio >= TARGET_TWO,
        ),
        BenchRow(f"{what}, in processes, 1,000 steps/s", _in_thousands(best), "(none)", ok=True),
        BenchRow(f"{what}, in threads", _in_thousands(in_threads), "(for comparison)", ok=True),
    ]


def _speed(tracker: SimulationTracker, n: int, launcher: str) -> float:
    """Let n train at once; give environment steps a second of all together."""
    training = _endless(n_steps=512)
    ids = [tracker.start_sim(training, launcher=launcher)[0] for _ in range(n)]
    for sim_id in ids:
        wait_until(lambda sim_id=sim_id: len(_rollouts(tracker, sim_id)[0]) > 0, 120)
    began = time.time()
    time.sleep(WINDOW_S)
    for sim_id in ids:
        wait_until(lambda sim_id=sim_id: len(_rollouts(tracker, sim_id, began)[0]) > 2, 120)
    speed = sum(_speed_of(*_rollouts(tracker, sim_id, began)) for sim_id in ids)
    for sim_id in ids:
        tracker.cancel(sim_id)
    tracker.wait(ids, 60)
    return speed


def _speed_of(steps: np.ndarray, times: np.ndarray) -> float:
    return float(np.ptp(steps) / np.ptp(times))


def _rollouts(
    tracker: SimulationTracker, sim_id: UUID, since: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    series, _ = tracker.project.store.read_scalars(sim_id, _ROLLOUT)
    counted = series.times >= since
    return series.steps[counted], series.times[counted]


def _in_thousands(speeds: np.ndarray) -> str:
    return "  ".join(f"{speed / 1e3:.2f}" for speed in speeds)


# How soon


def _starts(tracker: SimulationTracker) -> list[BenchRow]:
    return_ms, first_s = [], []
    for _ in range(STARTS):
        before = time.perf_counter()
        sim_id, _ = tracker.start_sim(_endless())
        return_ms.append((time.perf_counter() - before) * 1e3)
        _wait_for_progress(tracker, sim_id)
        first_s.append(time.perf_counter() - before)
        _end(tracker, sim_id)
    returned, first = statistics.median(return_ms), statistics.median(first_s)
    return [
        BenchRow(
            "a PPO process is started: start_sim returns, median",
            f"{returned:.0f} ms (longest {max(return_ms):.0f})",
            f"<= {TARGET_RETURN_MS} ms",
            returned <= TARGET_RETURN_MS,
        ),
        BenchRow(
            "its first step is in the store, cold, median",
            f"{first:.2f} s ({min(first_s):.2f} to {max(first_s):.2f})",
            f"<= {TARGET_COLD_S:g} s",
            first <= TARGET_COLD_S,
        ),
    ]


def _stops(tracker: SimulationTracker) -> list[BenchRow]:
    kinds: dict[str, Callable[[], Any]] = {
        "1 ms steps": lambda: Stepping(SimulationStartConfig(name="bench", sim_key="")),
        "PPO": _endless,  # its optimising is one step, and its model is saved
    }
    found = []
    for what, make in kinds.items():
        times_ms = [_stop_ms(tracker, make()) for _ in range(STOPS)]
        median = statistics.median(times_ms)
        found.append(
            BenchRow(
                f"cancel to 'cancelled' stored, process, {what}, median",
                f"{median:.0f} ms (longest {max(times_ms):.0f})",
                f"<= {TARGET_STOP_MS} ms + a step",
                median <= TARGET_STOP_MS,
            )
        )
    return found


def _stop_ms(tracker: SimulationTracker, x: Any) -> float:
    sim_id, _ = tracker.start_sim(x)
    _wait_for_progress(tracker, sim_id)
    time.sleep(0.3)  # into the midst of it
    before = time.perf_counter()
    _end(tracker, sim_id)
    return (time.perf_counter() - before) * 1e3


def _end(tracker: SimulationTracker, sim_id: UUID) -> None:
    tracker.cancel(sim_id)
    store = tracker.project.store
    wait_until(lambda: store.simulation(sim_id).state is SimState.CANCELLED, interval_s=0.001)


def _wait_for_progress(tracker: SimulationTracker, sim_id: UUID) -> None:
    store = tracker.project.store
    wait_until(
        lambda: (progress := store.simulation(sim_id).progress) is not None and progress.current,
        60,
        what="the first step",
        interval_s=0.002,
    )


def _endless(**more: Any) -> SimulationStartConfig:
    kwargs = {
        "num_steps": 10**9,
        "eval_every": 0,  # it is playing, not training
        "algorithm_kwargs": {"device": "cpu", **more},
    }
    return SimulationStartConfig(name="bench", sim_key="stable_baselines", kwargs=kwargs)


if __name__ == "__main__":
    for row in rows():
        print(f"{'ok ' if row.ok else 'NOT'} {row.what}: {row.measured} (target {row.target})")
