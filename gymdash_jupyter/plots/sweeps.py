"""Draw a sweep: how good simulations became over one of their settings, each a dot, with means."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.plots.legends import name_lines
from gymdash_jupyter.plots.look import (
    given_axes,
    ink,
    new_axes,
    plain,
    say_note,
    say_nothing_yet,
)
from gymdash_jupyter.plots.value_axes import (
    NOT_SET,
    ValueAxis,
    axis_of,
    number_text,
    path_named,
    unknown_setting,
    value_of,
)
from gymdash_jupyter.scores import ProjectScores, read_scores
from gymdash_jupyter.scores.reading import task_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

_NOTHING_YET: Final = "No finished simulations with a score yet"
_LETTER: Final = 0.6
"""Width of a letter as a part of the font's size."""

_MANY_LETTERS: Final = 60
_DODGE: Final = 0.6
"""Of the room of a category, what colours take side by side."""


@dataclass(frozen=True, eq=False)
class SweepInfo:
    """What ``plot_sweep`` draws.

    Attributes:
        key: Of which series the scores are.
        sim_ids: The simulations, by creation.
        x: Where they are along x.
        scores: float64, shape (n,): their final values.
        hues: What the colours mean, in their order; a single ``""`` without ``hue``.
        hue_of: int64, shape (n,): the place in ``hues`` of each simulation.
        means: For each hue the places along x at which it has simulations, growing, and their mean scores there; both
            float64, shape (m,).
        left_out: What is not drawn, in words, and how often.
        hue: The setting that the colours are values of, or ``""``.
    """

    key: str
    sim_ids: tuple[UUID, ...]
    x: ValueAxis
    scores: NDArray[np.float64]
    hues: tuple[str, ...]
    hue_of: NDArray[np.int64]
    means: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]
    left_out: Mapping[str, int]
    hue: str = ""


def sweep_info(
    store: ProjectStore,
    x: str,
    y: str | None = "rollout/ep_rew_mean",
    sims: Sims = None,
    *,
    hue: str | None = None,
    unfinished: bool = False,
    last: float = 0.1,
) -> SweepInfo:
    """Compute what ``plot_sweep`` draws; arguments and errors are the same."""
    found, records = scored(store, y, sims, unfinished=unfinished, last=last)
    path = _path(store, records, x)
    values = [value_of(record, path) for record in records]
    axis = axis_of(path, values)
    left_out = dict(found.left_out)
    is_placed = np.isfinite(axis.places)
    if not is_placed.all():
        left_out[f"without {path}"] = int((~is_placed).sum())
        records = [record for record, is_in in zip(records, is_placed, strict=True) if is_in]
        axis = ValueAxis(path, axis.places[is_placed], axis.categories, axis.is_log)
    score_of = {row.sim_id: row.score for row in found.rows}
    scores = np.array([score_of[record.sim_id] for record in records], dtype=np.float64)
    hue = _task_beside(records, path) if hue is None else hue
    hues, hue_of = _hues(store, records, hue)
    means = tuple(
        _means(axis.places[hue_of == place], scores[hue_of == place]) for place in range(len(hues))
    )
    return SweepInfo(
        key=found.key,
        sim_ids=tuple(record.sim_id for record in records),
        x=axis,
        scores=scores,
        hues=hues,
        hue_of=hue_of,
        means=means,
        left_out=left_out,
        hue=hue or "",
    )


def plot_sweep(
    store: ProjectStore,
    x: str,
    y: str | None = "rollout/ep_rew_mean",
    sims: Sims = None,
    *,
    hue: str | None = None,
    unfinished: bool = False,
    last: float = 0.1,
    ax: Axes | None = None,
) -> Any:
    """Draw how good simulations became over one of their settings.

    Each simulation is a dot: the seeds of a configuration stand above one another, and their mean is marked. The axis
    is logarithmic where numbers span decades; what is not a number has a place for each value.

    Args:
        store: The project.
        x: A setting of the simulations, such as ``"learning_rate"`` or ``"policy_kwargs.net_arch"``; the last part of
            its path is enough where only one ends so.
        y: The series whose end is the score; None for the first of ``eval/mean_return``, ``rollout/ep_rew_mean`` and
            ``episode/return`` that was recorded.
        sims: Which simulations; see ``selection.resolve_sims``.
        hue: Another setting, whose values are colours. None for the task (``env`` and the like) where there are
            several: a mean over scores of different tasks would say nothing.
        unfinished: Whether those count that still run, were stopped, failed or are lost.
        last: What is averaged: below 1 the points in this last part of the steps, or the last so many points.
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: No simulation has this setting or has recorded this key, or another argument makes no
            sense.
        UnknownSimulationError: The project has no such simulation.
    """
    info = sweep_info(store, x, y, sims, hue=hue, unfinished=unfinished, last=last)
    one = one_axes(ax)
    one.set_xlabel(plain(info.x.name))
    one.set_ylabel(plain(info.key))
    if not len(info.scores):
        say_nothing_yet(one, _NOTHING_YET)
        return one
    _draw(one, info)
    _scale_x(one, info.x)
    if info.hues != ("",):
        name_lines([one], title=info.hue, once=ax is None, above=True)
    say_note(one, note_of(info.left_out))
    return one


