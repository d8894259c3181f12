"""Evaluating while it trains: the numbers are stable-baselines3's own, and the training does not notice."""

from __future__ import annotations

import random
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import pytest
import stable_baselines3 as sb3
import torch
from gymnasium.wrappers import TimeLimit
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize, sync_envs_normalization

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.interactor import SimulationInteractor
from gymdash_jupyter.simulations import sb3_evaluation, sb3_ongoing
from gymdash_jupyter.simulations.sb3_evaluation import (
    MAX_ENVS,
    EvaluationInterruptedError,
    Evaluator,
    evaluation_interval,
    evaluation_seed,
    untouched_generators,
)
from gymdash_jupyter.states import SimState
from tests.simulations.trainings import (
    MATRIX,
    OFF_POLICY,
    PPO,
    ActingEnv,
    bare,
    is_same,
    made,
    trained,
    weights,
)

if TYPE_CHECKING:
    from gymdash_jupyter.records import ScalarSeries
    from gymdash_jupyter.simulations import StableBaselinesSimulation
    from gymdash_jupyter.tracker import SimulationTracker

KEYS = ("eval/mean_return", "eval/std_return", "eval/mean_length")


def recorded(simulation: StableBaselinesSimulation) -> dict[str, ScalarSeries]:
    return dict(simulation.recorder.peek().scalars)


def said(simulation: StableBaselinesSimulation) -> str:
    return "\n".join(s.details for s in simulation.statuses)


def evaluator(env: str = "CartPole-v1", seed: int | None = 7, **options: Any) -> Evaluator:
    given = {"num_steps": 100, "is_interrupted": lambda: False, **options}
    return Evaluator(lambda: make_vec_env(env, seed=None), seed=seed, **given)


def drawn() -> tuple[float, float, float]:
    """Draw from the generators that everybody shares."""
    return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: S311


def seeded() -> None:
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)


class Noisy(gym.Wrapper[Any, Any, Any, Any]):
    """Draws from everybody's generators at each step and reset, as careless environments do."""

    def reset(self, **kwargs: Any) -> Any:
        drawn()
        return super().reset(**kwargs)

    def step(self, action: Any) -> Any:
        drawn()
        return super().step(action)


class Endless(ActingEnv):
    """Never ends an episode once it is reset twice."""

    def step(self, action: Any) -> Any:
        observation, reward, _, _, info = super().step(action)
        return observation, reward, False, False, info


# What is recorded


def test_it_is_evaluated_as_often_as_asked_and_at_the_end() -> None:
    scalars = recorded(trained(num_steps=256, eval_every=64))
    for key in KEYS:
        assert scalars[key].steps.tolist() == [64, 128, 192, 256]


def test_the_last_evaluation_is_of_the_trained_model_after_its_last_rollout() -> None:
    assert recorded(trained(num_steps=100, eval_every=50))[KEYS[0]].steps.tolist() == [50, 128]


def test_with_several_environments_steps_are_those_of_all() -> None:
    scalars = recorded(trained(n_envs=3, num_steps=384, eval_every=100))
    assert scalars[KEYS[0]].steps.tolist() == [102, 201, 300, 384]


def test_zero_evaluates_never() -> None:
    simulation = trained(eval_every=0)
    assert not set(KEYS) & set(recorded(simulation))
    assert simulation.result["best_mean_return"] is None


@pytest.mark.parametrize(
    ("asked", "num_steps", "algorithm", "n_envs", "every"),
    [
        (None, 1_000_000, "ppo", 1, 100_000),
        (None, 20_000, "ppo", 1, 2048),
        (None, 100_000, "ppo", 8, 16_384),
        (None, 5_000, "dqn", 1, 1_000),
        (None, 50_000, "dqn", 1, 5_000),
        (0, 5_000, "dqn", 1, 0),
        (7, 5_000, "dqn", 1, 7),
    ],
)
def test_by_default_it_is_about_ten_times_but_not_more_often_than_the_policy_changes(
    asked: int | None, num_steps: int, algorithm: str, n_envs: int, every: int
) -> None:
    made_by = {"ppo": sb3.PPO, "dqn": sb3.DQN}[algorithm]
    model = made_by("MlpPolicy", make_vec_env("CartPole-v1", n_envs=n_envs))
    assert evaluation_interval(asked, num_steps, model) == every


