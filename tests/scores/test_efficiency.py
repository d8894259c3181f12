from __future__ import annotations

import numpy as np
import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.scores import interval_estimates, metric_of, sample_efficiency


def efficiency(curves, metric="iqm", **options):
    return sample_efficiency({"a": curves}, metric, **options)[0]


def test_each_step_has_the_metric_of_the_values_there():
    generator = np.random.default_rng(0)
    table = generator.normal(size=(4, 3, 6))  # seeds, tasks, steps
    steps = np.arange(6) * 100
    curves = {f"t{task}": [(steps, table[seed, task]) for seed in range(4)] for task in range(3)}
    for metric in ("iqm", "mean", "median", "optimality_gap"):
        found = efficiency(curves, metric)
        assert found.x.tolist() == steps.tolist()
        expected = [metric_of(table[:, :, step], metric) for step in range(6)]
        np.testing.assert_allclose(found.value, expected, atol=1e-12)


def test_each_step_has_the_interval_of_the_values_there():
    table = np.random.default_rng(0).normal(size=(4, 2, 3))
    curves = {f"task {t + 1}": [([0, 1, 2], table[s, t]) for s in range(4)] for t in range(2)}
    found = efficiency(curves, "mean", seed=5)
    for step in range(3):
        (alone,) = interval_estimates({"a": table[:, :, step]}, ["mean"], seed=5)
        there = alone.estimates["mean"]
        assert (found.low[step], found.high[step]) == pytest.approx((there.low, there.high))


def test_a_curve_is_only_where_all_seeds_have_values():
    curves = {"a": [([0, 10, 40], [0.0, 1.0, 4.0]), ([5, 20], [5.0, 5.0])]}
    found = efficiency(curves, "mean")
    assert found.x.tolist() == [5, 10, 20]
    # Half way from 10 to 40 the first one has 1 + 10/30 * 3 = 2.
    assert found.value.tolist() == pytest.approx([(0.5 + 5) / 2, (1 + 5) / 2, (2 + 5) / 2])


def test_seeds_without_a_common_step_have_no_curve():
    found = efficiency({"a": [([0, 1], [0.0, 1.0]), ([5, 6], [0.0, 1.0])]})
    assert len(found.x) == len(found.value) == len(found.low) == 0


def test_long_curves_are_seen_at_as_many_steps_as_wanted():
    steps = np.arange(5000)
    found = efficiency({"a": [(steps, steps), (steps, steps + 2)]}, "mean", max_points=50)
    assert len(found.x) == 50
    np.testing.assert_allclose(found.value, found.x + 1)


def test_one_seed_has_a_curve_and_no_band():
    found = efficiency({"a": [([0, 1], [1.0, 2.0])]})
    assert found.value.tolist() == [1.0, 2.0]
    assert np.isnan(found.low).all()


def test_a_task_without_curves_is_refused():
    with pytest.raises(InvalidArgumentError, match="a has no curve on x"):
        efficiency({"x": []})
