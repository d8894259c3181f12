"""Start configs, and how the database holds them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymdash_jupyter.config import SimulationStartConfig, config_from_json, config_to_json
from tests.core.test_json_values import plain, text


@given(text, text, st.none() | text, st.none() | text, st.dictionaries(text, plain, max_size=4))
@settings(max_examples=40, derandomize=True)
def test_a_config_comes_back_as_it_was(
    name: str, sim_key: str, family: str | None, sim_type: str | None, kwargs: dict[str, Any]
) -> None:
    config = SimulationStartConfig(
        name=name,
        sim_key=sim_key,
        sim_family=family or None,
        sim_type=sim_type or None,
        kwargs=kwargs,
    )
    assert config_from_json(config_to_json(config)) == config


def test_the_database_holds_all_five_keys_and_no_null() -> None:
    stored = json.loads(config_to_json(SimulationStartConfig(name="a", sim_key="ppo")))
    assert stored == {
        "name": "a",
        "sim_key": "ppo",
        "sim_family": "",
        "sim_type": "",
        "kwargs": {},
    }


def test_a_function_among_the_kwargs_is_no_error() -> None:
    config = SimulationStartConfig(name="a", sim_key="ppo", kwargs={"schedule": lambda p: p})
    assert "function" in config_to_json(config)


@pytest.mark.parametrize("family", [None, ""])
def test_the_optional_keys_may_be_missing(family: Any) -> None:
    config = SimulationStartConfig(name="a", sim_key="b", sim_family=family)
    assert json.loads(config_to_json(config))["sim_family"] == ""


def test_kwargs_none_are_no_kwargs() -> None:
    assert SimulationStartConfig(name="a", sim_key="b", kwargs=None).kwargs == {}  # type: ignore[arg-type]


def test_two_configs_share_no_kwargs() -> None:
    first = SimulationStartConfig(name="a", sim_key="b")
    first.kwargs["rate"] = 1
    assert SimulationStartConfig(name="a", sim_key="b").kwargs == {}


@pytest.mark.parametrize("sim_key", ["", "ppo2", "no such type", "ä/ö"])
def test_the_sim_key_is_free_text(sim_key: str) -> None:
    assert SimulationStartConfig(name="a", sim_key=sim_key).sim_key == sim_key


def test_changing_kwargs_leaves_the_first_config_alone() -> None:
    first = SimulationStartConfig(name="a", sim_key="b", kwargs={"rate": 1, "size": 2})
    second = first.with_kwargs(rate=3)
    assert (first.kwargs, second.kwargs) == ({"rate": 1, "size": 2}, {"rate": 3, "size": 2})


@pytest.mark.parametrize(
    "stored", [None, "", "[]", "3", "{}", '{"name": null, "kwargs": [1]}', '{"name": 5}', "{bad"]
)
def test_what_an_old_project_holds_is_read_without_an_error(stored: str | None) -> None:
    config = config_from_json(stored)
    assert (config.sim_key, config.kwargs) == ("", {})
