"""Choosing simulations by filters and queries; what they choose can be given as ``sims=``."""

import math
from datetime import timedelta

import pandas as pd
import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.frames import scalars_frame, simulations_frame
from gymdash_jupyter.states import SimState
from tests.frames.projects import NOON, add_simulation, end, record, run


@pytest.fixture
def three(store):
    """Give three simulations: ppo-1 succeeded, ppo-2 only created, dqn-1 running."""
    ids = [
        add_simulation(store, "ppo-1", minute=1, env="CartPole-v1", learning_rate=1e-4, seed=1),
        add_simulation(
            store,
            "ppo-2",
            minute=2,
            env="CartPole-v1",
            seed=2,
            policy_kwargs={"net_arch": [64, 64]},
        ),
        add_simulation(
            store, "dqn-1", minute=3, env="Acrobot-v1", learning_rate="lin_1e-3", flag=True
        ),
    ]
    run(store, ids[0], num_steps=10)
    end(store, ids[0], SimState.SUCCEEDED, result={"best": 475.0})
    run(store, ids[2], num_steps=20)
    store.change_tags([ids[0], ids[1]], add=["baseline"])
    store.change_tags([ids[0]], add=["v2"])
    return ids


def chosen(store, *args, **filters):
    return simulations_frame(store, *args, **filters)["name"].tolist()


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"state": "succeeded"}, ["ppo-1"]),
        ({"state": SimState.SUCCEEDED}, ["ppo-1"]),
        ({"state": ["created", "running"]}, ["ppo-2", "dqn-1"]),
        ({"name": "ppo*"}, ["ppo-1", "ppo-2"]),
        ({"name": "ppo"}, []),
        ({"name": ["dqn*", "ppo-1"]}, ["ppo-1", "dqn-1"]),
        ({"tags": "baseline"}, ["ppo-1", "ppo-2"]),
        ({"tags": "v*"}, ["ppo-1"]),
        ({"tags": ["v2", "other"]}, ["ppo-1"]),
        ({"env": "CartPole-v1"}, ["ppo-1", "ppo-2"]),
        ({"env": "cartpole-v1"}, []),
        ({"seed": 1}, ["ppo-1"]),
        ({"seed": 1.0}, ["ppo-1"]),
        ({"seed": True}, []),
        ({"seed": range(5)}, ["ppo-1", "ppo-2"]),
        ({"seed": None}, ["dqn-1"]),
        ({"seed": [None, 2]}, ["ppo-2", "dqn-1"]),
        ({"flag": 1}, []),
        ({"flag": True}, ["dqn-1"]),
        ({"is_done": True}, ["ppo-1"]),
        ({"started": None}, ["ppo-2"]),
        ({"learning_rate": lambda rate: isinstance(rate, float) and rate < 1}, ["ppo-1"]),
        ({"seed": lambda seed: seed > 1}, ["ppo-2"]),
        ({"created": NOON + timedelta(minutes=2)}, ["ppo-2"]),
        ({"created": lambda time: time > NOON + timedelta(minutes=1)}, ["ppo-2", "dqn-1"]),
        ({"policy_kwargs.net_arch": [64, 64]}, ["ppo-2"]),
        ({"policy_kwargs.net_arch": 64}, ["ppo-2"]),
        ({"net_arch": [64, 64]}, ["ppo-2"]),
        ({"policy_kwargs": {"net_arch": [64, 64]}}, ["ppo-2"]),
        ({"num_steps": 20}, ["dqn-1"]),
        ({"state": "succeeded", "env": "Acrobot-v1"}, []),
        ({"where": "learning_rate == 1e-4"}, ["ppo-1"]),
        ({"where": "state == 'succeeded' and seed < 2"}, ["ppo-1"]),
        ({"where": "seed > 0"}, ["ppo-1", "ppo-2"]),
        ({"where": "best > 400"}, ["ppo-1"]),
        ({"where": "name.str.startswith('dqn')"}, ["dqn-1"]),
        ({"where": "created >= '2026-03-01 12:02Z'"}, ["ppo-2", "dqn-1"]),
        ({"where": "`policy_kwargs.net_arch`.notna()"}, ["ppo-2"]),
        ({"where": "net_arch.notna()"}, ["ppo-2"]),
        ({"where": "flag == True"}, ["dqn-1"]),
        ({"where": "seed > 0", "name": "*-2"}, ["ppo-2"]),
    ],
)
def test_filters(store, three, filters, names):
    assert chosen(store, **filters) == names


