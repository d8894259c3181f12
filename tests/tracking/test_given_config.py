"""Whatever people have as a config gives its values."""

from __future__ import annotations

import collections
from argparse import Namespace
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.tracking.given_config import TrackedConfig, values_of


@dataclass
class Inner:
    layers: list[int] = field(default_factory=lambda: [64, 64])


@dataclass
class Outer:
    lr: float = 0.1
    net: Inner = field(default_factory=Inner)


class Model(BaseModel):
    lr: float = 0.1


class Pair(NamedTuple):
    lr: float
    seed: int


class SaysItself:
    def to_dict(self) -> dict[str, Any]:
        return {"lr": 0.1}


class Broken:
    def to_dict(self) -> dict[str, Any]:
        raise RuntimeError


@pytest.mark.parametrize(
    ("config", "values"),
    [
        (None, {}),
        ({"lr": 0.1, 3: "three"}, {"lr": 0.1, "3": "three"}),
        (collections.OrderedDict(lr=0.1), {"lr": 0.1}),
        (Namespace(lr=0.1, more=Namespace(deep=1)), {"lr": 0.1, "more": {"deep": 1}}),
        (Outer(), {"lr": 0.1, "net": {"layers": [64, 64]}}),
        (Model(), {"lr": 0.1}),
        (Pair(0.1, 2), {"lr": 0.1, "seed": 2}),
        (SaysItself(), {"lr": 0.1}),
        ({"net": Inner(), "kind": Inner}, {"net": {"layers": [64, 64]}, "kind": Inner}),
    ],
)
def test_its_values_are_found(config: Any, values: dict[str, Any]) -> None:
    assert values_of(config) == values


@pytest.mark.parametrize("config", [3, "lr=0.1", [("lr", 0.1)], Broken(), Outer])
def test_what_has_no_named_values_is_refused(config: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="A config is a dict"):
        values_of(config)


def test_what_was_given_is_not_changed() -> None:
    config = {"net": {"layers": [64]}}
    values_of(config)["net"]["more"] = 1
    assert config == {"net": {"layers": [64]}}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json, max_size=4))
def test_a_plain_dict_comes_back_as_it_is(config: dict[str, Any]) -> None:
    found = TrackedConfig(name="x", sim_key="track", kwargs=values_of(config))
    assert found.kwargs == config
    assert all(found[name] == value and name in found for name, value in config.items())
