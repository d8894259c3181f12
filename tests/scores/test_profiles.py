from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.scores import performance_profiles


def profile(scores, thresholds=None, **options):
    return performance_profiles({"a": scores}, thresholds, **options)[0]


def test_a_profile_is_the_share_of_scores_above_each_threshold():
    table = [[0.0, 1.0], [2.0, 3.0]]
    # Above 0 lie 1 2 3, above 1 lie 2 3, above 2.5 lies 3; what is equal is not above.
    found = profile(table, [-1.0, 0.0, 1.0, 2.5, 3.0])
    assert found.share.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_a_profile_of_tasks_is_of_their_means():
    table = [[0.0, 1.0], [2.0, 3.0]]  # means 1 and 2
    found = profile(table, [0.0, 1.0, 1.5, 2.0], of="tasks")
    assert found.share.tolist() == [1.0, 0.5, 0.5, 0.0]


def test_tasks_count_the_same_whatever_their_numbers_of_seeds():
    found = profile({"a": [0.0, 0.0, 0.0], "b": [1.0]}, [0.5])
    assert found.share.tolist() == [0.5]


@pytest.mark.parametrize("of", ["seeds", "tasks"])
def test_the_band_is_the_percentiles_of_all_samples_that_could_be_drawn(of):
    table = np.array([[0.0, 5.0], [2.0, 1.0], [7.0, 3.0]])
    at = np.array([0.5, 1.5, 2.5, 4.0])
    every = []
    for of_a in product(range(3), repeat=3):
        for of_b in product(range(3), repeat=3):
            sample = np.column_stack([table[list(of_a), 0], table[list(of_b), 1]])
            scores = sample if of == "seeds" else sample.mean(axis=0)
            every.append([(scores > threshold).mean() for threshold in at])
    found = profile(table, at, of=of, resamples=50_000, confidence=0.8)
    for place in range(len(at)):
        shares = [row[place] for row in every]
        for end, share in ((found.low, 0.1), (found.high, 0.9)):
            near = np.quantile(shares, [share - 0.008, share + 0.008])
            assert near[0] - 1e-9 <= end[place] <= near[1] + 1e-9


@given(
    st.lists(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["seeds", "tasks"]),
)
def test_a_profile_never_grows_and_lies_in_its_band(table, of):
    found = profile(table, of=of, resamples=50)
    assert (np.diff(found.share) <= 1e-12).all()
    assert found.share[-1] == 0.0
    if of == "seeds":
        assert found.share[0] == pytest.approx(1.0)
    there = np.isfinite(found.low)
    assert there.all() or not there.any()
    assert (found.low[there] <= found.high[there]).all()


def test_all_algorithms_are_seen_over_the_same_thresholds():
    one, two = performance_profiles({"a": [[0.0], [1.0]], "b": [[5.0], [9.0]]})
    np.testing.assert_array_equal(one.thresholds, two.thresholds)
    assert one.thresholds[0] < 0.0 < 9.0 < one.thresholds[-1]


def test_one_seed_has_a_profile_and_no_band():
    found = profile([[1.0, 2.0]])
    assert found.share.max() == 1.0
    assert np.isnan(found.low).all()


def test_equal_scores_have_a_profile():
    assert profile([[0.0], [0.0]]).share[[0, -1]].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("wrong", [[], [2.0, 1.0], [1.0, 1.0], [[1.0]], [np.nan]])
def test_thresholds_must_grow(wrong):
    with pytest.raises(InvalidArgumentError, match="finite numbers that grow"):
        profile([[1.0]], wrong)


def test_a_profile_of_something_else_is_refused():
    with pytest.raises(InvalidArgumentError, match="'seeds' or of 'tasks'; got 'runs'"):
        profile([[1.0]], of="runs")
