import math
from uuid import UUID

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.plots import plot_scalars, scalars_info
from gymdash_jupyter.plots.look import SERIES_COLORS
from gymdash_jupyter.statistics import ema
from tests.frames.projects import add_simulation, record


def texts(ax):
    return [text.get_text() for text in ax.texts]


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def test_a_line_is_the_recorded_points(store):
    record(store, add_simulation(store), "loss", [0, 10, 5], [1, math.nan, 3])
    ax = plot_scalars(store)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0, 1], [10, math.nan], [5, 3]])


def test_axes_are_labelled(store):
    record(store, add_simulation(store, "cart"), "loss", [0, 1], [1, 2])
    ax = plot_scalars(store)
    assert (ax.get_xlabel(), ax.get_ylabel(), labels(ax)) == ("step", "loss", ["cart"])


def test_the_smoothed_line_lies_over_the_translucent_raw_one(store):
    record(store, add_simulation(store), "loss", [0, 1, 2], [1, 5, 3])
    raw, smoothed = plot_scalars(store, smoothing=0.5).lines
    assert raw.get_ydata().tolist() == [1, 5, 3]
    assert smoothed.get_ydata().tolist() == ema([1, 5, 3], 0.5).tolist()
    assert raw.get_alpha() < 0.5
    assert raw.get_color() == smoothed.get_color()


def test_several_keys_get_a_subplot_each(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "b", [0], [1])
    record(store, sim_id, "a", [0], [2])
    axes = plot_scalars(store)
    assert axes.shape == (2,)
    assert [ax.get_ylabel() for ax in axes] == ["a", "b"]
    assert [ax.lines[0].get_ydata().tolist() for ax in axes] == [[2], [1]]


def test_five_keys_leave_no_empty_subplot(store):
    sim_id = add_simulation(store)
    for key in "abcde":
        record(store, sim_id, key, [0], [1])
    assert len(plot_scalars(store)[0].figure.axes) == 5


def test_simulations_have_the_palette_in_their_order(store):
    for minute in range(9):
        record(store, add_simulation(store, f"sim {minute}", minute=minute), "loss", [0], [minute])
    lines = plot_scalars(store).lines
    assert [to_hex(line.get_color()) for line in lines[:8]] == list(SERIES_COLORS)
    assert to_hex(lines[8].get_color()) == SERIES_COLORS[0]
    assert lines[8].get_linestyle() == "--"


def test_a_simulation_keeps_its_colour_in_all_subplots(store):
    one, two = add_simulation(store, "one", minute=1), add_simulation(store, "two", minute=2)
    record(store, one, "a", [0], [1])
    record(store, two, "a", [0], [1])
    record(store, two, "b", [0], [1])
    axes = plot_scalars(store)
    assert axes[0].lines[1].get_color() == axes[1].lines[0].get_color()


def test_equal_names_are_told_apart_by_their_ids(store):
    one, two = UUID(int=1), UUID(int=2**127)
    record(store, add_simulation(store, "cart", minute=1, sim_id=one), "loss", [0], [1])
    record(store, add_simulation(store, "cart", minute=2, sim_id=two), "loss", [0], [1])
    assert labels(plot_scalars(store)) == ["cart (00000000)", "cart (80000000)"]


def test_ids_with_an_equal_beginning_are_shown_longer(store):
    for number in (1, 2**96 + 1):
        sim_id = UUID(int=number)
        record(store, add_simulation(store, "cart", sim_id=sim_id, minute=1), "loss", [0], [1])
    sim_ids = {line.label for line in scalars_info(store).lines}
    assert sim_ids == {"cart (00000000)", "cart (00000001)"}


def test_names_that_matplotlib_would_read_are_shown_as_they_are(store):
    record(store, add_simulation(store, "_a $x$ b"), "loss", [0, 1], [0, 1])
    ax = plot_scalars(store)
    ax.figure.canvas.draw()
    (shown,) = ax.get_legend().get_texts()
    assert shown.get_text().lstrip("\u200b") == r"_a \$x\$ b"


def test_a_project_without_points_says_so(store):
    ax = plot_scalars(store)
    assert texts(ax) == ["No points recorded yet"]
    assert not ax.lines


def test_a_simulation_without_points_says_so(store):
    record(store, add_simulation(store), "loss", [0], [1])
    ax = plot_scalars(store, "loss", add_simulation(store))
    assert (texts(ax), ax.get_ylabel()) == (["No points recorded yet"], "loss")


def test_an_unknown_key_raises_and_makes_no_figure(store):
    record(store, add_simulation(store), "loss", [0], [1])
    with pytest.raises(InvalidArgumentError, match="Did you mean 'loss'"):
        plot_scalars(store, "los")
    assert plt.get_fignums() == []


@pytest.mark.parametrize("wrong", [{"smoothing": 1.0}, {"max_points": 3}])
def test_a_bad_argument_raises_and_makes_no_figure(store, wrong):
    with pytest.raises(InvalidArgumentError):
        plot_scalars(store, **wrong)
    assert plt.get_fignums() == []


def test_an_unknown_simulation_raises(store):
    with pytest.raises(UnknownSimulationError):
        plot_scalars(store, sims=UUID(int=0))


def test_given_axes_are_drawn_on_and_no_figure_is_made(store):
    record(store, add_simulation(store), "loss", [0], [1])
    figure = mpl.figure.Figure()
    ax = figure.subplots()
    assert plot_scalars(store, ax=ax) is ax
    assert plt.get_fignums() == []


def test_one_call_makes_one_figure(store):
    record(store, add_simulation(store), "loss", [0], [1])
    plot_scalars(store)
    assert len(plt.get_fignums()) == 1


