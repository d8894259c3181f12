"""What every picture shares: the series palette, axes in the house's look, the empty picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

SERIES_COLORS = (
    "#447bf2",
    "#e06a32",
    "#055a5a",
    "#ba77a5",
    "#7e5a0a",
    "#6320a0",
    "#1d6a96",
    "#ae6161",
)
"""The light series palette: 3:1 or more on white, pairs apart also for colour-blind eyes."""

_DASHES: tuple[Any, ...] = ("-", (0, (6, 3)), (0, (2, 3)))
MUTED = "#616161"
HAIRLINE = "#e0e0e0"
_NOTHING_YET = "No points recorded yet"


def line_style(place: int) -> dict[str, Any]:
    """Give colour and dashes of the series at this place; past eight, dashes tell apart."""
    dashes = _DASHES[place // len(SERIES_COLORS) % len(_DASHES)]
    return {"color": SERIES_COLORS[place % len(SERIES_COLORS)], "linestyle": dashes}


def plain(name: str) -> str:
    """Spell a name so that matplotlib shows it as it is.

    It would read text between dollars as a formula and leave names with a leading ``_`` out of
    legends.
    """
    escaped = name.replace("$", r"\$")
    return f"\u200b{escaped}" if escaped.startswith("_") else escaped


def new_axes(count: int) -> list[Axes]:
    """Make a figure with so many axes through pyplot, styled; at least one."""
    import matplotlib.pyplot as plt  # only here does pyplot choose a backend

    count = max(count, 1)
    columns = 1 if count == 1 else 2 if count <= 4 else 3
    rows = -(-count // columns)
    size = (6.4, 3.8) if count == 1 else (4.2 * columns, 2.8 * rows)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    axes: list[Axes] = list(grid.flat)
    for spare in axes[count:]:
        figure.delaxes(spare)
    for ax in axes[:count]:
        style_axes(ax)
    return axes[:count]


def given_axes(ax: Axes | Sequence[Axes], keys: Sequence[str]) -> list[Axes]:
    """List the axes that were given, one a key, or a single one for all keys.

    Raises:
        InvalidArgumentError: It is no axes, or there are several but not as many as keys.
    """
    from matplotlib.axes import Axes as MatplotlibAxes

    axes: list[Axes] = list(np.ravel(np.asarray(ax, dtype=object)))
    strange = [one for one in axes if not isinstance(one, MatplotlibAxes)]
    if strange:
        msg = f"ax takes matplotlib Axes, such as plt.gca(); got {type(strange[0]).__name__}: {strange[0]!r}."
        raise InvalidArgumentError(msg)
    if len(axes) != 1 and len(axes) != len(keys):
        msg = (
            f"Got {len(axes)} axes for {len(keys)} keys ({', '.join(keys) or 'none'}). Give one "
            "Axes for all keys, as many as there are keys, or none to have them made."
        )
        raise InvalidArgumentError(msg, keys=tuple(keys))
    return axes


def say_nothing_yet(ax: Axes, words: str = _NOTHING_YET) -> None:
    """Write into empty axes that there is nothing to draw."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=MUTED)
    if not ax.has_data():
        ax.set_xticks([])
        ax.set_yticks([])


def style_axes(ax: Axes) -> None:
    """Leave the data as the only loud thing: horizontal grid, one dark axis."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.grid(visible=True, axis="y", color=HAIRLINE, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(labelcolor=MUTED)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
