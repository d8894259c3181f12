"""Draw with matplotlib what an AnalyzePanel shows: the same lines, colours, smoothing, range and axes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.figure import Figure

from gymdash_jupyter.plots.look import MUTED, line_style, plain, say_nothing_yet, style_axes
from gymdash_jupyter.statistics import thinned_indices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gymdash_jupyter.widgets.analyze_curves import XKind
    from gymdash_jupyter.widgets.analyze_numbers import Between
    from gymdash_jupyter.widgets.analyze_shown import ShownLine
    from gymdash_jupyter.widgets.curves import Floats

_MOST_POINTS: Final = 4000
_MOST_NAMED: Final = 20
_RAW_LINES_UP_TO: Final = 8
_WORDS: Final = {"step": "step", "relative": "time since the start (s)", "wall": "time (UTC)"}


@dataclass(frozen=True)
class FigureLook:
    """How a figure is drawn.

    Attributes:
        x: Unit of x.
        is_smoothed: Whether lines are smoothed; the recorded ones then shine through.
        log_y: Whether y is logarithmic.
        fits_y: Whether y spans what is shown, else what all of x holds.
        between: The range of x, or None.
    """

    x: XKind = "step"
    is_smoothed: bool = False
    log_y: bool = False
    fits_y: bool = True
    between: Between = None


class ShownFigure(Figure):
    """A figure that belongs to no window, so that nothing has to be closed; a notebook shows it as a cell's value."""

    def _repr_png_(self) -> bytes:
        return figure_bytes(self, "png")


def shown_figure(lines: Sequence[ShownLine], keys: Sequence[str], look: FigureLook) -> ShownFigure:
    """Draw lines, one Axes a key; what is drawn is thinned like in the browser."""
    count = max(len(keys), 1)
    n_columns = 1 if count == 1 else 2 if count <= 4 else 3
    n_rows = -(-count // n_columns)
    size = (8.0, 4.2) if count == 1 else (4.6 * n_columns, 2.9 * n_rows)
    figure = ShownFigure(figsize=size, layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    axes: list[Axes] = list(grid.flat)
    for spare in axes[count:]:
        figure.delaxes(spare)
    for ax in axes[:count]:
        style_axes(ax)
    if not keys:
        say_nothing_yet(axes[0])
    for ax, key in zip(axes, keys, strict=False):
        _draw(ax, [line for line in lines if line.key == key], look)
        ax.set_ylabel(plain(key))
    _name(figure, axes[: len(keys)])
    return figure


def figure_bytes(figure: Figure, form: str) -> bytes:
    """Give a figure as the bytes of a PNG or SVG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=200 if form == "png" else "figure")
    return buffer.getvalue()


def _draw(ax: Axes, lines: Sequence[ShownLine], look: FigureLook) -> None:
    ax.set_xlabel(_WORDS[look.x])
    if not lines:
        say_nothing_yet(ax)
        return
    if look.log_y:
        ax.set_yscale("log", nonpositive="mask")
    has_raw = look.is_smoothed and len(lines) <= _RAW_LINES_UP_TO
    for line in lines:
        style = line_style(line.line.colour)
        x = _xs(line.x, look.x)
        is_joined = line.n > 1 or bool(np.isfinite(line.low).any())
        keep = thinned_indices(line.x, line.value, _MOST_POINTS) if len(line.x) else slice(None)
        if has_raw and not is_joined:
            ax.plot(
                x[keep], line.value[keep], **style, linewidth=0.8, alpha=0.36, label="_nolegend_"
            )
        if is_joined:
            colour = style["color"]
            ax.fill_between(x, line.low, line.high, color=colour, alpha=0.18, linewidth=0)
        dot: dict[str, Any] = (
            {"marker": "o", "markersize": 3} if np.isfinite(line.value).sum() == 1 else {}
        )
        ax.plot(x[keep], line.smoothed[keep], **style, **dot, linewidth=1.6, label=_label(line))
    _limit(ax, lines, look)


def _label(line: ShownLine) -> str:
    of = len(line.line.sim_ids)
    if of == 1:
        return plain(line.line.name)
    n = f"{line.n}" if line.n == of else f"{line.n} of {of}"
    return plain(f"{line.line.name} (n = {n})")


def _xs(x: Floats, kind: XKind) -> Any:
    return (x * 1e6).astype("datetime64[us]") if kind == "wall" else x


def _limit(ax: Axes, lines: Sequence[ShownLine], look: FigureLook) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    if look.x == "wall":
        locator = AutoDateLocator()  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    if look.between is not None:
        ax.set_xlim(*_xs(np.array(look.between), look.x))
    if look.fits_y:
        return
    lows = [line.extent[0] for line in lines if math.isfinite(line.extent[0])]
    highs = [line.extent[1] for line in lines if math.isfinite(line.extent[1])]
    if lows and min(lows) < max(highs) and not (look.log_y and min(lows) <= 0):
        ax.set_ylim(min(lows), max(highs))


def _name(figure: Figure, axes: Sequence[Axes]) -> None:
    found: dict[str, Any] = {}
    for ax in axes:
        handles, labels = ax.get_legend_handles_labels()
        for handle, label in zip(handles, labels, strict=True):
            found.setdefault(label, handle)
    if not found:
        return
    named = list(found.items())[:_MOST_NAMED]
    title = None if len(found) == len(named) else f"{len(named)} of {len(found)} lines"
    figure.legend(
        [handle for _, handle in named],
        [label for label, _ in named],
        loc="outside lower left",
        ncols=min(len(named), 3),
        frameon=False,
        fontsize="small",
        labelcolor=MUTED,
        title=title,
    )
