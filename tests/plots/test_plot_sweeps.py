"""``gd.plot_sweep`` and ``gd.plot_parallel``: the numbers that are drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots import (
    figure_style,
    parallel_info,
    plot_parallel,
    plot_sweep,
    sweep_info,
)
from gymdash_jupyter.plots.value_axes import axis_of, number_text
from gymdash_jupyter.records import Batch
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move
from tests.store.makers import OWNER, later, running, series

if TYPE_CHECKING:
    from uuid import UUID

    from gymdash_jupyter.store import ProjectStore

KEY = "rollout/ep_rew_mean"


def scored(
    store: ProjectStore,
    score: float,
    state: SimState = SimState.SUCCEEDED,
    key: str = KEY,
    **kwargs: Any,
) -> UUID:
    """Add a simulation with kwargs that ended at a score."""
    place = len(store.simulations())
    config = SimulationStartConfig(name=f"s{place}", sim_key="ppo", kwargs=kwargs)
    sim_id = running(store, config=config, created=later(place))
    store.write([Batch(sim_id, {key: series([0.0] * 90 + [score] * 10)})])
    store.finish(Batch(sim_id), Move(sim_id, state, later(99), owner=OWNER))
    return sim_id


def test_tasks_are_told_apart_by_colour_and_never_averaged(store: ProjectStore) -> None:
    for env, score in [("Cart", 100), ("Cart", 300), ("Pend", -500)]:
        scored(store, score, lr=0.1, env=env)
    info = sweep_info(store, "lr")
    assert (info.hue, info.hues) == ("env", ("Cart", "Pend"))
    assert [means.tolist() for _, means in info.means] == [[200], [-500]]


def test_tasks_along_the_axis_need_no_colours(store: ProjectStore) -> None:
    for env, score in [("Cart", 100), ("Pend", -500)]:
        scored(store, score, env=env)
    assert sweep_info(store, "env").hues == ("",)


def test_each_simulation_is_a_dot_at_its_value_and_final_score(store: ProjectStore) -> None:
    ids = [scored(store, s, lr=lr) for lr, s in [(0.1, 3), (0.001, 5), (0.1, 7)]]
    info = sweep_info(store, "lr")
    assert info.sim_ids == tuple(ids)
    assert info.x.places.tolist() == [0.1, 0.001, 0.1]
    assert info.scores.tolist() == [3, 5, 7]
    (means,) = info.means
    assert (means[0].tolist(), means[1].tolist()) == ([0.001, 0.1], [5, 5])


def test_dots_means_and_names_are_drawn(store: ProjectStore) -> None:
    for lr, seed, score in [(0.1, 0, 3), (0.1, 1, 5), (0.001, 0, 8)]:
        scored(store, score, lr=lr, seed=seed)
    ax = plot_sweep(store, "lr")
    dots, means = ax.lines
    assert sorted(zip(dots.get_xdata(), dots.get_ydata(), strict=True)) == [
        (0.001, 8),
        (0.1, 3),
        (0.1, 5),
    ]
    assert means.get_ydata().tolist() == [8, 4]
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "lr", KEY)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.001", "0.1"]


def test_colours_are_values_of_another_setting(store: ProjectStore) -> None:
    for algo, lr, score in [("ppo", 1, 1), ("a2c", 1, 2), ("ppo", 2, 3), ("ppo", 2, 5)]:
        scored(store, score, algo=algo, lr=lr)
    info = sweep_info(store, "lr", hue="algo")
    assert (info.hues, info.hue_of.tolist()) == (("a2c", "ppo"), [1, 0, 1, 1])
    assert [each[1].tolist() for each in info.means] == [[2], [1, 4]]
    (legend,) = plot_sweep(store, "lr", hue="algo").figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a2c", "ppo"]


def test_what_is_no_number_has_a_place_each(store: ProjectStore) -> None:
    for arch in ([64, 64], [256, 256], [64, 64]):
        scored(store, 1.0, policy_kwargs={"net_arch": arch})
    info = sweep_info(store, "net_arch")  # the last part of its path
    assert info.x.name == "policy_kwargs.net_arch"
    assert info.x.categories == ("[64, 64]", "[256, 256]")
    assert info.x.places.tolist() == [0, 1, 0]


def test_those_that_did_not_end_well_are_left_out_and_it_is_said(store: ProjectStore) -> None:
    scored(store, 1.0, lr=1)
    scored(store, 9.0, SimState.FAILED, lr=2)
    scored(store, 2.0)
    scored(store, math.nan, lr=3)
    info = sweep_info(store, "lr")
    assert info.scores.tolist() == [1]
    assert info.left_out == {"unfinished": 1, "without a score": 1, "without lr": 1}
    ax = plot_sweep(store, "lr")
    assert "left out: 1 unfinished, 1 without a score, 1 without lr" in [
        text.get_text() for text in ax.texts
    ]
    assert sweep_info(store, "lr", unfinished=True).scores.tolist() == [1, 9]


def test_a_sweep_without_scores_says_so(store: ProjectStore) -> None:
    scored(store, 1.0, SimState.CANCELLED, lr=1)
    assert "No finished simulations" in plot_sweep(store, "lr").texts[0].get_text()


@pytest.mark.parametrize("draw", [plot_sweep, plot_parallel])
def test_an_unknown_setting_is_refused_with_those_there_are(
    store: ProjectStore, draw: Any
) -> None:
    scored(store, 1.0, learning_rate=1, gamma=0.9)
    with pytest.raises(InvalidArgumentError, match=r"Did you mean 'learning_rate'.*gamma"):
        draw(store, "learningrate")


def test_a_name_that_stands_for_several_settings_is_refused(store: ProjectStore) -> None:
    scored(store, 1.0, actor={"lr": 1}, critic={"lr": 2})
    with pytest.raises(InvalidArgumentError, match=r"actor\.lr, critic\.lr"):
        plot_sweep(store, "lr")


@pytest.mark.parametrize(
    ("values", "is_log"),
    [
        ([1e-4, 1e-2], True),
        ([16, 32, 64, 128], True),
        ([0.9, 0.95, 0.99], False),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], False),
        ([0, 0.001, 100], False),  # zero has no logarithm
        ([1, 10], False),
        ([5], False),
    ],
)
def test_numbers_that_span_decades_are_told_apart_by_their_logarithm(
    values: list[float], is_log: bool
) -> None:
    assert axis_of("x", values).is_log is is_log


def test_true_is_not_a_number_and_texts_are_in_the_order_of_people() -> None:
    assert axis_of("x", [True, False, True]).categories == ("False", "True")
    assert axis_of("x", ["net10", "net2", 3]).categories == ("3", "net2", "net10")


def test_many_numbers_have_round_ticks() -> None:
    places, names = axis_of("x", [10 ** (-i / 5) for i in range(21)]).ticks()
    assert places == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert names == ["0.0001", "0.001", "0.01", "0.1", "1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0003, "0.0003"),
        (1e-5, "1e\u22125"),
        (128, "128"),
        (2048.0, "2,048"),
        (-0.5, "\u22120.5"),
    ],
)
def test_numbers_are_written_as_one_would_type_them(value: float, text: str) -> None:
    assert number_text(value) == text


# Parallel axes


def test_a_line_is_a_configuration_with_the_mean_of_its_seeds(store: ProjectStore) -> None:
    for lr, gamma, seed, score in [
        (1e-4, 0.9, 0, 1),
        (1e-4, 0.9, 1, 3),
        (1e-2, 0.99, 0, 9),
        (1e-3, 0.99, 0, 4),
    ]:
        scored(store, score, lr=lr, gamma=gamma, seed=seed, n_steps=64)
    info = parallel_info(store)
    assert [axis.name for axis in info.axes] == ["gamma", "lr"]  # the seed and n_steps are none
    assert [line.score for line in info.lines] == [2, 4, 9]
    assert [len(line.sim_ids) for line in info.lines] == [2, 1, 1]
    assert info.lines[1].places == pytest.approx([1, 0.5])  # lr by its logarithm


def test_the_best_line_is_on_top_whatever_best_means(store: ProjectStore) -> None:
    for lr, score in [(1, 5), (2, 1), (3, 3)]:
        scored(store, score, lr=lr, key="train/loss")
    assert parallel_info(store, score="train/loss").lines[-1].score == 1
    assert parallel_info(store, score="train/loss", best="max").lines[-1].score == 5
    with pytest.raises(InvalidArgumentError, match="'max' or 'min'"):
        parallel_info(store, score="train/loss", best="most")  # type: ignore[arg-type]


def test_series_may_be_axes_too(store: ProjectStore) -> None:
    for lr, score in [(1, 5), (2, 1)]:
        sim_id = scored(store, score, lr=lr)
        store.write([Batch(sim_id, {"eval/len": series([10.0 * lr])})])
    info = parallel_info(store, ["lr", "eval/len"], score=KEY)
    assert [axis.name for axis in info.axes] == ["lr", "eval/len"]
    assert info.axes[1].places.tolist() == [10, 20]


@pytest.mark.parametrize("dark", [False, True])
def test_the_best_line_stands_out_from_what_lies_behind_it(
    store: ProjectStore, dark: bool
) -> None:
    for lr, score in [(1, 5), (2, 1), (3, 3)]:
        scored(store, score, lr=lr, gamma=lr / 4)
    with figure_style("notebook", dark=dark):
        ax = plot_parallel(store)
    (lines,) = ax.collections
    brightness = lines.get_colors()[:, :3].mean(axis=1)
    assert bool(np.argmax(brightness) == len(brightness) - 1) is dark


def test_lines_in_one_place_pass_beside_one_another(store: ProjectStore) -> None:
    for lr, algo, score in [(1, "a", 1), (2, "a", 2), (3, "b", 3), (4, "b", 4)]:
        scored(store, score, lr=lr, algo=algo)
    (lines,) = plot_parallel(store, ["algo", "lr"]).collections
    starts = [segment[0, 1] for segment in lines.get_segments()]
    assert len(set(starts)) == 4
    assert max(starts[:2]) < 0.1
    assert min(starts[2:]) > 0.9


def test_simulations_that_are_alike_have_nothing_to_compare(store: ProjectStore) -> None:
    scored(store, 1.0, lr=1)
    scored(store, 2.0, lr=1)
    assert "do not differ" in plot_parallel(store).texts[0].get_text()


def test_given_axes_are_drawn_into(store: ProjectStore) -> None:
    scored(store, 1.0, lr=1)
    scored(store, 2.0, lr=2)
    _, (left, right) = plt.subplots(1, 2)
    assert plot_sweep(store, "lr", ax=left) is left
    assert plot_parallel(store, ax=right) is right
    with pytest.raises(InvalidArgumentError, match="Axes"):
        plot_sweep(store, "lr", ax=3)  # type: ignore[arg-type]


def test_a_setting_that_some_do_not_have_has_a_place_for_them(store: ProjectStore) -> None:
    for kwargs, score in [({"n": 64}, 1), ({"n": 8}, 2), ({}, 3)]:
        scored(store, score, **kwargs)
    info = parallel_info(store)
    assert info.axes[0].categories == ("8", "64", "not set")
    assert [line.places.tolist() for line in info.lines] == [[0.5], [0], [1]]


def test_names_of_categories_do_not_run_into_one_another(store: ProjectStore) -> None:
    for name in ("a rather long name of one", "b", "c", "d", "e"):
        scored(store, 1.0, net=name)
    turned = plot_sweep(store, "net").get_xticklabels()
    assert {label.get_rotation() for label in turned} == {30.0}
    straight = plot_sweep(store, "net", sims=store.simulations()[1:]).get_xticklabels()
    assert {label.get_rotation() for label in straight} == {0.0}
