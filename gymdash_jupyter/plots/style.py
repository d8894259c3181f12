"""How figures look in a notebook and in a paper: sizes, fonts and colours as ``rcParams``, for as long as one asks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.plots.look import DARK_INK, LIGHT_INK

if TYPE_CHECKING:
    from collections.abc import Iterator

STYLES: Final = ("notebook", "paper")

WIDTHS: Final = {"column": 3.3, "page": 6.9}
"""Inches of one column and of both of a two-column paper (NeurIPS, ICML, ICLR and IEEE lie within a tenth of it)."""

_GROUND: Final = {False: "#ffffff", True: "#111111"}
_PAPER_HEIGHT: Final = 0.66
_PAGE_HEIGHT: Final = 0.36

_PAPER: Final[dict[str, Any]] = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "figure.titlesize": 9,
    "axes.linewidth": 0.6,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "xtick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "savefig.dpi": 300,
    # Type 3 fonts, matplotlib's default, are refused by many a submission system.
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
}


@contextmanager
def figure_style(
    style: str = "paper",
    *,
    width: str | float = "column",
    height: float | None = None,
    dark: bool = False,
) -> Iterator[None]:
    """Draw and save figures for a paper or a notebook within a ``with`` block.

    Everything that matplotlib draws within it follows, not only this package's figures; afterwards all is as before.
    Call ``savefig`` within it, too: the kind of fonts in a PDF is decided then.

    Args:
        style: ``paper``: 8 pt text, thin lines, fonts that stay text in PDF and SVG (type 42), 300 dpi for PNG; a
            figure is exactly as wide as asked, so that nothing is scaled in the paper. ``notebook``: sizes as always.
        width: For ``paper``: ``column`` (3.3 in), ``page`` (6.9 in), or inches. The axes of a figure with several in a
            row share it.
        height: Inches of one row of axes; None for one that suits the width.
        dark: Whether the background is dark, as for slides or a dark notebook.

    Raises:
        InvalidArgumentError: There is no such style, or the sizes make none.
    """
    from matplotlib import rc_context

    params: Any = style_params(style, width=width, height=height, dark=dark)
    with rc_context(params):
        yield


def style_params(
    style: str, *, width: str | float = "column", height: float | None = None, dark: bool = False
) -> dict[str, Any]:
    """Give the ``rcParams`` of a style; see ``figure_style``.

    Raises:
        InvalidArgumentError: There is no such style, or the sizes make none.
    """
    if style not in STYLES:
        msg = f"The styles of figures are {', '.join(STYLES)}; got {style!r}.{did_you_mean(str(style), STYLES)}"
        raise InvalidArgumentError(msg)
    inches = _inches(width, height)
    return {
        **(_PAPER if style == "paper" else {}),
        **({"figure.figsize": inches} if style == "paper" else {}),
        **_look(dark=dark),
    }


@contextmanager
def styled(style: str | None) -> Iterator[None]:
    """Apply a style while one figure is drawn; None leaves everything to who draws."""
    if style is None:
        yield
        return
    with figure_style(style):
        yield


def _inches(width: str | float, height: float | None) -> tuple[float, float]:
    across = WIDTHS.get(width) if isinstance(width, str) else width
    if across is None or not 0 < across < 100 or (height is not None and not 0 < height < 100):
        msg = (
            f"A figure's width is 'column', 'page' or inches, its height inches or None; got width={width!r}, "
            f"height={height!r}."
        )
        raise InvalidArgumentError(msg)
    is_narrow = across <= 1.5 * WIDTHS["column"]
    return across, height or across * (_PAPER_HEIGHT if is_narrow else _PAGE_HEIGHT)


def _look(*, dark: bool) -> dict[str, Any]:
    from cycler import cycler

    colors, ground = DARK_INK if dark else LIGHT_INK, _GROUND[dark]
    return {
        "figure.facecolor": ground,
        "axes.facecolor": ground,
        "savefig.facecolor": ground,
        # As ``look.style_axes`` does, so that axes that people make themselves look the same.
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "ytick.major.size": 0,
        "axes.prop_cycle": cycler(color=colors.series),
        "axes.edgecolor": colors.muted,
        "axes.labelcolor": colors.text,
        "axes.titlecolor": colors.text,
        "text.color": colors.text,
        "xtick.color": colors.muted,
        "ytick.color": colors.muted,
        "grid.color": colors.hairline,
        "legend.frameon": False,
    }
