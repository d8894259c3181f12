"""The page as a whole: what stands above the sections, their order, the style."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.report.curves import curves_html
from gymdash_jupyter.report.films import films_html
from gymdash_jupyter.report.html import count_words, text
from gymdash_jupyter.report.messages import errors_html, messages_html
from gymdash_jupyter.report.settings import settings_html
from gymdash_jupyter.report.summary import counts_by_state, summary_html
from gymdash_jupyter.report.surroundings import surroundings_html
from gymdash_jupyter.report.usage import usage_html

if TYPE_CHECKING:
    from gymdash_jupyter.report.facts import ReportFacts

_CSS: Final = Path(__file__).with_name("report.css")
_ALLOWED: Final = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
"""What a browser may do for this page: show what is in it. Whatever a name might smuggle in would not run."""

_TITLES: Final = (
    ("simulations", "Simulations"),
    ("curves", "Curves"),
    ("errors", "Errors"),
    ("media", "Media"),
    ("settings", "Settings"),
    ("resources", "Resource use"),
    ("messages", "Messages"),
    ("environment", "Environment"),
)


def page_html(facts: ReportFacts, title: str | None, max_megabytes: float, version: str) -> str:
    """Write the page.

    Args:
        facts: What it is about.
        title: Its heading; None for one that says what it is about.
        max_megabytes: How much room files may take.
        version: That of this package.
    """
    heading = title if title is not None else _own_title(facts)
    parts = {
        "simulations": summary_html(facts),
        "curves": curves_html(facts),
        "errors": errors_html(facts),
        "media": films_html(facts, max_megabytes),
        "settings": settings_html(facts),
        "resources": usage_html(facts),
        "messages": messages_html(facts),
        "environment": surroundings_html(facts),
    }
    links = "".join(f'<a href="#{name}">{words}</a>' for name, words in _TITLES if parts[name])
    made = facts.made.astimezone()
    folder = facts.project.folder
    where = f"{folder.parent.name}/{folder.name}".removeprefix("/")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_ALLOWED)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(heading)}</title>"
        f"<style>{_CSS.read_text(encoding='utf-8')}</style></head><body>"
        f"<header><h1>{text(heading, 300)}</h1>"
        f'<p class="counts">{counts_by_state(facts)}</p>'
        f'<p class="muted">Project {text(where, 200)} · made '
        f'<time datetime="{made.isoformat(timespec="seconds")}">{made:%Y-%m-%d %H:%M}</time> · '
        f"gymdash_jupyter {escape(version)}</p>"
        f'<nav aria-label="Sections">{links}</nav></header><main>{"".join(parts.values())}</main></body></html>\n'
    )


def _own_title(facts: ReportFacts) -> str:
    if len(facts.records) == 1:
        return facts.records[0].name or str(facts.records[0].sim_id)
    return f"Report on {count_words(len(facts.records), 'simulation')}"
