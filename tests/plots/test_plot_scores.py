from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames.scores import scores_frame
from gymdash_jupyter.plots import (
    efficiency_info,
    final_scores_info,
    improvement_info,
    plot_final_scores,
    plot_performance_profiles,
    plot_probability_of_improvement,
    plot_sample_efficiency,
    plot_scores,
    profiles_info,
    scores_info,
)
from gymdash_jupyter.plots.look import say_note
from gymdash_jupyter.scores import interval_estimates, probability_of_improvement
from gymdash_jupyter.states import SimState
from tests.frames.projects import add_simulation, end, record, run

KEY = "rollout/ep_rew_mean"
ALL = (
    plot_scores,
    plot_final_scores,
    plot_performance_profiles,
    plot_probability_of_improvement,
    plot_sample_efficiency,
)
ON_ONE_SCALE = (plot_scores, plot_performance_profiles, plot_sample_efficiency)


def fill(store, algorithms=("ppo", "a2c"), envs=("Cart",), n=3, state=SimState.SUCCEEDED):
    """Let every algorithm learn every task with n seeds; its curve rises to the table's score."""
    generator = np.random.default_rng(0)
    table = generator.normal(size=(len(algorithms), n, len(envs))).round(3)
    minute = 0
    for a, algorithm in enumerate(algorithms):
        for seed in range(n):
            for e, env in enumerate(envs):
                minute += 1
                sim_id = add_simulation(
                    store, f"sim {minute}", minute=minute, algorithm=algorithm, env=env, seed=seed
                )
                run(store, sim_id)
                record(store, sim_id, KEY, [0, 50, 100], np.array([0, 0.5, 1]) * table[a, seed, e])
                if state is not None:
                    end(store, sim_id, state)
    return table


def said(ax):
    figure = ax.figure
    return [text.get_text() for text in [*ax.texts, *figure.texts] if text.get_text()]


def row_names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_rows_are_the_estimates_of_the_scores(store):
    table = fill(store, n=4)
    info = scores_info(store, metrics=["iqm"])
    expected = interval_estimates({"ppo": table[0], "a2c": table[1]}, ["iqm"])
    for row, each in zip(info.parts["iqm"], expected, strict=True):
        there = each.estimates["iqm"]
        assert (row.value, row.low, row.high) == pytest.approx(
            (there.value, there.low, there.high)
        )


def test_rows_have_names_and_numbers_of_seeds(store):
    fill(store)
    axes = plot_scores(store)
    assert row_names(axes[0]) == ["ppo (3 seeds)", "a2c (3 seeds)"]
    assert (axes[0].get_ylabel(), [ax.get_title() for ax in axes]) == (
        "algorithm",
        ["IQM", "mean"],
    )


def test_a_bar_goes_from_the_lower_to_the_upper_end(store):
    fill(store)
    row = scores_info(store, metrics="mean").parts["mean"][0]
    ax = plot_scores(store, metrics="mean")
    bar, mark = ax.patches[0], ax.lines[0]
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((row.low, row.high))
    assert mark.get_xdata().tolist() == [row.value, row.value]


def test_several_tasks_have_a_median_and_normalised_scores_a_gap(store):
    fill(store, envs=("Cart", "Pendulum"))
    assert list(scores_info(store, normalise=False).parts) == ["median", "iqm", "mean"]
    info = scores_info(store, normalise="minmax")
    assert list(info.parts) == ["median", "iqm", "mean", "optimality_gap"]
    assert info.label == f"normalised {KEY}"


@pytest.mark.parametrize("plot", ON_ONE_SCALE)
def test_scores_of_several_tasks_need_a_scale(store, plot):
    fill(store, envs=("Cart", "Pendulum"))
    with pytest.raises(InvalidArgumentError, match=r"normalise={'Cart': "):
        plot(store)
    assert plt.get_fignums() == []


