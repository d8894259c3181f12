"""What a sweep describes."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.records import SimulationRecord, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import NewSimulation, open_store
from gymdash_jupyter.sweeps import Sweep, with_value

BASE = SimulationStartConfig(
    name="ppo", sim_key="sb", kwargs={"env": "CartPole-v1", "algorithm_kwargs": {"gamma": 0.9}}
)
RATE = "algorithm_kwargs.learning_rate"

axes = st.dictionaries(
    st.sampled_from(["a", "b", "c.d", "c.e", "seed"]),
    st.lists(st.integers(), min_size=1, max_size=4, unique=True),
    max_size=4,
)


def plain(**kwargs) -> SimulationStartConfig:
    return SimulationStartConfig(name="x", sim_key="x", kwargs=kwargs)


def flat(kwargs: dict) -> dict:
    return {
        f"{k}.{i}" if isinstance(v, dict) else k: w
        for k, v in kwargs.items()
        for i, w in (v.items() if isinstance(v, dict) else [("", v)])
    }


@given(axes)
def test_a_grid_is_every_combination_once(values):
    configs = Sweep(plain(), values).configs()
    made = [tuple(flat(c.kwargs)[path] for path in values) for c in configs]
    assert made == list(itertools.product(*values.values()))
    assert len({c.name for c in configs}) == len(configs)


@given(axes, st.data())
def test_random_draws_different_settings_each_with_every_seed(values, data):
    drawn = {path: axis for path, axis in values.items() if path != "seed"}
    total = math.prod(map(len, drawn.values()))
    n = data.draw(st.integers(1, total)) if drawn else None
    sweep = Sweep(plain(), values, "random", n)
    made = [tuple(sorted(flat(c.kwargs).items())) for c in sweep.configs()]
    assert len(set(made)) == len(made) == sweep.count
    assert sweep.count == (n or 1) * len(values.get("seed", [0]))
    assert set(made) <= {
        tuple(sorted(flat(c.kwargs).items())) for c in Sweep(plain(), values).configs()
    }
    assert [c.kwargs for c in Sweep(plain(), values, "random", n).configs()] == [
        c.kwargs for c in sweep.configs()
    ]


def test_values_go_where_their_path_says_and_nothing_else_changes():
    (config,) = Sweep(BASE, {RATE: [0.1]}).configs()
    assert config.kwargs == {
        "env": "CartPole-v1",
        "algorithm_kwargs": {"gamma": 0.9, "learning_rate": 0.1},
    }
    assert BASE.kwargs["algorithm_kwargs"] == {"gamma": 0.9}


def test_names_tell_simulations_apart_without_a_template():
    names = [c.name for c in Sweep(BASE, {RATE: "0.0003, 0.001", "seed": "0..1"}).configs()]
    assert names == ["ppo-lr0.0003-s0", "ppo-lr0.0003-s1", "ppo-lr0.001-s0", "ppo-lr0.001-s1"]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{env}-{learning_rate}", "CartPole-v1-0.0003"),
        ("{algorithm_kwargs.learning_rate}", "0.0003"),
        ("run {n}", "run 1"),
        ("{learning_rate:.0e}", "3e-04"),
        ("{{x}}-{gamma}", "{x}-0.9"),
        ("{algorithm}", "ppo by default"),
    ],
)
def test_a_template_names_by_values(template, name):
    sweep = Sweep(
        BASE, {RATE: [0.0003, 0.1]}, name=template, defaults={"algorithm": "ppo by default"}
    )
    assert sweep.configs()[0].name == name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "gird"}, "Did you mean 'grid'"),
        ({"name": "{sede}"}, "Did you mean 'seed'"),
        ({"name": "{seed"}, "brace without its partner"),
        ({"name": "{seed:.2q}"}, "does not fit"),
        ({"values": {"seed": []}}, "at least one value"),
        ({"values": {"seed": 3}}, "in a list"),
        ({"values": {"env.id": [1]}}, "env is 'CartPole-v1', not a dict"),
        ({"values": {"algorithm_kwargs": [{}], RATE: [1]}}, "cannot both have values"),
        ({"values": {"a..b": [1]}}, "names with dots between"),
        ({"values": {RATE: "0.1..0.9"}}, "only mode='random' can draw from"),
        ({"mode": "random", "values": {RATE: "0.1..0.9"}}, "n=20"),
        ({"mode": "random", "values": {RATE: [1, 2]}, "n": 3}, "Only 2 different settings"),
        ({"values": {"a": "0..999", "b": "0..999"}}, "1,000,000 simulations, more than"),
        ({"name": "{lr}", "values": {"a.lr": [1], "b.lr": [2]}}, "a.lr or b.lr"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_made(change, words):
    with pytest.raises(InvalidArgumentError, match=words):
        replace(Sweep(BASE, {"seed": [0, 1]}), **change).configs()


def record(state: SimState, tmp_path, **kwargs) -> SimulationRecord:
    store = open_store(tmp_path / f"{uuid4()}.db")
    config = SimulationStartConfig(name="other", sim_key="x", kwargs=kwargs)
    store.create(NewSimulation(uuid4(), config, now_utc(), "x", "X", "here"))
    (found,) = store.simulations()
    store.close()
    return replace(found, state=state)


def test_what_succeeded_or_goes_on_is_not_missing(tmp_path):
    sweep = Sweep(plain(steps=10), {"seed": range(4)})
    records = [
        record(SimState.SUCCEEDED, tmp_path, steps=10, seed=0),
        record(SimState.QUEUED, tmp_path, steps=10.0, seed=1),
        record(SimState.FAILED, tmp_path, steps=10, seed=2),
        record(SimState.SUCCEEDED, tmp_path, steps=11, seed=3),
    ]
    assert [c.kwargs["seed"] for c in sweep.missing(records)] == [2, 3]


def test_what_is_the_default_need_not_be_written_to_be_there(tmp_path):
    there = [record(SimState.SUCCEEDED, tmp_path, seed=0)]
    sweep = Sweep(plain(steps=10), {"seed": [0]}, defaults={"steps": 10, "seed": None})
    assert sweep.missing(there) == []


def test_one_simulation_stands_for_one_of_two_equal_configs(tmp_path):
    there = [record(SimState.RUNNING, tmp_path, a=1)]
    assert len(Sweep(plain(), {"a": [1, 1]}).missing(there)) == 1


def test_simulations_of_another_type_do_not_count(tmp_path):
    there = [record(SimState.SUCCEEDED, tmp_path, a=1)]
    other = SimulationStartConfig(name="y", sim_key="y")
    assert len(Sweep(other, {"a": [1]}).missing(there)) == 1


def test_a_value_put_in_leaves_what_was_there_alone():
    kwargs = {"a": {"b": {"c": 1}}}
    assert with_value(kwargs, "a.b.d", 2) == {"a": {"b": {"c": 1, "d": 2}}}
    assert kwargs == {"a": {"b": {"c": 1}}}
