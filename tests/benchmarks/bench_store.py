"""How fast the store writes, reads and tells what changed.

Run it with ``python -m tests.benchmarks.bench_store``. Figures of one run are compared with one another, and with plain
SQLite rows in the same run; the machine's mood hits all of them alike.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ProcessIdentity, Progress, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation, ProjectStore, open_store
from tests.benchmarks.rows import BenchRow

N_KEYS = 10
N_POINTS = 100_000
POINTS_PER_FLUSH = 1_000
N_SIMULATIONS = 10_000
OWNER = ProcessIdentity("bench", 1, "1", "bench")


def rows() -> list[BenchRow]:
    """Measure everything and return one row a figure."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            *scalar_rows(Path(folder)),
            *flush_rows(Path(folder)),
            *tick_rows(Path(folder)),
            *unsettled_rows(Path(folder)),
        ]


def scalar_rows(folder: Path) -> list[BenchRow]:
    """Write and read a million points: 10 keys, 100,000 points each, 1,000 points a key and flush."""
    with closing(open_store(folder / "scalars.db")) as store:
        sim_id = _running(store)
        batches = [_batch(sim_id, first) for first in range(0, N_POINTS, POINTS_PER_FLUSH)]
        write_s = _timed(lambda: [store.write([batch], owner=OWNER) for batch in batches])
        read_s = min(_timed(store.read_table) for _ in range(7))
        tail_s = _median(lambda: store.read_scalars(sim_id, "key/3", after=N_POINTS - 100), 200)
        assert len(store.read_table().values) == N_KEYS * N_POINTS
    plain_write_s, plain_read_s = _plain_rows(folder / "plain.db", batches)
    million = N_KEYS * N_POINTS
    return [
        BenchRow(
            "1M points written, 10 keys x 1,000 points a flush",
            f"{million / write_s / 1e6:.1f} M points/s ({plain_write_s / write_s:.1f} x plain rows)",
            ">= 1 M points/s",
            million / write_s >= 1e6,
        ),
        BenchRow(
            "1M points read with read_table",
            f"{read_s:.3f} s ({plain_read_s / read_s:.0f} x plain rows)",
            "<= 0.08 s",
            read_s <= 0.08,
        ),
        BenchRow(
            "the last 100 of 100,000 points read",
            f"{tail_s * 1e6:.0f} us",
            "<= 1 ms",
            tail_s <= 1e-3,
        ),
    ]


def flush_rows(folder: Path) -> list[BenchRow]:
    """Write as a slow training does: 10 keys, one point each, every 100 ms; an hour of it."""
    with closing(open_store(folder / "flushes.db")) as store:
        sim_id = _running(store)
        point = [
            ScalarSeries(np.array([n]), np.array([float(n)]), np.array([1.0])) for n in range(3600)
        ]
        batches = [
            Batch(sim_id, {f"key/{key}": series for key in range(N_KEYS)}) for series in point
        ]
        flush_s = _timed(lambda: [store.write([batch], owner=OWNER) for batch in batches]) / len(
            batches
        )
        poll_s = _median(lambda: store.read_scalars(sim_id, "key/3", after=3599), 500)
        whole_s = _median(lambda: store.read_scalars(sim_id, "key/3"), 50)
    return [
        BenchRow(
            "one flush of 10 keys x 1 point", f"{flush_s * 1e6:.0f} us", "<= 1 ms", flush_s <= 1e-3
        ),
        BenchRow(
            "the newest of 3,600 points read",
            f"{poll_s * 1e6:.0f} us",
            "<= 0.5 ms",
            poll_s <= 5e-4,
        ),
        BenchRow(
            "3,600 slowly grown points read",
            f"{whole_s * 1e3:.1f} ms",
            "<= 10 ms",
            whole_s <= 1e-2,
        ),
    ]


