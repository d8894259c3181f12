"""Settings as columns: names, dtypes, and that nothing is lost or mixed up on the way."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames import simulations_frame
from gymdash_jupyter.frames.columns import fitting
from gymdash_jupyter.frames.expand import expanded
from gymdash_jupyter.states import SimState
from tests.frames.projects import add_simulation, end, run

N_BASE = 28


def added(frame):
    return list(frame.columns[N_BASE:])


def dtype_of(frame, name):
    return str(frame[name].dtype)


def test_config_kwargs_become_columns_behind_the_others(store):
    add_simulation(store, learning_rate=0.1, policy_kwargs={"net_arch": [64], "deep": {"x": 1}})
    frame = simulations_frame(store, expand="config")
    assert list(frame.columns[:N_BASE]) == list(simulations_frame(store).columns)
    assert added(frame) == ["learning_rate", "policy_kwargs.net_arch", "policy_kwargs.deep.x"]
    assert frame.iloc[0, N_BASE:].tolist() == [0.1, [64], 1]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "int64"),
        ([1, None], "Int64"),
        ([True, False], "bool"),
        ([True, None], "boolean"),
        ([0.5, None], "float64"),
        ([1, 0.5], "float64"),
        ([1, True], "object"),
        ([1, "1"], "object"),
        ([2**53 + 1, 0.5], "object"),
        ([2**63, 1], "object"),
        ([[1], [2]], "object"),
        ([{}, None], "object"),
        ([None, None], "object"),
    ],
)
def test_the_dtype_is_the_one_that_holds_all_values(store, values, dtype):
    for minute, value in enumerate(values):
        add_simulation(store, minute=minute, x=value)
    frame = simulations_frame(store, expand="config")
    assert dtype_of(frame, "x") == dtype
    told = [None if value is pd.NA else value for value in frame["x"].tolist()]
    told = [None if isinstance(v, float) and math.isnan(v) else v for v in told]
    assert told == values


def test_texts_have_the_dtype_of_texts(store):
    add_simulation(store, env="CartPole-v1")
    add_simulation(store, minute=1)
    frame = simulations_frame(store, expand="config")
    assert frame["env"].dtype == frame["name"].dtype
    assert frame["env"].isna().tolist() == [False, True]


def test_nan_and_infinities_come_back(store):
    for minute, value in enumerate([math.nan, math.inf, -math.inf, 1]):
        add_simulation(store, minute=minute, x=value)
    told = simulations_frame(store, expand="config")["x"]
    np.testing.assert_array_equal(told.to_numpy(), [math.nan, math.inf, -math.inf, 1.0])


def test_a_name_that_is_a_column_begins_with_its_section(store):
    add_simulation(store, state="odd", seed=1)
    frame = simulations_frame(store, expand="config")
    assert added(frame) == ["config.state", "seed"]
    assert frame["state"].tolist() == ["created"]


def test_a_name_in_two_sections_begins_with_each(store):
    sim_id = add_simulation(store, seed=1, env="x")
    run(store, sim_id, seed=2)
    end(store, sim_id, SimState.SUCCEEDED, result={"seed": 3, "best": 4.5})
    frame = simulations_frame(store, expand=True)
    assert added(frame) == ["config.seed", "env", "start_kwargs.seed", "result.seed", "best"]
    assert frame.iloc[0, N_BASE:].tolist() == [1, "x", 2, 3, 4.5]


def test_a_result_that_is_a_number_stays_where_it_is(store):
    sim_id = add_simulation(store)
    run(store, sim_id)
    end(store, sim_id, SimState.SUCCEEDED, result=3)
    frame = simulations_frame(store, expand="result")
    assert (added(frame), frame["result"].tolist()) == ([], [3])


def test_dots_in_names_are_told_from_dots_between_them(store):
    add_simulation(store, **{"a.b": 1, "a": {"b": 2}})
    frame = simulations_frame(store, expand="config")
    assert frame[added(frame)].iloc[0].to_dict() == {'config."a.b"': 1, "config.a.b": 2}


def test_what_json_could_not_hold_is_its_description(store):
    add_simulation(store, policy=lambda: None)
    described = simulations_frame(store, expand="config")["policy"].iloc[0]
    assert described.startswith("function ")


def test_an_empty_project_has_the_columns_it_always_has(store):
    assert list(simulations_frame(store, expand=True)) == list(simulations_frame(store))


def test_only_what_the_listed_simulations_have_is_expanded(store):
    add_simulation(store, "one", gamma=0.9)
    add_simulation(store, "two", tau=0.1)
    assert added(simulations_frame(store, expand="config", name="two")) == ["tau"]


@pytest.mark.parametrize("expand", ["confg", ["config", 3], 5])
def test_something_else_cannot_be_expanded(store, expand):
    with pytest.raises(InvalidArgumentError, match="config, start_kwargs, result"):
        simulations_frame(store, expand=expand)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(["a", "b", "a.b", "config", "name", '"a.b"', "", "."]) | st.text(
    max_size=3
)


def count_leaves(values, is_inside=False):
    if not isinstance(values, dict) or (is_inside and not values):
        return 1
    return sum(count_leaves(value, is_inside=True) for value in values.values())


def is_same(one, other):
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and repr(one) == repr(other)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        names, st.dictionaries(names, json_values, max_size=2) | json_values, max_size=4
    )
)
def test_every_value_has_a_column_of_its_own(kwargs):
    columns = expanded({"config": [kwargs], "result": [kwargs]}, ["name", "state"])
    assert len(columns) == 2 * count_leaves(kwargs)
    assert not {"name", "state"} & columns.keys()


@settings(max_examples=80, deadline=None)
@given(st.lists(json_values, min_size=1, max_size=5))
def test_a_column_holds_exactly_what_was_put_in(values):
    told = pd.Series(fitting(values)).tolist()
    for value, there in zip(values, told, strict=True):
        if value is None:
            assert there is None or there is pd.NA or there != there
        elif isinstance(there, float) and type(value) is int:
            assert there == value
        else:
            assert is_same(value, there)


def test_the_column_config_stays_as_it_is(store):
    add_simulation(store, a={"b": [1, {"c": None}]})
    frame = simulations_frame(store, expand=True)
    assert json.dumps(frame["config"].iloc[0]["kwargs"]) == '{"a": {"b": [1, {"c": null}]}}'
