"""In what a training takes place and with which algorithm: wrappers, normalisation, processes, import paths."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import pytest
import stable_baselines3 as sb3
import torch
from gymnasium.wrappers import ClipReward, RescaleAction, TimeLimit
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import (
    DummyVecEnv,
    SubprocVecEnv,
    VecNormalize,
    VecTransposeImage,
)

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, MissingDependencyError
from tests.simulations.trainings import (
    OFF_POLICY,
    PPO,
    ActingEnv,
    is_same,
    made,
    trained,
    weights,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.simulations import StableBaselinesSimulation


class MyPPO(sb3.PPO):
    """An algorithm of one's own, with an argument of its own."""

    def __init__(self, *args: Any, twist: float = 1.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.twist = twist


class Pictures(gym.Env[Any, Any]):
    """Shows small pictures, channels last."""

    def __init__(self) -> None:
        self.observation_space = gym.spaces.Box(0, 255, (36, 36, 3), np.uint8)
        self.action_space = gym.spaces.Discrete(2)

    def reset(self, **kwargs: Any) -> Any:
        super().reset(seed=kwargs.get("seed"))
        self.n = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        self.n += 1
        return self.observation_space.sample(), 1.0, self.n % 10 == 0, False, {}


class Pid(gym.Wrapper[Any, Any, Any, Any]):
    """Tells in which process it is."""

    @property
    def pid(self) -> int:
        return os.getpid()


@pytest.fixture
def registered() -> Iterator[str]:
    gym.register("InNotebook-v0", entry_point=lambda: ActingEnv())  # noqa: PLW0108
    yield "InNotebook-v0"
    gym.registry.pop("InNotebook-v0")


def env_of(simulation: StableBaselinesSimulation) -> Any:
    assert simulation.model is not None
    return simulation.model.get_env()


# Environments


def test_a_class_makes_environments() -> None:
    simulation = trained(env=ActingEnv, n_envs=2, num_steps=128)
    assert [type(e.unwrapped) for e in env_of(simulation).envs] == [ActingEnv, ActingEnv]


def test_a_function_makes_environments_with_env_kwargs() -> None:
    simulation = trained(
        env=lambda **kw: gym.make("Pendulum-v1", **kw), env_kwargs={"g": 2.5}, num_steps=64
    )
    assert env_of(simulation).get_attr("g") == [2.5]


def test_an_environment_registered_here_is_found(registered: str) -> None:
    assert trained(env=registered).result["episodes"] == 19


def test_training_in_a_class_gives_the_weights_of_its_id() -> None:
    from gymnasium.envs.classic_control import CartPoleEnv

    limited = trained(env=CartPoleEnv, wrappers=[[TimeLimit, {"max_episode_steps": 500}]])
    assert is_same(weights(limited.model), weights(trained().model))


def test_several_environments_learn_as_with_stable_baselines3_alone() -> None:
    simulation = trained(n_envs=3, num_steps=384, eval_every=64)
    alone = sb3.PPO("MlpPolicy", make_vec_env("CartPole-v1", 3, seed=7), seed=7, **PPO).learn(384)
    assert is_same(weights(simulation.model), weights(alone))


def test_pictures_are_turned_for_the_training_and_for_evaluating() -> None:
    simulation = trained(
        env=Pictures,
        policy="CnnPolicy",
        policy_kwargs={"features_extractor_kwargs": {"features_dim": 8}},
        algorithm_kwargs={**PPO, "n_steps": 16, "batch_size": 8},
        num_steps=16,
        eval_episodes=1,
    )
    assert isinstance(env_of(simulation), VecTransposeImage)
    assert simulation.result["best_mean_return"] == 10.0


# Wrappers


def test_wrappers_go_from_inside_out_and_a_monitor_last() -> None:
    simulation = trained(
        env="Pendulum-v1",
        wrappers=[
            [RescaleAction, {"min_action": -1.0, "max_action": 1.0}],
            ["gymnasium.wrappers:ClipReward", {"min_reward": -1.0, "max_reward": 0.0}],
        ],
        num_steps=256,
    )
    [env] = env_of(simulation).envs
    assert isinstance(env, Monitor)
    assert isinstance(env.env, ClipReward)
    assert isinstance(env.env.env, RescaleAction)
    assert simulation.result["mean_return"] >= -200


def test_what_comes_after_a_monitor_does_not_change_what_is_recorded() -> None:
    clip = [ClipReward, {"min_reward": -1.0, "max_reward": 0.0}]
    simulation = trained(
        env="Pendulum-v1",
        wrappers=["stable_baselines3.common.monitor:Monitor", clip],
        num_steps=256,
    )
    assert isinstance(env_of(simulation).envs[0], ClipReward)
    assert simulation.result["mean_return"] < -200


def test_a_function_may_wrap() -> None:
    simulation = trained(wrappers=[lambda env: TimeLimit(env, 5)], num_steps=64)
    assert set(simulation.recorder.peek().scalars["episode/length"].values) == {5.0}


def test_wrapped_trainings_learn_as_with_stable_baselines3_alone() -> None:
    limit = {"max_episode_steps": 7}
    simulation = trained(wrappers=[[TimeLimit, limit]], eval_every=50)
    env = make_vec_env(lambda: TimeLimit(gym.make("CartPole-v1"), **limit), seed=7)
    alone = sb3.PPO("MlpPolicy", env, seed=7, **PPO).learn(192)
    assert is_same(weights(simulation.model), weights(alone))


# Normalisation


def test_a_normalised_training_learns_as_with_stable_baselines3_alone() -> None:
    simulation = trained(
        env="Pendulum-v1", vec_normalize={"norm_reward": False, "clip_obs": 5.0}, eval_every=50
    )
    env = VecNormalize(make_vec_env("Pendulum-v1", seed=7), norm_reward=False, clip_obs=5.0)
    alone = sb3.PPO("MlpPolicy", env, seed=7, **PPO).learn(192)
    assert is_same(weights(simulation.model), weights(alone))
    assert np.array_equal(env_of(simulation).obs_rms.mean, env.obs_rms.mean)


def test_episodes_of_a_normalised_training_are_recorded_as_they_were() -> None:
    simulation = trained(env=ActingEnv, vec_normalize=True)
    assert set(simulation.recorder.peek().scalars["episode/return"].values) == {10.0}


# In processes of their own


@pytest.mark.slow
def test_processes_learn_as_with_stable_baselines3_alone() -> None:
    simulation = trained(vec_env_cls="subproc", n_envs=2, num_steps=256, wrappers=[Pid])
    assert isinstance(env_of(simulation), SubprocVecEnv)
    env = make_vec_env("CartPole-v1", 2, seed=7, vec_env_cls=DummyVecEnv)
    alone = sb3.PPO("MlpPolicy", env, seed=7, **PPO).learn(256)
    assert is_same(weights(simulation.model), weights(alone))


@pytest.mark.slow
def test_processes_are_others_and_end_with_the_training() -> None:
    simulation = made(vec_env_cls="subproc", n_envs=2, num_steps=128, wrappers=[Pid])
    simulation.setup()
    env = env_of(simulation)
    pids = env.get_attr("pid")
    assert len({*pids, os.getpid()}) == 3
    simulation.run()
    assert not any(process.is_alive() for process in env.processes)


@pytest.mark.slow
def test_processes_know_what_is_registered_here(registered: str) -> None:
    assert trained(env=registered, vec_env_cls="subproc", n_envs=2).result["episodes"] > 0


@pytest.mark.slow
def test_what_fails_in_a_process_is_said_in_words() -> None:
    simulation = made(env="CartPole-v9", vec_env_cls="subproc")
    with pytest.raises(InvalidArgumentError, match="no environment 'CartPole-v9'"):
        simulation.setup()


# Algorithms


def test_an_algorithm_may_be_a_class_with_arguments_of_its_own() -> None:
    simulation = trained(algorithm=MyPPO, algorithm_kwargs={**PPO, "twist": 2.0})
    assert isinstance(simulation.model, MyPPO)
    assert simulation.model.twist == 2.0
    assert is_same(weights(simulation.model), weights(trained().model))
    assert simulation.result["algorithm"] == f"{__name__}:MyPPO"


def test_an_algorithm_may_be_an_import_path() -> None:
    simulation = trained(algorithm=f"{__name__}:MyPPO", num_steps=64)
    assert isinstance(simulation.model, MyPPO)
    assert simulation._settings.algorithm_name == "myppo"


@pytest.mark.parametrize("algorithm", ["TQC", "TRPO", "QRDQN"])
def test_algorithms_of_sb3_contrib_train_and_are_changed(algorithm: str) -> None:
    contrib = pytest.importorskip("sb3_contrib")
    arguments = {"n_steps": 64, "batch_size": 32} if algorithm == "TRPO" else OFF_POLICY
    env = "Pendulum-v1" if algorithm == "TQC" else "CartPole-v1"
    simulation = trained(
        algorithm=f"sb3_contrib:{algorithm}",
        env=env,
        algorithm_kwargs=deepcopy(arguments),
        num_steps=96,
        eval_episodes=1,
    )
    assert isinstance(simulation.model, getattr(contrib, algorithm))
    [offered] = [a for a in simulation.actions() if a.name == "set"]
    assert "gamma" in offered.arguments["properties"]["name"]["enum"]


def test_policy_kwargs_may_be_given_by_themselves_with_import_paths() -> None:
    simulation = trained(
        policy_kwargs={"net_arch": [8], "activation_fn": "torch.nn:ReLU"}, num_steps=64
    )
    layers = list(simulation.model.policy.mlp_extractor.policy_net)
    assert isinstance(layers[1], torch.nn.ReLU)
    assert layers[0].out_features == 8


def test_policy_kwargs_of_the_algorithm_go_over_them() -> None:
    special = {**PPO, "policy_kwargs": {"net_arch": [16]}}
    simulation = trained(
        policy_kwargs={"net_arch": [8], "activation_fn": torch.nn.ReLU},
        algorithm_kwargs=special,
        num_steps=64,
    )
    layers = list(simulation.model.policy.mlp_extractor.policy_net)
    assert layers[0].out_features == 16
    assert isinstance(layers[1], torch.nn.ReLU)
    assert special == {**PPO, "policy_kwargs": {"net_arch": [16]}}


@pytest.mark.parametrize("given", ["linear_3e-4", "lin_3e-4", " Linear_0.0003 "])
def test_a_schedule_may_be_a_text(given: str) -> None:
    simulation = trained(algorithm_kwargs={**PPO, "learning_rate": given})
    rates = simulation.recorder.peek().scalars["train/learning_rate"].values
    assert rates == pytest.approx([3e-4 * part for part in (2 / 3, 1 / 3)])


def test_a_schedule_may_be_a_function() -> None:
    simulation = trained(algorithm_kwargs={**PPO, "learning_rate": lambda left: 1e-3 * left**2})
    rates = simulation.recorder.peek().scalars["train/learning_rate"].values
    assert rates == pytest.approx([1e-3 * part**2 for part in (2 / 3, 1 / 3)])


# Refusals


REFUSALS: list[tuple[dict[str, Any], type[GymDashError], str]] = [
    (
        {"vec_env_cls": "dumy"},
        InvalidArgumentError,
        r"vec_env_cls must be 'dummy', 'subproc'.*'dumy'.*Did you mean 'dummy'",
    ),
    ({"vec_env_cls": int}, InvalidArgumentError, r"vec_env_cls must be"),
    ({"vec_env_cls": 3}, InvalidArgumentError, r"vec_env_cls must be"),
    ({"vec_env_cls": None}, InvalidArgumentError, r"vec_env_cls must be.*got None"),
    ({"vec_env_cls": "collections:OrderedDict"}, InvalidArgumentError, r"vec_env_cls must be"),
    (
        {"wrappers": "gymnasium.wrappers:ClipReward"},
        InvalidArgumentError,
        r"wrappers must be a list",
    ),
    (
        {"wrappers": ["ClipReward"]},
        InvalidArgumentError,
        r"wrappers must be a list.*import path such as",
    ),
    ({"wrappers": [3]}, InvalidArgumentError, r"wrappers must be a list.*got int: 3"),
    ({"wrappers": [[TimeLimit, 3]]}, InvalidArgumentError, r"kwargs of a wrapper must be a dict"),
    (
        {"wrappers": [[TimeLimit, {"max_steps": 3}]]},
        InvalidArgumentError,
        r"The wrapper TimeLimit cannot be put around",
    ),
    (
        {"wrappers": ["gymnasium.wrappers:ClipRewards"]},
        InvalidArgumentError,
        r"has no 'ClipRewards'. Did you mean 'ClipReward'",
    ),
    ({"wrappers": ["no_such:Wrapper"]}, MissingDependencyError, r"no_such cannot be imported"),
    ({"wrappers": [lambda env: None]}, InvalidArgumentError, r"gave NoneType"),
    (
        {"vec_normalize": "yes"},
        InvalidArgumentError,
        r"vec_normalize must be True, False or a dict",
    ),
    ({"vec_normalize": 1}, InvalidArgumentError, r"vec_normalize must be True, False or a dict"),
    (
        {"vec_normalize": {"norm_rewards": True}},
        InvalidArgumentError,
        r"vec_normalize has no argument 'norm_rewards'.*'norm_reward'",
    ),
    ({"policy_kwargs": [1]}, InvalidArgumentError, r"policy_kwargs must be a dict"),
    (
        {"policy_kwargs": {"activation_fn": "torch.nn:Tanhh"}},
        InvalidArgumentError,
        r"torch.nn has no 'Tanhh'. Did you mean 'Tanh'",
    ),
    ({"algorithm": "sb3_contrb:TQC"}, MissingDependencyError, r"sb3_contrb cannot be imported"),
    (
        {"algorithm": "torch.nn:Tanh"},
        InvalidArgumentError,
        r"algorithm must be one of a2c.*got 'torch.nn:Tanh'",
    ),
    ({"algorithm": ActingEnv}, InvalidArgumentError, r"algorithm must be one of a2c"),
    (
        {"algorithm_kwargs": {"learning_rate": "linear_x"}},
        InvalidArgumentError,
        r"learning_rate must be a number, a function",
    ),
    (
        {"algorithm_kwargs": {"learning_rate": "linear_-1"}},
        InvalidArgumentError,
        r"learning_rate must be a number, a function",
    ),
    (
        {"algorithm_kwargs": {"clip_range": "often"}},
        InvalidArgumentError,
        r"clip_range must be a number, a function",
    ),
    ({"eval_every": -1}, InvalidArgumentError, r"eval_every must be a whole number from 0 up"),
    ({"eval_every": "often"}, InvalidArgumentError, r"eval_every must be"),
    (
        {"eval_episodes": 0},
        InvalidArgumentError,
        r"eval_episodes must be a whole number from 1 up",
    ),
    ({"stop_when": 475}, InvalidArgumentError, r"stop_when must be a dict"),
    (
        {"stop_when": {"eval/mean_return": 1}, "eval_every": 0},
        InvalidArgumentError,
        r"with eval_every=0 nothing is evaluated",
    ),
    (
        {"stop_when": {"eval/mean_reward": 1}},
        InvalidArgumentError,
        r"evaluations record eval/mean_return.*Did you mean",
    ),
    ({"env": int}, InvalidArgumentError, r"env must be an id such as"),
    (
        {"env": lambda: 3},
        InvalidArgumentError,
        r"env must make a gymnasium environment.*made int: 3",
    ),
    (
        {"env": lambda: None, "env_kwargs": {"a": 1}},
        InvalidArgumentError,
        r"cannot be made with env_kwargs",
    ),
    ({"env": ActingEnv(), "wrappers": [TimeLimit]}, InvalidArgumentError, r"Leave out wrappers"),
    (
        {"env": ActingEnv(), "vec_normalize": True},
        InvalidArgumentError,
        r"Leave out vec_normalize",
    ),
]


@pytest.mark.parametrize(
    ("kwargs", "error", "words"), REFUSALS, ids=[words for _, _, words in REFUSALS]
)
def test_it_is_refused(kwargs: dict[str, Any], error: type[GymDashError], words: str) -> None:
    simulation = made(**kwargs)
    with pytest.raises(error, match=f"(?s){words}"):
        simulation.setup()
