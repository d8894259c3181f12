"""How long points and settings take to become DataFrames and files, beside plain SQLite rows.

Run it with ``python -m tests.benchmarks.bench_frames``.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import numpy as np
import pandas as pd

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.frames import scalars_frame, simulations_frame
from gymdash_jupyter.frames.files import write_frames
from gymdash_jupyter.records import Batch, ProcessIdentity, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import ema, thin_min_max
from gymdash_jupyter.store import open_store
from gymdash_jupyter.store.contract import Move, NewSimulation, ProjectStore
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

N_KEYS = 10
N_POINTS = 100_000
N_SIMULATIONS = 10_000
FLUSH = 1_000
REPEATS = 9
TARGET_S = 0.1


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.db"
        _write_plain(plain)
        store = open_store(Path(folder) / "simulations.db")
        try:
            sim_id = _write_store(store)
            long_s, read_sql_s = _alternately(
                lambda: scalars_frame(store), lambda: _read_plain(plain), REPEATS
            )
            one_s = _median_s(lambda: scalars_frame(store, "key0", sim_id), REPEATS)
            wide_s = _median_s(lambda: scalars_frame(store, wide=True), REPEATS)
            csv_s, parquet_s = (
                _median_s(
                    lambda form=form: write_frames(
                        store, form, Path(folder, f"x.{form}"), replace=True
                    ),
                    1,
                )
                for form in ("csv", "parquet")
            )
        finally:
            store.close()
        expand_s, where_s = _settings_s(Path(folder) / "many.db")
    noise = np.random.default_rng(0).normal(size=1_000_000)
    steps = np.arange(1_000_000)
    ema_s = _median_s(lambda: ema(noise, 0.99), REPEATS)
    thin_s = _median_s(lambda: thin_min_max(steps, noise, 2_000), REPEATS)
    what = f"{N_KEYS} keys x {N_POINTS:,} points to a DataFrame"
    ratio = long_s / read_sql_s
    return [
        BenchRow(what, f"{long_s:.3f} s", f"<= {TARGET_S} s", long_s <= TARGET_S),
        BenchRow(
            f"{what} / pandas.read_sql over plain rows ({read_sql_s:.2f} s)",
            f"{ratio:.3f}",
            "<= 0.15",
            ratio <= 0.15,
        ),
        BenchRow(f"{what}, wide", f"{wide_s:.3f} s", "<= 0.5 s", wide_s <= 0.5),
        BenchRow(f"1 key x {N_POINTS:,} points", f"{one_s:.3f} s", "<= 0.05 s", one_s <= 0.05),
        BenchRow("1,000,000 points to a CSV file", f"{csv_s:.1f} s", "<= 5 s", csv_s <= 5),
        BenchRow("the same to Parquet", f"{parquet_s:.2f} s", "<= 1 s", parquet_s <= 1),
        BenchRow(
            f"simulations(expand=True), {N_SIMULATIONS:,} of them",
            f"{expand_s:.2f} s",
            "<= 0.5 s",
            expand_s <= 0.5,
        ),
        BenchRow("the same with where=...", f"{where_s:.2f} s", "<= 0.7 s", where_s <= 0.7),
        BenchRow("ema of 1,000,000 points", f"{ema_s:.3f} s", "<= 0.2 s", ema_s <= 0.2),
        BenchRow("thin 1,000,000 points to 2,000", f"{thin_s:.3f} s", "<= 0.1 s", thin_s <= 0.1),
    ]


def _write_store(store: ProjectStore) -> UUID:
    owner = ProcessIdentity(domain="bench", pid=1, started="0", host="bench")
    config = SimulationStartConfig(name="bench", sim_key="bench")
    sim_id = uuid4()
    now = now_utc()
    store.create(NewSimulation(sim_id, config, now, "bench", "Bench", "bench"))
    store.move(Move(sim_id, SimState.SETTING_UP, now, owner))
    store.move(Move(sim_id, SimState.RUNNING, now, owner))
    random = np.random.default_rng(0)
    for first in range(0, N_POINTS, FLUSH):
        steps = np.arange(first, first + FLUSH, dtype=np.int64)
        times = 1.7e9 + steps * 0.01
        scalars = {
            f"key{key}": ScalarSeries(steps, times, random.normal(size=FLUSH))
            for key in range(N_KEYS)
        }
        store.write([Batch(sim_id, scalars=scalars)], owner=owner)
    store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, now, owner))
    return sim_id


def _settings_s(path: Path) -> tuple[float, float]:
    """Time expanded simulations with ten settings each, all of them and those of a query; medians in seconds."""
    store = open_store(path)
    try:
        for i in range(N_SIMULATIONS):
            kwargs = {
                "env": "CartPole-v1",
                "learning_rate": 10.0 ** -(i % 5),
                "seed": i,
                "gamma": 0.99,
                "num_steps": 1000 * i,
                "algorithm": "PPO",
                "n_envs": 4,
                "batch_size": 64,
                "policy_kwargs": {"net_arch": [64, 64], "activation": "relu"},
            }
            config = SimulationStartConfig(name=f"sim {i}", sim_key="bench", kwargs=kwargs)
            store.create(NewSimulation(uuid4(), config, now_utc(), "bench", "Bench", "bench"))
        query = "learning_rate < 1e-2 and state == 'created'"
        return (
            _median_s(lambda: simulations_frame(store, expand=True), REPEATS),
            _median_s(lambda: simulations_frame(store, where=query), REPEATS),
        )
    finally:
        store.close()


def _write_plain(path: Path) -> None:
    random = np.random.default_rng(0)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE points (sim_id TEXT, key TEXT, step INTEGER, time REAL, value REAL)")
    sim_id = str(uuid4())
    for key in range(N_KEYS):
        values = random.normal(size=N_POINTS).tolist()
        db.executemany(
            "INSERT INTO points VALUES (?, ?, ?, ?, ?)",
            ((sim_id, f"key{key}", i, 1.7e9 + i * 0.01, v) for i, v in enumerate(values)),
        )
    db.commit()
    db.close()


def _read_plain(path: Path) -> pd.DataFrame:
    db = sqlite3.connect(path)
    try:
        return pd.read_sql("SELECT sim_id, key, step, time, value FROM points", db)
    finally:
        db.close()


def _alternately(
    one: Callable[[], object], two: Callable[[], object], repeats: int
) -> tuple[float, float]:
    """Time both in turns, so that a busy machine harms both alike; medians in seconds."""
    times = [(_time_s(one), _time_s(two)) for _ in range(repeats)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def _median_s(call: Callable[[], object], repeats: int) -> float:
    return statistics.median(_time_s(call) for _ in range(repeats))


def _time_s(call: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    for row in rows():
        print(f"{'ok ' if row.ok else 'NOT'} {row.what}: {row.measured} (target {row.target})")