def test_final_scores_are_a_subplot_a_task_and_a_dot_a_seed(store):
    table = fill(store, envs=("Cart", "Pendulum"))
    axes = plot_final_scores(store)
    assert [ax.get_title() for ax in axes] == ["Cart", "Pendulum"]
    dots, mark = axes[1].lines[:2]
    assert dots.get_xdata().tolist() == pytest.approx(table[0, :, 1].tolist())
    assert mark.get_xdata()[0] == pytest.approx(table[0, :, 1].mean())


def test_final_scores_take_another_statistic(store):
    table = fill(store)
    row = final_scores_info(store, statistic="median").parts["Cart"][0]
    assert row.value == pytest.approx(np.median(table[0, :, 0]))


def test_a_profile_is_drawn_of_the_scores(store):
    table = fill(store)
    at = [-9.0, float(np.median(table[0])), 9.0]
    (ppo, _) = profiles_info(store, thresholds=at).profiles
    assert ppo.share.tolist() == pytest.approx([1, 1 / 3, 0])
    ax = plot_performance_profiles(store, thresholds=at)
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([1, 1 / 3, 0])
    assert (ax.get_xlabel(), ax.get_ylabel()) == (KEY, "share of seeds that score more")


def test_a_pair_is_drawn_with_its_interval(store):
    table = fill(store)
    (expected,) = probability_of_improvement({"ppo": table[0], "a2c": table[1]})
    ax = plot_probability_of_improvement(store)
    assert ax.lines[0].get_xdata()[0] == expected.value
    assert ax.patches[0].get_x() == pytest.approx(expected.low)
    assert row_names(ax) == ["ppo"]


def test_each_can_be_compared_with_a_baseline(store):
    fill(store, algorithms=("ppo", "a2c", "dqn"))
    pairs = improvement_info(store, over="a2c").pairs
    assert [(pair.x, pair.y) for pair in pairs] == [
        ("algorithm ppo", "algorithm a2c"),
        ("algorithm dqn", "algorithm a2c"),
    ]
    assert improvement_info(store, pairs=[("dqn", "ppo")]).pairs[0].x == "algorithm dqn"
    with pytest.raises(InvalidArgumentError, match="no algorithm 'a3c'"):
        improvement_info(store, over="a3c")


def test_too_many_pairs_are_not_drawn_and_that_is_said(store):
    scores = {f"a{number}": [[1.0], [2.0]] for number in range(7)}
    info = improvement_info(store, scores=scores)
    assert len(info.pairs) == 6
    assert "over a0 only" in info.note


def test_sample_efficiency_is_the_metric_at_each_step(store):
    table = fill(store, envs=("Cart", "Pendulum"))
    (ppo, _) = efficiency_info(store, metric="mean", normalise=False).curves
    assert ppo.x.tolist() == [0, 50, 100]
    assert ppo.value.tolist() == pytest.approx([0, table[0].mean() / 2, table[0].mean()])


def test_sample_efficiency_is_scaled_as_the_scores_are(store):
    table = fill(store, envs=("Cart", "Pendulum"))
    ranges = {"Cart": (-1.0, 1.0), "Pendulum": (0.0, 10.0)}
    (ppo, _) = efficiency_info(store, metric="mean", normalise=ranges).curves
    scaled = ((table[0, :, 0] + 1) / 2).mean() / 2 + (table[0, :, 1] / 10).mean() / 2
    assert ppo.value[-1] == pytest.approx(scaled)


@pytest.mark.parametrize("plot", ALL)
def test_what_did_not_end_by_itself_is_left_out_and_that_is_said(store, plot):
    fill(store)
    late = add_simulation(store, "late", minute=99, algorithm="ppo", env="Cart", seed=77)
    run(store, late)
    record(store, late, KEY, [0], [1000.0])
    drawn = plot(store)
    one = np.ravel(np.asarray(drawn, dtype=object))[0]
    assert "left out: 1 unfinished" in said(one)
    assert one.dataLim.x1 < 900


