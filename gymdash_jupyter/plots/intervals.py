"""Rows of intervals: one row an algorithm or a pair, a bar from the lower to the upper end, a mark at the value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.look import broken, figure_size, given_axes, ink, plain, tidy_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axes._secondary_axes import SecondaryAxis
    from numpy.typing import NDArray

_HEIGHT: Final = 0.5
_ROW_INCHES: Final = 0.30
_LINE_INCHES: Final = 0.165
_AROUND_INCHES: Final = 0.85
_NARROWEST: Final = 1.35
"""Inches that the numbers below an axis need."""

_LETTER: Final = 0.55
"""Width of a letter as a part of the font's size, on average."""

_LONGEST_LABEL: Final = 36
_WIDEST: Final = 8.4
_PART_FOR_LABELS: Final = 0.42


@dataclass(frozen=True, eq=False)
class IntervalRow:
    """One row.

    Attributes:
        label: Its name, at the left.
        place: Which colour it has.
        value: Where the mark is.
        low: Lower end of the bar; NaN for no bar.
        high: Upper end.
        dots: Single values to show beneath, such as those of the seeds; float64, shape (n,).
    """

    label: str
    place: int
    value: float
    low: float
    high: float
    dots: NDArray[np.float64] | None = None


def new_interval_axes(
    count: int, labels: Sequence[str], part: float = _PART_FOR_LABELS
) -> list[Axes]:
    """Make a figure with so many axes side by side, and below one another where it is too narrow for that.

    Args:
        count: How many, at least one.
        labels: Names of the rows, the same in all axes.
        part: Which part of the figure's width they may take.
    """
    import matplotlib.pyplot as plt
    from matplotlib import rcParams

    count = max(count, 1)
    size = float(rcParams["font.size"])
    room = figure_size((_WIDEST, 1.0))[0] * part
    named = [line for label in labels for line in broken(label, _letters(room, size)).splitlines()]
    beside = max(map(len, named), default=0) * size * _LETTER / 72 + 0.1
    width, _ = figure_size((beside + (3.8 if count == 1 else min(2.1 * count, _WIDEST)), 1.0))
    # As ``name_rows`` will break them in a figure of this width.
    lines = [broken(label, _letters(width * part, size)).count("\n") + 1 for label in labels]
    row = max(_ROW_INCHES, _LINE_INCHES * max(lines, default=1) + 0.08)
    height = (row * max(len(labels), 2) + _AROUND_INCHES) * size / 10
    columns = int(max(1, min(count, 4, (width - beside) / _NARROWEST)))
    columns = -(-count // -(-count // columns))
    rows = -(-count // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(width, height * rows), squeeze=False, layout="constrained"
    )
    axes: list[Axes] = list(grid.flat)
    for spare in axes[count:]:
        figure.delaxes(spare)
    return axes[:count]


def interval_axes(
    ax: Axes | Sequence[Axes] | None, what: Sequence[str], labels: Sequence[str]
) -> list[Axes]:
    """Give the axes for so many intervals: those that were given, as many as there are, or new ones."""
    if ax is None:
        return new_interval_axes(len(what), labels)
    axes = given_axes(ax, what)
    if len(axes) != len(what):
        msg = f"Got one Axes for {len(what)} parts ({', '.join(what)}): give as many, or none to have them made."
        raise InvalidArgumentError(msg)
    return axes


def draw_rows(ax: Axes, rows: Sequence[IntervalRow], *, has_names: bool = True) -> None:
    """Draw rows from the top down, and name them at the left."""
    colors = ink(ax)
    for number, row in enumerate(rows):
        color = colors.series[row.place % len(colors.series)]
        if row.dots is not None:
            spread = np.linspace(-0.16, 0.16, len(row.dots)) if len(row.dots) > 1 else np.zeros(1)
            ax.plot(
                row.dots,
                number + spread,
                "o",
                color=color,
                markersize=3,
                markeredgewidth=0,
                alpha=0.55,
                zorder=2.3,
            )
        if np.isfinite(row.low):
            ax.barh(
                number,
                row.high - row.low,
                _HEIGHT,
                left=row.low,
                color=color,
                alpha=0.35,
                linewidth=0,
                zorder=2,
            )
        half = 0.5 * _HEIGHT
        ax.plot(
            [row.value, row.value],
            [number - half, number + half],
            color=color,
            linewidth=2.2,
            zorder=2.5,
            solid_capstyle="butt",
        )
    ax.use_sticky_edges = False  # a bar may not touch the frame: it would seem to go on
    ax.margins(x=0.06)
    ax.set_ylim(len(rows) - 0.45, -0.55)
    name_rows(ax, [row.label for row in rows] if has_names else [])
    _style(ax)


def name_rows(
    axis: Axes | SecondaryAxis, labels: Sequence[str], part: float = _PART_FOR_LABELS
) -> None:
    """Write the names of rows beside them, broken into lines.

    Args:
        axis: Whose y axis.
        labels: From the top down.
        part: Which part of the figure's width they may take.
    """
    from matplotlib import rcParams

    figure: Any = axis.figure
    letters = _letters(figure.get_figwidth() * part, float(rcParams["font.size"]))
    axis.set_yticks(range(len(labels)), [plain(broken(label, letters)) for label in labels])


def _letters(inches: float, size: float) -> int:
    return max(min(int(inches * 72 / (size * _LETTER)), _LONGEST_LABEL), 8)


def _style(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    colors = ink(ax)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=colors.hairline, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0, labelcolor=colors.text)
    ax.tick_params(axis="x", labelcolor=colors.muted)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    tidy_numbers(ax.xaxis)
