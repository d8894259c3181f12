"""Draw how values were distributed over training: a map of their density, and their quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames.histograms import histograms_frame
from gymdash_jupyter.plots.labels import short_labels
from gymdash_jupyter.plots.look import (
    as_array,
    given_axes,
    ink,
    new_axes,
    plain,
    say_note,
    say_nothing_yet,
    style_axes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore

QUANTILES = (0.05, 0.5, 0.95)
"""Which quantiles are drawn as lines."""

_ROWS = 160
"""Cells of the map from its lower to its upper end."""
_MOST_STEPS = 600
"""Histograms of one simulation that are drawn; of more, evenly spread ones."""
_REACH = 0.0005
"""The share of all values that may lie beyond each end of the map, so that one far value does not flatten the rest."""


@dataclass(frozen=True, eq=False)
class HistogramMap:
    """What ``plot_histograms`` draws of one simulation.

    Attributes:
        sim_id: The simulation.
        label: Its name, with the beginning of its id where several have this name.
        steps: int64, shape (n,), ascending.
        edges: Ends of the cells, float64, shape (cells + 1,).
        density: Share of the values in each cell, float64, shape (cells, n); columns add up to at most 1.
        quantiles: float64, shape (3, n): ``QUANTILES``, each taken to lie evenly spread within its bin.
        n_steps: How many histograms there are; more than n where some are not drawn.
    """

    sim_id: UUID
    label: str
    steps: NDArray[np.int64]
    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    n_steps: int


def histograms_info(store: ProjectStore, key: str, sims: Sims = None) -> tuple[HistogramMap, ...]:
    """Compute what ``plot_histograms`` draws.

    Args:
        store: The project.
        key: Which series of histograms.
        sims: Which simulations; None for all that have histograms under this key.

    Returns:
        One map a simulation, all with the same edges. Of several histograms at one step the last one counts.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or it has no histograms.
        UnknownSimulationError: The project has no such simulation.
    """
    if not isinstance(key, str):
        msg = (
            f"plot_histograms() draws one series; give its key, not {type(key).__name__}: {key!r}."
        )
        raise InvalidArgumentError(msg)
    frame = histograms_frame(store, key, sims)
    frame = frame[np.array([counts.sum() > 0 for counts in frame["counts"]], dtype=bool)]
    edges = _edges(frame)
    labels = short_labels(store, [UUID(sim_id) for sim_id in frame["sim_id"].unique()])
    maps = []
    for sim_id, label in labels.items():
        mine = frame[frame["sim_id"] == str(sim_id)]
        mine = mine.drop_duplicates("step", keep="last").sort_values("step")
        if len(mine):
            maps.append(_map(sim_id, label, mine, edges))
    return tuple(maps)


def plot_histograms(
    store: ProjectStore,
    key: str,
    sims: Sims = None,
    *,
    ax: Axes | Sequence[Axes] | None = None,
) -> Any:
    """Draw how the values of one series of histograms were distributed over steps.

    The darker (on a dark background: the brighter) a cell, the more of a step's values lie there; the line is the
    median, and between the thin ones lie nine tenths of the values.

    Args:
        store: The project.
        key: Which series of histograms, such as ``"weights/layer1"``.
        sims: Which simulations, a subplot each; None for all that have histograms under this key.
        ax: Where to draw, one Axes a simulation; None makes a figure.

    Returns:
        The Axes, or an array of them.

    Raises:
        InvalidArgumentError: As in ``histograms_info``, or as many axes as simulations were not given.
        UnknownSimulationError: The project has no such simulation.
    """
    maps = histograms_info(store, key, sims)
    labels = [one.label for one in maps]
    axes = new_axes(len(maps)) if ax is None else given_axes(ax, labels or [key])
    for i, one_ax in enumerate(axes):
        style_axes(one_ax)
        if i < len(maps):
            _draw(one_ax, maps[i])
            one_ax.set_title(plain(labels[i]) if len(maps) > 1 else "", loc="left")
            one_ax.set_xlabel("step")
            if i == 0:
                one_ax.set_ylabel(plain(key))
    if not maps:
        say_nothing_yet(axes[0], "No histograms recorded")
    return as_array(axes)


def _draw(ax: Axes, one: HistogramMap) -> None:
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    colors = ink(ax)
    ground = to_rgb(ax.get_facecolor())
    full = to_rgb(colors.series[0])
    shades = LinearSegmentedColormap.from_list("density", [ground, full])
    highest = one.density.max(axis=0)
    ax.grid(visible=False)
    ax.pcolormesh(
        _between(one.steps),
        one.edges,
        # Each step by its own peak, since all hold as many values; roots, so that thin tails are seen beside it.
        np.sqrt(one.density / np.where(highest > 0, highest, 1.0)),
        cmap=shades,
        vmin=0,
        vmax=1,
        shading="flat",
        rasterized=True,
        linewidth=0,
    )
    for values, width, alpha in zip(
        one.quantiles, (0.8, 1.6, 0.8), (0.55, 1.0, 0.55), strict=True
    ):
        ax.plot(one.steps, values, color=colors.text, linewidth=width, alpha=alpha)
    ax.set_ylim(one.edges[0], one.edges[-1])
    words = "median, and 90 % between thin lines"
    if one.n_steps > len(one.steps):
        words = f"{len(one.steps):,} of {one.n_steps:,} histograms; {words}"
    say_note(ax, words)


def _between(steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the ends of the columns: halfway between steps."""
    at = steps.astype(np.float64)
    if len(at) == 1:
        return np.array([at[0] - 0.5, at[0] + 0.5])
    middles = (at[1:] + at[:-1]) / 2
    return np.concatenate([[2 * at[0] - middles[0]], middles, [2 * at[-1] - middles[-1]]])


def _edges(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Give cells that hold nearly all values of all histograms."""
    if not len(frame):
        return np.linspace(0.0, 1.0, _ROWS + 1)
    low = min(
        _quantile(row, _REACH)
        for row in frame[["left", "right", "counts"]].itertuples(index=False)
    )
    high = max(
        _quantile(row, 1 - _REACH)
        for row in frame[["left", "right", "counts"]].itertuples(index=False)
    )
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    if low == high:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    return np.linspace(low, high, _ROWS + 1)


def _map(
    sim_id: UUID, label: str, frame: pd.DataFrame, edges: NDArray[np.float64]
) -> HistogramMap:
    n_all = len(frame)
    if n_all > _MOST_STEPS:
        frame = frame.iloc[np.unique(np.linspace(0, n_all - 1, _MOST_STEPS).round().astype(int))]
    rows = list(frame[["left", "right", "counts"]].itertuples(index=False))
    density = np.stack([np.diff(_share_below(row, edges)) for row in rows], axis=1)
    quantiles = np.array([[_quantile(row, q) for row in rows] for q in QUANTILES])
    return HistogramMap(sim_id, label, frame["step"].to_numpy(), edges, density, quantiles, n_all)


def _steps_up(row: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give places and the share of the values below each: values lie evenly spread within a bin."""
    left, right, counts = row
    below = np.concatenate([[0.0], np.cumsum(counts)]) / counts.sum()
    places = np.stack([left, right], axis=1).ravel()
    shares = np.stack([below[:-1], below[1:]], axis=1).ravel()
    return np.maximum.accumulate(places), shares


def _share_below(row: Any, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    places, shares = _steps_up(row)
    return np.interp(edges, places, shares, left=0.0, right=1.0)


def _quantile(row: Any, q: float) -> float:
    places, shares = _steps_up(row)
    return float(np.interp(q, shares, places))