def scored(
    store: ProjectStore, key: str | None, sims: Sims, *, unfinished: bool, last: float
) -> tuple[ProjectScores, list[SimulationRecord]]:
    """Read the scores that are comparable, and the records of their simulations in the same order."""
    found = read_scores(store, key, sims, by="simulation", last=last).comparable(
        unfinished=unfinished
    )
    by_id = {record.sim_id: record for record in store.simulations()}
    return found, [by_id[row.sim_id] for row in found.rows]


def one_axes(ax: Axes | None) -> Axes:
    """Make axes, or give back those that were given.

    Raises:
        InvalidArgumentError: They are not one Axes.
    """
    if ax is None:
        return new_axes(1)[0]
    return given_axes(ax, ("the figure",))[0]


def note_of(left_out: Mapping[str, int]) -> str:
    """Say what is not drawn."""
    said = ", ".join(f"{count} {words}" for words, count in left_out.items())
    return f"left out: {said}" if said else ""


def _path(store: ProjectStore, records: Sequence[SimulationRecord], name: str) -> str:
    path = path_named(records, name)
    if path is None:
        everybody = store.simulations()
        path = path_named(everybody, name) if len(everybody) > len(records) else None
    if path is None and records:
        raise unknown_setting(records, name)
    return path or name


def _task_beside(records: Sequence[SimulationRecord], path: str) -> str | None:
    """Name the setting that tells tasks apart, if there are several beside those of the axis."""
    task = task_path(records)
    if task is None or task == path:
        return None
    return task if len({value_of(record, task) for record in records}) > 1 else None


def _hues(
    store: ProjectStore, records: Sequence[SimulationRecord], hue: str | None
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if hue is None:
        return ("",), np.zeros(len(records), dtype=np.int64)
    path = _path(store, records, hue)
    axis = axis_of(path, [value_of(record, path) for record in records])
    places = axis.distinct
    names = [NOT_SET] if np.isnan(axis.places).any() else []
    if axis.categories is None:
        hues = [number_text(place) for place in places] + names
    else:
        hues = [axis.categories[int(place)] for place in places]
    at = np.where(np.isnan(axis.places), len(places), np.searchsorted(places, axis.places))
    return tuple(hues), at.astype(np.int64)


def _means(
    places: NDArray[np.float64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    distinct = np.unique(places)
    means = [float(scores[places == place].mean()) for place in distinct]
    return distinct, np.array(means, dtype=np.float64)


def _draw(ax: Axes, info: SweepInfo) -> None:
    colors = ink(ax)
    n = len(info.hues)
    for place, name in enumerate(info.hues):
        color = colors.series[place % len(colors.series)]
        aside = 0.0
        if info.x.categories is not None and n > 1:
            aside = ((place + 0.5) / n - 0.5) * _DODGE
        is_own = info.hue_of == place
        ax.plot(
            info.x.places[is_own] + aside,
            info.scores[is_own],
            linestyle="none",
            marker="o",
            markersize=5,
            markerfacecolor=color,
            markeredgecolor="none",
            alpha=0.5,
            label="_nolegend_",
        )
        x, means = info.means[place]
        ax.plot(
            x + aside,
            means,
            color=color,
            linewidth=2 if info.x.categories is None else 0,
            marker="_",
            markersize=16,
            markeredgewidth=2.5,
            label=plain(name) if name else "_nolegend_",
            zorder=3,
        )


def _collide(ax: Axes, names: Sequence[str]) -> bool:
    """Say whether names of categories side by side would run into one another."""
    from matplotlib.font_manager import FontProperties

    figure: Any = ax.figure
    size = FontProperties(size=_tick_size()).get_size_in_points()
    room = figure.get_figwidth() * ax.get_position().width * 72 / max(len(names), 1)
    return any(_LETTER * size * (len(a) + len(b) + 2) / 2 > room for a, b in pairwise(names))


def _tick_size() -> Any:
    from matplotlib import rcParams

    return rcParams["xtick.labelsize"]


def _scale_x(ax: Axes, x: ValueAxis) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    if x.is_log:
        ax.set_xscale("log")
    places, names = x.ticks()
    ax.xaxis.set_major_locator(FixedLocator(list(places)))
    ax.xaxis.set_minor_locator(NullLocator())
    is_long = (
        _collide(ax, names) if x.categories is not None else sum(map(len, names)) > _MANY_LETTERS
    )
    ax.set_xticks(
        list(places),
        [plain(name) for name in names],
        rotation=30 if is_long else 0,
        ha="right" if is_long else "center",
    )
    if x.categories is not None:
        ax.set_xlim(-0.6, len(x.categories) - 0.4)
    else:
        ax.margins(x=0.08)