def tick_rows(folder: Path) -> list[BenchRow]:
    """Ask what changed in a project of 10,000 simulations with 10 series each."""
    path = folder / "ticks.db"
    with closing(open_store(path)) as store:
        ids = _fill(store, path)
        tick = store.tick()
        idle_s = _median(lambda: store.changes(tick), 1000)
        busy_s = statistics.median(
            _tick_after_writes(store, ids[:: N_SIMULATIONS // 10]) for _ in range(50)
        )
        open_s = min(_timed(lambda: store.changes(0)) for _ in range(3))
        list_s = min(_timed(store.simulations) for _ in range(3))
    return [
        BenchRow(
            "tick over 10,000 simulations, nothing new",
            f"{idle_s * 1e6:.0f} us",
            "<= 1 ms",
            idle_s <= 1e-3,
        ),
        BenchRow(
            "tick, 10 of 10,000 simulations wrote",
            f"{busy_s * 1e3:.2f} ms",
            "<= 5 ms",
            busy_s <= 5e-3,
        ),
        BenchRow(
            "everything of 10,000 simulations x 10 series",
            f"{open_s:.2f} s",
            "<= 1 s",
            open_s <= 1,
        ),
        BenchRow("list of 10,000 simulations", f"{list_s:.2f} s", "<= 0.2 s", list_s <= 0.2),
    ]


def unsettled_rows(folder: Path) -> list[BenchRow]:
    """Ask what may have to be settled, with 5 open simulations among 10,000 that have ended."""
    with closing(open_store(folder / "ended.db")) as store:
        for _ in range(N_SIMULATIONS):
            sim_id = _running(store)
            store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, now_utc(), owner=OWNER))
        open_ones = {_running(store) for _ in range(5)}
        assert {one.sim_id for one in store.unsettled()} == open_ones
        ask_s = _median(store.unsettled, 1000)
        count_s = _median(lambda: store.n_active("process"), 1000)
    return [
        BenchRow(
            "5 unsettled found among 10,000 ended",
            f"{ask_s * 1e6:.0f} us",
            "<= 1 ms",
            ask_s <= 1e-3,
        ),
        BenchRow(
            "active ones of a launcher counted among 10,000 ended",
            f"{count_s * 1e6:.0f} us",
            "<= 1 ms",
            count_s <= 1e-3,
        ),
    ]


def _running(store: ProjectStore) -> UUID:
    config = SimulationStartConfig(
        name="bench", sim_key="ppo", kwargs={"env": "CartPole-v1", "total_timesteps": 1000}
    )
    new = NewSimulation(uuid4(), config, now_utc(), "ppo", "Bench", "tests")
    store.create(new)
    store.move(Move(new.sim_id, SimState.SETTING_UP, now_utc(), owner=OWNER))
    store.move(Move(new.sim_id, SimState.RUNNING, now_utc(), owner=OWNER))
    return new.sim_id


def _batch(sim_id: UUID, first: int) -> Batch:
    rng = np.random.default_rng(first)
    steps = np.arange(first, first + POINTS_PER_FLUSH)
    times = 1.75e9 + steps / 1000
    return Batch(
        sim_id,
        {
            f"key/{key}": ScalarSeries(steps, times, rng.normal(size=POINTS_PER_FLUSH))
            for key in range(N_KEYS)
        },
    )


def _fill(store: ProjectStore, path: Path) -> list[UUID]:
    ids = [_running(store) for _ in range(N_SIMULATIONS)]
    one = ScalarSeries(np.array([1]), np.array([1.0]), np.array([1.0]))
    batches = [Batch(sim_id, {f"key/{key}": one for key in range(10)}) for sim_id in ids]
    for first in range(0, N_SIMULATIONS, 500):
        store.write(batches[first : first + 500], owner=OWNER)
    return ids


def _tick_after_writes(store: ProjectStore, ids: list[UUID]) -> float:
    tick = store.tick()
    one = ScalarSeries(np.array([2]), np.array([2.0]), np.array([2.0]))
    store.write(
        [
            Batch(sim_id, {"key/1": one, "key/2": one}, progress=Progress(1, 2, "", 3.0))
            for sim_id in ids
        ]
    )
    begin = time.perf_counter()
    changes = store.changes(tick)
    seconds = time.perf_counter() - begin
    assert (len(changes.simulations), len(changes.series)) == (len(ids), 2 * len(ids))
    return seconds


def _plain_rows(path: Path, batches: list[Batch]) -> tuple[float, float]:
    """Do the same with one row a point, in transactions of the same size."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE points (sim_id TEXT, key TEXT, step INTEGER, time REAL, value REAL)"
        )
        points = [
            [
                (str(batch.sim_id), key, *point)
                for key, s in batch.scalars.items()
                for point in zip(
                    s.steps.tolist(), s.times.tolist(), s.values.tolist(), strict=True
                )
            ]
            for batch in batches
        ]

        def write() -> None:
            for some in points:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT INTO points VALUES (?, ?, ?, ?, ?)", some)
                connection.execute("COMMIT")

        def read() -> None:
            found = connection.execute(
                "SELECT step, time, value FROM points ORDER BY key, step"
            ).fetchall()
            np.array(found)

        return _timed(write), _timed(read)


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _median(work: Callable[[], object], repeats: int) -> float:
    return statistics.median(_timed_once(work) for _ in range(repeats))


def _timed_once(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Print the table."""
    for row in rows():
        print(f"{'ok ' if row.ok else 'NOT'} {row.what:55} {row.measured:45} {row.target}")


if __name__ == "__main__":
    main()
