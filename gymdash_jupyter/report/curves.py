"""Learning curves as drawings that are part of the page: they follow its colours, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.aggregates import aggregate, bootstrap_band
from gymdash_jupyter.errors import UnknownSimulationError
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
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.words import format_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.aggregates import Floats
    from gymdash_jupyter.report.facts import ReportFacts
    from gymdash_jupyter.store import ProjectStore
    from gymdash_jupyter.widgets.analyze_line import Line

WIDTH: Final = 440
"""Pixels of a chart: what a phone shows without making its words too small."""

_JOINED_POINTS: Final = 200
_RESAMPLES: Final = 1000


def curves_html(facts: ReportFacts) -> str:
    """Write the section."""
    charts = [_chart(facts, key) for key in facts.keys]
    if not any(charts):
        return ""
    words = []
    if facts.has_seeds:
        words.append(
            "A line is the mean over the seeds of one configuration; its band, and 95 % in the table, are where that "
            "mean would be with other seeds (bootstrap), too narrow where seeds are few. The table has means over the "
            "last tenth of the steps, of the seeds that were not broken off and ended with a number."
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
        cells.append(_seeds_words(facts, line, counted))
        for key in facts.scored:
            cells += _mean_and_band([facts.scores.get((key, each), np.nan) for each in counted])
        rows.append(cells)
    return table("Configurations", heads, rows, wraps=True)


def _seeds_words(facts: ReportFacts, line: Line, counted: Sequence[UUID]) -> str:
    """Say how many seeds the mean in the table is of."""
    n_all = len(line.sim_ids)
    if all(each in line.broken_off for each in line.sim_ids):
        return f"{n_all} broken off"
    key = next(iter(facts.scored), "")
    n = sum(bool(np.isfinite(facts.scores.get((key, each), np.nan))) for each in counted)
    return str(n_all) if n == n_all else f"{n} of {n_all}"


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
    lines, ends = [], []
    for place, line in enumerate(facts.lines):
        drawn = _line(facts.project.store, line, place, key)
        if drawn is None:
            continue
        lines.append(drawn)
        ends.append(f"{line.name} ends at {format_value(float(drawn.y[-1]))}")
    label = f"{key} over steps. {'; '.join(ends[:COLOURED])}"
    svg = chart_svg(drawn_in_order(lines), 0.0, WIDTH, label)
    if not svg:
        return ""
    return f"<figure><figcaption>{text(key, 120)}</figcaption>{svg}</figure>"


def _line(store: ProjectStore, line: Line, place: int, key: str) -> StaticLine | None:
    """Read a line, or join its seeds; None where nothing is recorded."""
    is_faint = place >= COLOURED
    series = {sim_id: _points(store, sim_id, key) for sim_id in line.sim_ids}
    series = {sim_id: points for sim_id, points in series.items() if len(points[0])}
    if not series:
        return None
    if len(series) == 1:
        x, y = next(iter(series.values()))
        return StaticLine(place, x, y, is_faint=is_faint)
    joined = aggregate(
        list(series.values()),
        max_points=_JOINED_POINTS,
        must_reach=[sim_id not in line.broken_off for sim_id in series],
        resamples=0 if is_faint else _RESAMPLES,
    )
    if not len(joined):
        return None
    band = None if is_faint else (joined.low, joined.high)
    return StaticLine(place, joined.x, joined.value, band, is_faint=is_faint)


def _points(store: ProjectStore, sim_id: UUID, key: str) -> tuple[Floats, Floats]:
    try:
        points, _ = store.read_scalars(sim_id, key)
    except UnknownSimulationError:  # deleted meanwhile
        return np.empty(0), np.empty(0)
    order = np.argsort(points.steps, kind="stable")
    return points.steps[order].astype(np.float64), points.values[order]
