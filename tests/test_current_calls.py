"""Functions of the current project: Tab, Shift+Tab and ``help`` see all that can be asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter import frames, plots
from gymdash_jupyter.frames.scores import scores_frame
from gymdash_jupyter.plots.compared import SCORED

PAIRS = [
    (gd.simulations, frames.simulations_frame),
    (gd.scalars, frames.scalars_frame),
    (gd.scores, scores_frame),
    (gd.to_csv, frames.to_csv),
    (gd.plot_curves, plots.plot_curves),
    (gd.plot_sweep, plots.plot_sweep),
]
COMPARISONS = [
    gd.plot_scores,
    gd.plot_final_scores,
    gd.plot_performance_profiles,
    gd.plot_probability_of_improvement,
]
NAMES = [name for name in gd.__all__ if name.startswith("plot_")]


def _arguments(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(("public", "inner"), PAIRS)
def test_a_public_function_takes_what_its_room_takes_but_for_the_store(
    public: Callable[..., Any], inner: Callable[..., Any]
) -> None:
    assert ["store", *_arguments(public)] == _arguments(inner)


@pytest.mark.parametrize("public", COMPARISONS)
def test_a_figure_of_scores_names_every_option(public: Callable[..., Any]) -> None:
    assert _arguments(public)[-len(SCORED) :] == list(SCORED)


def test_curves_cannot_be_drawn_of_given_scores() -> None:
    assert "scores" not in _arguments(gd.plot_sample_efficiency)
    assert "normalise" in _arguments(gd.plot_sample_efficiency)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_documents_each_of_its_arguments_and_no_store(name: str) -> None:
    words = inspect.getdoc(getattr(gd, name)) or ""
    documented = [each for each in _arguments(getattr(gd, name)) if each not in SCORED]
    assert [each for each in documented if f"\n    {each}: " not in words] == []
    assert "store: " not in words


def test_a_function_without_arguments_documents_none() -> None:
    assert "Args:" not in (gd.api_calls.__doc__ or "")


def test_a_public_function_is_known_by_its_public_name() -> None:
    assert (gd.scores.__module__, gd.scores.__qualname__) == ("gymdash_jupyter", "scores")
