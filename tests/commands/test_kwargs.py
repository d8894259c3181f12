"""Kwargs as they are typed in a shell."""

from __future__ import annotations

import argparse
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymdash_jupyter.commands.kwargs import (
    kwarg,
    merged,
    several_kwargs,
    sweep_values,
    value_of,
)
from gymdash_jupyter.errors import InvalidArgumentError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.text(
    st.characters(exclude_characters="=.", exclude_categories=["Cs"]), min_size=1
).filter(str.strip)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=50, derandomize=True)
@given(path=st.lists(NAMES, min_size=1, max_size=3), value=JSON)
def test_what_json_writes_is_read_back(path: list[str], value: Any) -> None:
    typed = f"{'.'.join(path)}={json.dumps(value)}"
    assert kwarg(typed) == (".".join(path).strip(), value)


@settings(max_examples=50, derandomize=True)
@given(st.text())
def test_any_text_is_a_name_and_a_value_or_is_refused(text: str) -> None:
    try:
        path, _ = kwarg(text)
    except argparse.ArgumentTypeError:
        assert "=" not in text or not all(p.strip() for p in text.partition("=")[0].split("."))
    else:
        assert path == text.partition("=")[0].strip()


@settings(max_examples=50, derandomize=True)
@given(st.text().filter(lambda text: not text.strip().startswith(('"', "{", "["))))
def test_what_is_no_json_stays_as_it_was_typed(text: str) -> None:
    value = value_of(text)
    assert value == text or not isinstance(value, str)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("20000", 20000),
        ("1e-4", 1e-4),
        ("true", True),
        ("True", True),
        ("None", None),
        ('"1"', "1"),
        ("CartPole-v1", "CartPole-v1"),
        ("a=b", "a=b"),
        ("", ""),
        ("[64, 64]", [64, 64]),
        ("linear_3e-4", "linear_3e-4"),
        ("1" * 5000, "1" * 5000),  # longer than Python reads a number
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_values_as_people_type_them(typed: str, value: Any) -> None:
    assert value_of(typed) == value


def test_nan_is_a_number() -> None:
    assert math.isnan(value_of("NaN"))


def test_dots_lead_into_dicts_and_single_ones_come_over_objects() -> None:
    start = {"env": "a", "algorithm_kwargs": {"gamma": 0.9}}
    objects = [{"env": "b", "n": 1}]
    assert merged(start, objects, [("algorithm_kwargs.lr", 1), ("n", 2)]) == {
        "env": "b",
        "n": 2,
        "algorithm_kwargs": {"gamma": 0.9, "lr": 1},
    }
    assert start["algorithm_kwargs"] == {"gamma": 0.9}


def test_kwargs_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_text('{"a": {"b": "ü"}}', encoding="utf-8")
    assert several_kwargs(f"@{tmp_path / 'k.json'}") == {"a": {"b": "ü"}}


@pytest.mark.parametrize("text", ["[1]", "{", "1", "@nowhere.json", "@/", "[" * 100_000])
def test_what_is_no_object_of_kwargs_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        several_kwargs(text)


def test_values_that_are_given_twice_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="seed are given twice"):
        sweep_values("0..4", [("seed", "1,2")])
