from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from gymdash_jupyter.aggregates import aggregate, bootstrap_band, shared_grid, statistic_of
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.resampling import drawn_counts

nan = np.nan


def column(values, statistic):
    return float(statistic_of(np.array(values, float)[:, np.newaxis], statistic)[0])


# The statistic


@pytest.mark.parametrize(
    ("statistic", "values", "expected"),
    [
        ("mean", [1, 2, 6], 3.0),
        ("median", [1, 2, 6], 2.0),
        ("median", [1, 2, 6, 8], 4.0),
        # Agarwal et al. 2021: a quarter of the runs is cut off at either end: here 1 of 4, then 2 of 10.
        ("iqm", [0, 2, 4, 100], 3.0),
        ("iqm", [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000], 5.5),
        ("iqm", [5, 1, 9], 5.0),
    ],
)
def test_a_statistic_is_what_is_worked_out_by_hand(statistic, values, expected):
    assert column(values, statistic) == pytest.approx(expected, abs=1e-12)
    assert column([nan, *values[::-1], np.inf], statistic) == pytest.approx(expected, abs=1e-12)


def test_a_statistic_of_nobody_is_missing():
    assert np.isnan(statistic_of(np.full((3, 2), nan), "iqm")).all()


@pytest.mark.parametrize("n", range(1, 13))
def test_the_interquartile_mean_is_the_mean_of_the_trimmed_runs(n):
    table = np.random.default_rng(n).normal(size=(n, 40))
    cut = int(0.25 * n)  # as scipy.stats.trim_mean(x, 0.25)
    expected = np.sort(table, axis=0)[cut : n - cut].mean(axis=0)
    np.testing.assert_allclose(statistic_of(table, "iqm"), expected, rtol=1e-12)


def test_an_unknown_statistic_is_refused_with_a_hint():
    with pytest.raises(InvalidArgumentError, match="Did you mean 'median'"):
        statistic_of([[1.0]], "medain")


# The band


def plain(row: np.ndarray, statistic: str) -> float:
    cut = len(row) // 4 if statistic == "iqm" else 0
    kept = np.sort(row)[cut : len(row) - cut]
    return float(np.median(row) if statistic == "median" else kept.mean())


@pytest.mark.parametrize("statistic", ["mean", "median", "iqm"])
def test_the_band_is_the_percentiles_of_all_samples_that_could_be_drawn(statistic):
    runs = np.array([3.0, 11.0, 4.0, 7.0, 20.0])
    every = [plain(runs[list(which)], statistic) for which in product(range(5), repeat=5)]
    low, high = bootstrap_band(runs[:, np.newaxis], statistic, resamples=200_000, confidence=0.8)
    # 200,000 draws know a quantile of these 3,125 equally likely samples to one of its neighbours.
    for found, share in ((low[0], 0.1), (high[0], 0.9)):
        near = np.quantile(every, [share - 0.005, share + 0.005])
        assert near[0] - 1e-9 <= found <= near[1] + 1e-9


@pytest.mark.parametrize("statistic", ["mean", "median", "iqm"])
def test_the_band_is_that_of_samples_that_are_really_gathered(statistic):
    table = np.random.default_rng(1).normal(size=(9, 25))
    drawn = drawn_counts(9, 300, seed=7)
    gathered = [np.repeat(table, counts, axis=0) for counts in drawn]
    values = [[plain(column, statistic) for column in sample.T] for sample in gathered]
    low, high = bootstrap_band(table, statistic, resamples=300, seed=7)
    np.testing.assert_allclose(low, np.quantile(values, 0.025, axis=0), atol=1e-12)
    np.testing.assert_allclose(high, np.quantile(values, 0.975, axis=0), atol=1e-12)


def test_the_band_of_a_mean_is_as_wide_as_its_standard_error_says():
    table = np.random.default_rng(0).normal(size=(400, 50))
    low, high = bootstrap_band(table, "mean")
    widths = (high - low) / (2 * 1.96 * table.std(axis=0) / np.sqrt(400))
    assert widths.mean() == pytest.approx(1.0, abs=0.03)


def test_there_is_a_band_only_where_two_report_and_who_is_missing_does_not_matter():
    table = np.array([[1.0, 1.0, nan], [3.0, 5.0, nan], [2.0, nan, 4.0]])
    low, high = bootstrap_band(table, "mean")
    assert np.isfinite(low).tolist() == np.isfinite(high).tolist() == [True, True, False]
    of_two = bootstrap_band(np.array([[1.0], [5.0]]), "mean")
    assert (low[1], high[1]) == (of_two[0][0], of_two[1][0])


