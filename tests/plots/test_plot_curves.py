from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from gymdash_jupyter.aggregates import aggregate
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots import curves_info, plot_curves
from gymdash_jupyter.plots.look import DARK_SERIES_COLORS, SERIES_COLORS
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import ema
from tests.frames.projects import NOON, add_simulation, end, record, run


def train(store, seed, values, *, minute=0, state=SimState.SUCCEEDED, key="loss", **kwargs):
    sim_id = add_simulation(store, f"sim {seed}", minute=minute or seed, seed=seed, **kwargs)
    run(store, sim_id)
    record(store, sim_id, key, range(len(values)), values)
    if state is not None:
        end(store, sim_id, state)
    return sim_id


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def legend_title(ax):
    (legend,) = [*ax.figure.legends, *filter(None, [ax.get_legend()])]
    return legend.get_title().get_text()


def bands(ax):
    return [each.get_paths()[0].vertices for each in ax.collections]


def test_seeds_are_one_line_with_the_mean_and_its_band(store):
    curves = [[1, 2, 3], [3, 2, 7], [2, 8, 2]]
    for seed, values in enumerate(curves):
        train(store, seed, values)
    ax = plot_curves(store)
    (line,) = ax.lines
    assert line.get_ydata().tolist() == [2, 4, 4]
    expected = aggregate([(range(3), values) for values in curves])
    (band,) = bands(ax)
    assert {tuple(point) for point in zip(expected.x, expected.low, strict=True)} <= set(
        map(tuple, band)
    )
    assert {tuple(point) for point in zip(expected.x, expected.high, strict=True)} <= set(
        map(tuple, band)
    )


def test_configurations_have_lines_and_their_numbers_of_seeds(store):
    for seed in range(3):
        train(store, seed, [1, 2], algorithm="ppo")
    train(store, 0, [1, 2], minute=9, algorithm="a2c")
    ax = plot_curves(store)
    assert labels(ax) == ["ppo (3 seeds)", "a2c (1 seed)"]
    assert legend_title(ax) == "algorithm"
    assert len(bands(ax)) == 1


def test_by_a_path_joins_what_is_equal_there(store):
    for seed in range(4):
        train(store, seed, [seed, seed], lr=seed % 2, n=seed)
    ax = plot_curves(store, by="lr")
    assert labels(ax) == ["0 (2 simulations)", "1 (2 simulations)"]  # each of another n
    assert legend_title(ax) == "lr"
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 1], [2, 2]]


def test_by_simulation_each_has_its_own_line_and_no_band(store):
    for seed in range(2):
        train(store, seed, [seed, seed])
    ax = plot_curves(store, by="simulation")
    assert labels(ax) == ["sim 0", "sim 1"]
    assert not ax.collections


@pytest.mark.parametrize(("statistic", "expected"), [("mean", 26.5), ("median", 3), ("iqm", 3)])
def test_the_statistic_is_that_which_was_asked_for(store, statistic, expected):
    for seed, value in enumerate([0, 2, 4, 100]):
        train(store, seed, [value])
    (curve,) = curves_info(store, statistic=statistic).curves
    assert curve.joined.value.tolist() == [expected]


def test_smoothing_is_on_each_seed_before_they_are_joined(store):
    series = [[0.0, 4.0, 0.0], [2.0, 2.0, 8.0]]
    for seed, values in enumerate(series):
        train(store, seed, values)
    (curve,) = curves_info(store, smoothing=0.5, statistic="median").curves
    smoothed = np.array([ema(values, 0.5) for values in series])
    np.testing.assert_allclose(curve.joined.value, np.median(smoothed, axis=0))


def test_a_curve_goes_only_as_far_as_all_have_come(store):
    train(store, 0, [1, 1, 1, 1, 1])
    train(store, 1, [3, 3, 3], state=None)
    (curve,) = curves_info(store).curves
    assert curve.joined.x.tolist() == [0, 1, 2]


def test_one_that_was_broken_off_holds_nobody_back_and_is_missed(store):
    train(store, 0, [1, 1, 1, 1, 1])
    train(store, 1, [1, 1, 1, 1, 1])
    train(store, 2, [4, 4, 4], state=SimState.FAILED)
    ax = plot_curves(store)
    assert labels(ax) == ["ppo (2 of 3 seeds)"]
    solid, dashed = ax.lines
    np.testing.assert_array_equal(solid.get_ydata(), [2, 2, 2, np.nan, np.nan])
    np.testing.assert_array_equal(dashed.get_ydata(), [np.nan, np.nan, 2, 1, 1])
    assert solid.get_linestyle() == "-" != dashed.get_linestyle()


