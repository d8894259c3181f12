import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.statistics import common_grid, thin_min_max

values = arrays(
    np.float64,
    st.integers(9, 300),
    elements=st.one_of(st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf])),
)
budgets = st.integers(8, 60)


@given(values, budgets)
def test_thinning_keeps_to_its_budget(y, budget):
    assert len(thin_min_max(np.arange(len(y)), y, budget)[0]) <= budget


@given(values, budgets)
def test_thinning_keeps_first_and_last(y, budget):
    x, _ = thin_min_max(np.arange(len(y)), y, budget)
    assert (x[0], x[-1]) == (0, len(y) - 1)


@given(values, budgets)
def test_thinning_keeps_the_extremes(y, budget):
    finite = y[np.isfinite(y)]
    kept = thin_min_max(np.arange(len(y)), y, budget)[1]
    kept = kept[np.isfinite(kept)]
    assert (not len(finite) and not len(kept)) or (
        (kept.min(), kept.max()) == (finite.min(), finite.max())
    )


@given(values, budgets)
def test_thinning_gives_recorded_points_in_their_order(y, budget):
    x, kept = thin_min_max(np.arange(len(y)), y, budget)
    assert (np.diff(x) > 0).all()
    np.testing.assert_array_equal(kept, y[x.astype(int)])


@given(arrays(np.int64, st.integers(9, 300), elements=st.integers(-50, 50)), budgets)
def test_thinning_keeps_the_extremes_of_steps_that_repeat_and_go_back(x, budget):
    y = np.sin(np.arange(len(x)) * 1.7)
    kept = thin_min_max(x, y, budget)[1]
    assert (kept.min(), kept.max(), len(kept) <= budget) == (y.min(), y.max(), True)


def test_a_gap_stays_a_gap():
    y = np.arange(1000.0)
    y[400:600] = math.nan
    x, kept = thin_min_max(np.arange(1000), y, 60)
    inside = (x >= 400) & (x < 600)
    assert inside.sum() > 0
    assert np.isnan(kept[inside]).all()


def test_a_one_point_gap_stays_a_gap():
    y = np.arange(1000.0)
    y[500] = math.nan
    assert np.isnan(thin_min_max(np.arange(1000), y, 30)[1]).sum() == 1


def test_few_points_come_back_as_they_are():
    x, y = thin_min_max([3, 1, 1], [1.0, math.nan, 2.0], 8)
    np.testing.assert_array_equal(x, [3, 1, 1])
    np.testing.assert_array_equal(y, [1.0, math.nan, 2.0])


def test_sparse_points_after_dense_ones_are_all_kept():
    # 10,000 points crowded into the first hundredth of the range, then one a hundredth.
    x = np.concatenate([np.linspace(0, 1, 10_000), np.arange(2, 100)])
    y = np.random.default_rng(0).normal(size=len(x))
    kept = thin_min_max(x, y, 1000)[0]
    assert np.isin(np.arange(2, 100), kept).all()


def test_thinning_refuses_a_tiny_budget():
    with pytest.raises(InvalidArgumentError, match="at least 8"):
        thin_min_max([1.0], [1.0], 7)


def test_thinning_refuses_unequal_lengths():
    with pytest.raises(InvalidArgumentError, match="got 2 and 1"):
        thin_min_max([1.0, 2.0], [1.0], 10)


def test_common_grid_interpolates_between_and_never_beyond():
    grid, table = common_grid([([0, 10], [0.0, 1.0]), ([5, 20], [2.0, 5.0])])
    assert grid.tolist() == [0.0, 5.0, 10.0, 20.0]
    np.testing.assert_array_equal(table, [[0.0, 0.5, 1.0, math.nan], [math.nan, 2.0, 3.0, 5.0]])


def test_common_grid_of_equal_steps_is_exact():
    steps, one, two = [1, 2, 7], [0.1, 0.2, 0.3], [1.1, 1.2, 1.3]
    grid, table = common_grid([(steps, one), (steps, two)])
    assert (grid.tolist(), table.tolist()) == ([1, 2, 7], [one, two])


def test_common_grid_takes_the_newest_of_a_repeated_step():
    _, table = common_grid([([0, 1, 2, 1], [0.0, 1.0, 2.0, 9.0])])
    assert table.tolist() == [[0.0, 9.0, 2.0]]


def test_common_grid_keeps_a_recorded_gap():
    _, table = common_grid([([0, 1, 2], [0.0, math.nan, 2.0]), ([0.5], [1.0])])
    np.testing.assert_array_equal(table[0], [0.0, math.nan, math.nan, 2.0])


def test_common_grid_is_evenly_spaced_when_there_are_too_many_steps():
    grid, _ = common_grid([(np.arange(1001), np.arange(1001))], max_points=11)
    assert grid.tolist() == list(range(0, 1001, 100))


def test_common_grid_of_nothing():
    grid, table = common_grid([([], []), ([], [])])
    assert (grid.shape, table.shape) == ((0,), (2, 0))


def test_common_grid_refuses_unequal_lengths():
    with pytest.raises(InvalidArgumentError, match="got 2 and 1"):
        common_grid([([1, 2], [1.0])])