def test_filters_of_some_simulations(store, three):
    assert chosen(store, three[1:], env="*") == ["ppo-2", "dqn-1"]


def test_nan_is_missing(store):
    add_simulation(store, "nan", x=math.nan)
    add_simulation(store, "one", x=1.0)
    assert chosen(store, x=None) == chosen(store, x=math.nan) == ["nan"]


def test_rows_of_the_answer_name_simulations(store, three):
    for sim_id in three:
        record(store, sim_id, "reward", [1], [0.5])
    frame = simulations_frame(store, name="ppo*")
    assert scalars_frame(store, sims=frame)["sim_id"].tolist() == [str(i) for i in three[:2]]


def test_a_filtered_frame_has_the_dtypes_of_the_whole(store, three):
    whole, none = simulations_frame(store), simulations_frame(store, name="nobody")
    assert (len(none), none.dtypes.to_dict()) == (0, whole.dtypes.to_dict())
    assert none.index.name == "sim_id"


def test_the_end_of_a_name_is_enough_where_it_means_one(store):
    add_simulation(
        store, "sb3", minute=1, algorithm_kwargs={"learning_rate": 1e-4, "x": 1}, y={"x": 2}
    )
    add_simulation(store, "none", minute=2)
    assert chosen(store, learning_rate=1e-4) == ["sb3"]
    assert chosen(store, where="learning_rate < 1e-3") == ["sb3"]
    for filters in ({"x": 1}, {"where": "x == 1"}):
        with pytest.raises(
            InvalidArgumentError, match=r"end of several.*algorithm_kwargs\.x.*y\.x"
        ):
            chosen(store, **filters)


def test_an_empty_project_refuses_no_name(store):
    assert len(simulations_frame(store, learning_rate=1, where="other < 3")) == 0


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"sate": "x"}, ["'sate'", "Did you mean 'state'?"]),
        ({"lerning_rate": 1}, ["Did you mean 'learning_rate'?", "Arguments: env, learning_rate"]),
        ({"where": "lerning_rate < 1"}, ["'lerning_rate'", "Did you mean 'learning_rate'?"]),
        ({"where": "policy_kwargs.net_arch > 1"}, ["backticks", "`policy_kwargs.net_arch`"]),
        ({"where": "seed <"}, ["cannot be answered"]),
        ({"where": "seed + 1"}, ["yes or no"]),
        ({"where": "seed = 1"}, ["yes or no"]),
        ({"where": "learning_rate < 1"}, ["'learning_rate'", "several kinds", "lambda value"]),
        ({"where": "env < 1"}, ["'env' holds texts", "lambda value"]),
        ({"where": "created > '2026-03-01'"}, ["UTC", "12:00Z'"]),
        ({"where": "seed < @limit"}, ["f-string"]),
        ({"where": 3}, ["A query is text", "3"]),
    ],
)
def test_what_cannot_be_chosen_by_says_why(store, three, filters, words):
    limit = 3  # noqa: F841 - a query must not see it
    with pytest.raises(InvalidArgumentError) as caught:
        simulations_frame(store, **filters)
    assert [word for word in words if word not in str(caught.value)] == []


def test_names_of_arguments_are_never_code(store):
    add_simulation(
        store, "x", **{"__import__('os').abort()": 1, "a b": 2, "#": 3, "`": 4, "\n": 5}
    )
    assert chosen(store, where="`a b` == 2") == ["x"]
    assert isinstance(simulations_frame(store, expand=True), pd.DataFrame)
