"""How the command line prints: words without a terminal's escapes, tables, JSON, colours where they are wanted."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, Final, TextIO

from gymdash_jupyter.commands.parsing import PROGRAM
from gymdash_jupyter.durations import duration_words
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.terminal_text import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gymdash_jupyter.states import SimState

_REORDERING = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that change the order of others, or break lines."""

_COLOURS: Final = {
    "running": "34",
    "setting_up": "34",
    "paused": "33",
    "queued": "36",
    "succeeded": "32",
    "failed": "31",
    "lost": "31",
    "cancelled": "33",
}


def line_of(given: object) -> str:
    """Give what a simulation or a person wrote as one plain line, which no terminal obeys."""
    text = str(given)
    if text.isascii() and text.isprintable():  # nearly always
        return text.strip()
    return " ".join(lines_of(text).split())


def lines_of(given: str) -> str:
    """Give a text as plain lines, which no terminal obeys."""
    return _REORDERING.sub("", cleaned(given))


def say(words: str) -> None:
    """Print words for the person, apart from what a program would read."""
    print(words, file=sys.stderr, flush=True)


def complain(words: str) -> None:
    """Print an error, with the name of the program in front."""
    say(f"{PROGRAM}: {words}")


def print_json(value: Any) -> None:
    """Print one JSON document: a list has an element a line."""
    if isinstance(value, list):
        inner = ",\n".join(json_line(each) for each in value)
        print(f"[\n{inner}\n]" if value else "[]")
    else:
        print(json_line(value))


def json_line(value: Any) -> str:
    """Write a value as strict JSON in one line; numbers that JSON has not become "nan", "inf", "-inf"."""
    is_unicode = (getattr(sys.stdout, "encoding", "") or "").lower().startswith("utf")
    try:
        return json.dumps(value, ensure_ascii=not is_unicode, allow_nan=False)
    except (TypeError, ValueError):  # it is no JSON yet
        strict = _strict(jsonable(value))
        return json.dumps(strict, ensure_ascii=not is_unicode, allow_nan=False)


def iso(time: datetime | None) -> str | None:
    """Write a moment for programs: ISO 8601, UTC."""
    return None if time is None else time.isoformat()


def local(time: datetime | None) -> str:
    """Write a moment for people, in local time."""
    if time is None:
        return "-"
    try:
        return time.astimezone().isoformat(" ", "seconds")[:19]
    except (OverflowError, ValueError, OSError):  # before the year 1, after 9999
        return str(time)[:19]


def duration(seconds: float | None) -> str:
    """Write a length of time: ``0.4 s``, ``9 s``, ``2 min 10 s``, ``3 h 12 min``, ``2 d 3 h``."""
    return "-" if seconds is None else duration_words(seconds)


def number(value: float) -> str:
    """Write a measured value for people."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def coloured(text: str, state: SimState | str, stream: TextIO | None = None) -> str:
    """Give a text in the colour of a state, where the terminal shows colours and nobody minds."""
    return painted(text, state) if shows_colours(stream or sys.stdout) else text


def painted(text: str, state: SimState | str) -> str:
    """Give a text in the colour of a state."""
    code = _COLOURS.get(str(state))
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def shows_colours(stream: TextIO) -> bool:
    """Tell whether colours are seen where a stream goes to, and nobody minds."""
    return moves_cursor(stream) and not os.environ.get("NO_COLOR")


def moves_cursor(stream: TextIO) -> bool:
    """Tell whether a line can be written over: it is a terminal, and no dumb one."""
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"


def columns_of(stream: TextIO) -> int | None:
    """Give how many letters fit on a line of a terminal; None where lines may be as long as they like."""
    return shutil.get_terminal_size().columns if _is_terminal(stream) else None


def width_of(text: str) -> int:
    """Give how many places of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_places, text))


def fitted(text: str, width: int) -> str:
    """Give a text in at most so many places of a terminal."""
    if width_of(text) <= width:
        return text
    kept, room = [], max(width - 1, 0)
    for letter in text:
        room -= _places(letter)
        if room < 0:
            break
        kept.append(letter)
    return f"{''.join(kept)}\N{HORIZONTAL ELLIPSIS}" if width > 0 else ""


def _places(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def plural(n: int, word: str = "simulation") -> str:
    """Write a count of things: ``1 simulation``, ``3 simulations``."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def listed(words: Iterable[str], most: int = 10) -> str:
    """Write words behind commas, at most so many."""
    found = list(words)
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # somebody closed it
        return False


def _strict(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _strict(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_strict(each) for each in value]
    return value
