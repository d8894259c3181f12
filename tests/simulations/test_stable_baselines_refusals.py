"""What a training does not begin with: each mistake is a clear failure of the setup, and never another training."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.states import SimState
from tests.simulations.trainings import made

DQN = {"learning_starts": 10, "buffer_size": 100}

REFUSALS: list[tuple[dict[str, Any], type[GymDashError], str]] = [
    # names
    ({"num_step": 10}, InvalidArgumentError, r"no argument 'num_step'.*Did you mean 'num_steps'"),
    ({"algorithm": "ppo2"}, InvalidArgumentError, r"no algorithm 'ppo2'.*Did you mean 'ppo'.*sac"),
    ({"algorithm": None}, InvalidArgumentError, r"no algorithm None.*Algorithms: a2c"),
    (
        {"policy": "MlpPolic"},
        InvalidArgumentError,
        r"no policy 'MlpPolic'.*Did you mean 'MlpPolicy'",
    ),
    ({"policy": int}, InvalidArgumentError, r"no policy <class 'int'>.*BasePolicy"),
    ({"policy": 3}, InvalidArgumentError, r"policy must be a text.*got int: 3"),
    ({"env": "CartPol-v1"}, InvalidArgumentError, r"no environment 'CartPol-v1'.*CartPole"),
    ({"env": "CartPole-v9"}, InvalidArgumentError, r"no environment 'CartPole-v9'.*`v1`"),
    ({"env": "no such thing"}, InvalidArgumentError, r"no environment 'no such thing'.*register"),
    ({"env": ""}, InvalidArgumentError, r"env must be a text such as 'CartPole-v1'; got str: ''"),
    ({"env": None}, InvalidArgumentError, r"env must be a text"),
    ({"env": 3}, InvalidArgumentError, r"env must be an id.*got int: 3"),
    ({"env": 3, "n_envs": 2}, InvalidArgumentError, r"n_envs and env_kwargs are for"),
    ({"env": "Nowhere/Pong-v5"}, MissingDependencyError, r"'Nowhere/Pong-v5' needs a package"),
    ({"env": "no_module:X-v0"}, MissingDependencyError, r"No module named 'no_module'"),
    ({"env_kwargs": {"size": 3}}, InvalidArgumentError, r"env_kwargs \{'size': 3\}.*'size'"),
    ({"env_kwargs": [1]}, InvalidArgumentError, r"env_kwargs must be a dict.*got list: \[1\]"),
    # what cannot go together
    (
        {"algorithm": "dqn", "env": "Pendulum-v1", "algorithm_kwargs": DQN},
        InvalidArgumentError,
        r"'dqn' cannot act in 'Pendulum-v1'.*Box.*a2c, ddpg, ppo, sac, td3",
    ),
    (
        {"algorithm": "sac", "algorithm_kwargs": DQN},
        InvalidArgumentError,
        r"'sac' cannot act in 'CartPole-v1'.*Discrete\(2\).*a2c, dqn, ppo",
    ),
    ({"policy": "CnnPolicy"}, InvalidArgumentError, r"'ppo' cannot be made.*CnnPolicy.*images"),
    # values
    (
        {"num_steps": 0},
        InvalidArgumentError,
        r"num_steps must be a whole number from 1 up; got int: 0",
    ),
    ({"num_steps": "ten"}, InvalidArgumentError, r"num_steps must be.*got str: 'ten'"),
    ({"num_steps": 1.5}, InvalidArgumentError, r"num_steps must be.*got float: 1.5"),
    ({"num_steps": True}, InvalidArgumentError, r"num_steps must be.*got bool: True"),
    ({"num_steps": None}, InvalidArgumentError, r"num_steps must be.*got NoneType"),
    ({"num_steps": float("inf")}, InvalidArgumentError, r"num_steps must be.*got float: inf"),
    ({"n_envs": 0}, InvalidArgumentError, r"n_envs must be a whole number from 1 up; got int: 0"),
    (
        {"seed": "x"},
        InvalidArgumentError,
        r"seed must be a whole number from 0 to 4294967295; got str",
    ),
    ({"seed": -1}, InvalidArgumentError, r"seed must be.*got int: -1"),
    ({"seed": 2**32}, InvalidArgumentError, r"seed must be.*got int: 4294967296"),
    ({"fps": 0}, InvalidArgumentError, r"fps must be a number above 0; got int: 0"),
    ({"video_length": -1}, InvalidArgumentError, r"video_length must be a whole number from 0 up"),
    (
        {"episode_trigger": "often"},
        InvalidArgumentError,
        r"episode_trigger: A trigger is.*'often'",
    ),
    # algorithm_kwargs
    (
        {"algorithm_kwargs": "x"},
        InvalidArgumentError,
        r"algorithm_kwargs must be a dict.*got str: 'x'",
    ),
    (
        {"algorithm_kwargs": {"learning_rat": 1}},
        InvalidArgumentError,
        r"'ppo' has no argument 'learning_rat'.*Did you mean 'learning_rate'",
    ),
    (
        {"algorithm_kwargs": {"buffer_size": 1}},
        InvalidArgumentError,
        r"'ppo' has no argument 'buffer_size'",
    ),
    (
        {"algorithm_kwargs": {"learning_rate": "fast"}},
        InvalidArgumentError,
        r"learning_rate must be a number.*'linear_3e-4'.*got 'fast'",
    ),
    ({"algorithm_kwargs": {"device": "abacus"}}, InvalidArgumentError, r"'ppo' cannot.*'abacus'"),
    ({"algorithm_kwargs": {"seed": "x"}}, InvalidArgumentError, r"seed must be a whole number"),
    (
        {"algorithm_kwargs": {"_init_setup_model": False}},
        InvalidArgumentError,
        r"no argument '_init_setup_model'",
    ),
]


@pytest.mark.parametrize(
    ("kwargs", "error", "words"), REFUSALS, ids=[words for _, _, words in REFUSALS]
)
def test_it_is_refused(kwargs: dict[str, Any], error: type[GymDashError], words: str) -> None:
    simulation = made(**kwargs)
    with pytest.raises(error, match=f"(?s){words}"):
        simulation.setup()
    assert simulation.state is SimState.FAILED
    assert simulation.statuses[-1].error_trace
    assert simulation._stage is None


def test_without_stable_baselines3_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "stable_baselines3", None)
    monkeypatch.delitem(sys.modules, "gymdash_jupyter.simulations.sb3_training", raising=False)
    monkeypatch.delattr(sys.modules["gymdash_jupyter.simulations"], "sb3_training", raising=False)
    with pytest.raises(MissingDependencyError, match=r"pip install 'gymdash-jupyter\[sb3\]'"):
        made().setup()


def test_without_tensorboard_it_trains_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("stable_baselines3.common.logger.SummaryWriter", None)
    simulation = made(num_steps=64)
    simulation.set_project_info(str(tmp_path), str(tmp_path), simulation.sim_id)
    simulation.setup()
    simulation.run()
    assert any("tensorboard is not installed" in s.details for s in simulation.statuses)
    assert simulation.result["model_path"] == "model.zip"
