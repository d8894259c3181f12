"""Draw learning curves: the seeds of a configuration as one line, with the band in which it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.compared import seeds_words, shared_words
from gymdash_jupyter.plots.curve_numbers import CurvesInfo, curves_info
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
    tidy_numbers,
)
from gymdash_jupyter.plots.style import styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from gymdash_jupyter.aggregates import Aggregate
    from gymdash_jupyter.grouping import GroupBy
    from gymdash_jupyter.plots.curve_numbers import Curve
    from gymdash_jupyter.selection import Keys, Sims
    from gymdash_jupyter.store.contract import ProjectStore


def plot_curves(
    store: ProjectStore,
    keys: Keys = None,
    sims: Sims = None,
    *,
    by: GroupBy = "group",
    statistic: str = "mean",
    band: float | None = 0.95,
    smoothing: float = 0.0,
    x: str = "step",
    split: str | None = None,
    seeds: bool = False,
    style: str | None = None,
    ax: Axes | Sequence[Axes] | None = None,
) -> Any:
    """Draw learning curves: one line for all seeds of a configuration, in a band.

    The band is the interval of a percentile bootstrap over seeds at each x: how far the line would move if other seeds
    had been drawn. It is not how far single seeds scatter (``seeds=True`` shows that). With few seeds it is too narrow:
    of 95 % it holds some 83 % with 5 seeds (see ``scores.estimates.interval_estimates``). There is none where fewer
    than two seeds report.

    A curve goes as far as every seed has come, so that it is never one of the fast ones alone. A simulation that failed
    or was stopped does not hold it back; where it is missing, the line is dashed, and the legend says of how many.

    Args:
        store: The project.
        keys: Which series, a subplot each: None for all, a key, a pattern such as ``"rollout/*"``, or a list.
        sims: Which simulations; see ``selection.resolve_sims``.
        by: What shares a line: ``"group"`` for the same configuration but for seeds, of which a repeated one counts
            once; ``"simulation"`` for each alone; or a path or paths of values, such as ``"learning_rate"``.
        statistic: ``mean``, ``median`` or ``iqm`` over seeds; see ``aggregates.statistic_of``.
        band: How much of what was drawn lies in the band, such as 0.95; None for no band.
        smoothing: Weight of ``statistics.ema``, from 0 (none) to below 1, on each seed before they are joined.
        x: ``step``; ``time`` since the start of each simulation; or ``episode``, the number of the value.
        split: Path of a setting, such as ``"env"``: each of its values has a subplot of its own.
        seeds: Whether each seed is shown, faintly.
        style: ``paper`` or ``notebook``; None for what is set. ``figure_style`` can do more.
        ax: Where to draw: one Axes for all keys, or as many as there are subplots. None makes a figure.

    Returns:
        The Axes; or, for several subplots, an array of them, shape (number of subplots,): key by key.

    Raises:
        InvalidArgumentError: An argument makes no sense, no simulation has recorded a key, or not as many axes as keys.
        UnknownSimulationError: The project has no such simulation.
    """
    info = curves_info(
        store,
        keys,
        sims,
        by=by,
        statistic=statistic,
        band=band,
        smoothing=smoothing,
        x=x,
        split=split,
    )
    with styled(style):
        panels = info.panels
        axes = new_axes(len(panels)) if ax is None else _given(ax, info)
        title, labels = _labels(info, has_seeds=by != "simulation")
        for number, one in enumerate(axes):
            is_whole = len(axes) == 1
            mine = [c for c in info.curves if is_whole or (c.key, c.part) == panels[number]]
            _draw(one, mine, info, labels, has_seeds=seeds)
            tidy_numbers(one.yaxis)
            one.set_ylabel(plain(", ".join(info.keys) if is_whole else panels[number][0]))
            if split is not None and panels:
                one.set_title(plain(panels[number][1]), fontsize="medium")
        by_place = sorted(info.curves, key=lambda curve: curve.place)
        order = [plain(labels[curve.label]) for curve in by_place]
        name_lines(axes, title=title, once=ax is None, order=order)
        say_note(axes[-1], _note(info), below=ax is None)
    return as_array(axes)


def _draw(
    ax: Axes,
    curves: Sequence[Curve],
    info: CurvesInfo,
    labels: Mapping[str, str],
    *,
    has_seeds: bool,
) -> None:
    ax.set_xlabel(info.x_label)
    if not any(len(curve.joined) for curve in curves):
        say_nothing_yet(ax)
        return
    has_several_keys = len({curve.key for curve in curves}) > 1
    for number, curve in enumerate(curves):
        style = line_style(number if has_several_keys else curve.place, ink(ax))
        label = labels[curve.label]
        label = f"{curve.key}, {label}" if has_several_keys else label
        if has_seeds and len(curve.seeds) > 1:
            for xs, ys in curve.seeds:
                ax.plot(xs, ys, **style, linewidth=0.8, alpha=0.3, label="_nolegend_", zorder=1.9)
        _draw_one(ax, curve.joined, style, plain(label))


def _given(ax: Axes | Sequence[Axes], info: CurvesInfo) -> list[Axes]:
    """List the axes that were given; one may stand for several keys, not for several parts."""
    names = [", ".join(filter(None, panel)) for panel in info.panels]
    axes = given_axes(ax, names)
    if len(axes) == 1 < len(info.parts):
        msg = (
            f"Curves that are split need an Axes each: {len(names)} ({', '.join(names)}); got one."
        )
        raise InvalidArgumentError(msg)
    return axes


def _note(info: CurvesInfo) -> str:
    if not info.n_repeated:
        return ""
    words = "simulation that repeats" if info.n_repeated == 1 else "simulations that repeat"
    return f"left out: {info.n_repeated} {words} a seed"


def _labels(info: CurvesInfo, *, has_seeds: bool) -> tuple[str, dict[str, str]]:
    """Give the legend's title and, for each configuration, what it is called there, with its number of seeds."""
    names = list(dict.fromkeys(curve.label for curve in info.curves))
    title, short = shared_words(names, info.settings)
    found = {}
    for name, label in zip(names, short, strict=True):
        mine = [curve for curve in info.curves if curve.label == name]
        fewest, most = min(c.n_at_end for c in mine), max(c.n_started for c in mine)
        is_mixed = any(curve.n_configs > 1 for curve in mine)
        said = seeds_words(fewest, most, "simulation" if is_mixed else "seed")
        found[name] = f"{label} ({said})" if has_seeds else label
    return title, found