@pytest.mark.parametrize("plot", ALL)
def test_without_a_comparable_simulation_the_picture_says_so(store, plot):
    fill(store, state=SimState.CANCELLED)
    one = np.ravel(np.asarray(plot(store), dtype=object))[0]
    assert any(words.startswith("No simulation with a score has ended") for words in said(one))
    one = np.ravel(np.asarray(plot(store, unfinished=True), dtype=object))[0]
    assert not any("has ended" in words for words in said(one))
    assert "6 unfinished, as they are now" in said(one)


@pytest.mark.parametrize("plot", ALL)
def test_one_algorithm_with_one_seed_is_drawn(store, plot):
    fill(store, algorithms=("ppo",), n=1)
    one = np.ravel(np.asarray(plot(store), dtype=object))[0]
    one.figure.canvas.draw()
    assert not [patch for patch in one.patches if patch.get_width() > 0]
    assert not one.collections


@pytest.mark.parametrize("plot", ALL)
def test_a_bad_option_is_refused_and_makes_no_figure(store, plot):
    fill(store)
    with pytest.raises(InvalidArgumentError, match=r"no option 'normalize'.*normalise"):
        plot(store, normalize="minmax")
    assert plt.get_fignums() == []


@pytest.mark.parametrize("plot", [each for each in ALL if each is not plot_sample_efficiency])
def test_scores_can_be_given(store, plot):
    generator = np.random.default_rng(0)
    scores = {"mine": generator.normal(size=(5, 3)), "theirs": generator.normal(size=(10, 3))}
    one = np.ravel(np.asarray(plot(store, scores=scores), dtype=object))[0]
    one.figure.canvas.draw()
    drawn = " ".join(text.get_text() for text in one.figure.findobj(Text))
    assert "mine" in drawn
    assert "theirs" in drawn


def test_sample_efficiency_cannot_be_of_scores(store):
    with pytest.raises(InvalidArgumentError, match="of curves, not of scores"):
        plot_sample_efficiency(store, scores={"a": [[1.0]]})


def test_a_frame_of_scores_can_be_filtered_and_drawn(store):
    fill(store, envs=("Cart", "Pendulum"))
    frame = scores_frame(store)
    whole = scores_info(store, normalise="minmax", metrics="mean")
    again = scores_info(store, scores=frame, normalise="minmax", metrics="mean")
    assert [row.value for row in again.parts["mean"]] == pytest.approx(
        [row.value for row in whole.parts["mean"]]
    )
    assert (again.label, again.title) == (whole.label, whole.title)
    assert list(final_scores_info(store, scores=frame[frame["task"] == "Cart"]).parts) == ["Cart"]


def test_a_frame_of_several_tasks_needs_a_scale_unless_it_has_one(store):
    fill(store, envs=("Cart", "Pendulum"))
    with pytest.raises(InvalidArgumentError, match="nothing says how they compare"):
        scores_info(store, scores=scores_frame(store))
    scores_info(store, scores=scores_frame(store, normalise="minmax"))
    scores_info(store, scores=pd.DataFrame(scores_frame(store).to_dict("list")))  # of somebody


def test_a_frame_of_scores_leaves_out_what_did_not_end_by_itself(store):
    fill(store)
    fill(store, state=SimState.FAILED)
    info = final_scores_info(store, scores=scores_frame(store))
    assert info.note == "left out: 6 unfinished"
    assert [row.label for row in info.parts["Cart"]] == ["ppo (3 seeds)", "a2c (3 seeds)"]


def test_an_algorithm_of_several_configurations_has_simulations_and_not_only_seeds(store):
    fill(store, algorithms=("ppo", "a2c"), n=3)
    for minute in range(3):
        sim_id = add_simulation(
            store, minute=90 + minute, algorithm="ppo", env="Cart", seed=minute, lr=1
        )
        run(store, sim_id)
        record(store, sim_id, KEY, [100], [1.0])
        end(store, sim_id, SimState.SUCCEEDED)
    (ppo, a2c) = scores_info(store, by="algorithm", metrics="mean").parts["mean"]
    assert (ppo.label, a2c.label) == ("ppo (6 simulations)", "a2c (3 simulations)")