def test_one_that_has_started_and_said_nothing_yet_is_counted(store):
    train(store, 0, [1, 1])
    run(store, add_simulation(store, "sim", seed=1, minute=5))
    add_simulation(store, "not started", seed=2, minute=6)
    assert labels(plot_curves(store)) == ["ppo (1 of 2 seeds)"]


def test_a_repeated_seed_is_no_other_sample(store):
    train(store, 0, [1, 1])
    train(store, 0, [5, 5], minute=3)
    train(store, 1, [7, 7], minute=4)
    info = curves_info(store)
    (curve,) = info.curves
    assert (curve.joined.value.tolist(), info.n_repeated) == ([6, 6], 1)
    ax = plot_curves(store)
    assert "left out: 1 simulation that repeats a seed" in [t.get_text() for t in ax.figure.texts]


def test_a_repetition_that_failed_replaces_none_that_did_not(store):
    train(store, 0, [1, 1])
    train(store, 0, [5], minute=3, state=SimState.FAILED)
    (curve,) = curves_info(store).curves
    assert curve.joined.value.tolist() == [1, 1]


def test_a_line_over_several_configurations_draws_the_seeds_of_each(store):
    # Whatever is drawn of two equal seeds, nothing moves; of all four together it would.
    for seed in range(4):
        train(store, seed, [seed % 2, seed % 2], lr=seed % 2, algorithm="ppo")
    (curve,) = curves_info(store, by="algorithm").curves
    assert (curve.joined.low.tolist(), curve.joined.high.tolist()) == ([0.5, 0.5], [0.5, 0.5])
    assert curve.n_configs == 2


def test_curves_can_be_split_by_a_setting(store):
    for minute, (algorithm, env) in enumerate([("ppo", "a"), ("ppo", "b"), ("a2c", "b")]):
        for seed in range(2):
            values = [minute, minute]
            train(store, seed, values, minute=2 * minute + seed + 1, algorithm=algorithm, env=env)
    axes = plot_curves(store, split="env")
    assert [ax.get_title() for ax in axes] == ["a", "b"]
    assert [line.get_ydata().tolist() for line in axes[0].lines] == [[0, 0]]
    assert [line.get_ydata().tolist() for line in axes[1].lines] == [[1, 1], [2, 2]]
    assert labels(axes[1]) == ["ppo (2 seeds)", "a2c (2 seeds)"]
    assert axes[0].lines[0].get_color() == axes[1].lines[0].get_color()


def test_split_curves_need_an_axes_each(store):
    train(store, 0, [1], env="a")
    train(store, 1, [1], env="b")
    _, ax = plt.subplots()
    with pytest.raises(InvalidArgumentError, match="need an Axes each: 2"):
        plot_curves(store, split="env", ax=ax)
    with pytest.raises(InvalidArgumentError, match="Did you mean 'env'"):
        plot_curves(store, split="envs")


def test_seeds_can_be_seen_faintly(store):
    for seed in range(3):
        train(store, seed, [seed, seed])
    ax = plot_curves(store, seeds=True)
    assert [line.get_alpha() for line in ax.lines] == [0.3, 0.3, 0.3, None]
    assert len(labels(ax)) == 1


def test_no_band_when_none_is_wanted(store):
    for seed in range(3):
        train(store, seed, [seed, seed])
    assert not plot_curves(store, band=None).collections


def test_a_single_point_is_a_dot(store):
    train(store, 0, [1])
    (line,) = plot_curves(store).lines
    assert line.get_marker() == "o"


def test_episodes_are_counted_and_times_are_since_the_start(store):
    sim_id = add_simulation(store, seed=0)
    run(store, sim_id)  # an hour after noon
    started = NOON.timestamp() + 3600
    record(store, sim_id, "r", [500, 900], [1, 2], [started + 3600, started + 10_800])
    assert curves_info(store, x="episode").curves[0].joined.x.tolist() == [1, 2]
    assert curves_info(store, x="episode").x_label == "number of the value"
    info = curves_info(store, x="time")
    assert info.x_label == "hours since the start"
    assert info.curves[0].joined.x.tolist() == [1, 3]


