"""Draw how good algorithms are: metrics over all tasks with intervals, and the final scores of each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.aggregates import bootstrap_band, checked_statistic, statistic_of
from gymdash_jupyter.plots.compared import Compared, compared, label_with_seeds
from gymdash_jupyter.plots.intervals import IntervalRow, draw_rows, interval_axes
from gymdash_jupyter.plots.look import (
    as_array,
    ink,
    note_lines,
    plain,
    say_note,
    say_nothing_yet,
)
from gymdash_jupyter.plots.style import styled
from gymdash_jupyter.scores import interval_estimates
from gymdash_jupyter.scores.metrics import checked_metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

METRIC_WORDS: Final = {
    "median": "median",
    "iqm": "IQM",
    "mean": "mean",
    "optimality_gap": "optimality gap",
}
NOTHING_TO_COMPARE: Final = (
    "No simulation with a score has ended yet;\nunfinished=True shows what there is"
)


@dataclass(frozen=True, eq=False)
class ScoresInfo:
    """What a figure of intervals draws.

    Attributes:
        parts: For each subplot, a metric or a task, its rows; one row an algorithm.
        label: What a score is.
        title: What the algorithms are values of, such as ``algorithm``, or ``""``.
        note: What was left out, or ``""``.
    """

    parts: Mapping[str, tuple[IntervalRow, ...]]
    label: str
    title: str
    note: str


def scores_info(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    metrics: Sequence[str] | str | None = None,
    gamma: float = 1.0,
    confidence: float = 0.95,
    resamples: int = 2000,
    **scored: Any,
) -> ScoresInfo:
    """Compute what ``plot_scores`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    given = [metrics] if isinstance(metrics, str) else metrics
    for metric in given or ():
        checked_metric(metric)
    found = compared(store, key, sims, scored)
    chosen = list(given or _metrics_for(found, scored))
    if not found.algorithms:
        return ScoresInfo(dict.fromkeys(chosen, ()), found.label, "", found.note)
    estimates = interval_estimates(
        found.algorithms, chosen, gamma=gamma, confidence=confidence, resamples=resamples
    )
    title, names = found.words
    parts = {}
    for metric in chosen:
        rows = []
        for place, (name, each) in enumerate(zip(names, estimates, strict=True)):
            there = each.estimates[metric]
            label = label_with_seeds(name, each.n_seeds, found.sample)
            rows.append(IntervalRow(label, place, there.value, there.low, there.high))
        parts[metric] = tuple(rows)
    return ScoresInfo(parts, found.label, title, found.note)


def plot_scores(
    store: ProjectStore,
    /,
    key: str | None = None,
    sims: Sims = None,
    *,
    metrics: Sequence[str] | str | None = None,
    gamma: float = 1.0,
    confidence: float = 0.95,
    resamples: int = 2000,
    style: str | None = None,
    ax: Axes | Sequence[Axes] | None = None,
    **scored: Any,
) -> Any:
    """Draw how good algorithms are over all tasks, each metric with its interval (Agarwal et al. 2021, figure 9).

    A mark is the metric of the scores as they are; the bar is its interval from a stratified bootstrap over seeds.
    Where bars of two algorithms overlap widely, the seeds do not tell which one is better; and with few seeds bars are
    too narrow, see ``scores.estimates.interval_estimates``. Of the optimality gap, with its arrow, less is better.

    Args:
        store: The project.
        key: Which series is scored; None as in ``frames.scores_frame``.
        sims: Which simulations; see ``selection.resolve_sims``. Those that did not end by themselves, have no score or
            repeat a seed are left out, and the figure says so.
        metrics: Of ``median``, ``iqm``, ``mean`` and ``optimality_gap``, a subplot each; None for ``iqm`` and ``mean``
            and, with several tasks, ``median`` and, with normalised scores, ``optimality_gap``.
        gamma: What the optimality gap holds to be good enough.
        confidence: How much of what was drawn lies in a bar.
        resamples: How often seeds are drawn.
        style: ``paper`` or ``notebook``; None for what is set. ``figure_style`` can do more.
        ax: Where to draw: as many Axes as there are metrics; None makes a figure.
        **scored: ``by``, ``task``, ``last`` and ``normalise`` as in ``frames.scores_frame``; ``unfinished=True`` takes
            simulations as they are now; or ``scores``: a frame of ``gd.scores``, whole or filtered, or another one with
            the columns group, task and score, or a dict with an array of shape (seeds, tasks) for each algorithm.

    Returns:
        The Axes; or, for several metrics, an array of them, shape (number of metrics,).

    Raises:
        InvalidArgumentError: An argument makes no sense; or there are several tasks and nothing says how their scores
            compare.
        UnknownSimulationError: The project has no such simulation.
    """
    info = scores_info(
        store,
        key,
        sims,
        metrics=metrics,
        gamma=gamma,
        confidence=confidence,
        resamples=resamples,
        **scored,
    )
    with styled(style):
        axes = _drawn(info, ax)
        for one, metric in zip(axes, info.parts, strict=True):
            is_gap = metric == "optimality_gap"
            words = (
                f"{METRIC_WORDS[metric]} to {gamma:g}"
                if is_gap and gamma != 1
                else METRIC_WORDS[metric]
            )
            # The one of which less is better, beside others of which more is.
            one.set_title(rf"{words} $\downarrow$" if is_gap else words, fontsize="medium")
    return as_array(axes)


def final_scores_info(
    store: ProjectStore,
    key: str | None = None,
    sims: Sims = None,
    *,
    statistic: str = "mean",
    confidence: float = 0.95,
    resamples: int = 2000,
    **scored: Any,
) -> ScoresInfo:
    """Compute what ``plot_final_scores`` draws; see there for the arguments.

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    checked_statistic(statistic)
    found = compared(store, key, sims, scored, needs_one_scale=False)
    title, names = found.words
    parts: dict[str, tuple[IntervalRow, ...]] = {}
    for number, task in enumerate(found.tasks):
        rows = []
        for place, (name, scores) in enumerate(zip(names, found.algorithms.values(), strict=True)):
            values = scores.values[number]
            column = values[:, np.newaxis]
            low, high = bootstrap_band(
                column, statistic, resamples=resamples, confidence=confidence
            )
            label = label_with_seeds(name, scores.n_seeds, found.sample)
            value = float(statistic_of(column, statistic)[0])
            rows.append(IntervalRow(label, place, value, float(low[0]), float(high[0]), values))
        parts[task] = tuple(rows)
    return ScoresInfo(parts or {"": ()}, found.label, title, found.note)


def plot_final_scores(
    store: ProjectStore,
    /,
    key: str | None = None,
    sims: Sims = None,
    *,
    statistic: str = "mean",
    confidence: float = 0.95,
    resamples: int = 2000,
    style: str | None = None,
    ax: Axes | Sequence[Axes] | None = None,
    **scored: Any,
) -> Any:
    """Draw the final scores of each task: a dot each seed, a mark for their mean, a bar for its interval.

    Args:
        store: The project.
        key: Which series is scored; None as in ``frames.scores_frame``.
        sims: Which simulations; as in ``plot_scores``.
        statistic: ``mean``, ``median`` or ``iqm`` over seeds; see ``aggregates.statistic_of``.
        confidence: How much of what was drawn lies in a bar.
        resamples: How often seeds are drawn.
        style: ``paper`` or ``notebook``; None for what is set.
        ax: Where to draw: as many Axes as there are tasks; None makes a figure.
        **scored: As in ``plot_scores``. Tasks need no common scale here.

    Returns:
        The Axes; or, for several tasks, an array of them, shape (number of tasks,).

    Raises:
        InvalidArgumentError: An argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    info = final_scores_info(
        store, key, sims, statistic=statistic, confidence=confidence, resamples=resamples, **scored
    )
    with styled(style):
        axes = _drawn(info, ax)
        for one, task in zip(axes, info.parts, strict=True):
            one.set_title(plain(task), fontsize="medium")
    return as_array(axes)


def _drawn(info: ScoresInfo, ax: Axes | Sequence[Axes] | None) -> list[Axes]:
    parts = list(info.parts)
    labels = [row.label for row in next(iter(info.parts.values()))]
    axes = interval_axes(ax, parts, labels)
    columns = _n_columns(axes)
    for number, (one, rows) in enumerate(zip(axes, info.parts.values(), strict=True)):
        if not rows:
            say_nothing_yet(one, NOTHING_TO_COMPARE)
            continue
        draw_rows(one, rows, has_names=number % columns == 0)
        if number % columns == 0 and info.title:
            one.set_ylabel(plain(info.title))
        if columns == 1 or ax is not None or len(axes) == 1:
            one.set_xlabel(plain(info.label) if number + columns >= len(axes) else "")
    figure: Any = axes[0].figure
    if ax is None and columns > 1:
        figure.supxlabel(plain(info.label), fontsize="medium")
    if ax is None and info.note:
        look = {"fontsize": "x-small", "ha": "right", "color": ink(axes[0]).muted}
        figure.suptitle(plain(note_lines(axes[0], info.note)), x=0.99, **look)
    elif ax is not None:
        say_note(axes[columns - 1], info.note, lift=14)
    return axes


def _n_columns(axes: Sequence[Axes]) -> int:
    """How many axes of a figure's grid are side by side; each axes for itself where they are in no grid."""
    place = axes[0].get_subplotspec()
    is_grid = place is not None and all(one.get_subplotspec() is not None for one in axes)
    return min(place.get_gridspec().ncols, len(axes)) if is_grid and place is not None else 1


def _metrics_for(found: Compared, scored: Mapping[str, Any]) -> list[str]:
    metrics = ["iqm", "mean"]
    if len(found.tasks) > 1:
        metrics.insert(0, "median")
    is_normalised = found.found is not None and bool(found.found.ranges)
    if is_normalised or scored.get("scores") is not None:
        metrics.append("optimality_gap")
    return metrics
