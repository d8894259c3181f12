"""What the processes of simulations used: a line each in a table, and charts over time."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.plots.resources import resources_info
from gymdash_jupyter.report.curves import WIDTH, drawn_in_order
from gymdash_jupyter.report.facts import COLOURED
from gymdash_jupyter.report.html import fold, note, section, table
from gymdash_jupyter.report.summary import name_html
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.words import format_bytes

if TYPE_CHECKING:
    from gymdash_jupyter.plots.resources import ResourceLine
    from gymdash_jupyter.report.facts import ReportFacts

_GB: Final = 1e9
_TITLES: Final = {
    "cpu": ("CPU, cores busy", 1.0),
    "memory": ("Memory, GB", _GB),
    "gpu": ("GPUs busy", 1.0),
    "gpu_memory": ("GPU memory, GB", _GB),
}
_ROWS_IN_SIGHT: Final = 8


def usage_html(facts: ReportFacts) -> str:
    """Write the section; nothing where no samples were taken."""
    info = resources_info(facts.project.store, [record.sim_id for record in facts.records])
    if not info.lines:
        return ""
    scale, unit = _unit(max(float(line.seconds[-1]) for line in info.lines))
    charts = []
    for quantity in info.quantities:
        title, size = _TITLES[quantity]
        lines = [_line(facts, line, quantity, scale, size) for line in info.lines]
        svg = chart_svg(
            drawn_in_order(lines), 0.0, WIDTH, f"{title} over time", x_unit=unit, has_zero=True
        )
        if svg:
            charts.append(f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>")
    has_gpu = "gpu_memory" in info.quantities
    heads = ["simulation", "CPU, mean", "CPU, most", "memory, most"]
    heads += ["GPU memory, most"] if has_gpu else []
    by_id = {record.sim_id: record for record in facts.records}
    rows = [
        [name_html(facts, by_id[line.sim_id]), *_cells(line, has_gpu=has_gpu)]
        for line in info.lines
    ]
    told = table("Resource use", heads, rows)
    if len(rows) > _ROWS_IN_SIGHT:
        told = fold(f"All {len(rows)}", told)
    shared = any(by_id[line.sim_id].launcher == "thread" for line in info.lines)
    words = "CPU is in cores: 1.0 is one core all the time. Children of a process are counted."
    if shared:
        words += " Simulations in threads share their kernel's process, and all of it is counted."
    body = f'<div class="charts">{"".join(charts)}</div>'
    return section("resources", "Resource use", body, told, note(words))


def _line(
    facts: ReportFacts, line: ResourceLine, quantity: str, scale: float, size: float
) -> StaticLine:
    place = facts.place_of[line.sim_id]
    x, y = line.seconds / scale, line.values[quantity] / size
    return StaticLine(place, x, y, is_faint=place >= COLOURED)


def _cells(line: ResourceLine, *, has_gpu: bool) -> list[str]:
    cpu, seconds = line.values["cpu"], line.seconds
    # Each sample is a mean since the one before, so long stretches count for more.
    spans = np.diff(seconds, prepend=min(float(seconds[0]), 0.0))
    mean = float(np.average(cpu, weights=spans)) if spans.sum() > 0 else float(cpu.mean())
    cells = [f"{mean:.2f}", f"{cpu.max():.2f}", _size(line, "memory")]
    return [*cells, _size(line, "gpu_memory")] if has_gpu else cells


def _size(line: ResourceLine, quantity: str) -> str:
    values = line.values[quantity]
    return escape(format_bytes(float(np.nanmax(values)))) if np.isfinite(values).any() else ""


def _unit(longest: float) -> tuple[float, str]:
    if longest >= 7200:
        return 3600.0, "h"
    return (60.0, "min") if longest >= 180 else (1.0, "s")
