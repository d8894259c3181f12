"""Any value becomes JSON text; what JSON can hold comes back as it was."""

from __future__ import annotations

import json
import math
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, field_serializer

from gymdash_jupyter.json_values import finite_or_none, from_json, is_described, jsonable, to_json

text = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=20,
)


@given(plain)
@settings(max_examples=80, derandomize=True)
def test_what_json_can_hold_comes_back_as_it_was(value: Any) -> None:
    assert from_json(to_json(value)) == value


ODD = [(1, 2), {3: "a"}, "\ud800", {"\ud800": 1}, 1 << 10_001, np.float32(0.5), math.inf]


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_value_among_plain_ones_is_written_as_in_a_copy(odd: Any) -> None:
    value = {"a": [1, "\u00e4", None, {"b": odd}], "c": True}
    assert from_json(to_json(value)) == jsonable(value)


@pytest.mark.parametrize("depth", [62, 63, 64, 65, 2000])
def test_what_is_too_deep_is_described_where_a_copy_ends(depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    assert to_json(value) == json.dumps(jsonable(value), ensure_ascii=False)


@given(st.text())
@settings(max_examples=60, derandomize=True)
def test_any_text_can_be_stored_as_utf8(value: str) -> None:
    stored = to_json({value: value}).encode("utf-8")
    assert len(from_json(stored)) == 1


def test_nan_comes_back() -> None:
    assert math.isnan(from_json(to_json(math.nan)))


def test_infinities_come_back() -> None:
    assert from_json(to_json([math.inf, -math.inf])) == [math.inf, -math.inf]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        ((1, (2,)), [1, [2]]),
        ({3, 1, 2}, [1, 2, 3]),
        (Path("a/b"), "a/b"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
    ],
)
def test_what_is_nearly_json_becomes_json(value: Any, expected: Any) -> None:
    assert from_json(to_json(value)) == expected


def test_a_numpy_number_becomes_a_plain_one() -> None:
    assert type(jsonable(np.float64(0.5))) is float


def a_function() -> None:
    """Be described."""


def test_a_function_is_described_by_name_file_and_line() -> None:
    described = jsonable(a_function)
    assert is_described(described)
    assert described["__described__"].startswith("function a_function (test_json_values.py:")


def test_a_lambda_deep_inside_is_described_and_the_rest_kept() -> None:
    value = from_json(to_json({"net_arch": [64, 64], "schedule": {"lr": lambda p: p * 1e-3}}))
    assert value["net_arch"] == [64, 64]
    assert is_described(value["schedule"]["lr"])
    assert "<lambda>" in value["schedule"]["lr"]["__described__"]


def test_a_class_is_described_by_its_name() -> None:
    assert jsonable(Path)["__described__"] == "class pathlib.Path"


def test_a_described_value_stays_described_when_it_is_stored_again() -> None:
    once = from_json(to_json(a_function))
    assert from_json(to_json(once)) == once


class Config(BaseModel):
    rate: float = 0.5


class BadConfig(BaseModel):
    rate: float = 0.5

    @field_serializer("rate")
    def fail(self, rate: float) -> float:
        raise RuntimeError("no")


class BadRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class BadNumber(int):
    def __int__(self) -> int:
        raise RuntimeError("no")

    __index__ = __int__


class BadText(str):
    __slots__ = ()

    def encode(self, *args: Any, **kwargs: Any) -> bytes:
        raise RuntimeError("no")


class BadMapping(dict[str, int]):
    def items(self) -> Any:
        raise RuntimeError("no")


class BadList(list[int]):
    def __iter__(self) -> Any:
        raise RuntimeError("no")


class BadArray:
    def tolist(self) -> Any:
        raise RuntimeError("no")


def itself() -> list[Any]:
    loop: list[Any] = []
    loop += [loop, loop, {"again": loop}]
    return loop


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        BadConfig(),
        BadRepr(),
        {BadRepr(), BadRepr()},
        {BadRepr(): 1},
        BadNumber(3),
        BadText("a"),
        BadMapping(a=1),
        BadList([1]),
        BadArray(),
        10**5000,
        threading.Lock(),
        object,
        b"bytes",
        1j,
        iter([]),
        itself(),
        deep(),
        np.array([object()]),
        "\ud800",
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_cannot_be_stored(value: Any) -> None:
    written = to_json({"before": 1, "value": value, "after": 2})
    back = json.loads(written)
    assert (back["before"], back["after"]) == (1, 2)
    assert len(written) < 100_000


def test_a_pydantic_model_becomes_its_values() -> None:
    assert jsonable(Config()) == {"rate": 0.5}


def test_the_same_value_twice_is_no_circle() -> None:
    shared = [1, 2]
    assert jsonable([shared, shared]) == [[1, 2], [1, 2]]


@pytest.mark.parametrize("stored", [None, "", b"", "{broken", "[" * 100_000])
def test_what_is_no_json_gives_the_default(stored: Any) -> None:
    assert from_json(stored, {"is": "default"}) == {"is": "default"}


@pytest.mark.parametrize(
    ("value", "expected"), [(1.5, 1.5), (None, None), (math.nan, None), (math.inf, None)]
)
def test_strict_readers_get_none_for_what_is_not_finite(value: Any, expected: Any) -> None:
    assert finite_or_none(value) == expected
