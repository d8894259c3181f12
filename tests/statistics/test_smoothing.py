"""Smoothing against hand-worked numbers and against the slow formulas, written a second time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.statistics import ema, moving_average

sane = st.floats(-1e6, 1e6, allow_subnormal=False)
anything = st.one_of(sane, st.sampled_from([math.nan, math.inf, -math.inf]))


def slow_ema(values, weight):
    """TensorBoard's loop, point by point."""
    running, count, smoothed = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            smoothed.append(value)
            continue
        running = weight * running + (1 - weight) * value
        count += 1
        smoothed.append(running / (1 - weight**count))
    return smoothed


def slow_moving_average(values, window):
    smoothed = []
    for place, value in enumerate(values):
        near = [v for v in values[max(0, place - window + 1) : place + 1] if math.isfinite(v)]
        smoothed.append(math.fsum(near) / len(near) if math.isfinite(value) else value)
    return smoothed


def test_ema_of_two_points_by_hand():
    # (0.5 * 1 + 1 * 4) / (0.5 + 1) = 3
    assert ema([1, 4], 0.5).tolist() == [1.0, 3.0]


def test_ema_of_three_points_by_hand():
    # weights 0.25, 0.5, 1: (0.25 * 8 + 0.5 * 2 + 4) / 1.75 = 4
    np.testing.assert_allclose(ema([8, 2, 4], 0.5), [8, 4, 4], rtol=1e-15)


@given(st.lists(anything, max_size=70), st.floats(0.0, 0.999))
def test_ema_is_the_slow_formula(values, weight):
    # The loop loses digits in 1 - weight**n, hence not tighter.
    np.testing.assert_allclose(ema(values, weight), slow_ema(values, weight), rtol=1e-9, atol=1e-6)


@given(st.floats(-1e300, 1e300), st.floats(0.0, 0.99999), st.integers(1, 200))
def test_ema_leaves_a_flat_series_exactly_flat(value, weight, n):
    assert (ema(np.full(n, value), weight) == value).all()


def test_ema_stays_finite_near_the_largest_number():
    assert ema([1.7e308, 1.7e308, -1.7e308], 0.9).max() == 1.7e308


def test_ema_forgets_a_huge_early_value():
    smoothed = ema([1e20] + [1.0] * 2000, 0.9)
    assert smoothed[-1] == pytest.approx(1.0, rel=1e-12)


def test_ema_of_a_million_points_ends_where_the_loop_ends():
    values = np.random.default_rng(0).normal(size=1_000_000)
    running = 0.0
    for value in values[-20_000:].tolist():  # 0.99**20000 is below 1e-87
        running = 0.99 * running + 0.01 * value
    assert ema(values, 0.99)[-1] == pytest.approx(running, rel=1e-9)


def test_ema_without_weight_is_a_copy():
    values = np.array([1.0, 2.0])
    ema(values, 0.0)[0] = 9
    assert values.tolist() == [1.0, 2.0]


def test_ema_leaves_its_argument_alone():
    values = np.array([1.0, 2.0, math.nan])
    ema(values, 0.9)
    np.testing.assert_array_equal(values, [1.0, 2.0, math.nan])


def test_ema_of_nothing_is_nothing():
    assert ema([], 0.5).shape == (0,)


def test_ema_of_nan_only_is_nan_only():
    assert np.isnan(ema([math.nan, math.nan], 0.5)).all()


@pytest.mark.parametrize("weight", [1.0, -0.1, 2, math.nan])
def test_ema_refuses_a_weight_outside_its_range(weight):
    with pytest.raises(InvalidArgumentError, match="weight from 0"):
        ema([1.0], weight)


def test_ema_refuses_a_table():
    with pytest.raises(InvalidArgumentError, match=r"shape \(2, 2\)"):
        ema(np.zeros((2, 2)), 0.5)


def test_moving_average_by_hand():
    assert moving_average([1, 2, 6, 4], 2).tolist() == [1.0, 1.5, 4.0, 5.0]


def test_two_passes_are_the_average_of_the_average():
    once = moving_average([1, 2, 6, 4], 2)
    np.testing.assert_array_equal(moving_average([1, 2, 6, 4], 2, 2), moving_average(once, 2))


@given(st.lists(anything, min_size=1, max_size=70), st.integers(1, 90))
def test_moving_average_is_the_slow_formula(values, window):
    expected = slow_moving_average(values, window)
    np.testing.assert_allclose(moving_average(values, window), expected, rtol=1e-9, atol=1e-6)


def test_moving_average_forgets_a_huge_value_that_left_the_window():
    assert moving_average([1e20, 1.0, 1.0, 1.0], 2).tolist()[2:] == [1.0, 1.0]


@pytest.mark.parametrize(("window", "passes"), [(0, 1), (2, -1), (1.5, 1)])
def test_moving_average_refuses_what_is_no_window(window, passes):
    with pytest.raises(InvalidArgumentError, match="whole window"):
        moving_average([1.0], window, passes)
