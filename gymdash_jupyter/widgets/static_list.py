"""The static picture of the list of simulations: HTML that needs no kernel. What simulations said is escaped."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets import words
from gymdash_jupyter.widgets.looks import colour_index
from gymdash_jupyter.widgets.simulations_rows import type_name
from gymdash_jupyter.widgets.static_icons import state_icon

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gymdash_jupyter.records import SimulationRecord

_MOST_ROWS: Final = 50
_CSS: Final = Path(__file__).with_name("static_card.css")
_STATE_PLACES: Final = {state: i for i, state in enumerate(SimState)}


def static_list(
    records: Sequence[SimulationRecord], sort: str, selection: Collection[str] = ()
) -> str:
    """Draw simulations as they are now; those that are selected come first.

    Args:
        records: All simulations of a project.
        sort: As the trait ``sort``.
        selection: Ids of the selected ones, as text.

    Returns:
        HTML.
    """
    chosen = set(selection)
    in_order = sorted(records, key=_key(sort.removeprefix("-")), reverse=sort.startswith("-"))
    in_order.sort(key=lambda record: str(record.sim_id) not in chosen)
    rows = "".join(map(_row, in_order[:_MOST_ROWS]))
    head = "<th>simulation</th><th>state</th><th>type</th><th>progress</th><th>time</th>"
    n_more = len(records) - _MOST_ROWS
    more = f"<p class='gds-muted'>and {n_more:,} more</p>" if n_more > 0 else ""
    count = f"<span class='gds-muted'>{len(records):,}</span>"
    title = f"<div class='gds-head'><span class='gds-name'>Simulations</span>{count}</div>"
    table = f"<table class='is-sims'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    empty = "<p class='gds-muted'>No simulations in this project.</p>"
    style = f"<style>{_CSS.read_text(encoding='utf-8')}</style>"
    return f"{style}<article class='gds'>{title}{table if records else empty}{more}</article>"


def _row(record: SimulationRecord) -> str:
    state = record.state.value
    fraction = record.progress.fraction if record.progress else None
    done = 1.0 if record.state is SimState.SUCCEEDED else fraction
    percent = "" if done is None else f"{math.floor(done * 100 + 1e-9)}{words.SPACE}%"
    seconds = _duration_s(record)
    swatch = f'<i class="gds-swatch" style="--c:var(--gds-{colour_index(record) % 8 + 1})"></i>'
    name = escape(record.name or str(record.sim_id)[:8])
    cells = (
        f"{swatch} {state_icon(state)} {name}",
        words.state_word(state),
        escape(type_name(record)),
        percent,
        "" if seconds is None else words.format_duration(seconds),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _key(name: str) -> Callable[[SimulationRecord], Any]:
    first = datetime.fromtimestamp(0, UTC)
    keys: dict[str, Callable[[SimulationRecord], Any]] = {
        "name": lambda record: record.name.lower(),
        "state": lambda record: _STATE_PLACES[record.state],
        "progress": lambda record: (record.progress and record.progress.fraction) or 0.0,
        "duration": lambda record: _duration_s(record) or 0.0,
        "type": lambda record: type_name(record).lower(),
    }
    return keys.get(name, lambda record: (record.created or first, record.number))


def _duration_s(record: SimulationRecord) -> float | None:
    if record.started is None or record.ended is None:
        return None
    return (record.ended - record.started).total_seconds()
