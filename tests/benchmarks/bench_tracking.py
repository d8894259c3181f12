"""What tracking one's own loop costs it: one call of ``sim.scalar``, beginning, and leaving the block.

Run it with ``python -m tests.benchmarks.bench_tracking``.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from gymdash_jupyter.project import Project
from gymdash_jupyter.tracking import TrackedSimulation, track
from tests.benchmarks.rows import BenchRow

N = 1_000
BATCHES = 300
BLOCKS = 20
TARGET_SCALAR_US = 2.0
TARGET_BLOCK_MS = 50


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project.open(Path(folder) / "project")
        try:
            with track("first", project=project):
                pass  # which loads what the others find loaded
            with track("calls", project=project) as sim:
                calls = [_scalar(sim, has_step=True), _scalar(sim, has_step=False), _steps(sim)]
            return [*calls, _block(project)]
        finally:
            project.store.close()


def _scalar(sim: TrackedSimulation, *, has_step: bool) -> BenchRow:
    say, batches = sim.scalar, []
    for _ in range(BATCHES):
        started = time.perf_counter()
        if has_step:
            for step in range(N):
                say("loss", 1.5, step)
        else:
            for _step in range(N):
                say("counted", 1.5)
        batches.append((time.perf_counter() - started) / N)
    what = "one sim.scalar call of a tracked loop, median"
    return _row(what if has_step else f"{what}, without a step", batches)


def _steps(sim: TrackedSimulation) -> BenchRow:
    batches = []
    for _ in range(BATCHES):
        started = time.perf_counter()
        for _step in sim.steps(N):
            pass
        batches.append((time.perf_counter() - started) / N)
    return _row("one step of sim.steps, median", batches)


def _row(what: str, batches: list[float]) -> BenchRow:
    measured_us = statistics.median(batches) * 1e6
    return BenchRow(
        what,
        f"{measured_us:.2f} us",
        f"<= {TARGET_SCALAR_US:g} us",
        measured_us <= TARGET_SCALAR_US,
    )


def _block(project: Project) -> BenchRow:
    times = []
    for _ in range(BLOCKS):
        started = time.perf_counter()
        with track("block", project=project) as sim:
            sim.scalar("loss", 1.0)
        times.append(time.perf_counter() - started)
    measured_ms = statistics.median(times) * 1e3
    return BenchRow(
        "with gd.track(...): entered, left and stored, median",
        f"{measured_ms:.0f} ms",
        f"<= {TARGET_BLOCK_MS} ms",
        measured_ms <= TARGET_BLOCK_MS,
    )


if __name__ == "__main__":
    for row in rows():
        print(f"{'' if row.ok else '! '}{row.what}: {row.measured} ({row.target})")
