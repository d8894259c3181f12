"""Draw how fast algorithms learn over all their tasks: sample-efficiency curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.compared import compared, label_with_seeds
from gymdash_jupyter.plots.legends import name_lines
from gymdash_jupyter.plots.look import (
    fitted,
    given_axes,
    ink,
    line_style,
    new_axes,
    plain,
    say_note,
    say_nothing_yet,
    tidy_numbers,
)
from gymdash_jupyter.plots.scores import METRIC_WORDS, NOTHING_TO_COMPARE
from gymdash_jupyter.plots.style import styled
from gymdash_jupyter.scores import EfficiencyCurve, ProjectScores, sample_efficiency
from gymdash_jupyter.scores.metrics import checked_metric
from gymdash_jupyter.scores.normalising import scaled_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore


@dataclass(frozen=True, eq=False)
class EfficiencyInfo:
    """What ``plot_sample_efficiency`` draws.

    Attributes:
        curves: One an algorithm.
        names: What each is called in the figure.
        title: What the names are values of, or ``""``.
        sample: What one score is of: ``seed`` or ``simulation``.
        label: What a score is.
        metric: Which metric over seeds and tasks.
        note: What was left out, or ``""``.
    """

    curves: tuple[EfficiencyCurve, ...]
    names: tuple[str, ...]
    title: str
    sample: str
    label: str
    metric: str
    note: str


def efficiency_info(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    metric: str = "iqm",
    gamma: float = 1.0,
    confidence: float = 0.95,
    resamples: int = 2000,
    **scored: Any,
) -> EfficiencyInfo:
    """Compute what ``plot_sample_efficiency`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    checked_metric(metric)
    if scored.get("scores") is not None:
        msg = "Sample efficiency is of curves, not of scores: leave scores= out, and choose with key= and sims=."
        raise InvalidArgumentError(msg)
    found = compared(store, key, sims, scored)
    curves: tuple[EfficiencyCurve, ...] = ()
    if found.found is not None and found.algorithms:
        curves = sample_efficiency(
            _curves(found.found), metric, gamma=gamma, confidence=confidence, resamples=resamples
        )
    title, names = found.words
    return EfficiencyInfo(
        curves, tuple(names), title, found.sample, found.label, metric, found.note
    )


def plot_sample_efficiency(
    store: ProjectStore,
    /,
    key: str | None = None,
    sims: Sims = None,
    *,
    metric: str = "iqm",
    gamma: float = 1.0,
    confidence: float = 0.95,
    resamples: int = 2000,
    style: str | None = None,
    ax: Axes | None = None,
    **scored: Any,
) -> Axes:
    """Draw a metric over all seeds and tasks at each step of training (Agarwal et al. 2021, figure 7).

    Args:
        store: The project.
        key: Which series; None as in ``frames.scores_frame``.
        sims: Which simulations; as in ``plot_scores``.
        metric: ``iqm``, ``mean``, ``median`` or ``optimality_gap``; see ``scores.metrics.metric_of``.
        gamma: What the optimality gap holds to be good enough.
        confidence: How much of what was drawn lies in a band.
        resamples: How often seeds are drawn.
        style: ``paper`` or ``notebook``; None for what is set.
        ax: Where to draw; None makes a figure.
        **scored: As in ``plot_scores``; ``normalise`` scales the curves as it scales scores.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: An argument makes no sense; or there are several tasks and nothing says how their scores
            compare.
        UnknownSimulationError: The project has no such simulation.
    """
    info = efficiency_info(
        store,
        key,
        sims,
        metric=metric,
        gamma=gamma,
        confidence=confidence,
        resamples=resamples,
        **scored,
    )
    with styled(style):
        one = new_axes(1)[0] if ax is None else given_axes(ax, ["efficiency"])[0]
        one.set_xlabel("step")
        one.set_ylabel(plain(fitted(f"{METRIC_WORDS[info.metric]} of {info.label}", one)))
        if not any(len(curve.x) for curve in info.curves):
            say_nothing_yet(one, NOTHING_TO_COMPARE)
        _draw(one, info)
        name_lines([one], title=info.title, once=ax is None)
        tidy_numbers(one.yaxis)
        say_note(one, info.note, below=ax is None)
    return one


def _draw(ax: Axes, info: EfficiencyInfo) -> None:
    colors = ink(ax)
    for place, (name, curve) in enumerate(zip(info.names, info.curves, strict=True)):
        style = line_style(place, colors)
        if np.isfinite(curve.low).any():
            ax.fill_between(
                curve.x, curve.low, curve.high, color=style["color"], alpha=0.2, linewidth=0
            )
        marker: dict[str, Any] = {"marker": "o"} if len(curve.x) == 1 else {}
        label = plain(label_with_seeds(name, curve.n_seeds, info.sample))
        ax.plot(curve.x, curve.value, **style, **marker, label=label)


def _curves(
    found: ProjectScores,
) -> dict[str, dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64]]]]]:
    """Sort the curves by algorithm and task, scaled as the scores are."""
    sorted_curves: dict[str, dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64]]]]] = {}
    for row in found.rows:
        steps, values = found.curves[row.sim_id]
        if row.task in found.ranges:
            values = scaled_values(values, found.ranges[row.task])
        sorted_curves.setdefault(row.group, {}).setdefault(row.task, []).append((steps, values))
    return sorted_curves
