"""``stop_when``: what may be given, what meets a rule, and what is said of rules that never saw their number."""

from __future__ import annotations

from typing import Any

import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.stop_rules import StopRule, StopWatch, read_stop_rules

NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (None, []),
        ({}, []),
        ({"eval/mean_return": 475}, [StopRule("eval/mean_return", ">=", 475.0)]),
        ({"a": [">=", 200]}, [StopRule("a", ">=", 200.0)]),
        ({"loss": ("<=", 0.1)}, [StopRule("loss", "<=", 0.1)]),
        ({"a": [">", 1], "b": ["<", -2.5]}, [StopRule("a", ">", 1.0), StopRule("b", "<", -2.5)]),
        ({" a ": 0}, [StopRule("a", ">=", 0.0)]),
    ],
)
def test_it_is_read(given: Any, rules: list[StopRule]) -> None:
    assert list(read_stop_rules(given)) == rules


@pytest.mark.parametrize(
    "given",
    [
        475,
        "eval/mean_return",
        ["eval/mean_return", 475],
        {1: 2},
        {"a": None},
        {"a": "475"},
        {"a": True},
        {"a": NAN},
        {"a": float("inf")},
        {"a": ["=", 1]},
        {"a": ["=>", 1]},
        {"a": [">="]},
        {"a": [">=", 1, 2]},
        {"a": [1, ">="]},
        {"a": [[">="], 1]},
        {"a": [">=", "1"]},
        {"a": {}},
        {"": 1},
        {"  ": 1},
    ],
)
def test_what_is_no_rule_is_refused_with_an_example(given: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="stop_when must be a dict"):
        read_stop_rules(given)


@pytest.mark.parametrize(
    ("comparison", "value", "is_met"),
    [
        (">=", 10, True),
        (">=", 9.99, False),
        (">", 10, False),
        (">", 10.01, True),
        ("<=", 10, True),
        ("<=", 10.01, False),
        ("<", 10, False),
        ("<", 9, True),
        (">=", float("inf"), True),
        (">=", NAN, False),
        ("<=", NAN, False),
        ("<", NAN, False),
        (">", NAN, False),
    ],
)
def test_a_value_meets_a_rule_or_does_not(comparison: str, value: float, is_met: bool) -> None:
    watch = StopWatch([StopRule("a", comparison, 10)])
    watch.look("a", value, 5)
    assert (watch.met is not None) is is_met


def test_the_first_rule_that_is_met_is_the_one_that_is_said() -> None:
    watch = StopWatch(read_stop_rules({"a": 10, "b": ["<=", 0.5]}))
    watch.look("a", 9.0, 1000)
    watch.look("b", 0.25, 2000)
    watch.look("a", 11.0, 3000)
    assert watch.met == StopRule("b", "<=", 0.5)
    assert (
        watch.met_words == "stop_when: b <= 0.5 is met at step 2,000 with 0.25; the training ends."
    )


def test_a_key_that_never_came_is_told_with_the_one_that_may_be_meant() -> None:
    watch = StopWatch(read_stop_rules({"eval/mean_retrn": 10, "train/loss": 0}))
    watch.look("eval/mean_return", 1.0, 1)
    watch.look("train/loss", -1.0, 1)
    [words] = watch.unseen()
    assert words == (
        "stop_when watches 'eval/mean_retrn', which was never recorded, so it could not end the training. "
        "Did you mean 'eval/mean_return'? Recorded: eval/mean_return, train/loss."
    )