@pytest.mark.parametrize("episodes", [1, 5, 12])
def test_numbers_are_those_of_evaluate_policy(episodes: int) -> None:
    simulation = trained(eval_every=10_000, eval_episodes=episodes)
    scalars = recorded(simulation)
    env = make_vec_env("CartPole-v1", n_envs=min(episodes, MAX_ENVS))
    env.seed(evaluation_seed(7, 192))
    returns, lengths = evaluate_policy(
        simulation.model, env, episodes, return_episode_rewards=True
    )
    assert scalars[KEYS[0]].values.tolist() == [np.mean(returns)]
    assert scalars[KEYS[1]].values.tolist() == [np.std(returns)]
    assert scalars[KEYS[2]].values.tolist() == [np.mean(lengths)]


def test_a_normalised_training_is_evaluated_with_its_statistics_and_raw_rewards() -> None:
    simulation = trained(env="Pendulum-v1", vec_normalize=True, eval_every=10_000)
    env = VecNormalize(make_vec_env("Pendulum-v1", n_envs=5), training=False, norm_reward=False)
    sync_envs_normalization(simulation.model.get_env(), env)
    env.seed(evaluation_seed(7, 192))
    mean, std = evaluate_policy(simulation.model, env, 5)
    scalars = recorded(simulation)
    assert scalars[KEYS[0]].values.tolist() == [mean]
    assert scalars[KEYS[1]].values.tolist() == [std]


def test_evaluating_leaves_the_statistics_of_the_training_alone() -> None:
    of = [
        trained(env="Pendulum-v1", vec_normalize=True, eval_every=every).model.get_env()
        for every in (0, 50)
    ]
    assert np.array_equal(of[0].obs_rms.mean, of[1].obs_rms.mean)
    assert of[0].obs_rms.count == of[1].obs_rms.count
    assert of[0].ret_rms.var == of[1].ret_rms.var


def test_the_same_training_is_evaluated_alike() -> None:
    one, two = (recorded(trained(eval_every=64)) for _ in range(2))
    assert one[KEYS[0]].values.tolist() == two[KEYS[0]].values.tolist()


def test_an_evaluation_of_another_step_plays_other_episodes() -> None:
    assert len({evaluation_seed(seed, step) for seed in (0, 1) for step in (0, 10, 20)}) == 6
    assert 0 <= evaluation_seed(2**32 - 1, 2**40) < 2**32


def test_wrappers_are_around_the_evaluation_too() -> None:
    scalars = recorded(trained(wrappers=[[TimeLimit, {"max_episode_steps": 3}]]))
    assert scalars["eval/mean_length"].values.tolist() == [3.0]


# That the training does not notice


@pytest.mark.parametrize(
    ("algorithm", "env", "arguments"),
    [
        MATRIX[0],
        MATRIX[4],
        pytest.param(*MATRIX[-1], marks=pytest.mark.slow),
    ],
)
def test_weights_are_exactly_those_of_an_untracked_training(
    algorithm: str, env: str, arguments: dict[str, Any]
) -> None:
    simulation = trained(
        algorithm=algorithm, env=env, algorithm_kwargs=arguments, num_steps=200, eval_every=30
    )
    assert len(recorded(simulation)[KEYS[0]].steps) >= 6
    alone = bare(algorithm, env, 200, seed=7, **deepcopy(arguments))
    assert is_same(weights(simulation.model), weights(alone))


def test_an_environment_that_draws_from_everybody_changes_nothing_when_it_evaluates() -> None:
    one, two = (weights(trained(wrappers=[Noisy], eval_every=every).model) for every in (0, 40))
    assert is_same(one, two)


def test_generators_are_left_as_they_were_also_after_an_error() -> None:
    def fail() -> None:
        with untouched_generators():
            drawn()
            raise ZeroDivisionError

    seeded()
    expected = drawn()
    seeded()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert drawn() == expected


def test_exploring_evaluations_of_dqn_do_not_use_up_its_random_actions() -> None:
    env = make_vec_env("CartPole-v1", seed=3)
    model = sb3.DQN("MlpPolicy", env, seed=3, **deepcopy(OFF_POLICY))
    model.exploration_rate = 1.0
    before = deepcopy(model.action_space)
    evaluator(seed=None).evaluate(model, 3, deterministic=False)
    assert [model.action_space.sample() for _ in range(20)] == [before.sample() for _ in range(20)]


# That it does not get in the way


def test_a_stop_ends_an_evaluation_within_a_step() -> None:
    interactor, calls = SimulationInteractor(), 0

    def is_asked() -> bool:
        nonlocal calls
        calls += 1
        if calls == 5:
            interactor.set_in(STOP, True)
        return interactor.is_asked(STOP)

    model = sb3.PPO("MlpPolicy", "CartPole-v1", **PPO)
    with pytest.raises(EvaluationInterruptedError, match="asked to stop"):
        evaluator(is_interrupted=is_asked).evaluate(model, 1000)
    assert calls == 5


