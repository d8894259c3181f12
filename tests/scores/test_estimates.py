from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.resampling import drawn_counts
from gymdash_jupyter.scores import METRICS, interval_estimates, metric_of


def estimate(scores, metric="iqm", **options):
    (found,) = interval_estimates({"a": scores}, [metric], **options)
    return found.estimates[metric]


@pytest.mark.parametrize("metric", METRICS)
def test_the_interval_is_the_percentiles_of_all_samples_that_could_be_drawn(metric):
    # Two tasks with three seeds each: 27 x 27 equally likely samples.
    table = np.array([[0.0, 5.0], [2.0, 9.0], [7.0, 6.5]])
    every = [
        metric_of(np.column_stack([table[list(of_a), 0], table[list(of_b), 1]]), metric, gamma=6.0)
        for of_a in product(range(3), repeat=3)
        for of_b in product(range(3), repeat=3)
    ]
    found = estimate(table, metric, gamma=6.0, resamples=100_000, confidence=0.8)
    # 100,000 draws know a quantile of these 729 samples to one of its neighbours.
    for end, share in ((found.low, 0.1), (found.high, 0.9)):
        near = np.quantile(every, [share - 0.006, share + 0.006])
        assert near[0] - 1e-9 <= end <= near[1] + 1e-9


def test_tasks_are_drawn_within_themselves():
    # Each task has one score only, again and again: whatever is drawn, nothing moves.
    found = estimate([[1.0, 100.0], [1.0, 100.0]], "mean")
    assert (found.value, found.low, found.high) == (50.5, 50.5, 50.5)


def test_tasks_are_drawn_independently():
    # Were seed 1 of both tasks drawn together, the sum would never be anything but 1.
    found = estimate([[0.0, 1.0], [1.0, 0.0]], "mean", confidence=0.9)
    assert found.low < 0.5 < found.high


@pytest.mark.parametrize("metric", METRICS)
def test_one_seed_has_a_value_and_no_interval(metric):
    (found,) = interval_estimates({"a": [[1.0, 2.0]]}, [metric])
    there = found.estimates[metric]
    assert np.isfinite(there.value)
    assert np.isnan([there.low, there.high]).all()
    assert found.n_seeds == (1, 1)


def test_a_task_with_one_seed_takes_the_interval_away():
    (found,) = interval_estimates({"a": {"x": [1.0, 2.0, 3.0], "y": [1.0]}}, ["mean"])
    assert found.n_seeds == (1, 3)
    assert np.isnan(found.estimates["mean"].low)


def test_the_same_scores_give_the_same_interval_and_another_seed_another_one():
    table = np.random.default_rng(0).normal(size=(5, 3))
    assert estimate(table) == estimate(table)
    assert estimate(table) != estimate(table, seed=1)


def test_a_surer_interval_is_wider():
    table = np.random.default_rng(0).normal(size=(8, 4))
    narrow, wide = estimate(table, confidence=0.5), estimate(table, confidence=0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_huge_scores_keep_their_small_differences():
    found = estimate(np.array([[1e15], [1e15 + 2], [1e15 + 4]]), "mean")
    assert found.value == 1e15 + 2
    assert 1e15 <= found.low < found.high <= 1e15 + 4


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"resamples": 1.5}, {"confidence": 95}])
def test_an_interval_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidArgumentError, match="resamples >= 1 and a confidence"):
        estimate([[1.0], [2.0]], **wrong)


def test_no_algorithm_is_refused():
    with pytest.raises(InvalidArgumentError, match="at least one"):
        interval_estimates({})


def test_drawing_keeps_the_number_of_each_stratum():
    drawn = drawn_counts(7, 500, ["a", "b", "a", "b", "b", "b", "c"], seed=3)
    assert (drawn[:, [0, 2]].sum(axis=1) == 2).all()
    assert (drawn[:, [1, 3, 4, 5]].sum(axis=1) == 4).all()
    assert (drawn[:, 6] == 1).all()


def test_each_seed_is_drawn_equally_often():
    drawn = drawn_counts(4, 50_000, seed=0)
    # Each is drawn 50,000 times on average, with a standard deviation of sqrt(200,000 * 3/16), some 194.
    assert np.abs(drawn.sum(axis=0) - 50_000).max() < 5 * 194
    assert drawn.max() == 4


@pytest.mark.slow
@pytest.mark.parametrize(("n_seeds", "n_tasks", "coverage"), [(5, 5, 0.91), (10, 5, 0.93)])
def test_the_interval_of_a_mean_holds_the_truth_as_often_as_its_docstring_says(
    n_seeds, n_tasks, coverage
):
    generator = np.random.default_rng(1)
    hits = 0
    for trial in range(1500):
        there = estimate(
            generator.normal(size=(n_seeds, n_tasks)), "mean", resamples=1000, seed=trial
        )
        hits += there.low <= 0 <= there.high
    # The standard error of 1,500 hits is 0.007.
    assert hits / 1500 == pytest.approx(coverage, abs=0.022)