def test_scores_of_another_kind_are_refused(store):
    with pytest.raises(InvalidArgumentError, match="columns group, task and score"):
        plot_scores(store, scores=[1.0, 2.0])


def test_as_many_axes_are_needed_as_there_are_parts(store):
    fill(store)
    _, axes = plt.subplots(1, 2)
    assert plot_scores(store, ax=axes)[1] is axes[1]
    with pytest.raises(InvalidArgumentError, match="one Axes for 2 parts"):
        plot_scores(store, ax=axes[0])


def test_a_name_that_matplotlib_would_read_is_shown_as_it_is(store):
    ax = plot_scores(store, scores={"$a$ _b": [[1.0], [2.0]]}, metrics="mean")
    ax.figure.canvas.draw()
    assert row_names(ax) == [r"\$a\$ _b (2 seeds)"]


def shorter(store, steps, name="short"):
    sim_id = add_simulation(store, name, minute=50, algorithm="ppo", env="Cart", seed=9)
    run(store, sim_id)
    record(store, sim_id, KEY, [0, steps], [0.0, 1.0])
    end(store, sim_id, SimState.SUCCEEDED)


@pytest.mark.parametrize("plot", ALL)
def test_who_was_trained_on_fewer_steps_is_counted(store, plot):
    fill(store)
    shorter(store, 60)
    ax = np.ravel(plot(store))[-1]
    assert "1 has fewer steps than others on the task" in "; ".join(said(ax))


def test_a_log_that_ends_a_little_earlier_is_not_short(store):
    fill(store)
    shorter(store, 95)
    assert scores_info(store).note == ""


def test_tasks_may_have_steps_of_their_own(store):
    fill(store)
    for seed, env in enumerate(("Pend", "Pend")):
        for algorithm in ("ppo", "a2c"):
            sim_id = add_simulation(store, algorithm=algorithm, env=env, seed=seed, minute=60)
            run(store, sim_id)
            record(store, sim_id, KEY, [0, 10], [0.0, 1.0])
            end(store, sim_id, SimState.SUCCEEDED)
    assert scores_info(store, normalise=False).note == ""


def test_a_long_note_is_broken_into_lines_within_the_figure(store):
    fill(store, algorithms=("ppo", "a2c"))
    shorter(store, 60)
    ax = plot_probability_of_improvement(
        store, ax=None, scores=None, by="algorithm", last=1, unfinished=True
    )
    say_note(ax, "; ".join(["a note that is rather long"] * 6), below=True)
    ax.figure.canvas.draw()
    (note,) = [text for text in ax.figure.texts if "rather long" in text.get_text()]
    assert note.get_text().count("a note that is rather long") == 6
    assert note.get_window_extent().x0 >= 0


def test_of_the_optimality_gap_less_is_better(store):
    fill(store)
    titles = [ax.get_title() for ax in plot_scores(store, metrics=["iqm", "optimality_gap"])]
    assert titles == ["IQM", r"optimality gap $\downarrow$"]


def test_an_unknown_algorithm_is_answered_in_the_words_of_the_figure(store):
    fill(store)
    with pytest.raises(InvalidArgumentError, match=r"There are: ppo, a2c\.$"):
        plot_probability_of_improvement(store, over="dqn")
    assert plot_probability_of_improvement(store, over="algorithm a2c")


def test_long_names_of_a_pair_stand_one_below_another(store):
    fill(
        store,
        algorithms=("an algorithm with a name that nobody would call short, at all", "a2c", "ppo"),
    )
    ax = plot_probability_of_improvement(store)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))
