"""How long a report takes and how large it is: 50 simulations, 10 configurations of 5 seeds, 6 series of 2,000 points.

Run it with ``python -m tests.benchmarks report``.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, ScalarSeries
from gymdash_jupyter.report import write_report
from tests.benchmarks.rows import BenchRow
from tests.report.projects import trained

N_CONFIGURATIONS = 10
N_SEEDS = 5
N_KEYS = 6
N_POINTS = 2_000
TARGET_S = 2.0
TARGET_MB = 2.0


def rows() -> list[BenchRow]:
    """Measure and return one row."""
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        project = Project.open(Path(folder) / "project")
        steps = np.arange(N_POINTS, dtype=np.int64) * 50
        for place in range(N_CONFIGURATIONS * N_SEEDS):
            kwargs = {"lr": place // N_SEEDS, "seed": place % N_SEEDS}
            sim_id = trained(project, f"s{place}", kwargs, place=place)
            scalars = {
                f"train/key{i}": ScalarSeries(steps, steps + 1.75e9, random.normal(size=N_POINTS))
                for i in range(N_KEYS)
            }
            project.store.write([Batch(sim_id, scalars)])
        begun = time.perf_counter()
        path = write_report(project, None, Path(folder) / "r.html")
        took_s = time.perf_counter() - begun
        size_mb = path.stat().st_size / 1e6
        project.store.close()
    return [
        BenchRow(
            f"a report on {N_CONFIGURATIONS * N_SEEDS} simulations",
            f"{took_s:.1f} s, {size_mb:.1f} MB",
            f"<= {TARGET_S:g} s, <= {TARGET_MB:g} MB",
            took_s <= TARGET_S and size_mb <= TARGET_MB,
        )
    ]
