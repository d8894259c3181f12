"""Learning curves as drawings that are part of the page: they follow its colours, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.aggregates import bootstrap_band
from gymdash_jupyter.report.facts import COLOURED
from gymdash_jupyter.report.html import (
    count_words,
    note,
    number,
    section,
    swatch,
    table,
    text,
)
from gymdash_jupyter.widgets.analyze_line import LineChoice
from gymdash_jupyter.widgets.analyze_numbers import Look
from gymdash_jupyter.widgets.analyze_shown import ShownChoice, shown_lines
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.words import format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.report.facts import ReportFacts
    from gymdash_jupyter.widgets.analyze_shown import ShownLine

WIDTH: Final = 440
"""Pixels of a chart: what a phone shows without making its words too small."""

_BAND_POINTS: Final = 150


def curves_html(facts: ReportFacts) -> str:
    """Write the section."""
    charts = [_chart(facts, key) for key in facts.keys]
    if not any(charts):
        return ""
    words = []
    if facts.has_seeds:
        words.append(
            "A line is the mean over the seeds of one configuration; its band, and 95 % in the table, are where that "
            "mean would be with other seeds (bootstrap). The table has means over the last tenth of the steps, of the "
            "seeds that were not broken off."
        )
    if len(facts.lines) > COLOURED:
        by = f" by {facts.scored[0]}" if facts.scored else ""
        words.append(f"The best {COLOURED}{by} have a colour; the others are grey.")
    if facts.n_more_keys:
        words.append(
            f"{count_words(facts.n_more_keys, 'other key is', 'other keys are')} not drawn."
        )
    notes = note(" ".join(words)) if words else ""
    return section(
        "curves",
        "Learning curves",
        legend_html(facts),
        f'<div class="charts">{"".join(charts)}</div>',
        notes,
    )


def legend_html(facts: ReportFacts) -> str:
    """Name the lines by their colours, with how good they became where that is a mean; nothing for a single one."""
    if len(facts.lines) < 2:
        return ""
    if facts.has_seeds:
        return _table_of_lines(facts)
    items = [
        f"<li>{swatch(place)} {text(line.name, 120)}</li>"
        for place, line in enumerate(facts.lines[:COLOURED])
    ]
    others = len(facts.lines) - COLOURED
    if others > 0:
        items.append(f"<li>{swatch(None)} {count_words(others, 'other')}</li>")
    return f'<ul class="legend">{"".join(items)}</ul>'


def _table_of_lines(facts: ReportFacts) -> str:
    heads = ["configuration", "seeds"]
    for key in facts.scored:
        heads += [key, "95 %"]
    rows = []
    for place, line in enumerate(facts.lines):
        cells = [f"{swatch(place if place < COLOURED else None)} {text(line.name, 120)}"]
        counted = [each for each in line.sim_ids if each not in line.broken_off] or line.sim_ids
        n_all = len(line.sim_ids)
        cells.append(str(n_all) if len(counted) == n_all else f"{len(counted)} of {n_all}")
        for key in facts.scored:
            cells += _mean_and_band([facts.scores.get((key, each), np.nan) for each in counted])
        rows.append(cells)
    return table("Configurations", heads, rows, wraps=True)


def _mean_and_band(scores: Sequence[float]) -> list[str]:
    values = np.array([[score] for score in scores if np.isfinite(score)])
    if not len(values):
        return ["", ""]
    low, high = (float(end[0]) for end in bootstrap_band(values))
    band = "" if np.isnan(low) else f"{format_value(low)} to {format_value(high)}"
    return [number(float(values.mean())), band]


def drawn_in_order(lines: Sequence[StaticLine]) -> list[StaticLine]:
    """Put those without a colour behind the others."""
    return sorted(lines, key=lambda line: not line.is_faint)


def _chart(facts: ReportFacts, key: str) -> str:
    choice = LineChoice(
        tuple(str(record.sim_id) for record in facts.records), "config", is_each=False
    )
    shown = shown_lines(facts.project.store, ShownChoice(choice, Look(), [key]))
    lines = [_line(facts, each) for each in shown if len(each.x)]
    svg = chart_svg(drawn_in_order(lines), 0.0, WIDTH, _label(key, shown))
    if not svg:
        return ""
    return f"<figure><figcaption>{text(key, 120)}</figcaption>{svg}</figure>"


def _line(facts: ReportFacts, shown: ShownLine) -> StaticLine:
    place = facts.place_of[shown.line.sim_ids[0]]
    is_faint = place >= COLOURED
    x, y, low, high = shown.x, shown.smoothed, shown.low, shown.high
    if shown.n < 2 or is_faint:
        return StaticLine(place, x, y, is_faint=is_faint)
    if len(x) > _BAND_POINTS:
        keep = np.unique(np.linspace(0, len(x) - 1, _BAND_POINTS).round().astype(int))
        x, y, low, high = x[keep], y[keep], low[keep], high[keep]
    return StaticLine(place, x, y, (low, high))


def _label(key: str, shown: Sequence[ShownLine]) -> str:
    """Say what a chart shows, for who cannot see it."""
    ends = [
        f"{each.line.name} ends at {format_value(float(each.smoothed[-1]))}"
        for each in shown[:COLOURED]
        if len(each.x)
    ]
    return f"{key} over steps. {'; '.join(ends)}" if ends else key