def test_a_stop_in_an_evaluation_stops_the_training_at_that_step() -> None:
    envs: list[ActingEnv] = []

    def make() -> ActingEnv:
        is_last = len(envs) == MAX_ENVS
        stop = {25: lambda: simulation.interactor.set_in(STOP, True)} if is_last else None
        envs.append(ActingEnv(stop))
        return envs[-1]

    simulation = made(env=make, num_steps=10_000, eval_every=40, eval_episodes=1000)
    simulation.setup()
    simulation.run()
    assert simulation.state is SimState.CANCELLED
    assert [env.n_steps for env in envs] == [40, 25, 25, 25, 25, 25]
    assert KEYS[0] not in recorded(simulation)


def test_an_episode_that_does_not_end_ends_evaluating_and_not_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sb3_evaluation, "_LONGEST_EPISODE", 50)
    simulation = trained(env=Endless, eval_every=64)
    assert simulation.state is SimState.SUCCEEDED
    assert "Evaluating failed, and is not tried again: an episode did not end within 192" in said(
        simulation
    )
    assert KEYS[0] not in recorded(simulation)


def test_an_environment_that_fails_when_it_evaluates_does_not_end_the_training() -> None:
    envs: list[ActingEnv] = []

    def fail() -> None:
        raise ZeroDivisionError("by the environment")

    def make() -> ActingEnv:
        envs.append(ActingEnv({15: fail} if envs else None))
        return envs[-1]

    simulation = trained(env=make, eval_every=64)
    assert simulation.state is SimState.SUCCEEDED
    assert simulation.result["steps"] == 192
    assert "is not tried again: ZeroDivisionError: by the environment" in said(simulation)


def test_all_environments_are_closed_in_the_end() -> None:
    envs: list[ActingEnv] = []

    def make() -> ActingEnv:
        envs.append(ActingEnv())
        return envs[-1]

    trained(env=make)
    assert [env.is_closed for env in envs] == [True] * (1 + MAX_ENVS)


# What cannot be evaluated


def test_a_made_environment_is_not_evaluated_and_that_is_said() -> None:
    simulation = trained(env=ActingEnv(), num_steps=64)
    assert simulation.state is SimState.SUCCEEDED
    assert "It is not evaluated while it trains." in said(simulation)
    assert KEYS[0] not in recorded(simulation)


@pytest.mark.parametrize("asked", [{"eval_every": 100}, {"stop_when": {"eval/mean_return": 1}}])
def test_a_made_environment_that_must_be_evaluated_is_refused(asked: dict[str, Any]) -> None:
    simulation = made(env=ActingEnv(), **asked)
    with pytest.raises(
        InvalidArgumentError, match="needs an environment of its own, and ActingEnv"
    ):
        simulation.setup()


# The best model


def test_the_best_model_is_kept_with_its_numbers(
    tracker: SimulationTracker,
) -> None:
    from tests.simulations.trainings import config

    _, simulation = tracker.start_sim(config(num_steps=512, eval_every=64))
    assert simulation.wait(60)
    [series] = [tracker.project.store.read_scalars(simulation.sim_id, key)[0] for key in KEYS[:1]]
    best = int(np.argmax(series.values))
    result = simulation.result
    assert (result["best_mean_return"], result["best_step"]) == (
        series.values[best],
        series.steps[best],
    )
    saved = sb3.PPO.load(Path(simulation.sim_path, result["best_model_path"]))
    assert saved.num_timesteps == result["best_step"]
    env = make_vec_env("CartPole-v1", n_envs=5)
    env.seed(evaluation_seed(7, result["best_step"]))
    assert evaluate_policy(saved, env, 5)[0] == result["best_mean_return"]


@pytest.mark.slow
def test_statuses_on_the_best_model_are_no_flood() -> None:
    simulation = trained(num_steps=1280, eval_every=32, eval_episodes=1)
    about_best = [s.details for s in simulation.statuses if "best model" in s.details]
    assert 1 <= len(about_best) <= 2
    assert about_best[-1].startswith("The best model: mean return ")


def test_much_time_spent_evaluating_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sb3_ongoing, "_WORTH_SAYING_S", 0.0)
    assert "Evaluating took" in said(trained(num_steps=64, eval_every=4))
    assert "Evaluating took" not in said(trained(num_steps=64, eval_every=0))
