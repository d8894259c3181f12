"""Numbers at common steps: linear between points, missing outside, the newest of a step."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames import scalars_frame
from gymdash_jupyter.frames.grids import aligned
from gymdash_jupyter.records import SeriesInfo
from gymdash_jupyter.statistics import common_grid
from gymdash_jupyter.store.contract import ScalarTable
from tests.frames.projects import NOON, add_simulation, record

NAN = math.nan


@pytest.fixture
def two(store):
    """Give two simulations that report at different steps."""
    one, other = add_simulation(store, minute=1), add_simulation(store, minute=2)
    record(store, one, "reward", [0, 10, 20], [0.0, 1.0, 3.0])
    record(store, other, "reward", [10, 30], [5.0, 7.0])
    return one, other


def values(frame, sim_id):
    rows = frame[frame["sim_id"] == str(sim_id)]
    return dict(zip(rows["step"].tolist(), rows["value"].tolist(), strict=True))


def same(one, other):
    assert list(one) == list(other)
    np.testing.assert_array_equal(list(one.values()), list(other.values()))


def test_all_recorded_steps(store, two):
    frame = scalars_frame(store, "reward", align=True)
    # Between 0 and 10 nobody reported; 20 lies half way between 10 and 30.
    same(values(frame, two[0]), {0: 0.0, 10: 1.0, 20: 3.0, 30: NAN})
    same(values(frame, two[1]), {0: NAN, 10: 5.0, 20: 6.0, 30: 7.0})


def test_so_many_evenly_spaced_steps(store, two):
    frame = scalars_frame(store, "reward", align=3)  # 0, 15, 30
    same(values(frame, two[0]), {0: 0.0, 15: 2.0, 30: NAN})
    same(values(frame, two[1]), {0: NAN, 15: 5.5, 30: 7.0})


@pytest.mark.parametrize("steps", [[25, 5, 5], (5, 25), np.array([5.0, 25.0]), pd.Index([5, 25])])
def test_chosen_steps(store, two, steps):
    frame = scalars_frame(store, "reward", align=steps)
    same(values(frame, two[0]), {5: 0.5, 25: NAN})
    same(values(frame, two[1]), {5: NAN, 25: 6.5})


def test_wide_has_one_row_a_step(store, two):
    frame = scalars_frame(store, "reward", wide=True, align=True)
    assert frame.index.tolist() == [(str(s), step) for s in two for step in (0, 10, 20, 30)]


def test_each_key_has_its_own_steps(store, two):
    record(store, two[0], "loss", [7], [0.5])
    frame = scalars_frame(store, align=True)
    assert frame[frame["key"] == "loss"]["step"].tolist() == [7]


def test_of_a_repeated_step_the_newest_counts(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "x", [0, 10, 10, 5, 0], [0, 1, 2, 9, 4])
    same(values(scalars_frame(store, align=True), sim_id), {0: 4.0, 5: 9.0, 10: 2.0})


def test_times_lie_between_those_of_the_points(store, two):
    frame = scalars_frame(store, "reward", two[0], align=[5, 99])
    assert frame["time"].iloc[0] == pd.Timestamp(NOON) + pd.Timedelta(seconds=0.5)
    assert frame["time"].isna().tolist() == [False, True]


def test_nan_and_infinities_stay_where_they_were(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "x", [0, 2, 4, 6], [1.0, NAN, math.inf, 2.0])
    told = values(scalars_frame(store, align=[0, 1, 2, 3, 4, 6]), sim_id)
    same(told, {0: 1.0, 1: NAN, 2: NAN, 3: NAN, 4: math.inf, 6: 2.0})


def test_steps_beyond_float64_are_kept_apart(store):
    sim_id = add_simulation(store)
    steps = [2**60, 2**60 + 1, 2**60 + 2]
    record(store, sim_id, "x", steps, [1, 2, 3])
    same(
        values(scalars_frame(store, align=True), sim_id),
        dict(zip(steps, [1.0, 2.0, 3.0], strict=True)),
    )


def test_without_points_nothing_is_made_up(store):
    add_simulation(store)
    plain, at_steps = scalars_frame(store), scalars_frame(store, align=[1, 2])
    assert len(at_steps) == 0
    assert at_steps.dtypes.to_dict() == plain.dtypes.to_dict()


def test_dtypes_are_those_of_recorded_points(store, two):
    plain, at_steps = scalars_frame(store), scalars_frame(store, align=True)
    assert at_steps.dtypes.to_dict() == plain.dtypes.to_dict()


@pytest.mark.parametrize("align", [1, 0, -3, "all", [0.5], [[1, 2]], 2.5, object(), [1, "2"]])
def test_what_is_no_grid_is_refused(store, two, align):
    with pytest.raises(InvalidArgumentError, match=r"grid|align at"):
        scalars_frame(store, align=align)


points = st.lists(st.tuples(st.integers(-50, 50), st.floats(-1e6, 1e6)), min_size=0, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(points, min_size=1, max_size=3))
def test_it_is_the_grid_of_the_statistics(several):
    lengths = [len(each) for each in several]
    flat = [point for each in several for point in each]
    table = ScalarTable(
        series=[SeriesInfo(NOON, "x", n, 0, 0.0, 0) for n in lengths],
        starts=np.cumsum([0, *lengths]),
        steps=np.array([step for step, _ in flat], dtype=np.int64),
        times=np.zeros(len(flat)),
        values=np.array([value for _, value in flat], dtype=np.float64),
    )
    told = aligned(table, True)
    pairs = [([s for s, _ in each], [v for _, v in each]) for each in several]
    grid, expected = common_grid(pairs, max_points=10_000)
    np.testing.assert_array_equal(
        told.steps.reshape(len(several), -1), np.tile(grid, (len(several), 1))
    )
    np.testing.assert_allclose(told.values.reshape(expected.shape), expected, rtol=1e-12)