def test_several_keys_share_one_given_axes(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "a", [0], [1])
    record(store, sim_id, "b", [0], [2])
    ax = mpl.figure.Figure().subplots()
    plot_scalars(store, ax=ax)
    assert (labels(ax), len({line.get_color() for line in ax.lines})) == (["a", "b"], 2)


def test_given_axes_may_be_one_a_key(store):
    sim_id = add_simulation(store)
    record(store, sim_id, "a", [0], [1])
    record(store, sim_id, "b", [0], [2])
    axes = mpl.figure.Figure().subplots(1, 2)
    assert [ax.get_ylabel() for ax in plot_scalars(store, ax=axes)] == ["a", "b"]


def test_as_many_axes_as_keys_are_needed(store):
    record(store, add_simulation(store), "a", [0], [1])
    with pytest.raises(InvalidArgumentError, match=r"Got 3 axes for 1 keys \(a\)"):
        plot_scalars(store, ax=mpl.figure.Figure().subplots(1, 3))


def test_rc_params_and_backend_stay_as_they_are(store):
    record(store, add_simulation(store), "loss", [0], [1])
    before, backend = mpl.rcParams.copy(), mpl.get_backend()
    plot_scalars(store, smoothing=0.6).figure.canvas.draw()
    assert (mpl.rcParams.copy(), mpl.get_backend()) == (before, backend)


def test_a_long_line_is_thinned_and_the_picture_says_so(store):
    values = np.random.default_rng(0).normal(size=5000)
    record(store, add_simulation(store), "loss", range(5000), values)
    ax = plot_scalars(store, max_points=1000)
    drawn = ax.lines[0].get_ydata()
    assert len(drawn) <= 1000
    assert (drawn.min(), drawn.max()) == (values.min(), values.max())
    assert texts(ax) == ["at most 1,000 of 5,000 points a line"]


def test_smoothing_sees_all_points_of_a_thinned_line(store):
    values = np.random.default_rng(0).normal(size=5000)
    record(store, add_simulation(store), "loss", range(5000), values)
    smoothed = plot_scalars(store, max_points=1000, smoothing=0.9).lines[1].get_xydata()
    expected = ema(values, 0.9)
    np.testing.assert_array_equal(smoothed[:, 1], expected[smoothed[:, 0].astype(int)])


def test_all_points_are_drawn_on_wish(store):
    record(store, add_simulation(store), "loss", range(20_000), range(20_000))
    ax = plot_scalars(store, max_points=None)
    assert (len(ax.lines[0].get_ydata()), texts(ax)) == (20_000, [])


def test_a_single_point_is_a_dot(store):
    record(store, add_simulation(store), "loss", [3], [1])
    assert plot_scalars(store).lines[0].get_marker() == "o"


def test_info_holds_what_is_drawn(store):
    sim_id = add_simulation(store, "cart")
    record(store, sim_id, "loss", [0, 1], [1.0, 3.0])
    info = scalars_info(store, "loss", smoothing=0.5)
    (line,) = info.lines
    assert (info.keys, info.smoothing) == (("loss",), 0.5)
    assert (line.sim_id, line.label, line.key, line.place) == (sim_id, "cart", "loss", 0)
    assert (line.steps.tolist(), line.raw.tolist()) == ([0, 1], [1.0, 3.0])
    assert line.smoothed.tolist() == ema([1.0, 3.0], 0.5).tolist()


def test_lines_follow_the_order_of_choice(store):
    one, two = add_simulation(store, "one", minute=1), add_simulation(store, "two", minute=2)
    for sim_id in (one, two):
        for key in "ab":
            record(store, sim_id, key, [0], [1])
    lines = scalars_info(store, ["b", "a"], [two, one]).lines
    assert [(line.key, line.label) for line in lines] == [
        ("b", "two"),
        ("b", "one"),
        ("a", "two"),
        ("a", "one"),
    ]


def test_the_legend_of_several_subplots_follows_the_simulations(store):
    early, late = add_simulation(store, "early", minute=1), add_simulation(store, "late", minute=2)
    record(store, late, "a", [0], [1])
    record(store, early, "b", [0], [1])
    (legend,) = plot_scalars(store)[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["early", "late"]


def room(ax):
    """Give the height of axes and of the legend in them, in pixels, as they are drawn."""
    ax.figure.canvas.draw()
    return ax.get_window_extent().height, ax.get_legend().get_window_extent().height


def test_many_simulations_are_named_above_the_axes_which_keep_their_height(store):
    for minute in range(30):
        record(
            store, add_simulation(store, f"sim {minute}", minute=minute), "loss", [0, 1], [0, 1]
        )
    ax = plot_scalars(store)
    ax.figure.canvas.draw()
    (legend,) = ax.figure.legends
    assert legend.get_title().get_text() == "20 of 30"
    assert ax.get_window_extent().y1 < legend.get_window_extent().y0
    assert ax.get_window_extent().height > 2.5 * ax.figure.dpi


def test_a_legend_in_given_axes_is_no_taller_than_they_are(store):
    for minute in range(30):
        record(
            store, add_simulation(store, f"sim {minute}", minute=minute), "loss", [0, 1], [0, 1]
        )
    _, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
    plot_scalars(store, ax=ax)
    height, needed = room(ax)
    assert needed < height
    assert ax.get_legend().get_title().get_text().endswith(" of 30")


def test_a_single_step_is_one_tick(store):
    record(store, add_simulation(store), "loss", [3], [1])
    ax = plot_scalars(store)
    ax.figure.canvas.draw()
    low, high = ax.get_xlim()
    shown = [tick for tick in ax.get_xticks() if low <= tick <= high]
    assert shown == [3]