def test_strata_keep_their_numbers():
    table = np.array([[0.0], [0.0], [10.0], [10.0]])
    low, high = bootstrap_band(table, "mean", strata=["a", "a", "b", "b"])
    assert (low[0], high[0]) == (5.0, 5.0)
    assert bootstrap_band(table, "mean")[0][0] < 5.0


def test_a_band_is_the_same_each_time_and_other_random_numbers_give_another():
    table = np.random.default_rng(3).normal(size=(6, 4))
    first, again, other = (bootstrap_band(table, "mean", seed=s)[0] for s in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_large_numbers_keep_their_small_differences():
    low, high = bootstrap_band(np.array([[1e15], [1e15 + 8]]), "mean")
    assert 1e15 <= low[0] <= high[0] <= 1e15 + 8


@pytest.mark.parametrize("bad", [{"confidence": 1.0}, {"resamples": -1}, {"strata": [1]}])
def test_a_band_that_makes_no_sense_is_refused(bad):
    with pytest.raises(InvalidArgumentError):
        bootstrap_band([[1.0], [2.0]], **bad)


# Common steps


def test_the_curve_ends_where_the_slowest_has_come():
    fast = (np.arange(0, 101, 10), np.arange(0, 101, 10))
    slow = (np.arange(0, 51, 10), np.arange(0, 51, 10) + 2)
    joined = aggregate([fast, slow], "mean")
    assert joined.x.tolist() == [0, 10, 20, 30, 40, 50]
    assert joined.value.tolist() == [1, 11, 21, 31, 41, 51]
    assert joined.n.tolist() == [2] * 6


def test_one_that_was_broken_off_counts_as_far_as_it_came():
    whole = ([0, 10, 20], [1.0, 1.0, 1.0])
    broken = ([0, 10], [3.0, 3.0])
    joined = aggregate([whole, whole, broken], "mean", must_reach=[True, True, False])
    assert joined.x.tolist() == [0, 10, 20]
    assert joined.n.tolist() == [3, 3, 2]
    assert joined.value.tolist() == pytest.approx([5 / 3, 5 / 3, 1.0])


def test_values_between_recorded_steps_are_interpolated_and_nothing_is_made_up_outside():
    x, table = shared_grid([([0, 10], [0.0, 10.0]), ([5, 10], [1.0, 2.0])])
    assert x.tolist() == [0, 5, 10]
    np.testing.assert_array_equal(table, [[0, 5, 10], [nan, 1, 2]])


def test_long_series_come_on_a_grid_of_whole_steps_that_ends_where_they_do():
    steps = np.arange(7, 100_007, 3)
    joined = aggregate([(steps, 2.0 * steps), (steps, 4.0 * steps)], "mean", max_points=50)
    assert len(joined) == 50
    assert (joined.x[0], joined.x[-1]) == (steps[0], steps[-1])
    assert (joined.x == np.rint(joined.x)).all()
    np.testing.assert_allclose(joined.value, 3 * joined.x)


def test_a_part_of_x_has_as_many_points_as_the_whole():
    steps = np.arange(100_000)
    joined = aggregate([(steps, steps)] * 2, between=(20_000.5, 30_000), max_points=300)
    assert len(joined) == 300
    assert joined.x[0] >= 20_000.5
    assert joined.x[-1] == 30_000


def test_of_points_at_one_step_and_of_steps_that_went_back_the_newest_counts():
    joined = aggregate([([0, 10, 10, 5], [0.0, 1.0, 7.0, 2.0]), ([0, 5, 10], [0.0, 4.0, 9.0])])
    assert joined.x.tolist() == [0, 5, 10]
    assert joined.value.tolist() == [0.0, 3.0, 8.0]


def test_who_has_no_points_is_left_out_and_nothing_of_nobody():
    joined = aggregate([([], []), ([1, 2], [3.0, 4.0])], must_reach=[True, True])
    assert joined.value.tolist() == [3.0, 4.0]
    assert np.isnan(joined.low).all()
    assert len(aggregate([([], [])])) == len(aggregate([])) == 0


def test_a_range_outside_of_what_is_there_gives_nothing():
    assert len(aggregate([([0, 1], [0.0, 1.0])] * 2, between=(5, 9))) == 0


def test_a_recorded_nan_takes_one_seed_out_and_the_others_stay():
    joined = aggregate([([0, 1, 2], [1.0, nan, 1.0]), ([0, 1, 2], [3.0, 3.0, 3.0])])
    assert joined.value.tolist() == [2.0, 3.0, 2.0]
    assert joined.n.tolist() == [2, 1, 2]
