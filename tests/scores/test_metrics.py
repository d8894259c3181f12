from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.scores import METRICS, interval_estimates, metric_of

nan, inf = np.nan, np.inf

# Three seeds, two tasks. Means of the tasks: 2 and 20.
SMALL = [[0.0, 10.0], [2.0, 20.0], [4.0, 30.0]]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # Of 0 2 4 10 20 30, a quarter of six, rounded down, is 1: (2 + 4 + 10 + 20) / 4.
        ("iqm", 9.0),
        ("mean", 11.0),
        ("median", 11.0),  # between the tasks' means 2 and 20
        # Of min(x, 5): 0 2 4 5 5 5, their mean is 3.5.
        ("optimality_gap", 1.5),
    ],
)
def test_a_metric_is_what_is_worked_out_by_hand(metric, expected):
    assert metric_of(SMALL, metric, gamma=5.0) == pytest.approx(expected, abs=1e-12)


def test_the_median_is_over_tasks_and_not_over_seeds():
    # Means of the three tasks: 10/3, 5, 7. The median of all nine scores would be 5, too, were it not for the 100.
    scores = {"a": [0.0, 0.0, 10.0], "b": [5.0, 5.0, 5.0], "c": [100.0, 100.0, 100.0]}
    assert metric_of(scores, "median") == 5.0
    assert metric_of({**scores, "d": [6.0, 9.0, 9.0]}, "median") == pytest.approx((5 + 8) / 2)


def test_one_lucky_seed_moves_the_mean_and_not_the_interquartile_mean():
    usual = [[1.0], [2.0], [3.0], [4.0]]
    lucky = [[1.0], [2.0], [3.0], [4000.0]]
    assert metric_of(lucky, "iqm") == metric_of(usual, "iqm") == 2.5
    assert metric_of(lucky, "mean") > 1000


def test_tasks_may_have_different_numbers_of_seeds():
    scores = {"a": [1.0, 3.0], "b": [10.0]}
    assert metric_of(scores, "mean") == (2 + 10) / 2  # each task counts the same
    assert metric_of(scores, "optimality_gap", gamma=4.0) == 4 - (2 + 4) / 2
    assert metric_of([[1.0, 10.0], [3.0, nan]], "mean") == metric_of(scores, "mean")


def test_what_is_above_gamma_closes_no_gap():
    assert metric_of([[0.5], [1.5]]) == 1.0
    assert metric_of([[0.5], [1.5]], "optimality_gap") == 1 - (0.5 + 1.0) / 2


tables = st.integers(1, 4).flatmap(
    lambda tasks: st.lists(
        st.lists(st.floats(-1e6, 1e6), min_size=tasks, max_size=tasks), min_size=1, max_size=7
    )
)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_seeds_does_not_matter(table, random):
    columns = [list(column) for column in zip(*table, strict=True)]
    for column in columns:
        random.shuffle(column)
    shuffled = np.array(columns).T
    for metric in METRICS:
        assert metric_of(shuffled, metric) == pytest.approx(
            metric_of(table, metric), rel=1e-9, abs=1e-6
        )


@given(tables)
def test_a_metric_lies_between_the_least_and_the_greatest_score(table):
    low, high = np.min(table), np.max(table)
    slack = 1e-9 * max(abs(low), abs(high))
    for metric in ("iqm", "mean", "median"):
        assert low - slack <= metric_of(table, metric) <= high + slack


@given(tables, st.floats(0.1, 100), st.floats(-100, 100))
def test_a_metric_follows_the_unit_of_the_scores(table, factor, offset):
    moved = np.array(table) * factor + offset
    for metric in ("iqm", "mean", "median"):
        expected = metric_of(table, metric) * factor + offset
        assert metric_of(moved, metric) == pytest.approx(expected, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([1.0, 2.0], r"shape \(seeds, tasks\); got \(2,\)"),
        ({"a": [[1.0]]}, r"\(seeds,\) for each task; got \(1, 1\)"),
        ({}, "have no task"),
        ([["x"]], "are not numbers"),
        ([[1.0], [2.0, 3.0]], "even array"),
        ({"a": [nan, nan]}, "No seed of the algorithm has a score on a"),
        (np.empty((0, 2)), "on task 1"),
        ([[1.0], [inf]], "infinite"),
    ],
)
def test_bad_scores_are_refused(scores, words):
    with pytest.raises(InvalidArgumentError, match=words):
        metric_of(scores)


def test_an_unknown_metric_is_refused_with_a_hint():
    with pytest.raises(InvalidArgumentError, match="Did you mean 'median'"):
        metric_of([[1.0]], "meidan")


def test_algorithms_with_different_tasks_are_not_compared():
    with pytest.raises(InvalidArgumentError, match="ppo has scores on b, a2c has none"):
        interval_estimates({"ppo": {"a": [1.0], "b": [1.0]}, "a2c": {"a": [1.0]}})


def test_the_order_of_tasks_may_differ():
    scores = {"ppo": {"a": [1.0, 2.0], "b": [5.0, 6.0]}, "a2c": {"b": [5.0, 6.0], "a": [1.0, 2.0]}}
    first, second = interval_estimates(scores, ["mean"])
    assert first.estimates["mean"].value == second.estimates["mean"].value
