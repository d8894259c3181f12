"""Any interleaving of writing, folding and reading gives what a plain list would give."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gymdash_jupyter.records import Batch, ScalarSeries
from gymdash_jupyter.store import open_store, scalar_writing
from gymdash_jupyter.store.sqlite import SqliteStore
from tests.store.makers import OWNER, running

KEYS = st.one_of(
    st.sampled_from(["a", "b", "train/loss"]),
    st.text(st.characters(exclude_categories=()), max_size=4),
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
STEPS = st.integers(-(2**63), 2**63 - 1)
POINTS = st.lists(st.tuples(STEPS, NUMBERS, NUMBERS), max_size=30)

Point = tuple[int, bytes, bytes]


def as_series(points: list[tuple[int, float, float]]) -> ScalarSeries:
    return ScalarSeries(
        np.array([step for step, _, _ in points], np.int64),
        np.array([time for _, time, _ in points], np.float64),
        np.array([value for _, _, value in points], np.float64),
    )


def as_points(steps: np.ndarray, times: np.ndarray, values: np.ndarray) -> list[Point]:
    # As bytes, so that NaN equals itself and the sign of a zero counts.
    return [
        (int(s), t.tobytes(), v.tobytes()) for s, t, v in zip(steps, times, values, strict=True)
    ]


class ScalarsMachine(RuleBasedStateMachine):
    """Two simulations, small chunks, so that folding happens all the time."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(scalar_writing, "CHUNK_POINTS", 16)
        self.patch.setattr(scalar_writing, "LOG_ROWS", 7)
        self.patch.setattr(scalar_writing, "LOG_POINTS", 60)
        store = open_store(self.folder / "simulations.db")
        assert isinstance(store, SqliteStore)
        self.store = store
        self.ids = [running(self.store), running(self.store)]
        self.model: list[dict[str, list[Point]]] = [defaultdict(list), defaultdict(list)]

    @rule(which=st.integers(0, 1), scalars=st.dictionaries(KEYS, POINTS, max_size=3))
    def write(self, which: int, scalars: dict[str, list[tuple[int, float, float]]]) -> None:
        batch = Batch(self.ids[which], {key: as_series(points) for key, points in scalars.items()})
        self.store.write([batch], owner=OWNER)
        for key, series in batch.scalars.items():
            if len(series):
                self.model[which][key] += as_points(series.steps, series.times, series.values)

    @rule(key=st.sampled_from(["a", "b"]), numbers=st.lists(NUMBERS, min_size=1, max_size=100))
    def write_to_both(self, key: str, numbers: list[float]) -> None:
        series = as_series([(7, number, number) for number in numbers])
        self.store.write([Batch(sim_id, {key: series}) for sim_id in self.ids])
        for model in self.model:
            model[key] += as_points(series.steps, series.times, series.values)

    @rule(which=st.integers(0, 1))
    def fold(self, which: int) -> None:
        self.store._write(scalar_writing.fold, self.ids[which])

    @rule()
    def open_again(self) -> None:
        self.store.close()
        store = open_store(self.folder / "simulations.db")
        assert isinstance(store, SqliteStore)
        self.store = store

    @rule(which=st.integers(0, 1), key=KEYS, after=st.integers(0, 200))
    def read(self, which: int, key: str, after: int) -> None:
        points, cursor = self.store.read_scalars(self.ids[which], key, after=after)
        expected = self.model[which].get(key, [])
        assert as_points(points.steps, points.times, points.values) == expected[after:]
        assert cursor == max(after, len(expected))

    @rule()
    def read_table(self) -> None:
        table = self.store.read_table()
        expected = [(which, key) for which in (0, 1) for key in self.model[which]]
        assert {(self.ids.index(info.sim_id), info.key) for info in table.series} == set(expected)
        points = as_points(table.steps, table.times, table.values)
        for info, begin, end in zip(
            table.series, table.starts[:-1], table.starts[1:], strict=True
        ):
            assert points[begin:end] == self.model[self.ids.index(info.sim_id)][info.key]

    @invariant()
    def series_are_counted(self) -> None:
        found = {(self.ids.index(info.sim_id), info.key): info.n for info in self.store.series()}
        assert found == {
            (which, key): len(points)
            for which in (0, 1)
            for key, points in self.model[which].items()
        }

    @invariant()
    def chunks_are_few(self) -> None:
        chunks = self.store._read(
            lambda con: con.execute(
                "SELECT count(*), sum(n) FROM scalar_chunks GROUP BY series_id"
            ).fetchall()
        )
        for n_chunks, n_points in chunks:
            assert n_chunks <= n_points / 16 + 5 * (1 + n_points / 16)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.patch.undo()
            shutil.rmtree(self.folder)


TestScalars = ScalarsMachine.TestCase
TestScalars.settings = settings(max_examples=25, stateful_step_count=25, derandomize=True)


def test_slowly_growing_series_has_few_chunks(store: SqliteStore) -> None:
    sim_id = running(store)
    for number in range(3000):
        fast = as_series([(number * 2 + point, 0.0, 0.0) for point in range(2)])
        store.write([Batch(sim_id, {"fast": fast, "slow": as_series([(number, 0.0, 0.0)])})])
        if number % 3 == 0:
            store._write(scalar_writing.fold, sim_id)
    query = "SELECT count(*) FROM scalar_chunks JOIN series USING (series_id) WHERE key = 'slow'"
    assert store._read(lambda con: con.execute(query).fetchone()[0]) <= 13
    assert store.read_scalars(sim_id, "slow")[0].steps.tolist() == list(range(3000))


def test_a_flush_of_half_a_million_points_is_cut_into_chunks(store: SqliteStore) -> None:
    sim_id = running(store)
    steps = np.arange(500_000)
    store.write(
        [Batch(sim_id, {"k": ScalarSeries(steps, steps.astype(float), steps.astype(float))})]
    )
    sizes = store._read(
        lambda con: [n for (n,) in con.execute("SELECT n FROM scalar_chunks ORDER BY first_index")]
    )
    assert set(sizes[:-1]) == {4096}
    assert sizes[-1] < 2 * 4096
    assert (store.read_scalars(sim_id, "k", after=123_456)[0].steps == steps[123_456:]).all()


def test_the_log_is_empty_after_the_end(store: SqliteStore) -> None:
    from gymdash_jupyter.states import SimState
    from gymdash_jupyter.store import Move
    from tests.store.makers import NOON, batch, status

    one, two = running(store), running(store)
    store.write([batch(one, k=[1.0]), batch(two, k=[1.0])])
    store.finish(batch(one, k=[2.0]), Move(one, SimState.SUCCEEDED, NOON, owner=OWNER))
    store.settle(two, OWNER, status())
    assert (
        store._read(lambda con: con.execute("SELECT count(*) FROM scalar_log").fetchone()[0]) == 0
    )
    assert [info.n for info in store.series()] == [2, 1]
