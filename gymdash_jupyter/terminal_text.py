"""Text that was meant for a terminal, as a terminal would have shown it: plain lines."""

from __future__ import annotations

import re
from typing import Final

_TOKENS = re.compile(
    r"(?:\x1b\[|\x9b)(?P<number>[0-?]*)[ -/]*(?P<does>[@-~]?)"  # colours, moves of the cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?"
    r"|(?P<moves>[\r\n\b])"
)
_MOVING = re.compile(r"[\b\x1b\x9b]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MOST_DIGITS: Final = 6


def cleaned(text: str) -> str:
    """Give what a terminal would have shown: lines without colours and other control characters.

    A line that was written over, such as a progress bar, is as it was last. Ends of lines and tabs stay.
    """
    if not _MOVING.search(text):  # much faster than the screen
        return "\n".join(map(_written_over, text.split("\n")))
    screen = _Screen()
    at = 0
    for found in _TOKENS.finditer(text):
        if found.start() > at:
            screen.put(text[at : found.start()])
        at = found.end()
        if found["moves"]:
            screen.move(found["moves"])
        elif found["does"] == "A":
            screen.go_up(found["number"])
        elif found["does"] == "K":
            screen.erase(found["number"])
    screen.put(text[at:])
    return screen.text


def _written_over(line: str) -> str:
    if "\r" not in line:
        return _CONTROLS.sub("", line)
    shown = ""
    for words in map(_without_controls, reversed(line.split("\r"))):
        shown += words[len(shown) :]
    return shown.rstrip(" ")


def _without_controls(words: str) -> str:
    return _CONTROLS.sub("", words)


class _Screen:
    """Rows of characters and a cursor; as much of a terminal as progress bars use.

    No escape costs more than what it writes or erases, so that no text takes long.
    """

    def __init__(self) -> None:
        self._rows: list[str | list[str]] = [""]  # a row that is written once stays a str
        self._row = 0
        self._column = 0

    @property
    def text(self) -> str:
        return "\n".join(
            row if isinstance(row, str) else "".join(row).rstrip(" ") for row in self._rows
        )

    def put(self, words: str) -> None:
        words = _CONTROLS.sub("", words)
        if not self._rows[self._row]:
            self._rows[self._row] = words
        elif words:
            self._characters()[self._column : self._column + len(words)] = words
        self._column += len(words)

    def move(self, how: str) -> None:
        if how == "\b":
            self._column = max(self._column - 1, 0)
            return
        self._column = 0
        if how == "\n":
            self._row += 1
            if self._row == len(self._rows):
                self._rows.append("")

    def go_up(self, number: str) -> None:
        count = int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else 1
        self._row = max(self._row - max(count, 1), 0)
        self._column = min(self._column, len(self._rows[self._row]))

    def erase(self, number: str) -> None:
        """Erase the row from the cursor on, or with 2 all of it."""
        if number == "2":
            self._column = 0
        if self._column < len(self._rows[self._row]):
            del self._characters()[self._column :]

    def _characters(self) -> list[str]:
        row = self._rows[self._row]
        if isinstance(row, str):
            row = self._rows[self._row] = list(row)
        return row
