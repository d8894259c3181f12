"""The control panel where there are no widgets: what waits for a reply, and what was answered last, as HTML."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.widgets.words import format_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gymdash_jupyter.records import ControlRequest, SimulationRecord
    from gymdash_jupyter.widgets.control_history import Exchange

_LISTED: Final = 50
_LONGEST: Final = 1000


def control_html(
    asked: Iterable[tuple[SimulationRecord | None, ControlRequest]], history: Sequence[Exchange]
) -> str:
    """Draw questions and answers; what simulations said is escaped."""
    questions = [
        f"<p><b>{escape(record.name if record else str(request.sim_id))}</b> {escape(request.channel)}, "
        f"asked {format_moment(request.time.timestamp())}<br>{_text(request.details)}</p>"
        for record, request in asked
    ]
    rows = [_row(exchange) for exchange in list(history)[: -_LISTED - 1 : -1]]
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    return f"<div>{''.join(questions) or '<p>No control request waits.</p>'}{table}</div>"


def _row(exchange: Exchange) -> str:
    answer = exchange.answer
    said = "no answer yet" if answer is None else answer.error or _json(answer.value)
    cells = (
        escape(format_moment(exchange.time.timestamp())),
        escape(exchange.name),
        escape(exchange.sim_name),
        _text(said),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(jsonable(value), ensure_ascii=False)


def _text(text: str) -> str:
    return escape(text[:_LONGEST]).replace("\n", "<br>")
