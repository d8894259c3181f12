"""How good a policy is: played in an environment of its own, beside the training, which does not notice."""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv, unwrap_vec_normalize

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

logger = logging.getLogger(__name__)

TIMES_BY_DEFAULT = 10
MAX_ENVS = 5
"""Played in at once: asking a network once for five actions costs little more than for one."""

MIN_INTERVAL = 1000
"""Environment steps between two evaluations, unless somebody says otherwise."""

_SEED_OFFSET = 1_000_000
_LONGEST_EPISODE = 50_000  # steps; or as long as the training, where that is longer


class EvaluationInterruptedError(Exception):
    """An evaluation was given up: the training is to stop, or an episode does not end."""


@dataclass(frozen=True)
class Evaluation:
    """What came of playing some episodes.

    Attributes:
        step: ``num_timesteps`` of the model.
        returns: Of each episode, as its Monitor saw it.
        lengths: Of each episode, in steps.
        seconds: How long it took.
    """

    step: int
    returns: tuple[float, ...]
    lengths: tuple[int, ...]
    seconds: float

    @property
    def mean_return(self) -> float:
        """Mean of the returns."""
        return float(np.mean(self.returns))

    @property
    def std_return(self) -> float:
        """Standard deviation of the returns, that of a population, as stable-baselines3's ``evaluate_policy`` gives."""
        return float(np.std(self.returns))

    @property
    def mean_length(self) -> float:
        """Mean of the lengths."""
        return float(np.mean(self.lengths))


class Evaluator:
    """Evaluate one model now and then. Used by the training's thread.

    The environments are reset with seeds that depend on the training's seed and the step only (``evaluation_seed`` plus
    the number of the environment), so that an evaluation can be repeated and two of them see different episodes.

    Args:
        make_env: Makes the environments, when they are needed first.
        seed: The training's, or None.
        num_steps: How long the training is.
        is_interrupted: Whether an evaluation is to be given up; asked at each step.

    Attributes:
        seconds: How long all evaluations took.
        is_interrupted: As given.
    """

    def __init__(
        self,
        make_env: Callable[[], VecEnv],
        *,
        seed: int | None,
        num_steps: int,
        is_interrupted: Callable[[], bool],
    ) -> None:
        self.seconds = 0.0
        self._make_env = make_env
        self._env: VecEnv | None = None
        self._seed = seed
        self._limit = max(_LONGEST_EPISODE, num_steps)
        self.is_interrupted = is_interrupted

    def prepare(self) -> VecEnv:
        """Make the environment unless it is there, and give it."""
        if self._env is None:
            with untouched_generators():
                self._env = self._make_env()
        return self._env

    def evaluate(
        self, model: BaseAlgorithm, episodes: int, *, deterministic: bool = True
    ) -> Evaluation:
        """Play some episodes with a model as it is now.

        Nothing of the training changes: no weight, no statistic, no generator of random numbers.

        Raises:
            EvaluationInterruptedError: It was given up; the message says why.
        """
        began, step, n_steps = perf_counter(), model.num_timesteps, 0

        def look(local: dict[str, Any], _globals: Any) -> None:
            nonlocal n_steps
            n_steps = 0 if "episode" in local["info"] else n_steps + 1
            if self.is_interrupted():
                msg = "the simulation was asked to stop."
                raise EvaluationInterruptedError(msg)
            if n_steps > self._limit * env.num_envs:
                msg = f"an episode did not end within {self._limit:,} steps."
                raise EvaluationInterruptedError(msg)

        env = self.prepare()
        _take_statistics(model, env)
        with untouched_generators(), _own_action_space(model):
            try:
                if self._seed is not None:
                    env.seed(evaluation_seed(self._seed, step))
                returns, lengths = evaluate_policy(
                    model,
                    env,
                    n_eval_episodes=episodes,
                    deterministic=deterministic,
                    return_episode_rewards=True,
                    callback=look,
                    warn=False,
                )
            finally:
                took = perf_counter() - began
                self.seconds += took
        assert isinstance(returns, list) and isinstance(lengths, list)  # noqa: S101, PT018 - as asked for
        return Evaluation(step, tuple(map(float, returns)), tuple(map(int, lengths)), took)

    def close(self) -> None:
        """Close the environment; harmless when repeated."""
        env, self._env = self._env, None
        if env is not None:
            env.close()


def evaluation_seed(seed: int, step: int) -> int:
    """Give the seed with which the environment is reset for the evaluation at a step."""
    return int((seed + _SEED_OFFSET + step) % 2**32)


def evaluation_interval(asked: int | None, num_steps: int, model: BaseAlgorithm) -> int:
    """Give the environment steps between two evaluations; 0: never.

    Args:
        asked: As somebody said; None: about ten times over the training, but not more often than the policy changes.
        num_steps: How long the training is.
        model: What is trained.
    """
    if asked is not None:
        return asked
    rollout = model.n_steps * model.n_envs if isinstance(model, OnPolicyAlgorithm) else 1
    return max(-(-num_steps // TIMES_BY_DEFAULT), rollout, MIN_INTERVAL)


@contextmanager
def untouched_generators() -> Iterator[None]:
    """Leave the generators of Python, numpy and torch as they were, whoever draws from them inside."""
    of_python, of_numpy, of_torch = random.getstate(), np.random.get_state(), torch.get_rng_state()
    of_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
        torch.set_rng_state(of_torch)
        if of_gpus is not None:
            torch.cuda.set_rng_state_all(of_gpus)


@contextmanager
def _own_action_space(model: BaseAlgorithm) -> Iterator[None]:
    # DQN explores by drawing from it also when it predicts; the training draws from the same one.
    of_training = model.action_space
    model.action_space = copy.deepcopy(of_training)
    try:
        yield
    finally:
        model.action_space = of_training


def _take_statistics(model: BaseAlgorithm, env: VecEnv) -> None:
    """Bring an environment's statistics of observations up to those of the training."""
    of_training, own = model.get_vec_normalize_env(), unwrap_vec_normalize(env)
    if of_training is not None and own is not None:
        own.ret_rms = copy.deepcopy(of_training.ret_rms)
        if hasattr(of_training, "obs_rms"):
            own.obs_rms = copy.deepcopy(of_training.obs_rms)
