"""``stop_when``: end a training as soon as a number that it records is good enough."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.simulations.argument_values import named_values

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class StopRule:
    """One reason to end.

    Attributes:
        key: Of the series that is watched.
        comparison: How its value compares with the limit: ``>=``, ``<=``, ``>`` or ``<``.
        limit: The value.
    """

    key: str
    comparison: str
    limit: float

    def is_met_by(self, value: float) -> bool:
        """Tell whether a value is good enough; NaN never is."""
        return _COMPARISONS[self.comparison](value, self.limit)

    def __str__(self) -> str:
        return f"{self.key} {self.comparison} {self.limit:,.6g}"


def read_stop_rules(given: Any) -> tuple[StopRule, ...]:
    """Check what a person gives as ``stop_when``.

    Args:
        given: None, or a dict of keys to a number (reached from below) or to ``[comparison, number]``.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if given is None:
        return ()
    return tuple(_rule(key, value) for key, value in named_values("stop_when", given).items())


def unseen_words(rule: StopRule, seen: Iterable[str]) -> str:
    """Say that what a rule watches was never recorded."""
    seen = sorted(seen)
    return (
        f"stop_when watches {rule.key!r}, which was never recorded, so it could not end the training."
        f"{did_you_mean(rule.key, seen)} Recorded: {', '.join(seen) or 'nothing'}."
    )


class StopWatch:
    """Compare what is recorded with the rules. Used by the training's thread.

    Args:
        rules: Any of them ends the training.

    Attributes:
        met: The rule that was met first, or None.
        met_words: What met it, in words.
        seen: Every key that was looked at.
    """

    def __init__(self, rules: Iterable[StopRule]) -> None:
        self.met: StopRule | None = None
        self.met_words = ""
        self.seen: set[str] = set()
        self._rules: Mapping[str, StopRule] = {rule.key: rule for rule in rules}

    def look(self, key: str, value: float, step: int) -> None:
        """Look at one recorded value."""
        self.seen.add(key)
        rule = self._rules.get(key)
        if rule is not None and self.met is None and rule.is_met_by(value):
            self.met = rule
            self.met_words = (
                f"stop_when: {rule} is met at step {step:,} with {value:,.6g}; the training ends."
            )

    def unseen(self) -> list[str]:
        """Say of each rule whose key was never recorded that it was not."""
        return [
            unseen_words(rule, self.seen)
            for key, rule in self._rules.items()
            if key not in self.seen
        ]


def _rule(key: str, value: Any) -> StopRule:
    comparison: Any = ">="
    limit = value
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise _wrong(key, value)
        comparison, limit = value
    is_number = hasattr(limit, "__float__") and not isinstance(limit, (bool, str, bytes))
    if not key.strip() or comparison not in list(_COMPARISONS) or not is_number:
        raise _wrong(key, value)
    try:
        number = float(limit)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(key, value)
    return StopRule(key.strip(), comparison, number)


def _wrong(key: str, value: Any) -> InvalidArgumentError:
    msg = (
        "stop_when must be a dict of recorded keys to a number that is to be reached, or to a comparison "
        f"({', '.join(_COMPARISONS)}) and a number, such as {{'eval/mean_return': 475}} or "
        f"{{'train/loss': ['<=', 0.1]}}; got {key!r}: {value!r}."
    )
    return InvalidArgumentError(msg, argument="stop_when")
