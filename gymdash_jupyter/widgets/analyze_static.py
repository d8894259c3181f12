"""The static picture of an AnalyzePanel: its large chart and the table, as HTML that needs no kernel."""

from __future__ import annotations

import math
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.widgets.analyze_curves import CurveShelf
from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
from gymdash_jupyter.widgets.analyze_numbers import LineNumbers, Look
from gymdash_jupyter.widgets.analyze_shown import ShownChoice, shown_lines
from gymdash_jupyter.widgets.analyze_table import TableRow, direction_of, table_rows
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.words import format_count, format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.analyze_line import LineChoice

_WIDTH: Final = 860
_MOST_ROWS: Final = 50
_CSS: Final = Path(__file__).with_name("static_card.css")


def static_analysis(
    store: ProjectStore, lines: LineChoice, look: Look, keys: Sequence[str]
) -> str:
    """Draw the first of some keys over steps, all lines and all of x. What simulations said is escaped."""
    style = f"<style>{_CSS.read_text(encoding='utf-8')}</style>"
    if not keys:
        return (
            f"{style}<article class='gds'><p class='gds-muted'>No numbers recorded.</p></article>"
        )
    key, by_step = keys[0], replace(look, x="step")
    shown = shown_lines(store, ShownChoice(lines, by_step, [key]))
    drawn = [
        StaticLine(
            place=each.line.colour,
            x=each.x,
            y=each.smoothed,
            band=(each.low, each.high) if each.n > 1 else None,
        )
        for each in shown
        if len(each.x)
    ]
    chart = chart_svg(drawn, 0.0, _WIDTH, f"{key} over steps") if drawn else ""
    known = AnalyzeLines(store)
    known.load(lines)
    numbers = LineNumbers(store, known, CurveShelf(store))
    numbers.look = by_step
    rows = table_rows(numbers, known, known.lines, key, direction_of(key))
    title = f"<div class='gds-head'><span class='gds-name'>{escape(key)}</span></div>"
    return f"{style}<article class='gds'>{title}{chart}{_table(rows)}</article>"


def _table(rows: Sequence[TableRow]) -> str:
    heads = ("line", "n", "last", "95 % band", "best", "at step")
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(_row(row) for row in rows[:_MOST_ROWS])
    more = len(rows) - _MOST_ROWS
    said = f"<p class='gds-muted'>and {more:,} more</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{said}"


def _row(row: TableRow) -> str:
    of = len(row.line.sim_ids)
    band = "" if of == 1 else "one seed"
    if not math.isnan(row.low):
        band = f"{format_value(row.low)} to {format_value(row.high)}"
    swatch = f'<i class="gds-swatch" style="--c:var(--gds-{row.line.colour % 8 + 1})"></i>'
    cells = (
        f"{swatch} {escape(row.line.name)}",
        str(row.n) if row.n == of else f"{row.n} of {of}",
        format_value(row.last),
        band,
        format_value(row.best),
        "" if math.isnan(row.at) else format_count(row.at),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
