"""Short trainings, and environments that let a test act at a chosen step."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import stable_baselines3 as sb3
from gymnasium import spaces
from stable_baselines3.common.env_util import make_vec_env

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.simulations import StableBaselinesSimulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from stable_baselines3.common.base_class import BaseAlgorithm

PPO = {"n_steps": 64, "batch_size": 32, "n_epochs": 1}
A2C = {"n_steps": 16}
OFF_POLICY = {
    "learning_starts": 32,
    "batch_size": 16,
    "buffer_size": 1000,
    "policy_kwargs": {"net_arch": [16]},
}

MATRIX = [
    ("ppo", "CartPole-v1", PPO),
    ("ppo", "Pendulum-v1", PPO),
    ("a2c", "CartPole-v1", A2C),
    ("a2c", "Pendulum-v1", A2C),
    ("dqn", "CartPole-v1", OFF_POLICY),
    ("ddpg", "Pendulum-v1", OFF_POLICY),
    ("td3", "Pendulum-v1", OFF_POLICY),
    ("sac", "Pendulum-v1", OFF_POLICY),
    ("ppo", "Acrobot-v1", PPO),
    ("dqn", "Acrobot-v1", OFF_POLICY),
    ("a2c", "MountainCarContinuous-v0", A2C),
    ("td3", "MountainCarContinuous-v0", OFF_POLICY),
]
"""Every algorithm with every kind of actions that it takes, and arguments that make it quick."""


def config(**kwargs: Any) -> SimulationStartConfig:
    """Configure a PPO of three short rollouts unless kwargs say otherwise."""
    quick = {"num_steps": 192, "algorithm_kwargs": PPO, "seed": 7}
    return SimulationStartConfig(
        name="quick", sim_key="stable_baselines", kwargs={**quick, **kwargs}
    )


def made(**kwargs: Any) -> StableBaselinesSimulation:
    """Make a simulation to be run by hand."""
    return StableBaselinesSimulation(config(**kwargs))


def trained(**kwargs: Any) -> StableBaselinesSimulation:
    """Run a simulation by hand."""
    simulation = made(**kwargs)
    simulation.setup()
    simulation.run()
    return simulation


def bare(
    algorithm: str, env: str, steps: int, seed: int, n_envs: int = 1, **arguments: Any
) -> BaseAlgorithm:
    """Train with stable-baselines3 alone."""
    vec_env = make_vec_env(env, n_envs=n_envs, seed=seed)
    made_by: type[BaseAlgorithm] = getattr(sb3, algorithm.upper())
    return made_by("MlpPolicy", vec_env, seed=seed, **deepcopy(arguments)).learn(steps)


def weights(model: BaseAlgorithm) -> dict[str, np.ndarray]:
    """Give all parameters of a model's policy, by name."""
    return {name: value.numpy().copy() for name, value in model.policy.state_dict().items()}


def is_same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    """Tell whether two models have exactly the same parameters."""
    return one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)


class ActingEnv(gym.Env[Any, Any]):
    """Call functions in the middle of chosen steps; episodes last ten steps and return ten.

    Args:
        actions: Functions by the number of the step, counted from 1.

    Attributes:
        n_steps: How many steps were made.
        is_closed: Whether it was closed.
    """

    def __init__(self, actions: dict[int, Callable[[], object]] | None = None) -> None:
        self.observation_space = spaces.Box(-1, 1, (2,), np.float32)
        self.action_space = spaces.Discrete(2)
        self.actions = actions or {}
        self.n_steps = 0
        self.is_closed = False

    def reset(self, **kwargs: Any) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=kwargs.get("seed"))
        return np.zeros(2, np.float32), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.n_steps += 1
        if self.n_steps in self.actions:
            self.actions[self.n_steps]()
        return np.zeros(2, np.float32), 1.0, self.n_steps % 10 == 0, False, {}

    def close(self) -> None:
        self.is_closed = True
