"""The table of simulations: how each ended, how long it took, how good it became, in what it differs."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.grouping import settings
from gymdash_jupyter.json_values import DESCRIPTION_KEY, is_described
from gymdash_jupyter.report.html import count_words, note, number, section, swatch, table, text
from gymdash_jupyter.widgets.static_icons import state_icon
from gymdash_jupyter.widgets.words import (
    SPACE,
    format_count,
    format_duration,
    state_word,
)

if TYPE_CHECKING:
    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.report.facts import ReportFacts

MOST_SETTINGS: Final = 8
_LONGEST_CELL: Final = 60


def summary_html(facts: ReportFacts) -> str:
    """Write the section."""
    differing, _ = facts.paths()
    shown = differing[:MOST_SETTINGS]
    heads = ["simulation", "state", *(short_path(path, shown) for path in shown)]
    heads += ["steps", "time", *facts.scored]
    rows = [_row(facts, record, shown) for record in facts.records]
    n_texts = 2 + len(shown)
    if not any(row[n_texts] for row in rows):
        heads, rows = _without(heads, n_texts), [_without(row, n_texts) for row in rows]
    more = len(differing) - len(shown)
    words = []
    if facts.scored:
        words.append(f"{' and '.join(facts.scored)}: mean over the last tenth of the steps.")
    if more > 0:
        words.append(f"{count_words(more, 'setting')} more in which they differ: under Settings.")
    notes = note(" ".join(words)) if words else ""
    return section(
        "simulations", "Simulations", table("Simulations", heads, rows, n_left=n_texts), notes
    )


def counts_by_state(facts: ReportFacts) -> str:
    """Say how many simulations are in which state, with the icons."""
    counts: dict[str, int] = {}
    for record in facts.records:
        counts[record.state.value] = counts.get(record.state.value, 0) + 1
    told = (
        f'<span class="state">{state_icon(state)} {n} {state_word(state).lower()}</span>'
        for state, n in counts.items()
    )
    return " ".join(told)


def name_html(facts: ReportFacts, record: SimulationRecord) -> str:
    """Write a simulation's name behind the colour of its line."""
    shown = text(record.name or str(record.sim_id)[:8], 120)
    return f"{swatch(facts.colour_of(record.sim_id))} {shown}"


def short_path(path: str, others: list[str]) -> str:
    """Name a setting by the last part of its path where no other one is called so."""
    name = path.rpartition(".")[2]
    is_alone = sum(each.rpartition(".")[2] == name for each in others) == 1
    return name if is_alone else path


def value_text(value: Any) -> str:
    """Write a setting's value as Python would, a text without quotes, an object as what is known of it."""
    return value if isinstance(value, str) else _in_python(value)


def duration_of(record: SimulationRecord) -> str:
    """Say how long a simulation ran; nothing where that is not known, or not yet."""
    if record.started is None or record.ended is None:
        return ""
    return format_duration((record.ended - record.started).total_seconds())


def _without(cells: list[str], place: int) -> list[str]:
    return [*cells[:place], *cells[place + 1 :]]


def _in_python(value: Any) -> str:
    if is_described(value):
        return str(value[DESCRIPTION_KEY])
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {_in_python(each)}' for name, each in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_in_python, value))}]"
    return repr(value)


def _row(facts: ReportFacts, record: SimulationRecord, paths: list[str]) -> list[str]:
    known = settings(record)
    state = record.state.value
    progress = record.progress
    percent = ""
    if progress is not None and progress.fraction is not None and state != "succeeded":
        percent = f"{SPACE}{math.floor(progress.fraction * 100 + 1e-9)}{SPACE}%"
    current = None if progress is None else progress.current
    if current is None:
        current = facts.last_steps.get(record.sim_id)
    return [
        name_html(facts, record),
        f'<span class="state">{state_icon(state)} {state_word(state)}{percent}</span>',
        *(text(value_text(known[path]), _LONGEST_CELL) if path in known else "" for path in paths),
        "" if current is None or not math.isfinite(current) else escape(format_count(current)),
        escape(duration_of(record)),
        *(number(facts.scores.get((key, record.sim_id), math.nan)) for key in facts.scored),
    ]
