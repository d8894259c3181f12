"""The fields of a form, and what can be said about a value that is typed into one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.sweeps import Interval, parse_values, written

KINDS: Final = ("int", "float", "bool", "choice", "text", "dict", "json")

HOW_MANY: Final = "How many and where"
"""The section that every form ends with: the seed, and what a panel adds to it."""

_PLAIN_KINDS = {"int", "float", "bool", "choice", "text"}

Check = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes all kwargs, and gives what is wrong with them by path; under ``""`` what belongs to no field."""


@dataclass(frozen=True)
class Field:
    """One value of a form.

    Attributes:
        path: Its dotted path among the kwargs, such as ``algorithm_kwargs.learning_rate``.
        kind: One of ``KINDS``.
        default: What holds where nothing is given; None may mean that nothing does.
        low: The smallest number.
        high: The largest number.
        is_above: Whether the smallest number itself is too small.
        choices: What to choose from.
        is_open: Whether other texts than the choices, or other texts than a number, may do. Of a dict: whether other
            names may be added.
        is_optional: Whether it may be None.
        unit: Of a number, for people.
        help: A sentence.
        section: Where it stands.
        fields: Of a dict: what is known to lie in it.
        is_main: Of a field in a dict: whether it is shown before somebody adds it.
        placeholder: What stands in it while it is empty.
        is_start_kwarg: Whether ``_setup`` or ``_run`` names it, so that a sweep gives it to them.
    """

    path: str
    kind: str
    default: Any = None
    low: float | None = None
    high: float | None = None
    is_above: bool = False
    choices: tuple[str, ...] = ()
    is_open: bool = False
    is_optional: bool = False
    unit: str = ""
    help: str = ""
    section: str = ""
    fields: tuple[Field, ...] = ()
    is_main: bool = True
    placeholder: str = ""
    is_start_kwarg: bool = False

    @property
    def label(self) -> str:
        """The argument's own name."""
        return self.path.rpartition(".")[2]

    @property
    def all(self) -> Iterator[Field]:
        """This one, and all that are known to lie in it, in the order in which they are shown."""
        yield self
        for each in self.fields:
            yield from each.all

    @property
    def range_words(self) -> str:
        """Which numbers are allowed, in few words; ``""`` for all."""
        if self.low is not None and self.high is not None:
            return f"{'above ' if self.is_above else ''}{self.low:,.12g} to {self.high:,.12g}"
        if self.low is not None:
            return f"above {self.low:,.12g}" if self.is_above else f"{self.low:,.12g} or more"
        return "" if self.high is None else f"at most {self.high:,.12g}"

    def read(self, given: Any) -> tuple[Any, ...] | Interval:
        """Read what was typed, or given as a value.

        Args:
            given: A text is read as ``sweeps.parse_values`` says. Of other things a list means several values, except
                where the value itself is a list.

        Returns:
            The values, at least one, or an interval.

        Raises:
            InvalidArgumentError: It cannot be read, or one of the values cannot be; the message says what would do.
        """
        if isinstance(given, str):
            found = parse_values(
                given, is_text=self.kind in ("text", "choice") and not _is_none(given)
            )
        elif isinstance(given, Interval):
            found = given
        elif self.kind in _PLAIN_KINDS and _is_several(given):
            found = tuple(given)
        else:
            found = (given,)
        if isinstance(found, Interval):
            if self.kind not in ("float", "json"):
                msg = f"Must be {self._wanted()}. A range between fractions is for numbers."
                raise InvalidArgumentError(msg)
            self._checked(found.low)
            self._checked(found.high)
            return found
        return tuple(self._checked(value) for value in found)

    def text_of(self, value: Any) -> str:
        """Write a value as it is typed into this field; None and what cannot be written is ``""``."""
        if value is None or callable(value):
            return ""
        if isinstance(value, str) and self.kind in ("text", "choice") and "," not in value:
            return value
        return written(value)

    def _checked(self, value: Any) -> Any:
        if value is None and (self.is_optional or self.kind == "json"):
            return None
        check = getattr(self, f"_checked_{self.kind}")
        return check(value)

    def _checked_int(self, value: Any) -> Any:
        if isinstance(value, str) and self.is_open:
            return value
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or value != int(value):
            raise self._wrong(value)
        return int(self._in_range(value))

    def _checked_float(self, value: Any) -> Any:
        if isinstance(value, str) and self.is_open:
            return value
        if not isinstance(value, (int, float)) or isinstance(value, bool) or math.isnan(value):
            raise self._wrong(value)
        return self._in_range(value)

    def _checked_bool(self, value: Any) -> Any:
        if not isinstance(value, bool) and not self.is_open:
            raise self._wrong(value)
        return value

    def _checked_choice(self, value: Any) -> Any:
        if value in self.choices or (self.is_open and isinstance(value, str)):
            return value
        msg = f"There is no {value!r}.{did_you_mean(value, self.choices)} Choose {', '.join(self.choices)}."
        raise InvalidArgumentError(msg)

    def _checked_text(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise self._wrong(value)
        return value

    def _checked_dict(self, value: Any) -> Any:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise self._wrong(value)
        return dict(value)

    def _checked_json(self, value: Any) -> Any:
        if isinstance(self.default, list) and not isinstance(value, list):
            msg = f"Must be a list in brackets, such as [1, 2]; got {written(value)}."
            raise InvalidArgumentError(msg)
        return value

    def _in_range(self, value: float) -> float:
        is_low = self.low is not None and (
            value <= self.low if self.is_above else value < self.low
        )
        if is_low or (self.high is not None and value > self.high):
            raise self._wrong(value)
        return value

    def _wrong(self, value: Any) -> InvalidArgumentError:
        return InvalidArgumentError(f"Must be {self._wanted()}; got {written(value)}.")

    def _wanted(self) -> str:
        words = {
            "int": "a whole number",
            "float": "a number",
            "bool": "true or false",
            "text": "text",
            "dict": 'names and values in braces, such as {"a": 1}',
        }.get(self.kind, "a value")
        return f"{words}, {self.range_words}" if self.range_words else words


@dataclass(frozen=True)
class Form:
    """What a simulation type can be started with.

    Attributes:
        key: Its sim key.
        words: What it does, in a sentence.
        documentation: All that it says about itself, as plain text.
        fields: The fields, in the order in which they are shown.
        base_name: What its simulations are called where nobody says otherwise.
        is_open: Whether kwargs of other names may be given.
        depends_on: Paths whose values decide which other fields there are.
        template: A name for several, better than one made from the values; ``""`` for none.
        check: Finds what is wrong with kwargs that are fine one by one.
    """

    key: str
    words: str
    documentation: str
    fields: tuple[Field, ...]
    base_name: str
    is_open: bool = True
    depends_on: tuple[str, ...] = ()
    template: str = ""
    check: Check = field(default=lambda _: {})

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections, in the order in which they are shown."""
        return tuple(dict.fromkeys([*(each.section for each in self.fields), HOW_MANY]))

    def field(self, path: str) -> Field | None:
        """Give the field of a path; one that is made up where a name may be added; None where it is unknown."""
        fields: Iterable[Field] = self.fields
        is_open, found = self.is_open, None
        begin = ""
        for part in path.split("."):
            begin = f"{begin}.{part}" if begin else part
            found = next((each for each in fields if each.path == begin), None)
            if found is None:
                return Field(path, "json") if is_open else None
            fields, is_open = found.fields, found.is_open or found.kind == "json"
        return found

    def defaults(self) -> dict[str, Any]:
        """Give the kwargs that hold where none are given."""
        return {each.path: each.default for each in self.fields if each.kind != "dict"} | {
            each.path: dict(each.default or {}) for each in self.fields if each.kind == "dict"
        }

    def validate(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Find what is wrong with values before anything starts.

        Args:
            values: By dotted path, typed or as values; several of one are all checked.

        Returns:
            What is wrong, by path; under ``""`` what belongs to no field. Empty when all is well.
        """
        from gymdash_jupyter.forms.plan import StartPlan

        return StartPlan(self, values).errors


def _is_several(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))


def _is_none(text: str) -> bool:
    return text.strip().lower() in ("none", "null")
