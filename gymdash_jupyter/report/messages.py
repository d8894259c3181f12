"""What simulations said: errors with their traces, the last output of those that failed, and all statuses."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.output import OUTPUT_FILE, read_tail
from gymdash_jupyter.report.html import count_words, fold, note, section, shortened, table, text
from gymdash_jupyter.report.summary import name_html
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.card_state import is_error
from gymdash_jupyter.widgets.static_icons import state_icon
from gymdash_jupyter.widgets.traces import parse_error
from gymdash_jupyter.widgets.words import format_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.records import SimulationRecord
    from gymdash_jupyter.report.facts import ReportFacts
    from gymdash_jupyter.store import StatusRow

_BROKEN: Final = frozenset({SimState.FAILED, SimState.LOST})
_MOST_ROWS: Final = 500
_LONGEST_TRACE: Final = 20_000
_LONGEST_OUTPUT: Final = 8_000
_OUTPUT_LINES: Final = 20


def errors_html(facts: ReportFacts) -> str:
    """Write the section on those that failed or were lost."""
    broken = [record for record in facts.records if record.state in _BROKEN]
    if not broken:
        return ""
    rows = facts.project.store.statuses([record.sim_id for record in broken])
    parts = [
        _error(facts, record, [row for row in rows if row.sim_id == record.sim_id])
        for record in broken
    ]
    return section("errors", "Errors", *parts)


def messages_html(facts: ReportFacts) -> str:
    """Write the section on everything that was said, newest last."""
    ids = [record.sim_id for record in facts.records]
    rows = facts.project.store.statuses(ids, newest=_MOST_ROWS + 1)
    if not rows:
        return ""
    names = {record.sim_id: record for record in facts.records}
    kept = rows[-_MOST_ROWS:]
    cells = [
        [
            "" if row.status.time is None else format_moment(row.status.time.timestamp()),
            name_html(facts, names[row.sim_id]),
            row.status.code.name.lower(),
            f'<span class="said">{text(_said(row))}</span>',
        ]
        for row in kept
    ]
    shown = table("Messages", ["time", "simulation", "code", "message"], cells, n_left=4)
    n = (
        f"the newest {_MOST_ROWS:,} messages"
        if len(rows) > len(kept)
        else count_words(len(rows), "message")
    )
    return section("messages", "Messages", fold(escape(n), shown))


def _said(row: StatusRow) -> str:
    return row.status.details.strip() or parse_error("", row.status.error_trace).message


def _error(facts: ReportFacts, record: SimulationRecord, rows: Sequence[StatusRow]) -> str:
    errors = [row.status for row in rows if is_error(row.status)]
    said = [note("Nothing is known of why.")]
    if errors:
        found = parse_error(errors[-1].details, errors[-1].error_trace)
        kind = f"<code>{escape(found.type)}</code> " if found.type else ""
        said = [f'<p class="said">{kind}{text(found.message)}</p>']
        trace = errors[-1].error_trace
        if trace:
            title = f"Trace, {count_words(found.lines, 'line')} <code>{escape(found.frame)}</code>"
            said.append(fold(title, _pre(trace[-_LONGEST_TRACE:])))
    path = facts.project.sims_folder / str(record.sim_id) / OUTPUT_FILE
    output = read_tail(path, n_lines=_OUTPUT_LINES, max_bytes=_LONGEST_OUTPUT)
    if output.strip():
        n = output.count("\n") + 1
        said.append(fold(f"Output, the last {count_words(n, 'line')}", _pre(output)))
    head = f"<h3>{state_icon(record.state.value)} {name_html(facts, record)}</h3>"
    return f'<article class="error">{head}{"".join(said)}</article>'


def _pre(words: str) -> str:
    return f'<pre dir="ltr">{escape(shortened(words, _LONGEST_TRACE))}</pre>'