def _draw_one(ax: Axes, joined: Aggregate, style: dict[str, Any], label: str) -> None:
    is_point = np.isfinite(joined.value).sum() == 1
    if np.isfinite(joined.low).any():
        ends, color = (joined.x, joined.low, joined.high), style["color"]
        if is_point:  # its band has no area
            ax.vlines(*ends, color=color, alpha=0.5, linewidth=2)
        else:
            ax.fill_between(*ends, color=color, alpha=0.2, linewidth=0)
    # Nobody reports where values are not finite: a gap.
    has_all = (joined.n >= joined.n.max(initial=0)) | (joined.n == 0)
    marker: dict[str, Any] = {"marker": "o"} if is_point else {}
    ax.plot(
        joined.x,
        np.where(has_all, joined.value, np.nan),
        **style,
        **marker,
        label=label,
        zorder=2.2,
    )
    if not has_all.all():
        # The last point with all is shared, so that there is no gap.
        beside = has_all & (np.append(~has_all[1:], False) | np.append(False, ~has_all[:-1]))
        rest = np.where(~has_all | beside, joined.value, np.nan)
        style = {**style, "linestyle": (0, (3, 2))}
        ax.plot(joined.x, rest, **style, alpha=0.6, label="_nolegend_", zorder=2.1)
