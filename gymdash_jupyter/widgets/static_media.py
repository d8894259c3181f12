"""The static picture of a media panel: small pictures and words, in HTML that needs no kernel and no script."""

from __future__ import annotations

import base64
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.media.histograms import HISTOGRAM, histogram_html
from gymdash_jupyter.widgets import media_pieces, words
from gymdash_jupyter.widgets.looks import colour_index
from gymdash_jupyter.widgets.media_choice import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem, SimulationRecord

MOST_BYTES: Final = 210_000
"""Of pictures, as text; those beyond are left out and said."""

_MOST_ITEMS: Final = 200
_BLANK: Final = '<div class="gds-blank"></div>'
_CSS: Final = Path(__file__).with_name("static_card.css")
_GRID: Final = (
    ".gds-grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(160px,1fr));gap:16px;padding:4px 0 16px}"
    ".gds-grid figure{margin:0;min-width:0}"
    ".gds-grid :is(img,.gds-blank,.gds-bars){display:block;width:100%;aspect-ratio:3/2;object-fit:contain;margin:0;"
    "box-shadow:0 0 0 1px var(--gds-hair);background:color-mix(in srgb,var(--jp-ui-font-color0,#000) 4%,transparent)}"
    ".gds-bars{box-sizing:border-box;padding:12px 12px 0}"
    ".gds-two{display:flex;justify-content:space-between;gap:8px;font-size:12px;line-height:16px;padding-top:4px;"
    "white-space:nowrap}.gds-two+.gds-two{padding:0}"
    ".gds-two>:first-child{overflow:hidden;text-overflow:ellipsis}"
    ".gds-section{font-size:12px;line-height:28px;border-top:1px solid var(--gds-hair)}"
)


def static_media(
    project: HasSimsFolder,
    items: Sequence[MediaItem],
    records: Mapping[UUID, SimulationRecord],
) -> str:
    """Draw media as they are shown.

    Args:
        project: Where the small pictures lie.
        items: In their order.
        records: Their simulations.

    Returns:
        HTML of less than 300 kB.
    """
    style = f"<style>{_CSS.read_text(encoding='utf-8')}{_GRID}</style>"
    if not items:
        return f'{style}<article class="gds"><p class="gds-muted">No media were recorded.</p></article>'
    left = MOST_BYTES
    sections = []
    for (kind, key), group in groupby(items[:_MOST_ITEMS], lambda item: (item.kind, item.key)):
        figures = []
        shown = list(group)
        for item in shown:
            picture = _picture(project, item, left)
            left -= len(picture)
            figures.append(_figure(item, records.get(item.sim_id), picture))
        title = f"<b>{escape(key)}</b> <span class='gds-muted'>{len(shown)} {_plural(kind, len(shown))}</span>"
        sections.append(
            f'<div class="gds-section">{title}</div><div class="gds-grid">{"".join(figures)}</div>'
        )
    more = len(items) - _MOST_ITEMS
    note = f'<p class="gds-muted">and {more:,} more</p>' if more > 0 else ""
    return f'{style}<article class="gds">{"".join(sections)}{note}</article>'


def _figure(item: MediaItem, record: SimulationRecord | None, picture: str) -> str:
    index = 0 if record is None else colour_index(record) % 8
    name = str(item.sim_id)[:8] if record is None else record.name
    value = value_of(item)
    said = "" if value is None else f"{value[0]} {words.format_value(value[1])}"
    episode = item.info.get("episode")
    is_episode = isinstance(episode, int) and not isinstance(episode, bool)
    swatch = f'<i class="gds-swatch" style="--c:var(--gds-{index + 1})"></i>'
    return (
        f"<figure>{picture}"
        f'<div class="gds-two"><span>{swatch} {escape(name)}</span><span>{escape(said)}</span></div>'
        f'<div class="gds-two gds-muted"><span>step {item.step:,}</span>'
        f"<span>{f'ep {episode:,}' if is_episode else ''}</span></div></figure>"
    )


def _picture(project: HasSimsFolder, item: MediaItem, most: int) -> str:
    if item.kind == HISTOGRAM:
        drawn = histogram_html(project, item)
        return f'<div class="gds-bars">{drawn}</div>' if 0 < len(drawn) < most else _BLANK
    data = b""
    try:
        kind, data = media_pieces.thumbnail(project, item)
    except (MediaError, OSError, ValueError):
        data = b""
    text = base64.b64encode(data).decode("ascii")
    if text and len(text) < most:
        return f'<img alt="{escape(item.kind)}" src="data:{kind["type"]};base64,{text}">'
    if item.kind in ("video", "image"):
        return _BLANK
    return f'<div class="gds-two"><span>{escape(media_pieces.file_name(item))}</span></div>'


def _plural(kind: str, count: int) -> str:
    if kind == "audio":
        return kind
    return kind if count == 1 else f"{kind}s"
