"""Images, videos, sounds, histograms and texts inside the page, as many as fit; what is left out is said."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import GymDashError, MediaError
from gymdash_jupyter.media import media_path
from gymdash_jupyter.media.histograms import HISTOGRAM, bars_html, bars_of, read_bins
from gymdash_jupyter.report.html import count_words, fold, note, section, shortened, text
from gymdash_jupyter.report.summary import name_html
from gymdash_jupyter.widgets import media_pieces
from gymdash_jupyter.widgets.media_choice import value_of
from gymdash_jupyter.widgets.words import format_bytes, format_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.report.facts import ReportFacts

_MOST_OF_ONE: Final = 4
_ROOM: Final = 32
"""How many files there are at most of one series, and of all as long as each has one."""

_IN_SIGHT: Final = 12

_MOST_FILES: Final = 200
_LONGEST_TEXT: Final = 4_000
_IN_TEXT: Final = 4 / 3
"""How much longer bytes are as base64."""


@dataclass
class _Page:
    """What is in the page already, and what could not be."""

    bytes_left: float
    html: dict[int, str] = field(default_factory=dict)
    n_too_much: int = 0
    n_unreadable: int = 0


def films_html(facts: ReportFacts, max_megabytes: float) -> str:
    """Write the section: of each series a few files over training, the newest first as long as there is room."""
    items = facts.project.store.media([record.sim_id for record in facts.records])
    if not items:
        return ""
    series: dict[tuple[str, UUID], list[MediaItem]] = {}
    for item in items:
        series.setdefault((item.key, item.sim_id), []).append(item)
    n_each = max(min(_MOST_OF_ONE, _ROOM // len(series)), 1)
    chosen = [_evenly(each, n_each) for each in series.values()]
    page = _Page(max_megabytes * 1e6)
    for item in _in_order_of_worth(chosen)[:_MOST_FILES]:
        _take(facts, item, page)
    keys = dict.fromkeys(key for key, _ in series)
    groups = "".join(_group(facts, key, chosen, page) for key in keys)
    return section("media", "Media", _said(page, len(items), n_each, max_megabytes), groups)


def _evenly(items: Sequence[MediaItem], n: int) -> Sequence[MediaItem]:
    """Choose at most n, the first and the last among them; the last one of n = 1."""
    if len(items) <= n:
        return items
    if n == 1:
        return items[-1:]
    return [items[round(place * (len(items) - 1) / (n - 1))] for place in range(n)]


def _in_order_of_worth(chosen: Sequence[Sequence[MediaItem]]) -> list[MediaItem]:
    """Put the last one of each series first, then the first ones, then those between."""
    places = [[-1, 0, *range(1, len(each) - 1)][: len(each)] for each in chosen]
    rounds = max(map(len, places), default=0)
    return [
        each[own[i]]
        for i in range(rounds)
        for each, own in zip(chosen, places, strict=True)
        if i < len(own)
    ]


def _take(facts: ReportFacts, item: MediaItem, page: _Page) -> None:
    """Put one file into the page, if it is there and there is room for it."""
    try:
        html, size = _embedded(facts, item, page.bytes_left)
    except (GymDashError, OSError, ValueError):
        page.n_unreadable += 1
        return
    if not html:
        page.n_too_much += 1
        return
    page.bytes_left -= size
    page.html[id(item)] = html


def _embedded(facts: ReportFacts, item: MediaItem, room: float) -> tuple[str, float]:
    """Give a file as HTML and how long that is; ``""`` where it does not fit into the room that is left."""
    path = media_path(facts.project, item)
    if item.kind == HISTOGRAM:
        drawn = bars_html(bars_of(read_bins(path)))
        if not drawn:
            msg = "No histogram that can be drawn."
            raise MediaError(msg, path=path)
        return (drawn, len(drawn)) if len(drawn) <= room else ("", 0)
    if item.kind == "text":
        data, _ = media_pieces.read(path, 0, _LONGEST_TEXT + 1)
        words = shortened(data.decode("utf-8", "replace"), _LONGEST_TEXT)
        return (f"<pre>{escape(words)}</pre>", len(words)) if len(words) <= room else ("", 0)
    kind = media_pieces.mime_type(item)
    _, size = media_pieces.read(path, 0, 0)
    if size * _IN_TEXT > room:
        return "", 0
    data, _ = media_pieces.read(path, 0, size)
    source = _data_uri(kind, data)
    label = escape(f"{item.kind} {item.key}, step {item.step:,}")
    if item.kind == "image":
        return f'<img alt="{label}" src="{source}">', len(source)
    if item.kind == "audio":
        return (
            f'<audio controls preload="metadata" aria-label="{label}" src="{source}"></audio>',
            len(source),
        )
    poster = _poster(facts, item)
    shown = f' poster="{poster}"' if poster else ""
    html = f'<video controls preload="metadata" playsinline aria-label="{label}"{shown} src="{source}"></video>'
    return html, len(source) + len(poster)


def _poster(facts: ReportFacts, item: MediaItem) -> str:
    try:
        kind, data = media_pieces.thumbnail(facts.project, item)
    except (GymDashError, OSError, ValueError):
        return ""
    return _data_uri(kind["type"], data) if data else ""


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _group(
    facts: ReportFacts, key: str, chosen: Sequence[Sequence[MediaItem]], page: _Page
) -> str:
    figures = [
        _figure(facts, item, page.html[id(item)])
        for each in chosen
        for item in each
        if item.key == key and id(item) in page.html
    ]
    if not figures:
        return ""
    body = f'<div class="films">{"".join(figures)}</div>'
    if len(figures) <= _IN_SIGHT:
        return f"<h3>{text(key, 120)}</h3>{body}"
    return fold(f"<b>{text(key, 120)}</b> {count_words(len(figures), 'file')}", body)


def _figure(facts: ReportFacts, item: MediaItem, inner_html: str) -> str:
    record = next(each for each in facts.records if each.sim_id == item.sim_id)
    value = value_of(item)
    said = [f"step {item.step:,}"]
    if value is not None:
        said.append(f"{value[0]} {format_value(value[1])}")
    return (
        f"<figure>{inner_html}<figcaption><span>{name_html(facts, record)}</span>"
        f'<span class="muted">{escape(", ".join(said))}</span></figcaption></figure>'
    )


def _said(page: _Page, n_all: int, n_each: int, max_megabytes: float) -> str:
    """Say what is not here, and why."""
    n_here = len(page.html)
    if n_here == n_all:
        return ""
    words = [f"{n_here:,} of {count_words(n_all, 'file')} are here."]
    if page.n_too_much:
        size = format_bytes(max_megabytes * 1e6)
        n = page.n_too_much
        words.append(
            f"{n:,} more did not fit: all of them together may take {size} (max_megabytes)."
        )
    if page.n_unreadable:
        words.append(
            f"{count_words(page.n_unreadable, 'file is', 'files are')} missing or cannot be read."
        )
    if n_here + page.n_too_much + page.n_unreadable < n_all:
        words.append(
            f"Of each simulation and key at most {n_each} were chosen, evenly over its training."
            if n_each > 1
            else "Of each simulation and key the last one was chosen."
        )
    return note(" ".join(words))
