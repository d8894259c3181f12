"""How long comparing algorithms takes: intervals, profiles, pairs and curves from 2,000 resamples.

Run it with ``python -m tests.benchmarks.bench_scores``.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.scores import (
    interval_estimates,
    performance_profiles,
    probability_of_improvement,
    sample_efficiency,
)
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

N_SEEDS = 10
N_TASKS = 26
N_STEPS = 500
REPEATS = 7
TARGET_S = 0.1
CURVES_TARGET_S = 0.5


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    generator = np.random.default_rng(0)
    one, other = generator.normal(size=(2, N_SEEDS, N_TASKS))
    curves = {
        f"task {task}": [
            (np.arange(N_STEPS), generator.normal(size=N_STEPS)) for _ in range(N_SEEDS)
        ]
        for task in range(N_TASKS)
    }
    measured: list[tuple[str, float, Callable[[], object]]] = [
        ("four metrics with intervals", TARGET_S, lambda: interval_estimates({"one": one})),
        ("a profile at 201 scores", TARGET_S, lambda: performance_profiles({"one": one})),
        (
            "a probability of improvement",
            TARGET_S,
            lambda: probability_of_improvement({"one": one, "other": other}),
        ),
        ("an IQM curve of 100 steps", CURVES_TARGET_S, lambda: sample_efficiency({"one": curves})),
    ]
    return [
        BenchRow(
            f"{what}, {N_SEEDS} seeds x {N_TASKS} tasks",
            f"{(found := _median_s(call)) * 1e3:.0f} ms",
            f"<= {target * 1e3:.0f} ms",
            ok=found <= target,
        )
        for what, target, call in measured
    ]


def _median_s(call: Callable[[], object]) -> float:
    call()
    found = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        call()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what:58}{row.measured:30}{row.target}")
