"""The system panel where there are no widgets: what the project takes on the disk, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.records import now_utc
from gymdash_jupyter.widgets.system_contents import disk_facts
from gymdash_jupyter.widgets.words import format_bytes, format_count, format_moment

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.store import ProjectStore

_LISTED: Final = 20
_HEADS: Final = ("simulation", "media", "models", "logs", "other", "total")


def static_system(project: Project, store: ProjectStore) -> str:
    """Draw where the disk has gone; names are escaped."""
    facts = disk_facts(project.disk_usage(), store, "size", _LISTED)
    rows = [
        [escape(row["name"]), *(format_bytes(row[name]) for name in _HEADS[1:])]
        for row in facts["rows"]
    ]
    heads = "".join(_cell("th", name, i) for i, name in enumerate(_HEADS))
    body = "".join(
        f"<tr>{''.join(_cell('td', cell, i) for i, cell in enumerate(row))}</tr>" for row in rows
    )
    words = (
        f"{format_bytes(facts['total'])} in {format_count(facts['n_files'])} files, "
        f"{format_count(facts['n_simulations'])} simulations, as of {format_moment(now_utc().timestamp())}"
    )
    return (
        f"<div><p><b>Disk</b> {words}</p>"
        f'<table style="border-collapse:collapse"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(tag: str, text: str, place: int) -> str:
    return f'<{tag} style="text-align:{"right" if place else "left"}">{text}</{tag}>'
