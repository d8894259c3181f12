"""What simulations cost that hardly do anything: each worker process, and the kernel that watches many of them.

Time of the processor, as a percentage of one core, over some seconds in which the simulations only sleep, look whether
they are to stop, and report a number every second.

Run it with ``python -m tests.benchmarks.bench_idle``.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.widgets import LiveCard
from tests.benchmarks.rows import BenchRow
from tests.benchmarks.workers import wait_for_workers
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

TARGET_WORKER_PERCENT = 2.0
TARGET_WATCHING_PERCENT = 20.0
MEMORY_EACH = 150 * 2**20
WATCHED = 50
WINDOW_S = 10.0


class Sleeping(Simulation):
    """Sleep, and look ten times a second whether to stop."""

    def _run(self, **kwargs: Any) -> None:
        step = 0
        while not self.interactor.set_out_if_in(STOP, True):
            if step % 10 == 0:
                self.recorder.scalar("x", step, step)
                self.recorder.progress(step)
            step += 1
            time.sleep(0.1)


def rows() -> Iterator[BenchRow]:
    """Measure and give one row a figure."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        project = Project.open(Path(folder) / "project")
        tracker = SimulationTracker("process", project=project)
        n = min(WATCHED, int(psutil.virtual_memory().available / 2 / MEMORY_EACH))
        ids = [_start(tracker)]
        try:
            yield from _worker(tracker, ids[0])
            ids += [_start(tracker) for _ in range(n - 1)]
            yield from _watching(tracker, ids)
        finally:
            for sim_id in ids:
                tracker.cancel(sim_id)
            tracker.wait(ids, 60)
            wait_for_workers()
            project.store.close()


def _worker(tracker: SimulationTracker, sim_id: UUID) -> Iterator[BenchRow]:
    owner = tracker.project.store.simulation(sim_id).owner
    assert owner is not None
    process = psutil.Process(owner.pid)
    percent = _percent(lambda: sum(process.cpu_times()[:2]))
    memory = process.memory_full_info()
    yield BenchRow(
        "an idle worker, of one core",
        f"{percent:.1f} %",
        f"<= {TARGET_WORKER_PERCENT:g} %",
        percent <= TARGET_WORKER_PERCENT,
    )
    yield BenchRow(
        "an idle worker's memory (of its own), without torch",
        f"{memory.rss / 2**20:.0f} MiB ({memory.uss / 2**20:.0f} MiB)",
        "(none)",
        ok=True,
    )


def _watching(tracker: SimulationTracker, ids: list[UUID]) -> Iterator[BenchRow]:
    """Measure this process, once as it attends to the workers only, and once with a card that somebody looks at."""
    unwatched = _percent(time.process_time)
    card = LiveCard(tracker.project.store, ids, project=tracker.project)
    n_messages = _look_at(card)
    try:
        wait_until(lambda: n_messages() > 0, what="the card to be sent")
        n_before = n_messages()
        watched = _percent(time.process_time)
        assert n_messages() > n_before + WINDOW_S, "the card was not live"
    finally:
        card.close()
    yield BenchRow(
        f"a kernel, {len(ids)} workers in a card / no card, of one core",
        f"{watched:.1f} % / {unwatched:.1f} %",
        f"<= {TARGET_WATCHING_PERCENT:g} %",
        watched <= TARGET_WATCHING_PERCENT,
    )


def _look_at(card: LiveCard) -> Callable[[], int]:
    """Say what a browser says that shows a card; give how many messages it would have got."""
    got: list[int] = []
    card.send = lambda content, buffers=None: got.append(len(buffers or []))  # type: ignore[method-assign]
    show = {"id": 0, "kind": "show", "view": "v", "key": "x", "width": 600, "smoothing": 0}
    card._on_message(card, {**show, "tabs": []}, [])
    return lambda: len(got)


def _percent(cpu_s: Callable[[], float]) -> float:
    """Count the processor's time over the window, in percent of one core."""
    before, began = cpu_s(), time.perf_counter()
    time.sleep(WINDOW_S)
    return 100 * (cpu_s() - before) / (time.perf_counter() - began)


def _start(tracker: SimulationTracker) -> UUID:
    """Start one and wait until it sleeps, so that starting costs nothing later."""
    sim_id, _ = tracker.start_sim(Sleeping(SimulationStartConfig(name="bench", sim_key="")))
    store = tracker.project.store
    wait_until(lambda: store.simulation(sim_id).progress is not None, 60, what="the first step")
    return sim_id


if __name__ == "__main__":
    for row in rows():
        print(f"{'ok ' if row.ok else 'NOT'} {row.what}: {row.measured} (target {row.target})")
