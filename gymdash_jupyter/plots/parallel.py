"""Draw settings as parallel axes: each configuration is a line through its values, coloured by how good it became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.grouping import differing_paths
from gymdash_jupyter.plots.look import DARK_INK, figure_size, ink, plain, say_note, say_nothing_yet
from gymdash_jupyter.plots.sweeps import note_of, one_axes, scored
from gymdash_jupyter.plots.value_axes import (
    ValueAxis,
    axis_of,
    path_named,
    unknown_setting,
    value_of,
)
from gymdash_jupyter.scores import read_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

_NOTHING_YET: Final = "No finished simulations with a score yet"
_ALL_ALIKE: Final = "The simulations do not differ in any setting"
_MOST_AXES: Final = 8
_FEW_PLACES: Final = 8
_EDGE: Final = 0.06
"""How far axes go beyond their outermost values, in parts of their length."""

_SMALL_IS_GOOD: Final = ("loss", "error", "cost", "regret", "mse", "mae")
_LABEL_BOX: Final = {"boxstyle": "square,pad=0.15", "linewidth": 0, "alpha": 0.75}


@dataclass(frozen=True, eq=False)
class ParallelLine:
    """One configuration.

    Attributes:
        sim_ids: Its simulations: they differ in none of the axes.
        places: float64, shape (number of axes,): where it is on each, from 0 to 1; NaN where it has no value.
        score: The mean of their final values.
    """

    sim_ids: tuple[UUID, ...]
    places: NDArray[np.float64]
    score: float


@dataclass(frozen=True, eq=False)
class ParallelInfo:
    """What ``plot_parallel`` draws.

    Attributes:
        key: Of which series the scores are.
        axes: The settings, or final values of other series.
        lines: One a configuration, the best one last.
        best: Whether the greatest or the least score is the best one.
        left_out: What is not drawn, in words, and how often.
    """

    key: str
    axes: tuple[ValueAxis, ...]
    lines: tuple[ParallelLine, ...]
    best: Literal["max", "min"]
    left_out: Mapping[str, int]


def parallel_info(
    store: ProjectStore,
    names: str | Iterable[str] | None = None,
    *,
    score: str | None = None,
    sims: Sims = None,
    best: Literal["max", "min"] | None = None,
    unfinished: bool = False,
    last: float = 0.1,
) -> ParallelInfo:
    """Compute what ``plot_parallel`` draws; arguments and errors are the same."""
    if best not in (None, "max", "min"):
        msg = f"The best score is the greatest or the least: 'max' or 'min'; got {best!r}."
        raise InvalidArgumentError(msg)
    found, records = scored(store, score, sims, unfinished=unfinished, last=last)
    axes = [
        _axis(store, records, name, last=last)
        for name in (_differing(records) if names is None else _listed(names))
    ]
    best = best or ("min" if _falls(found.key) else "max")
    scores = np.array([row.score for row in found.rows], dtype=np.float64)
    table = np.array([axis.within(axis.places) for axis in axes]).reshape(len(axes), len(records))
    members: dict[bytes, list[int]] = {}
    for place in range(len(records)):
        members.setdefault(np.nan_to_num(table[:, place], nan=-1.0).tobytes(), []).append(place)
    lines = [
        ParallelLine(
            tuple(records[place].sim_id for place in places),
            table[:, places[0]],
            float(scores[places].mean()),
        )
        for places in members.values()
    ]
    lines.sort(key=lambda line: line.score, reverse=best == "min")
    return ParallelInfo(found.key, tuple(axes), tuple(lines), best, found.left_out)


def plot_parallel(
    store: ProjectStore,
    names: str | Iterable[str] | None = None,
    *,
    score: str | None = None,
    sims: Sims = None,
    best: Literal["max", "min"] | None = None,
    unfinished: bool = False,
    last: float = 0.1,
    ax: Axes | None = None,
) -> Any:
    """Draw settings as parallel axes: each configuration is a line, coloured by how good it became.

    The best lines are on top and stand out most. Numbers that span decades have a logarithmic axis, what is not a
    number has a place for each value; lines with the same value pass beside one another. Simulations with the same
    values on all axes, such as seeds, are one line with the mean of their scores.

    Args:
        store: The project.
        names: The axes: settings, or series whose final values are meant; None for the settings, at most 8, in which
            the simulations differ.
        score: The series whose end is the score; None for the first of ``eval/mean_return``, ``rollout/ep_rew_mean``
            and ``episode/return`` that was recorded.
        sims: Which simulations; see ``selection.resolve_sims``.
        best: Whether the greatest score (``"max"``) or the least (``"min"``) is the best; None for the least of a
            series whose name says that it is a loss, an error or a cost.
        unfinished: Whether those count that still run, were stopped, failed or are lost.
        last: What is averaged: below 1 the points in this last part of the steps, or the last so many points.
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: No simulation has such a setting or series, or another argument makes no sense.
        UnknownSimulationError: The project has no such simulation.
    """
    info = parallel_info(
        store, names, score=score, sims=sims, best=best, unfinished=unfinished, last=last
    )
    one = _wide_axes(len(info.axes)) if ax is None else one_axes(ax)
    _clear(one)
    if not info.lines or not info.axes:
        say_nothing_yet(one, _ALL_ALIKE if info.lines else _NOTHING_YET)
        return one
    _draw_lines(one, info)
    for place, axis in enumerate(info.axes):
        _draw_axis(one, place, axis)
    say_note(one, note_of(info.left_out), lift=16)
    return one


def _differing(records: Sequence[SimulationRecord]) -> list[str]:
    return [path for path, _ in differing_paths(records)][:_MOST_AXES]


def _listed(names: str | Iterable[str]) -> list[str]:
    listed = [names] if isinstance(names, str) else list(names)
    if not listed:
        msg = "Parallel axes need names of settings or series; got none. None means all settings that differ."
        raise InvalidArgumentError(msg)
    return listed


def _axis(
    store: ProjectStore, records: Sequence[SimulationRecord], name: str, *, last: float
) -> ValueAxis:
    path = path_named(records, name)
    if path is not None:
        values = [value_of(record, path) for record in records]
        return axis_of(path, values, keeps_missing=True)
    if any(series.key == name for series in store.series()):
        ids = [record.sim_id for record in records]
        rows = {row.sim_id: row.score for row in read_scores(store, name, ids, last=last).rows}
        places = np.array([rows[sim_id] for sim_id in ids], dtype=np.float64)
        return ValueAxis(name, places, None, is_log=False)
    if records:
        raise unknown_setting(records, name)
    return axis_of(name, [])


def _falls(key: str) -> bool:
    return any(word in key.lower() for word in _SMALL_IS_GOOD)


def _wide_axes(n_axes: int) -> Axes:
    import matplotlib.pyplot as plt  # only here does pyplot choose a backend

    size = figure_size((min(max(1.5 * n_axes + 1.4, 5.0), 13.0), 3.8))
    return plt.subplots(figsize=size, layout="constrained")[1]


def _clear(ax: Axes) -> None:
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])


def _draw_lines(ax: Axes, info: ParallelInfo) -> None:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    scores = np.array([line.score for line in info.lines])
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        low, high = low - 0.5, high + 0.5
    # The best end of viridis must be the one that stands out from what lies behind: yellow would vanish on white.
    is_bright_best = ink(ax) is DARK_INK
    is_turned = is_bright_best is (info.best == "min")
    colors = colormaps["viridis_r" if is_turned else "viridis"]
    norm = Normalize(low, high)
    n = max(len(info.lines) - 1, 1)
    across = np.arange(len(info.axes))
    table = np.array([line.places for line in info.lines])
    beside = np.column_stack([_side_by_side(column) for column in table.T])
    paths = [np.column_stack([across, places]) for places in beside]
    lines = LineCollection(
        paths,
        colors=[
            (*colors(norm(score))[:3], 0.45 + 0.55 * rank / n) for rank, score in enumerate(scores)
        ],
        linewidths=[1.2 + 1.0 * rank / n for rank in range(len(paths))],
        capstyle="round",
        joinstyle="round",
        zorder=2,
    )
    ax.add_collection(lines)
    if len(info.axes) == 1:  # nothing to go to: a line of its own would not be seen
        ax.scatter(
            np.zeros(len(paths)), [path[0, 1] for path in paths], c=scores, cmap=colors, norm=norm
        )
    ax.set_xlim(-0.15, len(info.axes) - 0.75)
    ax.set_ylim(-_EDGE - 0.02, 1 + _EDGE + 0.02)
    figure: Any = ax.figure
    bar = figure.colorbar(ScalarMappable(norm, colors), ax=ax, pad=0.02, fraction=0.05)
    bar.set_label(plain(info.key))
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelcolor=ink(ax).muted)


def _side_by_side(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move lines that meet in one place of an axis apart, as far as its other places allow; the best one is highest."""
    distinct, first = np.unique(places, return_inverse=True)
    if len(distinct) > _FEW_PLACES or len(distinct) == len(places):
        return places
    gap = float(np.diff(distinct).min()) if len(distinct) > 1 else 1.0
    room = min(_EDGE, 0.35 * gap) if np.isfinite(gap) else _EDGE
    moved = places.copy()
    for group in range(len(distinct)):
        own = np.flatnonzero(first == group)
        if len(own) > 1:
            moved[own] += np.linspace(-room, room, len(own))
    return moved


