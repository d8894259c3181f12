"""Name the lines of a picture: in the axes while they are few, above them where they would hide what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.plots.look import broken, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

MAX_NAMED: Final = 20
"""How many lines a legend names."""

_LEGEND_SEARCH_LIMIT: Final = 100_000
_TALL: Final = 3.0


def name_lines(
    axes: Sequence[Axes],
    *,
    title: str = "",
    once: bool = True,
    above: bool = False,
    order: Sequence[str] = (),
) -> None:
    """Put a legend into the axes: all of them, or, where they name the same lines, the figure.

    Args:
        axes: Those of one figure.
        title: What the labels are values of, or ``""``.
        once: Whether one legend may stand for all.
        above: Whether that one is above the axes however short it is: what is drawn fills them.
        order: Labels in the order of that one; others come behind.
    """
    named = [dict(_lines_of(ax)) for ax in axes]
    every = _in_order(named, order)
    figure: Any = axes[0].figure
    width = _letters(figure)
    is_long = any(len(label) > 0.7 * width for label in every)
    # Where a legend in the axes would be best, matplotlib decides by lines and not by bands.
    has_bands = len(every) > 1 and any(ax.collections for ax in axes)
    is_many = len(every) + (title != "") > _n_inside(figure)
    is_outside = above or has_bands or len(axes) > 1 or is_long or is_many
    if once and every and is_outside:
        # Above the axes, where they hide nothing; as many in a row as there is room for.
        shown = list(every)[:MAX_NAMED]
        names = [broken(label, width) for label in shown]
        n_columns = _n_columns(figure, names)
        n_lines = sum(name.count("\n") + 1 for name in names) / n_columns + (title != "")
        figure.set_figheight(figure.get_figheight() + n_lines * 1.5 * _legend_points() / 72)
        figure.legend(
            [every[label] for label in shown],
            names,
            loc="outside upper left",
            ncols=n_columns,
            frameon=False,
            title=_named_of(len(every), title, MAX_NAMED),
            alignment="left",
        )
        return
    for ax, lines in zip(axes, named, strict=True):
        if not lines:
            continue
        points = sum(np.size(line.get_xdata()) for line in ax.lines)
        n_shown = min(MAX_NAMED, _n_fitting(ax))
        ax.legend(
            list(lines.values())[:n_shown],
            [broken(label, width) for label in list(lines)[:n_shown]],
            # Searching the best place looks at every point.
            loc="best" if points <= _LEGEND_SEARCH_LIMIT else "upper left",
            frameon=False,
            title=_named_of(len(lines), title, n_shown),
            alignment="left",
        )


def _in_order(named: Sequence[dict[str, Any]], order: Sequence[str]) -> dict[str, Any]:
    """Join the lines of all axes, each name once."""
    every: dict[str, Any] = {}
    for lines in sorted(named, key=len, reverse=True):
        every = {**every, **{label: line for label, line in lines.items() if label not in every}}
    first = {label: every[label] for label in order if label in every}
    return {**first, **every}


def _lines_of(ax: Axes) -> list[tuple[str, Any]]:
    handles, labels = ax.get_legend_handles_labels()
    return list(zip(labels, handles, strict=True))


def _n_inside(figure: Any) -> int:
    """How many lines a legend in the axes may have before it hides what is drawn there."""
    return 4 if figure.get_figheight() >= _TALL else 3


def _n_fitting(ax: Axes) -> int:
    """How many names find room in the height of axes; a taller legend would press them together."""
    figure: Any = ax.figure
    height = figure.get_figheight() * ax.get_position().height * 72
    return max(int(0.9 * height / (1.5 * _legend_points())) - 1, _n_inside(figure))


def _n_columns(figure: Any, labels: Sequence[str]) -> int:
    # A handle, the gaps around it and the letters, in sizes of the font.
    letters = max(len(line) for label in labels for line in label.splitlines())
    width = (4.5 + 0.56 * letters) * _legend_points() / 72
    return int(max(1, min(len(labels), 0.97 * figure.get_figwidth() // width)))


def _letters(figure: Any) -> int:
    """How many letters of a legend fit beside one another."""
    return max(int(figure.get_figwidth() * 72 / (0.6 * _legend_points())) - 8, 12)


def _legend_points() -> float:
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=rcParams["legend.fontsize"]).get_size_in_points())


def _named_of(there_are: int, title: str, most: int) -> str | None:
    said = [plain(title)] if title else []
    if there_are > most:
        said.append(f"{most} of {there_are}")
    return ", ".join(said) or None
