"""What every picture shares: the series palette, axes in the house's look, the empty picture."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_MANY = 1e5
_FEW = 1e-3
_NARROWEST = 2.0
"""Inches that axes with labels need."""

_TICK_INCHES = 0.7
_NOTE_LETTER = 0.56
"""Width of a letter as a part of the font's size."""

_SEEN = 0.5
_DARK = 0.35

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

DARK_SERIES_COLORS = (
    "#6082fa",
    "#ee6a17",
    "#48e6b0",
    "#b0709b",
    "#f5cd42",
    "#ab9df7",
    "#9acbed",
    "#f28788",
)
"""The same for dark backgrounds."""

_DASHES: tuple[Any, ...] = ("-", (0, (6, 3)), (0, (2, 3)))
MUTED = "#616161"
HAIRLINE = "#e0e0e0"
_NOTHING_YET = "No points recorded yet"


@dataclass(frozen=True)
class Ink:
    """The colours of a picture on one background.

    Attributes:
        series: The series palette.
        text: Words and points that carry the statement.
        muted: Words that say how to read it.
        hairline: Grids and borders.
    """

    series: tuple[str, ...] = SERIES_COLORS
    text: str = "#1f1f1f"
    muted: str = MUTED
    hairline: str = HAIRLINE


LIGHT_INK = Ink()
DARK_INK = Ink(series=DARK_SERIES_COLORS, text="#f0f0f0", muted="#b0b0b0", hairline="#3d3d3d")


def ink(ax: Axes) -> Ink:
    """Give the colours that can be seen on these axes: what lies behind them decides.

    So a picture fits a dark background whoever asked for it: ``figure_style(dark=True)``, a style of matplotlib or a
    figure that somebody painted black. On a transparent one, the colour of text in ``rcParams`` decides.
    """
    from matplotlib import rcParams
    from matplotlib.colors import to_rgba

    for ground in (ax.get_facecolor(), ax.figure.get_facecolor()):
        *rgb, alpha = to_rgba(ground)
        if alpha > _SEEN:
            return DARK_INK if _brightness(rgb) < _DARK else LIGHT_INK
    return DARK_INK if _brightness(to_rgba(rcParams["text.color"])) > _DARK else LIGHT_INK


def line_style(place: int, colors: Ink = LIGHT_INK) -> dict[str, Any]:
    """Give colour and dashes of the series at this place; past eight, dashes tell apart."""
    dashes = _DASHES[place // len(colors.series) % len(_DASHES)]
    return {"color": colors.series[place % len(colors.series)], "linestyle": dashes}


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
    columns = 1 if count == 1 else 2 if count in (2, 4) else 3
    width, _ = figure_size((6.4 if count == 1 else 4.2 * columns, 1.0))
    columns = max(1, min(columns, int(width / _NARROWEST)))
    rows = -(-count // columns)
    size = figure_size((6.4, 3.8) if count == 1 else (4.2 * columns, 2.8 * rows), rows)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    axes: list[Axes] = list(grid.flat)
    for spare in axes[count:]:
        figure.delaxes(spare)
    for ax in axes[:count]:
        style_axes(ax)
    return axes[:count]


def figure_size(ours: tuple[float, float], rows: int = 1) -> tuple[float, float]:
    """Give a figure's width and height in inches: ours, unless ``rcParams["figure.figsize"]`` was set to another one.

    Args:
        ours: What suits it on a screen.
        rows: How many rows of axes it has; a size that was set is that of one row.
    """
    from matplotlib import rcParams, rcParamsDefault

    width, height = rcParams["figure.figsize"]
    if [width, height] == list(rcParamsDefault["figure.figsize"]):
        return ours
    return width, height * rows


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
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=ink(ax).muted)
    if not ax.has_data():
        ax.set_xticks([])
        ax.set_yticks([])


def say_note(ax: Axes, words: str, *, below: bool = False, lift: float = 0.0) -> None:
    """Write small what one must know to read a picture.

    Args:
        ax: Above which, at the right.
        words: The words; ``""`` for none.
        below: Whether it stands below everything in the figure, which must be ours.
        lift: How far above the axes, in points: where a title stands.
    """
    if not words:
        return
    look: dict[str, Any] = {"ha": "right", "fontsize": "x-small", "color": ink(ax).muted}
    figure: Any = ax.figure
    if below:
        figure.supxlabel(plain(note_lines(ax, words)), x=0.99, **look)
        return
    ax.annotate(
        plain(note_lines(ax, words, part=ax.get_position().x1)),
        (1, 1),
        xycoords="axes fraction",
        xytext=(0, 2 + lift),
        textcoords="offset points",
        va="bottom",
        **look,
    )


def note_lines(ax: Axes, words: str, *, part: float = 0.97) -> str:
    """Break a note into lines that fit into this part of the width of the axes' figure."""
    from matplotlib.font_manager import FontProperties

    figure: Any = ax.figure
    size = FontProperties(size="x-small").get_size_in_points()
    letters = int(part * figure.get_figwidth() * 72 / (_NOTE_LETTER * size))
    lines: list[str] = []
    for said in words.split("; "):
        if lines and len(lines[-1]) + len(said) + 2 <= letters:
            lines[-1] += f"; {said}"
        else:
            lines.append(said)
    return "\n".join(short for line in lines for short in wrap(line, max(letters, 20)))


def fitted(words: str, ax: Axes) -> str:
    """Break words for the y axis into two lines where the figure is too low for them."""
    from matplotlib import rcParams

    figure: Any = ax.figure
    height = figure.get_figheight() * ax.get_position().height * 72
    if len(words) * float(rcParams["font.size"]) * 0.58 <= height or " " not in words:
        return words
    spaces = [place for place, letter in enumerate(words) if letter == " "]
    middle = min(spaces, key=lambda place: abs(place - len(words) / 2))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


def broken(words: str, letters: int) -> str:
    """Break long words into lines: at commas where that is enough, else wherever they are too long."""
    lines: list[str] = []
    for part in words.replace(", ", ",\n").split("\n"):
        if lines and len(lines[-1]) + len(part) < letters:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return "\n".join(short for line in lines for short in wrap(line, letters))


def tidy_numbers(axis: Axis) -> None:
    """Write the numbers of an axis so that each can be read for itself: 12M, 0.5, 3e-05; no factor in a corner."""
    from matplotlib.ticker import EngFormatter, FuncFormatter, ScalarFormatter

    largest = max(abs(end) for end in axis.get_view_interval())
    if largest >= _MANY:
        axis.set_major_formatter(EngFormatter(sep=""))
    elif 0 < largest < _FEW:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    else:
        axis.set_major_formatter(ScalarFormatter(useOffset=False))


def as_array(axes: Sequence[Axes]) -> Any:
    """Give a single Axes as it is, and several as an array of objects."""
    if len(axes) == 1:
        return axes[0]
    several = np.empty(len(axes), dtype=object)
    several[:] = axes
    return several


def style_axes(ax: Axes) -> None:
    """Leave the data as the only loud thing: horizontal grid, one dark axis."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    colors = ink(ax)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.grid(visible=True, axis="y", color=colors.hairline, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(labelcolor=colors.muted)
    figure: Any = ax.figure
    room = figure.get_figwidth() * ax.get_position().width
    n_ticks = max(2, min(5, int(room / _TICK_INCHES)))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=n_ticks, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _brightness(rgb: Sequence[float]) -> float:
    """Say how bright a colour looks, from 0 to 1 (the luma of ITU-R BT.601)."""
    red, green, blue = rgb[:3]
    return 0.299 * red + 0.587 * green + 0.114 * blue
