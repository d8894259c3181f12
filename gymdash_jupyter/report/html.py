"""Small pieces of HTML. What comes in as text is escaped here; what is HTML already has ``html`` in its name."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from gymdash_jupyter.widgets.words import format_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 2_000


def text(value: object, longest: int = _LONGEST) -> str:
    """Write something as text, kept apart from what stands around it, in whatever direction it is read."""
    return f"<bdi>{escape(shortened(str(value), longest))}</bdi>"


def shortened(words: str, longest: int) -> str:
    """Cut what is too long, and say that there was more."""
    return words if len(words) <= longest else f"{words[:longest]}\u2026"


def section(name: str, title: str, *inner_html: str) -> str:
    """Make a section with a heading that can be linked to; none where there is nothing in it."""
    body = "".join(inner_html)
    return f'<section id="{name}"><h2>{escape(title)}</h2>{body}</section>' if body else ""


def fold(title_html: str, inner_html: str, *, is_open: bool = False) -> str:
    """Make something that opens when its title is pressed."""
    opened = " open" if is_open else ""
    return f"<details{opened}><summary>{title_html}</summary>{inner_html}</details>"


def table(
    label: str,
    heads: Sequence[str],
    rows_html: Iterable[Sequence[str]],
    *,
    n_left: int = 1,
    wraps: bool = False,
) -> str:
    """Make a table that scrolls within the page where it is too wide for it.

    Args:
        label: What is in it, for who cannot see it.
        heads: Names of the columns, as text.
        rows_html: The cells; the first one of a row names it.
        n_left: How many columns are texts, aligned to the left; the others are numbers.
        wraps: Whether the names of rows are shown whole; else they are cut where there is no room.
    """
    head = "".join(
        f'<th scope="col"{_left(i, n_left)}>{text(name)}</th>' for i, name in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row" class="l">{row[0]}</th>'
        + "".join(f"<td{_left(i, n_left)}>{cell}</td>" for i, cell in enumerate(row[1:], 1))
        + "</tr>"
        for row in rows_html
    )
    if not body:
        return ""
    return (
        f'<div class="scroll{" wraps" if wraps else ""}" role="region" tabindex="0" '
        f'aria-label="{escape(label)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def swatch(place: int | None) -> str:
    """Show the colour of a line; None for those without one of their own."""
    colour = "var(--gds-faint)" if place is None else f"var(--gds-{place % 8 + 1})"
    return f'<i class="swatch" style="--c:{colour}"></i>'


def note(words: str) -> str:
    """Say something in passing."""
    return f'<p class="muted">{escape(words)}</p>'


def number(value: float) -> str:
    """Write a measured value; nothing for one that is not there."""
    return "" if math.isnan(value) else escape(format_value(value))


def count_words(n: int, singular: str, plural: str = "") -> str:
    """Write a count: ``1 file``, ``2,000 files``."""
    return f"{n:,} {singular if n == 1 else plural or f'{singular}s'}"


def _left(place: int, n_left: int) -> str:
    return ' class="l"' if place < n_left else ""
