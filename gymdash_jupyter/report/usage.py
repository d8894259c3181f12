"""What the processes of simulations used: a line each in a table, and charts over time."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gymdash_jupyter.report.curves import WIDTH, drawn_in_order
from gymdash_jupyter.report.facts import COLOURED
from gymdash_jupyter.report.html import fold, note, section, table
from gymdash_jupyter.report.summary import name_html
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg
from gymdash_jupyter.widgets.words import format_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.aggregates import Floats
    from gymdash_jupyter.records import ResourceSample, SimulationRecord
    from gymdash_jupyter.report.facts import ReportFacts

_GB: Final = 1e9
_CHARTS: Final = (
    ("cpu", "CPU, cores busy", 1.0),
    ("memory_bytes", "Memory, GB", _GB),
    ("gpu", "GPUs busy", 1.0),
    ("gpu_memory_bytes", "GPU memory, GB", _GB),
)
_ROWS_IN_SIGHT: Final = 8


def usage_html(facts: ReportFacts) -> str:
    """Write the section; nothing where no samples were taken."""
    known = facts.project.store.resources([record.sim_id for record in facts.records])
    records = [record for record in facts.records if record.sim_id in known]
    if not records:
        return ""
    seconds = {record.sim_id: _seconds(record, known[record.sim_id]) for record in records}
    charts = _charts(facts, known, seconds)
    has_gpu = any(each.gpu_memory_bytes is not None for own in known.values() for each in own)
    heads = ["simulation", "CPU, mean", "CPU, most", "memory, most"]
    heads += ["GPU memory, most"] if has_gpu else []
    rows = [
        [
            name_html(facts, record),
            *_cells(known[record.sim_id], seconds[record.sim_id], has_gpu=has_gpu),
        ]
        for record in records
    ]
    told = table("Resource use", heads, rows)
    if len(rows) > _ROWS_IN_SIGHT:
        told = fold(f"All {len(rows)}", told)
    words = "CPU is in cores: 1.0 is one core all the time. Children of a process are counted."
    if any(record.launcher == "thread" for record in records):
        words += " Simulations in threads share their kernel's process, and all of it is counted."
    body = f'<div class="charts">{charts}</div>'
    return section("resources", "Resource use", body, told, note(words))


def _seconds(record: SimulationRecord, samples: Sequence[ResourceSample]) -> Floats:
    began = samples[0].time if record.started is None else record.started.timestamp()
    return np.array([each.time - began for each in samples], dtype=np.float64)


def _charts(
    facts: ReportFacts,
    known: Mapping[UUID, Sequence[ResourceSample]],
    seconds: Mapping[UUID, Floats],
) -> str:
    scale, unit = _unit(max(float(each[-1]) for each in seconds.values()))
    charts = []
    for name, title, size in _CHARTS:
        lines = []
        for sim_id, x in seconds.items():
            place = facts.place_of[sim_id]
            y = _values(known[sim_id], name) / size
            lines.append(StaticLine(place, x / scale, y, is_faint=place >= COLOURED))
        svg = chart_svg(
            drawn_in_order(lines), 0.0, WIDTH, f"{title} over time", x_unit=unit, has_zero=True
        )
        if svg:
            charts.append(f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>")
    return "".join(charts)


def _values(samples: Sequence[ResourceSample], name: str) -> Floats:
    found: list[Any] = [getattr(each, name) for each in samples]
    return np.array([np.nan if each is None else each for each in found], dtype=np.float64)


def _cells(samples: Sequence[ResourceSample], seconds: Floats, *, has_gpu: bool) -> list[str]:
    cpu = _values(samples, "cpu")
    # Each sample is a mean since the one before, so long stretches count for more.
    spans = np.diff(seconds, prepend=min(float(seconds[0]), 0.0))
    mean = float(np.average(cpu, weights=spans)) if spans.sum() > 0 else float(cpu.mean())
    cells = [f"{mean:.2f}", f"{cpu.max():.2f}", _most(samples, "memory_bytes")]
    return [*cells, _most(samples, "gpu_memory_bytes")] if has_gpu else cells


def _most(samples: Sequence[ResourceSample], name: str) -> str:
    values = _values(samples, name)
    return escape(format_bytes(float(np.nanmax(values)))) if np.isfinite(values).any() else ""


def _unit(longest: float) -> tuple[float, str]:
    if longest >= 7200:
        return 3600.0, "h"
    return (60.0, "min") if longest >= 180 else (1.0, "s")