def _draw_axis(ax: Axes, place: int, axis: ValueAxis) -> None:
    colors = ink(ax)
    ax.plot([place, place], [-_EDGE, 1 + _EDGE], color=colors.muted, linewidth=1, zorder=1)
    box = {**_LABEL_BOX, "facecolor": _ground(ax)}
    look: Any = {"fontsize": "small", "color": colors.text, "zorder": 3, "bbox": box}
    places, names = axis.ticks()
    for at, name in zip(axis.within(places), names, strict=True):
        ax.annotate(
            plain(name),
            (place, float(at)),
            xytext=(4, 0),
            textcoords="offset points",
            ha="left",
            va="center",
            **look,
        )
    short = axis.name.rpartition(".")[2] if len(axis.name) > 18 else axis.name
    ax.annotate(
        plain(short),
        (place, 1 + _EDGE),
        xytext=(0, 4),
        textcoords="offset points",
        ha="left" if place == 0 else "center",
        va="bottom",
        fontsize="small",
        color=colors.muted,
    )


def _ground(ax: Axes) -> Any:
    """Give the colour behind the axes, or white or black where nothing is there."""
    from matplotlib.colors import to_rgba

    for ground in (ax.get_facecolor(), ax.figure.get_facecolor()):
        if to_rgba(ground)[3] > 0.5:
            return ground
    return "black" if ink(ax) is DARK_INK else "white"
