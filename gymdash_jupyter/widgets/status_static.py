"""The status panel where there are no widgets: the newest statuses as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.widgets.words import format_moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LISTED: Final = 50


def static_statuses(rows: Sequence[Mapping[str, Any]]) -> str:
    """Draw statuses, the newest first; what simulations said is escaped."""
    if not rows:
        return "<p>No statuses.</p>"
    newest = list(rows)[::-1][:_LISTED]
    body = "".join(_row(each) for each in newest)
    more = f"<p>{len(rows) - _LISTED} older ones are left out.</p>" if len(rows) > _LISTED else ""
    return f'<div><table style="border-collapse:collapse">{body}</table>{more}</div>'


def _row(row: Mapping[str, Any]) -> str:
    when = "" if row["time"] is None else format_moment(row["time"])
    cells = (when, row["sim"]["name"], row["kind"], row["text"])
    told = "".join(
        f'<td style="text-align:left;white-space:pre-wrap">{escape(str(each))}</td>'
        for each in cells
    )
    return f"<tr>{told}</tr>"
