"""How long it takes to import the package, and until ``gd.run`` returns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.rows import BenchRow

_REPEATS = 7
_IMPORT = (
    "import time; t = time.perf_counter(); import gymdash_jupyter; print(time.perf_counter() - t)"
)


def rows() -> list[BenchRow]:
    """Measure both in fresh processes, and starting in this one."""
    door = _median_of(_IMPORT)
    start = _start_s()
    return [
        BenchRow("import gymdash_jupyter", f"{door:.3f} s", "<= 0.3 s", door <= 0.3),
        BenchRow("gd.run(...) returns", f"{start * 1000:.1f} ms", "<= 100 ms", start <= 0.1),
    ]


def _median_of(code: str) -> float:
    return statistics.median(
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(_REPEATS)
    )


def _start_s() -> float:
    import gymdash_jupyter as gd

    class Short(gd.Simulation):
        def _run(self) -> None:
            self.recorder.scalar("x", 1.0, 0)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        gd.open_project(folder)
        times = []
        for _ in range(_REPEATS):
            before = time.perf_counter()
            simulation = gd.run(Short)
            times.append(time.perf_counter() - before)
            simulation.wait()
        return statistics.median(times)


if __name__ == "__main__":
    for row in rows():
        print(row)
