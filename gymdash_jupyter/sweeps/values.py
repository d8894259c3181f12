"""Values as people type them into a form: one, several, or a range.

::

    0.0003                     a number; 100_000 and 100,000 are one, too
    ppo                        text; quoted where it would be read as something else: "1", "a, b"
    true, false, none          as in JSON and in Python
    0.0001, 0.0003, 0.001      several values
    0..4                       0, 1, 2, 3, 4
    0..1 by 0.25               0, 0.25, 0.5, 0.75, 1
    0..1 in 5                  five values, evenly spaced
    1e-5..1e-2 in 4 log        four values, each the same number of times the one before
    1e-5..1e-2 log             any number between; only drawn at random (without log: evenly)
    [64, 64], {"a": 1}         lists and dicts, as in JSON or Python
"""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    import random

MOST_VALUES: Final = 10_000
"""A range of more values is taken for a mistake."""

_NUMBER = r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?"
_IS_NUMBER = re.compile(_NUMBER)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER}?)\s*\.\.\s*(?P<high>{_NUMBER})(?P<rest>.*)", re.IGNORECASE
)
_REST = re.compile(
    rf"(?:by\s+(?P<step>{_NUMBER})|in\s+(?P<n>\d+))?\s*(?P<log>log)?", re.IGNORECASE
)
# A later group that begins with 0 is no number by itself, so the commas can only set thousands apart.
_THOUSANDS = re.compile(r"(?<![\d.,])[-+]?[1-9]\d{0,2}(?:,\d{3})+(?![\d.,])")
_WORDS = {"true": True, "false": False, "none": None, "null": None}
_QUOTES = "\"'"
_OPENING = {"[": "]", "{": "}", "(": ")", '"': '"', "'": "'"}


@dataclass(frozen=True)
class Interval:
    """All numbers between two, to be drawn at random.

    Attributes:
        low: The smallest.
        high: The largest.
        is_log: Whether each order of magnitude is equally likely, instead of each number.
    """

    low: float
    high: float
    is_log: bool = False

    def draw(self, generator: random.Random) -> float:
        """Draw a number of four digits."""
        if self.is_log:
            found = math.exp(generator.uniform(math.log(self.low), math.log(self.high)))
        else:
            found = generator.uniform(self.low, self.high)
        return min(max(float(f"{found:.4g}"), self.low), self.high)

    def __str__(self) -> str:
        return f"{written(self.low)}..{written(self.high)}{' log' if self.is_log else ''}"


def parse_values(text: str, *, is_text: bool = False) -> tuple[Any, ...] | Interval:
    """Read what was typed.

    Args:
        text: See the module for what it may be.
        is_text: Whether only texts are meant, so that ``1`` is the text ``"1"``.

    Returns:
        The values in order, at least one, or an interval.

    Raises:
        InvalidArgumentError: It cannot be read; the message says what would do.
    """
    typed = text.strip()
    if not typed:
        raise _wrong(text, "There is no value. Type one, several with commas, or a range: 0..4.")
    if not is_text:
        typed = _THOUSANDS.sub(_without_commas, typed)
    found: list[Any] = []
    parts = _parts(typed)
    for part in parts:
        several = _one(part) if not is_text else (_as_text(part),)
        if isinstance(several, Interval):
            if len(parts) > 1:
                raise _wrong(
                    text,
                    f"{part} means any number between, and stands alone. Say which ones: {part} in 5.",
                )
            return several
        found.extend(several)
    return tuple(found)


