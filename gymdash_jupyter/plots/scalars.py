"""Draw recorded numbers over steps: one subplot a key, one colour a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.plots.labels import short_labels
from gymdash_jupyter.plots.legends import name_lines
from gymdash_jupyter.plots.look import (
    as_array,
    given_axes,
    ink,
    line_style,
    new_axes,
    plain,
    say_note,
    say_nothing_yet,
)
from gymdash_jupyter.selection import Keys, Sims, resolve_keys, resolve_sims
from gymdash_jupyter.statistics import ema, thin_min_max

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.store.contract import ProjectStore


@dataclass(frozen=True, eq=False)
class ScalarLine:
    """One series of one simulation, ready to be drawn.

    Attributes:
        sim_id: The simulation.
        label: Its name, with the beginning of its id where several have this name.
        key: The series.
        place: Which colour it has: the simulation's place among those that were chosen.
        steps: int64, shape (n,), as recorded.
        raw: float64, shape (n,), as recorded.
        smoothed: float64, shape (n,); equal to ``raw`` without smoothing.
    """

    sim_id: UUID
    label: str
    key: str
    place: int
    steps: NDArray[np.int64]
    raw: NDArray[np.float64]
    smoothed: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScalarsInfo:
    """What ``plot_scalars`` draws.

    Attributes:
        keys: The chosen keys, also those without points.
        lines: By key in their order, then by simulation in the order of choice.
        smoothing: Weight of the moving average, 0 for none.
    """

    keys: tuple[str, ...]
    lines: tuple[ScalarLine, ...]
    smoothing: float


def scalars_info(
    store: ProjectStore, keys: Keys = None, sims: Sims = None, smoothing: float = 0.0
) -> ScalarsInfo:
    """Compute what ``plot_scalars`` draws: all points, and their smoothed values.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern such as ``"rollout/*"``, or a list.
        sims: Which simulations; see ``selection.resolve_sims``.
        smoothing: Weight of ``statistics.ema``, from 0 (none) to below 1.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or a bad weight.
        UnknownSimulationError: The project has no such simulation.
    """
    ids = resolve_sims(store, sims)
    names = resolve_keys(store, keys, None if sims is None else ids)
    ema([], smoothing)  # a bad weight is refused also where there is nothing to smooth
    table = store.read_table(None if sims is None else ids, names)
    labels = short_labels(store, dict.fromkeys(series.sim_id for series in table.series))
    place = {sim_id: number for number, sim_id in enumerate(ids)}
    lines = []
    for series, start, end in zip(table.series, table.starts[:-1], table.starts[1:], strict=True):
        if end == start or series.sim_id not in place:
            continue  # without points, or created since the simulations were listed
        raw = table.values[start:end]
        lines.append(
            ScalarLine(
                sim_id=series.sim_id,
                label=labels[series.sim_id],
                key=series.key,
                place=place[series.sim_id],
                steps=table.steps[start:end],
                raw=raw,
                smoothed=ema(raw, smoothing),
            )
        )
    lines.sort(key=lambda line: (names.index(line.key), line.place))
    return ScalarsInfo(keys=tuple(names), lines=tuple(lines), smoothing=float(smoothing))


def plot_scalars(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    smoothing: float = 0.0,
    ax: Axes | Sequence[Axes] | None = None,
    max_points: int | None = 10_000,
) -> Any:
    """Draw recorded numbers over steps.

    Smoothed lines are drawn over the translucent recorded ones, and are computed from all points.
    Lines follow the order of recording: where steps went back, so does the line. A project without
    points gives a picture that says so.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern such as ``"rollout/*"``, or a list.
        sims: Which simulations; see ``selection.resolve_sims``.
        smoothing: Weight of ``statistics.ema``, from 0 (none) to below 1.
        ax: Where to draw: one Axes for all keys, or as many as there are keys. None makes a figure
            with one subplot a key.
        max_points: The most points of a line that are drawn, at least 8; longer ones are thinned
            by ``statistics.thin_min_max``, and the picture says so. None draws all.

    Returns:
        The Axes; or, for several, an array of them, shape (number of keys,).

    Raises:
        InvalidArgumentError: No simulation has recorded this key; a bad weight or ``max_points``;
            or not as many axes as keys.
        UnknownSimulationError: The project has no such simulation.
    """
    info = scalars_info(store, keys, sims, smoothing)
    if max_points is not None:
        thin_min_max([], [], max_points)  # refused before a figure is made
    is_ours = ax is None
    axes = new_axes(len(info.keys)) if ax is None else given_axes(ax, info.keys)
    if len(axes) == 1:
        _draw(axes[0], info.lines, info, max_points)
        axes[0].set_ylabel(plain(", ".join(info.keys)))
    else:
        for one, key in zip(axes, info.keys, strict=True):
            _draw(one, [line for line in info.lines if line.key == key], info, max_points)
            one.set_ylabel(plain(key))
    by_place = sorted(info.lines, key=lambda line: line.place)
    name_lines(axes, once=is_ours, order=[plain(line.label) for line in by_place])
    return as_array(axes)


def draw_scalars(
    ax: Axes, info: ScalarsInfo, max_points: int | None, *, is_ours: bool = False
) -> None:
    """Draw all lines of an info into one Axes, named; where the figure is ours, above it if they are many."""
    if max_points is not None:
        thin_min_max([], [], max_points)  # refused before anything is drawn
    _draw(ax, info.lines, info, max_points)
    name_lines([ax], once=is_ours)


def _draw(
    ax: Axes, lines: Sequence[ScalarLine], info: ScalarsInfo, max_points: int | None
) -> None:
    ax.set_xlabel("step")
    if not lines:
        say_nothing_yet(ax)
        return
    has_several_keys = len({line.key for line in lines}) > 1
    has_several_sims = len({line.sim_id for line in lines}) > 1
    colors = ink(ax)
    for number, line in enumerate(lines):
        label = line.label
        if has_several_keys:
            label = f"{line.key}, {line.label}" if has_several_sims else line.key
        style = line_style(number if has_several_keys else line.place, colors)
        if info.smoothing > 0:
            raw = _thinned(line.steps, line.raw, max_points)
            ax.plot(*raw, **style, linewidth=1, alpha=0.36, label="_nolegend_")
            smoothed = _thinned(line.steps, line.smoothed, max_points)
            ax.plot(
                *smoothed, **style, **_marker(line), linewidth=2, label=plain(label), zorder=2.1
            )
        else:
            raw = _thinned(line.steps, line.raw, max_points)
            ax.plot(*raw, **style, **_marker(line), linewidth=1.5, label=plain(label))
    _say_thinned(ax, lines, max_points)


def _thinned(
    steps: NDArray[np.int64], values: NDArray[np.float64], max_points: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if max_points is None:
        return steps.astype(np.float64), values
    return thin_min_max(steps, values, max_points)


def _marker(line: ScalarLine) -> dict[str, Any]:
    """Show a single point as a dot; a line through one point would be invisible."""
    return {"marker": "o", "markersize": 3} if np.isfinite(line.raw).sum() == 1 else {}


def _say_thinned(ax: Axes, lines: Sequence[ScalarLine], max_points: int | None) -> None:
    longest = max(len(line.raw) for line in lines)
    if max_points is None or longest <= max_points:
        return
    say_note(ax, f"at most {max_points:,} of {longest:,} points a line")
