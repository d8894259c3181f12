"""With what simulations were made and started: in what they differ, what is the same for all, and each one's whole."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.grouping import settings
from gymdash_jupyter.report.html import count_words, fold, section, table, text
from gymdash_jupyter.report.summary import MOST_SETTINGS, name_html, short_path, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gymdash_jupyter.report.facts import ReportFacts

_MOST_COLUMNS: Final = 60


def settings_html(facts: ReportFacts) -> str:
    """Write the section."""
    differing, same = facts.paths()
    known = {record.sim_id: settings(record) for record in facts.records}
    first = known[facts.records[0].sim_id]
    is_alone = len(facts.records) == 1
    parts = []
    if len(differing) > MOST_SETTINGS:  # else the table of simulations says it all
        shown = differing[:_MOST_COLUMNS]
        rows = [
            [name_html(facts, record), *(_cell(known[record.sim_id], path) for path in shown)]
            for record in facts.records
        ]
        heads = ["simulation", *(short_path(path, shown) for path in shown)]
        told = table("Settings that differ", heads, rows, n_left=len(heads))
        parts.append(fold(f"{count_words(len(differing), 'setting')} that differ", told))
    if same:
        title = count_words(len(same), "setting")
        title = title if is_alone else f"{title} that all share"
        parts.append(fold(escape(title), _pairs(first, same), is_open=is_alone))
    if not is_alone:
        each = "".join(
            fold(name_html(facts, record), _pairs(known[record.sim_id], differing))
            for record in facts.records
            if differing
        )
        if each and len(differing) > MOST_SETTINGS:
            parts.append(fold("Each by itself", each))
    return section("settings", "Settings", *parts)


def _pairs(values: Mapping[str, Any], paths: Sequence[str]) -> str:
    rows = [[text(path, 200), _cell(values, path)] for path in paths if path in values]
    return table("Settings", ["setting", "value"], rows, n_left=2, wraps=True)


def _cell(values: Mapping[str, Any], path: str) -> str:
    return f"<code>{text(value_text(values[path]))}</code>" if path in values else ""
