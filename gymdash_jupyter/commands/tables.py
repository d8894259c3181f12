"""Tables for a terminal: columns of cells, made to fit where there is little room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gymdash_jupyter.commands.printing import fitted, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_GAP = "  "


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: What stands above it.
        cells: One a row, plain lines.
        shrinks_to: How narrow it may become where there is little room; None: not at all.
        goes: Which column is left out first where that is not enough, from 1; 0: never.
        is_right: Whether cells stand at the right, as numbers do.
        style: Gives a padded cell its colour, from the padded and the plain text.
    """

    title: str
    cells: Sequence[str]
    shrinks_to: int | None = None
    goes: int = 0
    is_right: bool = False
    style: Callable[[str, str], str] | None = None


def table(columns: Sequence[Column], room: int | None = None) -> list[str]:
    """Write columns as lines, the titles first.

    Args:
        columns: All of one length.
        room: How many places a line has; None for as many as it likes.
    """
    widths = [max(map(width_of, [column.title, *column.cells])) for column in columns]
    shown = list(columns)
    if room is not None:
        shown, widths = _fitting(shown, widths, room)
    filled = [_filled(column, width) for column, width in zip(shown, widths, strict=True)]
    return [_GAP.join(cells).rstrip() for cells in zip(*filled, strict=True)]


def _fitting(
    columns: list[Column], widths: list[int], room: int
) -> tuple[list[Column], list[int]]:
    """Shrink columns, then leave some out, until a line has room."""
    while (over := sum(widths) + len(_GAP) * (len(widths) - 1) - room) > 0:
        spare = [
            width - max(column.shrinks_to, len(column.title))
            if column.shrinks_to is not None
            else 0
            for column, width in zip(columns, widths, strict=True)
        ]
        at = max(range(len(columns)), key=spare.__getitem__)
        if sum(spare) >= over and spare[at] > 0:
            # The widest gives first, down to where another one is as wide.
            widths[at] -= 1
            continue
        leaving = [column for column in columns if column.goes]
        if not leaving:
            if spare[at] <= 0:
                break  # as narrow as it can be
            widths[at] -= 1
            continue
        gone = columns.index(min(leaving, key=lambda column: column.goes))
        del columns[gone], widths[gone]
    return columns, widths


def _filled(column: Column, width: int) -> list[str]:
    made = [_padded(column.title.upper(), width, is_right=column.is_right)]
    for cell in column.cells:
        is_short = len(cell) <= width and cell.isascii()
        text = cell if is_short else fitted(cell, width)
        padded = _padded(text, width, is_right=column.is_right)
        made.append(padded if column.style is None else column.style(padded, cell))
    return made


def _padded(text: str, width: int, *, is_right: bool) -> str:
    if text.isascii():  # nearly always, and much faster
        return text.rjust(width) if is_right else text.ljust(width)
    space = " " * (width - width_of(text))
    return space + text if is_right else text + space
