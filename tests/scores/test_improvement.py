from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.scores import probability_of_improvement


def improvement(x, y, **options):
    return probability_of_improvement({"x": x, "y": y}, **options)[0]


def test_a_tie_counts_half():
    # Of the six pairs x wins 3>1 3>2 3>2 and 2>1; 2=2 twice: (4 + 2 * 0.5) / 6.
    assert improvement([[2.0], [3.0]], [[1.0], [2.0], [2.0]]).value == pytest.approx(5 / 6)


def test_tasks_count_the_same():
    # x wins all of the first task and none of the second.
    x = {"a": [5.0, 6.0], "b": [0.0]}
    y = {"a": [1.0, 2.0, 3.0], "b": [1.0, 1.0, 1.0]}
    assert improvement(x, y).value == 0.5


def test_equal_scores_are_one_half():
    assert improvement([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]).value == 0.5


def test_the_interval_is_the_percentiles_of_all_samples_that_could_be_drawn():
    x, y = np.array([0.0, 2.0, 7.0]), np.array([1.0, 2.0, 3.0])
    every = [
        np.mean([(a > b) + 0.5 * (a == b) for a in x[list(of_x)] for b in y[list(of_y)]])
        for of_x in product(range(3), repeat=3)
        for of_y in product(range(3), repeat=3)
    ]
    found = improvement(x[:, np.newaxis], y[:, np.newaxis], resamples=50_000, confidence=0.8)
    for end, share in ((found.low, 0.1), (found.high, 0.9)):
        near = np.quantile(every, [share - 0.008, share + 0.008])
        assert near[0] - 1e-9 <= end <= near[1] + 1e-9


columns = st.lists(st.integers(-5, 5).map(float), min_size=2, max_size=6)


@given(columns, columns, columns, columns)
def test_of_two_algorithms_one_is_better_or_they_are_equal(x_a, x_b, y_a, y_b):
    x, y = {"a": x_a, "b": x_b}, {"a": y_a, "b": y_b}
    there = improvement(x, y, resamples=20)
    back = improvement(y, x, resamples=20)
    assert there.value + back.value == pytest.approx(1.0)
    assert 0.0 <= there.low <= there.high <= 1.0


@given(columns, columns)
def test_only_the_order_of_scores_counts(x, y):
    bent = [[np.exp(score)] for score in x], [[np.exp(score)] for score in y]
    plain = [[score] for score in x], [[score] for score in y]
    assert improvement(*bent, resamples=20) == improvement(*plain, resamples=20)


def test_by_default_each_is_compared_with_each_that_comes_after_it():
    scores = {name: [[1.0], [2.0]] for name in "abc"}
    found = [(each.x, each.y) for each in probability_of_improvement(scores)]
    assert found == [("a", "b"), ("a", "c"), ("b", "c")]


def test_one_seed_has_no_interval():
    found = improvement([[1.0]], [[0.0], [2.0]])
    assert found.value == 0.5
    assert np.isnan([found.low, found.high]).all()


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(InvalidArgumentError, match="no scores of 'z'"):
        improvement([[1.0]], [[1.0]], pairs=[("x", "z")])
    with pytest.raises(InvalidArgumentError, match="A pair is two names"):
        improvement([[1.0]], [[1.0]], pairs=["xy"])
