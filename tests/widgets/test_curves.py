from __future__ import annotations

import numpy as np
import pytest

from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.statistics import ema
from gymdash_jupyter.widgets.curves import SMOOTHED, TIME, Curve, Smoother, Sparkline, X, Y


def points(steps, values=None):
    steps = np.asarray(steps, np.int64)
    values = steps * 1.0 if values is None else np.asarray(values, np.float64)
    return ScalarSeries(steps, steps * 10.0, values)


def test_smoothing_follows_the_formula_worked_by_hand():
    # s = 0.5 s + 0.5 y, w = 0.5 w + 0.5: 4/1, (1 + 4) / 0.75 - ...: 4, (0.5*2+0.5*8)/0.75, (0.5*5+0.5*2)/0.875
    smoothed = Smoother(0.5).add(np.array([4.0, 8.0, 2.0]))
    np.testing.assert_allclose(smoothed, [4.0, 5.0 / 0.75, 3.5 / 0.875])


@pytest.mark.parametrize("cut", [1, 2, 77, 499])
def test_smoothing_in_pieces_is_smoothing_the_whole(cut):
    values = np.random.default_rng(0).normal(size=500)
    smoother = Smoother(0.9)
    pieces = np.concatenate([smoother.add(values[:cut]), smoother.add(values[cut:])])
    np.testing.assert_allclose(pieces, ema(values, 0.9), rtol=1e-10)


@pytest.mark.parametrize("weight", [0.0, 0.01, 0.5, 0.85, 0.99])
def test_smoothing_a_long_series_is_what_statistics_says(weight):
    values = np.random.default_rng(3).normal(size=20_000) * 10.0 ** (np.arange(20_000) % 7)
    np.testing.assert_allclose(Smoother(weight).add(values), ema(values, weight), rtol=1e-9)


def test_smoothing_survives_an_explosion():
    smoothed = Smoother(0.85).add(np.array([1.0, 1e200, 1.0]))
    assert np.isfinite(smoothed).all()


def test_smoothing_goes_on_over_a_gap():
    smoother = Smoother(0.5)
    first = smoother.add(np.array([4.0, np.nan]))
    second = smoother.add(np.array([np.inf, 8.0]))
    np.testing.assert_array_equal(np.isfinite(np.concatenate([first, second])), [1, 0, 0, 1])
    assert second[1] == pytest.approx(5.0 / 0.75)


def test_smoothing_stays_below_one():
    assert np.isfinite(Smoother(1.0).add(np.ones(3))).all()


def test_curve_appends_steps_that_grow_or_repeat():
    curve = Curve(0.0)
    assert curve.extend(points([0, 1]))
    assert curve.extend(points([1, 2]))
    np.testing.assert_array_equal(curve.data[X], [0, 1, 1, 2])


def test_curve_sorts_steps_that_go_back_and_keeps_the_order_of_equal_ones():
    curve = Curve(0.0)
    curve.extend(points([0, 5], [1.0, 2.0]))
    assert not curve.extend(points([3, 5], [3.0, 4.0]))
    np.testing.assert_array_equal(curve.data[X], [0, 3, 5, 5])
    np.testing.assert_array_equal(curve.data[Y], [1, 3, 2, 4])


def test_curve_smooths_in_the_order_in_which_it_is_drawn():
    curve = Curve(0.5)
    curve.extend(points([0, 5], [1.0, 2.0]))
    curve.extend(points([3], [9.0]))
    np.testing.assert_allclose(curve.data[SMOOTHED], ema([1.0, 9.0, 2.0], 0.5))


def test_picture_of_a_long_curve_keeps_its_spike_and_its_ends():
    n = 100_000
    values = np.zeros(n)
    values[54_321] = 7.0
    curve = Curve(0.9)
    curve.extend(points(np.arange(n), values))
    picture = curve.picture(1000)
    assert picture.shape[1] <= 1000
    assert picture[Y].max() == 7.0
    assert (picture[X][0], picture[X][-1]) == (0, n - 1)


def test_picture_is_smoothed_before_it_is_thinned():
    n = 50_000
    values = np.random.default_rng(1).normal(size=n)
    curve = Curve(0.9)
    curve.extend(points(np.arange(n), values))
    picture = curve.picture(500)
    np.testing.assert_allclose(picture[SMOOTHED], ema(values, 0.9)[picture[X].astype(int)])


def test_picture_between_two_steps_has_one_point_more_at_either_side():
    curve = Curve(0.0)
    curve.extend(points(range(10)))
    np.testing.assert_array_equal(curve.picture(100, between=(3.5, 6.0))[X], [3, 4, 5, 6, 7])


def test_picture_carries_the_time_of_each_point():
    curve = Curve(0.0)
    curve.extend(points([2, 4]))
    np.testing.assert_array_equal(curve.picture(100)[TIME], [20, 40])


def test_sparkline_of_few_values_is_the_values():
    spark = Sparkline()
    spark.add(np.array([1.0, np.nan, 3.0]))
    np.testing.assert_array_equal(spark.means(), [1, 3])


def test_sparkline_of_many_values_is_their_means():
    spark = Sparkline()
    for chunk in np.split(np.arange(640.0), 40):
        spark.add(chunk)
    means = spark.means()
    assert len(means) <= Sparkline.LENGTH
    np.testing.assert_allclose(means[:2], [np.arange(16.0).mean(), np.arange(16.0, 32).mean()])


def test_sparkline_counts_every_value_once():
    values = np.random.default_rng(2).normal(size=1003)
    spark = Sparkline()
    for chunk in np.array_split(values, 17):
        spark.add(chunk)
    size = spark._size
    whole = len(values) // size * size
    np.testing.assert_allclose(spark._means, values[:whole].reshape(-1, size).mean(axis=1))
