"""A chart as SVG text, for pages without the card's browser side: the same lines, axes and labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.statistics import ema, thinned_indices
from gymdash_jupyter.widgets.words import MINUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.widgets.curves import Floats

MOST_POINTS: Final = 300
_HEIGHT: Final = 232
_TOP: Final = 8
_BOTTOM: Final = 24
_RIGHT: Final = 12
_MOST_LINES: Final = 6
_LABELS_APART: Final = 84
_RAW_LINES_UP_TO: Final = 8


@dataclass(frozen=True)
class StaticLine:
    """One line of a chart.

    Attributes:
        place: Its simulation's place in the card, which gives its colour.
        x: Steps, ascending; float64, shape (n,).
        y: Values; float64, shape (n,), not finite where there is a gap.
        band: Lower and upper ends of a band around it, not finite where there is none; or None.
        is_faint: Whether it only stands behind the others, without a colour of its own.
    """

    place: int
    x: Floats
    y: Floats
    band: tuple[Floats, Floats] | None = None
    is_faint: bool = False

    @property
    def colour(self) -> str:
        """Its colour as CSS."""
        return "var(--gds-faint)" if self.is_faint else f"var(--gds-{self.place % 8 + 1})"


def chart_svg(
    lines: Sequence[StaticLine],
    smoothing: float,
    width: int,
    label: str,
    *,
    x_unit: str = "steps",
    has_zero: bool = False,
) -> str:
    """Draw lines, thinned to at most ``MOST_POINTS`` points each.

    Args:
        lines: What to draw; ``""`` comes back when there is no finite value.
        smoothing: Weight of the running average over all points, 0 for none.
        width: In pixels.
        label: What is shown, for who cannot see it.
        x_unit: What is counted along x.
        has_zero: Whether y shows zero, too, as amounts do whose size matters.
    """
    smoothed = [ema(line.y, smoothing) if smoothing > 0 else line.y for line in lines]
    thinned = [thinned_indices(line.x, line.y, MOST_POINTS) for line in lines]
    shows_raw = smoothing > 0 and len(lines) <= _RAW_LINES_UP_TO
    rows = [each[keep] for each, keep in zip(smoothed, thinned, strict=True)]
    if shows_raw:
        rows += [line.y[keep] for line, keep in zip(lines, thinned, strict=True)]
    rows += [end for line in lines for end in line.band or ()]
    values = np.concatenate(rows) if rows else np.empty(0)
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    values = np.append(values, [0.0] * has_zero)
    ticks = round_lines(float(values.min()), float(values.max()), _MOST_LINES)
    largest = max(abs(tick) for tick in ticks)
    labels = [_tick_text(tick, largest) for tick in ticks]
    left = max(40, 12 + 7 * max(len(text) for text in labels))
    steps = np.concatenate([line.x for line in lines])
    first, last = float(steps.min()), float(steps.max())
    if 0 < first < last / 4:
        first = 0.0
    if last <= first:
        first, last = first - 1, last + 1

    def across(x: Floats | float) -> Floats | float:
        return left + (x - first) / (last - first) * (width - left - _RIGHT)

    def down(y: Floats | float) -> Floats | float:
        room = _HEIGHT - _TOP - _BOTTOM
        return _TOP + (1 - (y - ticks[0]) / (ticks[-1] - ticks[0])) * room

    parts = []
    for tick, text in zip(ticks, labels, strict=True):
        y = _number(round(float(down(tick))) + 0.5)
        parts.append(f'<path class="gds-grid" d="M{left} {y}H{width - _RIGHT}"/>')
        parts.append(f'<text x="{left - 8}" y="{y}" dy="4" text-anchor="end">{text}</text>')
    parts.append(_x_axis(first, last, across, left, width, x_unit))
    for i, (line, keep) in enumerate(zip(lines, thinned, strict=True)):
        look = f'style="--c:{line.colour}"'
        xs = across(line.x[keep])
        parts.append(_band(line, across, down))
        if shows_raw:
            parts.append(f'<path class="gds-raw" {look} d="{_path(xs, down(line.y[keep]))}"/>')
        drawn = f'style="--c:{line.colour}{_dot_width(rows[i])}" d="{_path(xs, down(rows[i]))}"'
        parts.append(f'<path class="gds-line" {drawn}/>')
    return (
        f'<svg class="gds-chart" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def round_lines(low: float, high: float, most: int) -> list[float]:
    """Choose 2 to ``most`` round values, evenly spaced, that enclose a range."""
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # also what differs by rounding only
        room = 1.0 if low == 0 else abs(low) * 0.1
        low, high = low - room, high + room
    step = _round_step((high - low) / max(most - 1, 1))
    while True:
        below, above = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if above - below < most:
            return [float(f"{i * step:.12g}") for i in range(below, max(above, below + 1) + 1)]
        step = _round_step(step * 1.01)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if factor * power >= step * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def _x_axis(first: float, last: float, across: object, left: int, width: int, unit: str) -> str:
    assert callable(across)  # noqa: S101
    most = max((width - left - _RIGHT) // _LABELS_APART + 1, 2)
    step = max(_round_step((last - first) / max(most - 1, 1)), 1.0)
    ticks = [i * step for i in range(math.ceil(first / step), math.floor(last / step + 1e-9) + 1)]
    base = _HEIGHT - _BOTTOM + 0.5
    parts = [f'<path class="gds-axis" d="M{left} {base}H{width - _RIGHT}"/>']
    for i, tick in enumerate(ticks):
        x = round(float(across(tick))) + 0.5
        text = _tick_text(tick, max(abs(first), abs(last)))
        text += f" {unit}" if i == len(ticks) - 1 else ""
        half = 3.4 * len(text)
        anchor = "end" if x + half > width else "start" if x - half < left - 8 else "middle"
        at = min(x, width - _RIGHT)
        parts.append(f'<path class="gds-axis" d="M{x} {base}v4"/>')
        parts.append(f'<text x="{at}" y="{base + 18}" text-anchor="{anchor}">{text}</text>')
    return "".join(parts)


def _path(xs: Floats | float, ys: Floats | float) -> str:
    parts, is_new = [], True
    for x, y in zip(np.atleast_1d(xs).tolist(), np.atleast_1d(ys).tolist(), strict=True):
        if not math.isfinite(y):
            is_new = True
            continue
        # A point alone becomes a dot: a line of no length with round ends.
        parts.append(f"{'M' if is_new else 'L'}{_number(x)} {_number(y)}{'h0' if is_new else ''}")
        is_new = False
    return "".join(parts)


def _dot_width(values: Floats) -> str:
    """Make a point alone a dot that can be seen."""
    return ";stroke-width:5" if np.isfinite(values).sum() == 1 else ""


def _band(line: StaticLine, across: object, down: object) -> str:
    assert callable(across)  # noqa: S101
    assert callable(down)  # noqa: S101
    if line.band is None:
        return ""
    shape = _band_path(across(line.x), *(down(end) for end in line.band))
    look = f"--c:{line.colour};fill:var(--c);opacity:.18"
    return f'<path style="{look}" d="{shape}"/>'


def _band_path(xs: Floats | float, low: Floats | float, high: Floats | float) -> str:
    """Go along the upper end and back along the lower one, once for each stretch without a gap."""
    xs, low, high = np.atleast_1d(xs), np.atleast_1d(low), np.atleast_1d(high)
    is_there = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_there, [False]]).astype(np.int8)))
    shapes = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        there = [*zip(xs[begin:end], high[begin:end], strict=True)]
        back = [*zip(xs[begin:end], low[begin:end], strict=True)][::-1]
        shapes.append("M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in there + back) + "Z")
    return "".join(shapes)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _tick_text(value: float, largest: float) -> str:
    if value == 0:
        return "0"
    if largest >= 1e9 or largest < 1e-3:
        digits, _, power = f"{value:.1e}".partition("e")
        text = f"{digits.removesuffix('.0')}e{int(power)}"
    elif largest >= 1e6:
        text = f"{value / 1e6:.3g}M"
    elif largest >= 1e4:
        text = f"{value / 1e3:.4g}k"
    else:
        text = f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text.replace("-", MINUS)
