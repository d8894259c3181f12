"""Names of the simulations of a sweep, from a template such as ``ppo-lr{learning_rate}-s{seed}``."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.sweeps.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COUNT = "n"
"""The field that counts the simulations of a sweep from 1."""

_LONGEST_VALUE = 40


class NameTemplate:
    """Make names from values.

    A field in braces is the last part of a path (``learning_rate``), the whole of it
    (``algorithm_kwargs.learning_rate``), or ``n``, which counts from 1. ``{{`` is a brace. A format may follow after a
    colon, as in Python: ``{learning_rate:.0e}``.

    Args:
        text: The template; without a field all names are the same.

    Raises:
        InvalidArgumentError: Its braces do not fit together.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._parts = list(string.Formatter().parse(text))
        except ValueError as exc:
            msg = (
                f"The name {text!r} has a brace without its partner ({exc}). "
                "A field looks like {seed}; a brace, {{."
            )
            raise InvalidArgumentError(msg, argument="name") from exc

    @property
    def fields(self) -> list[str]:
        """The fields, in order."""
        return [field for _, field, *_ in self._parts if field is not None]

    def check(self, paths: Iterable[str]) -> None:
        """Check that every field can be filled.

        Args:
            paths: What there is, by dotted path.

        Raises:
            InvalidArgumentError: A field is unknown, or the last part of two paths.
        """
        known = _by_field(paths)
        for field in self.fields:
            meant = [COUNT] if field == COUNT else known.get(field, [])
            if len(meant) > 1:
                msg = f"{{{field}}} in the name {self.text!r} may be {' or '.join(meant)}. Write the whole path."
                raise InvalidArgumentError(msg, argument="name", field=field)
            if not meant:
                names = [*known, COUNT]
                shown = ", ".join(f"{{{each}}}" for each in names if "." not in each)
                msg = (
                    f"{{{field}}} in the name {self.text!r} is nothing."
                    f"{did_you_mean(field, names)} There are {shown}."
                )
                raise InvalidArgumentError(msg, argument="name", field=field)

    def name(self, values: Mapping[str, Any], n: int) -> str:
        """Make one name.

        Args:
            values: By dotted path; ``check`` has passed for these paths.
            n: Which one of the sweep it is, from 1.

        Raises:
            InvalidArgumentError: A format does not fit its value.
        """
        known = _by_field(values)
        made = []
        for words, field, form, conversion in self._parts:
            made.append(words)
            if field is None:
                continue
            value = n if field == COUNT else values[known[field][0]]
            if not form or conversion:
                made.append(_in_name(value))
                continue
            try:
                made.append(format(value, form))
            except (TypeError, ValueError) as exc:
                msg = (
                    f"{{{field}:{form}}} in the name {self.text!r} does not fit {value!r}: {exc}."
                )
                raise InvalidArgumentError(msg, argument="name", field=field) from exc
        return "".join(made)


def default_template(base: str, paths: Iterable[str]) -> str:
    """Give the template of who does not give one: ``ppo`` with two paths becomes ``ppo-lr{learning_rate}-s{seed}``."""
    paths = list(paths)
    known = _by_field(paths)
    fields = []
    for path in paths:
        last = path.rpartition(".")[2]
        fields.append(f"{_short(last)}{{{last if len(known[last]) == 1 else path}}}")
    escaped = base.replace("{", "{{").replace("}", "}}")
    return "-".join([escaped, *fields])


def _by_field(paths: Iterable[str]) -> dict[str, list[str]]:
    """Give what a field may mean: paths by their last part and by themselves."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for field in dict.fromkeys([path.rpartition(".")[2], path]):
            found.setdefault(field, [])
            if path not in found[field]:
                found[field].append(path)
    for path in list(found):
        if path in found[path]:  # a path itself means only itself
            found[path] = [path]
    return found


def _short(name: str) -> str:
    if name == "seed":
        return "s"
    words = [word for word in name.split("_") if word]
    return "".join(word[0] for word in words) if len(words) > 1 else name


def _in_name(value: Any) -> str:
    text = value if isinstance(value, str) else written(jsonable(value))
    if isinstance(value, float) and text.endswith(".0"):
        text = text.removesuffix(".0")
    return (
        text
        if len(text) <= _LONGEST_VALUE
        else f"{text[: _LONGEST_VALUE - 1]}\N{HORIZONTAL ELLIPSIS}"
    )
