"""How soon a PPO says something, started cold and from a warm template, and what the template costs."""

from __future__ import annotations

import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

import psutil

from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from gymdash_jupyter.launch.warm_start.warm import Warmth

_REPEATS = 5
_LOOK_INTERVAL_S = 0.002
_MB = 1e6


def rows() -> list[BenchRow]:
    """Measure in an empty project: ``gd.run`` until the first progress is in the store."""
    import gymdash_jupyter as gd
    from gymdash_jupyter.launch.warm_start import warm

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        gd.open_project(folder)
        cold = statistics.median(_first_progress_s() for _ in range(_REPEATS))
        before = time.perf_counter()
        gd.warm_up(wait=True)
        warming = time.perf_counter() - before
        hot = statistics.median(_first_progress_s() for _ in range(_REPEATS))
        template, worker = _memory(warm.warmth)
        warm.warmth.end()
    return [
        BenchRow("gd.run(PPO), first progress, cold", f"{cold:.2f} s", "<= 3 s", cold <= 3),
        BenchRow("gd.run(PPO), first progress, warm", f"{hot:.2f} s", "<= 0.5 s", hot <= 0.5),
        BenchRow("gd.warm_up() until it is warm", f"{warming:.2f} s", "<= 5 s", warming <= 5),
        BenchRow(
            "memory of the template (RSS)", f"{template:.0f} MB", "<= 400 MB", template <= 400
        ),
        BenchRow(
            "one forked PPO's own memory (USS)", f"{worker:.0f} MB", "<= 250 MB", worker <= 250
        ),
    ]


def _started() -> tuple[float, Any]:
    import gymdash_jupyter as gd

    before = time.perf_counter()
    simulation = gd.run("stable_baselines", launcher="process", num_steps=1_000_000)
    store = gd.tracker().project.store
    while (
        progress := store.simulation(simulation.sim_id).progress
    ) is None or not progress.current:
        time.sleep(_LOOK_INTERVAL_S)
    return time.perf_counter() - before, simulation


def _first_progress_s() -> float:
    import gymdash_jupyter as gd

    seconds, simulation = _started()
    gd.tracker().cancel(simulation.sim_id)
    simulation.wait()
    return seconds


def _memory(warmth: Warmth) -> tuple[float, float]:
    """Give the template's resident memory and what a worker has for itself, both in MB."""
    import gymdash_jupyter as gd

    _, simulation = _started()
    template = psutil.Process(warmth._template.pid)
    worker = psutil.Process(gd.tracker().project.store.simulation(simulation.sim_id).owner.pid)
    found = template.memory_info().rss / _MB, worker.memory_full_info().uss / _MB
    gd.tracker().cancel(simulation.sim_id)
    simulation.wait()
    return found
