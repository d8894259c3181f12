"""How soon a folder of GymDash's is there, and what the reading of such folders costs a project that has none."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from torch.utils.tensorboard import SummaryWriter

from gymdash_jupyter.foreign import at_once, with_files
from gymdash_jupyter.project import Project
from gymdash_jupyter.store import open_store
from tests.benchmarks.rows import BenchRow
from tests.foreign.gymdash import GymDash
from tests.store.makers import batch, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

N_SIMULATIONS, N_KEYS, N_POINTS = 50, 10, 1000
TARGET_CALL_S = 0.05
TARGET_FRAME_S = 2.0
TARGET_RATIO = 1.25


def rows() -> Iterator[BenchRow]:
    """Measure and give one row a figure."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        _write(Path(name))
        yield _viewer(Path(name))
        yield _frame(Path(name))
    yield from _without_any()


def _write(folder: Path) -> None:
    gymdash = GymDash(folder)
    for number in range(N_SIMULATIONS):
        sim_id = gymdash.start(f"s{number}")
        with SummaryWriter(gymdash.sim_folder(sim_id) / "tb" / "A_ppo" / "train") as writer:
            for step in range(N_POINTS):
                for key in range(N_KEYS):
                    writer.add_scalar(f"key/{key}", step * key, step)
        gymdash.end(sim_id)


def _viewer(folder: Path) -> BenchRow:
    project = Project.open(folder, read_only=True)
    longest, n_known, begun = 0.0, 0, time.perf_counter()
    with at_once():
        while n_known < N_SIMULATIONS * N_KEYS:
            called = time.perf_counter()
            project.store.changes(project.store.tick())
            n_known = len(project.store.series())
            longest = max(longest, time.perf_counter() - called)
            time.sleep(0.02)
    took = time.perf_counter() - begun
    project.store.close()
    return BenchRow(
        "viewer's longest wait, 500,000 points in event files",
        f"{longest * 1e3:.0f} ms, all after {took:.2f} s",
        f"<= {TARGET_CALL_S * 1e3:g} ms",
        longest <= TARGET_CALL_S,
    )


def _frame(folder: Path) -> BenchRow:
    project = Project.open(folder, read_only=True)
    first = _seconds(project.store.read_table)
    second = _seconds(project.store.read_table)
    project.store.close()
    return BenchRow(
        "all of their points as a table, first and again",
        f"{first:.2f} s, {second * 1e3:.0f} ms",
        f"<= {TARGET_FRAME_S:g} s",
        first <= TARGET_FRAME_S,
    )


def _without_any() -> Iterator[BenchRow]:
    """Compare with the database alone, in turns, so that a busy machine meets both."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        plain = open_store(Path(name) / "simulations.db")
        ids = [running(plain) for _ in range(50)]
        for sim_id in ids:
            keys = {f"k{number}": [1.0] * 1000 for number in range(10)}
            plain.write([batch(sim_id, **keys)])
        wrapped = with_files(plain, Path(name) / "sims")
        ticks = {id(store): store.tick() for store in (plain, wrapped)}
        refreshes: dict[int, list[float]] = {id(plain): [], id(wrapped): []}
        tables: dict[int, list[float]] = {id(plain): [], id(wrapped): []}
        for number in range(300):
            plain.write([batch(ids[0], loss=[1.0])])
            for store in (plain, wrapped) if number % 2 else (wrapped, plain):

                def refresh(store: object = store) -> None:
                    ticks[id(store)] = store.changes(ticks[id(store)]).tick  # type: ignore[attr-defined]

                refreshes[id(store)].append(_seconds(refresh))
                if not number % 20:
                    tables[id(store)].append(_seconds(store.read_table))
        for what, found in (("a refresh tick", refreshes), ("a table of points", tables)):
            before, after = (statistics.median(found[id(store)]) for store in (plain, wrapped))
            extra = after - before
            yield BenchRow(
                f"{what} of a project without GymDash's",
                f"{after * 1e3:.2f} ms, {before * 1e3:.2f} ms alone",
                f"<= {TARGET_RATIO:g} times or 0.1 ms more",
                after <= TARGET_RATIO * before or extra <= 1e-4,
            )
        wrapped.close()


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
