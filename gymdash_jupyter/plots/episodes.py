"""Draw episodes one after the other: how good, how long, by the number of the episode."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.plots.look import given_axes, new_axes
from gymdash_jupyter.plots.scalars import ScalarsInfo, draw_scalars, scalars_info

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

MEASURES = {
    "return": "return of the episode",
    "length": "steps in the episode",
    "time": "seconds for the episode",
}
"""What is known of an episode, and the words for it."""


def episodes_info(
    store: ProjectStore, sims: Sims = None, what: str = "return", smoothing: float = 0.9
) -> ScalarsInfo:
    """Compute what ``plot_episodes`` draws: the series ``episode/<what>`` over the episodes' numbers.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.
        what: ``return``, ``length`` or ``time``.
        smoothing: Weight of ``statistics.ema``, from 0 (none) to below 1.

    Returns:
        As of ``scalars_info``, but ``steps`` counts a simulation's episodes from 1, in the order in
        which they ended.

    Raises:
        InvalidArgumentError: Another ``what``, a bad weight, or no simulation has recorded episodes.
        UnknownSimulationError: The project has no such simulation.
    """
    if what not in MEASURES:
        msg = f"what is one of {', '.join(MEASURES)}; got {what!r}.{did_you_mean(what, MEASURES)}"
        raise InvalidArgumentError(msg)
    info = scalars_info(store, [f"episode/{what}"], sims, smoothing)
    lines = [
        replace(line, steps=np.arange(1, len(line.raw) + 1, dtype=np.int64)) for line in info.lines
    ]
    return replace(info, lines=tuple(lines))


def plot_episodes(
    store: ProjectStore,
    sims: Sims = None,
    *,
    what: str = "return",
    smoothing: float = 0.9,
    ax: Axes | None = None,
    max_points: int | None = 10_000,
) -> Axes:
    """Draw each simulation's episodes in the order in which they ended.

    ``plot_scalars("episode/return")`` draws the same over environment steps; here long episodes
    take no more room than short ones.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.
        what: ``return``, ``length`` or ``time`` (in seconds).
        smoothing: Weight of ``statistics.ema``, from 0 (none) to below 1.
        ax: Where to draw; None makes a figure.
        max_points: As in ``plot_scalars``.

    Returns:
        The Axes.

    Raises:
        InvalidArgumentError: As in ``episodes_info``, or bad ``max_points``.
        UnknownSimulationError: The project has no such simulation.
    """
    info = episodes_info(store, sims, what, smoothing)
    axes = new_axes(1)[0] if ax is None else given_axes(ax, info.keys)[0]
    draw_scalars(axes, info, max_points, is_ours=ax is None)
    axes.set_xlabel("episode")
    axes.set_ylabel(MEASURES[what])
    return axes