def test_several_keys_have_a_subplot_each_and_one_legend(store):
    for key in ("a", "b", "c"):
        train(store, 0, [1, 2], key=key, minute=ord(key))
    axes = plot_curves(store, by="name")
    assert [ax.get_ylabel() for ax in axes] == ["a", "b", "c"]
    assert len(axes[0].figure.legends) == 1


def test_given_axes_are_drawn_on(store):
    train(store, 0, [1, 2])
    figure = mpl.figure.Figure()
    ax = figure.subplots()
    assert plot_curves(store, ax=ax, style="paper") is ax
    assert plt.get_fignums() == []


def test_values_that_are_none_leave_a_gap(store):
    train(store, 0, [1, np.nan, np.nan, np.nan, 5])
    (line,) = plot_curves(store).lines
    assert np.isnan(line.get_ydata()[2])
    assert [line.get_ydata()[0], line.get_ydata()[4]] == [1, 5]


def test_only_nan_says_that_there_is_nothing_to_see(store):
    train(store, 0, [np.nan, np.nan])
    plot_curves(store).figure.canvas.draw()


def test_an_empty_project_says_so(store):
    assert [text.get_text() for text in plot_curves(store).texts] == ["No points recorded yet"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"statistic": "men"}, "Did you mean 'mean'"),
        ({"band": 95}, "above 0 and below 1"),
        ({"band": 0}, "above 0 and below 1"),
        ({"smoothing": 1}, "below 1"),
        ({"x": "steps"}, "Did you mean 'step'"),
        ({"by": 3}, "grouped by"),
        ({"style": "papre"}, "Did you mean 'paper'"),
        ({"keys": "lose"}, "Did you mean 'loss'"),
    ],
)
def test_a_bad_argument_raises_and_makes_no_figure(store, wrong, words):
    train(store, 0, [1, 2])
    with pytest.raises(InvalidArgumentError, match=words):
        plot_curves(store, **wrong)
    assert plt.get_fignums() == []


def test_colours_follow_the_background(store):
    train(store, 0, [1, 2])
    with plt.style.context("dark_background"):
        dark = plot_curves(store)
    light = plot_curves(store)
    assert to_hex(dark.lines[0].get_color()) == DARK_SERIES_COLORS[0]
    assert to_hex(light.lines[0].get_color()) == SERIES_COLORS[0]


def test_the_end_of_a_settings_name_is_enough_where_it_means_one(store):
    for seed in range(2):
        train(store, seed, [1, 2], algorithm_kwargs={"gamma": 0.9 + seed / 100, "lr": 1})
    by_end, whole = (curves_info(store, by=by) for by in ("gamma", "algorithm_kwargs.gamma"))
    assert len(by_end.curves) == 2
    assert [curve.label for curve in by_end.curves] == [curve.label for curve in whole.curves]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("gama", r"No simulation has a setting 'gama'. Did you mean 'gamma'\? There are: "),
        (["gamma", "lr"], "Several settings are called 'lr': a.lr, b.lr. Name one"),
    ],
)
def test_a_setting_that_nobody_or_several_have_is_refused(store, by, said):
    train(store, 0, [1, 2], gamma=0.9, a={"lr": 1}, b={"lr": 2})
    with pytest.raises(InvalidArgumentError, match=said):
        plot_curves(store, by=by)
    with pytest.raises(InvalidArgumentError, match=said):
        plot_curves(store, split=by if isinstance(by, str) else by[1])


def test_a_single_point_of_several_seeds_has_its_interval(store):
    for seed, value in enumerate([1, 5, 3]):
        train(store, seed, [value])
    ax = plot_curves(store)
    (interval,) = bands(ax)
    (expected,) = [aggregate([([0], [v]) for v in (1, 5, 3)])]
    assert interval.tolist() == [[0, expected.low[0]], [0, expected.high[0]]]


def test_a_legend_of_bands_stands_above_them(store):
    for algorithm in ("ppo", "a2c"):
        for seed in range(3):
            train(store, seed, [1, 2, seed], algorithm=algorithm)
    ax = plot_curves(store)
    ax.figure.canvas.draw()
    (legend,) = ax.figure.legends
    assert ax.get_window_extent().y1 < legend.get_window_extent().y0