def written(value: object) -> str:
    """Write a value so that ``parse_values`` reads it as this one value."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, str):
        return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _number_text(value: float) -> str:
    short = f"{value:.12g}"
    text = short if float(short) == value else repr(value)
    # 1e+06 is read as a float all the same; 5 would become an int.
    return f"{text}.0" if re.fullmatch(r"-?\d+", text) else text


def _is_plain(text: str) -> bool:
    """Tell whether a text needs no quotes."""
    try:
        return parse_values(text) == (text,)
    except InvalidArgumentError:
        return False


def _without_commas(match: re.Match[str]) -> str:
    first, *others = match[0].split(",")
    return "".join([first, *others]) if any(each[0] == "0" for each in others) else match[0]


def _parts(text: str) -> list[str]:
    """Split at commas that lie neither in quotes nor in brackets."""
    parts, begin, at = [], 0, 0
    while at < len(text):
        if text[at] == ",":
            parts.append(text[begin:at].strip())
            begin = at = at + 1
        elif not text[begin:at].strip() and text[at] in _OPENING:
            at = _end_of(text, at)
        else:  # a quote or a bracket inside a word is part of it
            at += 1
    parts.append(text[begin:].strip())
    if parts[-1] == "" and len(parts) > 1:  # "1, 2,"
        parts.pop()
    if "" in parts:
        raise _wrong(text, "There is a comma without a value before it.")
    return parts


def _end_of(text: str, begin: int) -> int:
    """Find where what is in quotes or brackets has ended."""
    closing: list[str] = []
    at = begin
    while at < len(text):
        char = text[at]
        is_in_quotes = bool(closing) and closing[-1] in _QUOTES
        if is_in_quotes and char == "\\":
            at += 1  # what comes next is meant as it is
        elif closing and char == closing[-1]:
            closing.pop()
        elif not is_in_quotes and char in _OPENING:
            closing.append(_OPENING[char])
        at += 1
        if not closing:
            return at
    raise _wrong(text, f"Something is open: a closing {closing[-1]} is missing.")


def _one(part: str) -> tuple[Any, ...] | Interval:
    if part[0] in "\"'[{(":
        return (_literal(part),)
    if part.lower() in _WORDS:
        return (_WORDS[part.lower()],)
    plain = _with_hyphens(part)
    if _IS_NUMBER.fullmatch(plain):
        return (_number(plain),)
    match = _RANGE.fullmatch(plain)
    return (part,) if match is None or not match["low"] else _range(plain, match)


def _as_text(part: str) -> str:
    literal = _literal(part) if part[0] in "\"'" else part
    return literal if isinstance(literal, str) else part


def _with_hyphens(text: str) -> str:
    """Write a real minus, as panels show it, as programs do; where a number is meant, not in a text."""
    return text.replace("\N{MINUS SIGN}", "-")


def _literal(part: str) -> Any:
    try:
        return json.loads(part)
    except ValueError:
        pass
    try:
        return ast.literal_eval(part)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        if _with_hyphens(part) != part:
            return _literal(_with_hyphens(part))
        what = "text in quotes" if part[0] in "\"'" else "list or dict"
        example = '"a text"' if part[0] in "\"'" else '[1, 2] or {"a": 1}'
        raise _wrong(part, f"This is no {what}. One looks like {example}.") from None


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    try:
        return int(plain)
    except ValueError:
        return float(plain)


def _range(part: str, match: re.Match[str]) -> tuple[Any, ...] | Interval:
    low, high = _number(match["low"]), _number(match["high"])
    rest = _REST.fullmatch(match["rest"].strip())
    if rest is None:
        raise _wrong(
            part,
            f"After {match['low']}..{match['high']} may come by 0.5, in 5, in 5 log, or log; "
            f"found {match['rest'].strip()!r}.",
        )
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise _wrong(
            part, f"A range goes up from a smaller to a larger number, such as 0..4; got {part}."
        )
    if rest["log"] and low <= 0:
        raise _wrong(part, f"A range with log begins above 0; got {part}.")
    if rest["step"]:
        return _stepped(part, match["low"], match["high"], rest)
    if rest["n"]:
        return _spaced(part, low, high, int(rest["n"]), is_log=bool(rest["log"]))
    if rest["log"] or isinstance(low, float) or isinstance(high, float):
        return Interval(float(low), float(high), bool(rest["log"]))
    _check_count(part, int(high - low) + 1)
    return tuple(range(int(low), int(high) + 1))


def _stepped(part: str, low: str, high: str, rest: re.Match[str]) -> tuple[Any, ...]:
    if rest["log"]:
        raise _wrong(
            part, "by adds the same each time; for log say how many: 1e-4..1e-1 in 4 log."
        )
    # Decimal, since 0.1 added ten times is not 1 in binary.
    begin, end, step = (Decimal(text.replace("_", "")) for text in (low, high, rest["step"]))
    if step <= 0:
        raise _wrong(part, f"by takes a number above 0; got {rest['step']}.")
    _check_count(part, int((end - begin) / step) + 1)
    is_whole = all(isinstance(_number(text), int) for text in (low, rest["step"]))
    values = (begin + step * i for i in range(int((end - begin) / step) + 1))
    return tuple(int(value) if is_whole else float(value) for value in values)


def _spaced(part: str, low: float, high: float, n: int, *, is_log: bool) -> tuple[Any, ...]:
    if n < 2:
        raise _wrong(part, f"in takes how many values there are, 2 or more; got {n}.")
    _check_count(part, n)
    if is_log:
        inner = [low * (high / low) ** (i / (n - 1)) for i in range(1, n - 1)]
    else:
        inner = [low + (high - low) * i / (n - 1) for i in range(1, n - 1)]
    values = [low, *(float(f"{value:.12g}") for value in inner), high]
    if not is_log and all(float(value).is_integer() for value in values):
        is_whole = isinstance(low, int) and isinstance(high, int)
        return tuple(int(value) if is_whole else float(value) for value in values)
    return tuple(float(value) for value in values)


def _check_count(part: str, n: int) -> None:
    if n > MOST_VALUES:
        raise _wrong(
            part,
            f"{part} are {n:,} values, more than {MOST_VALUES:,}. Say how many: {part} in 10.",
        )


def _wrong(typed: str, message: str) -> InvalidArgumentError:
    return InvalidArgumentError(message, typed=typed)
