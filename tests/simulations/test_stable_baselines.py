"""A training by hand: what it records, how it is talked to, and that it trains as stable-baselines3 alone does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import chain
from typing import TYPE_CHECKING

import gymnasium as gym
import numpy as np
import pytest
import stable_baselines3 as sb3
from stable_baselines3.common.monitor import Monitor

from gymdash_jupyter.channels import HELP, PROGRESS, STOP
from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode
from tests.simulations.trainings import (
    PPO,
    ActingEnv,
    bare,
    is_same,
    made,
    trained,
    weights,
)

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.records import ScalarSeries
    from gymdash_jupyter.simulations import StableBaselinesSimulation

HEAVY = ("torch", "stable_baselines3", "gymnasium", "tensorboard", "pandas")


def recorded(simulation: StableBaselinesSimulation) -> dict[str, ScalarSeries]:
    return dict(simulation.recorder.peek().scalars)


def said(simulation: StableBaselinesSimulation) -> str:
    infos = [s.details for s in simulation.statuses if s.code is SimStatusCode.INFO]
    return "\n".join(infos)


# What it costs to look at it


def test_importing_the_types_loads_nothing_heavy() -> None:
    code = (
        "import sys; from gymdash_jupyter.simulations import *; from gymdash_jupyter import SimulationRegistry as r;"
        "r.list_simulations(); r.make('stable_baselines'); r.make('custom_control');"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_installed_types_are_registered() -> None:
    code = (
        "from gymdash_jupyter import SimulationRegistry as r; print(*sorted(r.list_simulations()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"custom_control", "stable_baselines"} <= set(done.stdout.split())


# What it records


def test_keys_that_stable_baselines3_logs_are_recorded_over_steps() -> None:
    scalars = recorded(trained())
    assert {"time/fps", "time/total_timesteps", "rollout/ep_rew_mean", "train/loss"} <= set(
        scalars
    )
    assert scalars["time/total_timesteps"].steps.tolist() == [64, 128, 192]
    assert scalars["time/total_timesteps"].values.tolist() == [64, 128, 192]


def test_episodes_equal_those_of_the_monitor() -> None:
    simulation = trained()
    scalars = recorded(simulation)
    monitor = simulation.model.get_env()
    assert scalars["episode/return"].values.tolist() == monitor.get_attr("episode_returns")[0]
    lengths = monitor.get_attr("episode_lengths")[0]
    assert scalars["episode/length"].values.tolist() == lengths
    assert scalars["episode/return"].steps.tolist() == np.cumsum(lengths).tolist()


def test_episodes_of_all_environments_are_recorded() -> None:
    simulation = trained(n_envs=3, num_steps=576)
    scalars = recorded(simulation)
    of_each = simulation.model.get_env().get_attr("episode_returns")
    assert all(of_each)
    assert sorted(scalars["episode/return"].values) == sorted(chain(*of_each))
    assert all(step % 3 == 0 for step in scalars["episode/length"].steps)


def test_episode_times_add_up_to_the_time_of_the_training() -> None:
    simulation = trained()
    scalars = recorded(simulation)
    times = scalars["episode/time"]
    monitor = simulation.model.get_env().get_attr("episode_times")[0]
    # Monitor counts from its making; differences of its times are durations, but for the first episode.
    # The two look at the clock one after the other; a busy machine may come in between now and then.
    assert np.median(np.abs(times.values[1:] - np.diff(monitor))) < 0.005
    assert times.values[1:].sum() == pytest.approx(monitor[-1] - monitor[0], abs=0.5)
    assert 0 < times.values[0] <= monitor[0]


def test_numbers_of_any_type_are_recorded_and_other_values_passed_over() -> None:
    from stable_baselines3.common.logger import Video
    from torch import tensor

    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.sb3_logger import make_logger

    recorder = Recorder()
    logger = make_logger(recorder.scalar, None, 0)
    numbers = {
        "int": 1,
        "float": 1.5,
        "bool": True,
        "float32": np.float32(2),
        "int64": np.int64(3),
        "array": np.array(4.0),
        "tensor": tensor(5.0),
        "nan": float("nan"),
    }
    others = {
        "text": "no",
        "numpy text": np.str_("no"),
        "bytes": b"no",
        "histogram": np.zeros(3),
        "video": Video(tensor([]), 30),
        "nothing": None,
    }
    for key, value in {**numbers, **others}.items():
        logger.record(key, value)
    logger.dump(step=9)
    scalars = recorder.peek().scalars
    assert set(scalars) == set(numbers)
    assert [scalars[key].values[0] for key in list(numbers)[:7]] == [1, 1.5, 1, 2, 3, 4, 5]
    assert scalars["int"].steps.tolist() == [9]
    assert recorder.take_problems() == []


def test_result_says_how_it_went() -> None:
    simulation = trained()
    scalars = recorded(simulation)
    returns = scalars["episode/return"].values
    assert simulation.result == {
        "steps": 192,
        "episodes": len(returns),
        "mean_return": pytest.approx(returns.mean()),
        "model_path": None,
        "best_model_path": None,
        "best_mean_return": scalars["eval/mean_return"].values.max(),
        "best_step": 192,
        "algorithm": "stable_baselines3.ppo.ppo:PPO",
    }


def test_mean_return_is_of_the_last_hundred_episodes() -> None:
    env = ActingEnv()
    simulation = trained(env=env, num_steps=1280)
    assert simulation.result["episodes"] == 128
    returns = recorded(simulation)["episode/return"].values
    assert simulation.result["mean_return"] == pytest.approx(returns[-100:].mean())


def test_a_training_without_a_finished_episode_has_no_mean_return() -> None:
    simulation = trained(env="Pendulum-v1", num_steps=64)
    assert simulation.result["mean_return"] is None
    assert simulation.result["episodes"] == 0


# How it is talked to


def test_progress_ends_at_the_last_step_with_the_steps_asked_for_as_total() -> None:
    simulation = trained(num_steps=100)
    assert simulation.interactor.get_out(PROGRESS) == (True, (128, 100))
    progress = simulation.recorder.latest_progress
    assert (progress.current, progress.total) == (128, 100)


def test_a_stop_asked_for_in_a_step_ends_it_with_that_step() -> None:
    env = ActingEnv({50: lambda: simulation.interactor.set_in(STOP, True)})
    simulation = made(env=env, num_steps=10_000)
    simulation.setup()
    simulation.run()
    assert env.n_steps == 50
    assert simulation.state is SimState.CANCELLED
    assert simulation.result["steps"] == 50
    assert simulation.interactor.get_out(STOP) == (True, True)


def test_a_stop_before_the_run_trains_nothing_and_closes_the_environment() -> None:
    simulation = made()
    simulation.setup()
    simulation.cancel()
    simulation.run()
    assert simulation.state is SimState.CANCELLED
    assert simulation.model.num_timesteps == 0
    assert simulation._stage is None


def test_help_is_given_within_the_training() -> None:
    seen: list[str] = []

    def look() -> None:
        requests = simulation.interactor.get_all_control_requests()
        seen.extend(r.details for r in requests.get("custom_query", []))

    actions = {5: lambda: simulation.interactor.set_in(HELP, True), 7: look}
    simulation = made(env=ActingEnv(actions))
    simulation.setup()
    simulation.run()
    assert len(seen) == 1
    assert "algorithm_kwargs" in seen[0]


def test_help_names_every_argument() -> None:
    simulation = made()
    for name in simulation.kwarg_defaults:
        assert name in simulation._get_help_text()


def test_a_forced_stop_in_the_midst_of_a_step_is_a_cancel_with_a_result() -> None:
    def stop() -> None:
        raise StopSimException

    simulation = made(env=ActingEnv({30: stop}))
    simulation.setup()
    simulation.run()
    assert simulation.state is SimState.CANCELLED
    assert simulation.result["steps"] == 29


# That it trains as stable-baselines3 does


def test_a_seed_gives_the_weights_of_stable_baselines3_alone() -> None:
    alone = bare("ppo", "CartPole-v1", 192, seed=7, **PPO)
    assert is_same(weights(trained().model), weights(alone))


def test_a_seed_gives_the_weights_of_an_environment_named_to_stable_baselines3() -> None:
    alone = sb3.PPO("MlpPolicy", "CartPole-v1", seed=7, **PPO).learn(192)
    assert is_same(weights(trained().model), weights(alone))


def test_environment_i_is_seeded_with_seed_plus_i() -> None:
    alone = bare("ppo", "CartPole-v1", 384, seed=7, n_envs=2, **PPO)
    assert is_same(weights(trained(n_envs=2, num_steps=384).model), weights(alone))


def test_another_seed_gives_other_weights() -> None:
    assert not is_same(weights(trained(seed=8).model), weights(trained().model))


def test_without_a_seed_two_trainings_differ() -> None:
    assert not is_same(weights(trained(seed=None).model), weights(trained(seed=None).model))


# What goes over what


def test_start_kwargs_go_over_the_config_and_the_config_over_defaults() -> None:
    simulation = made(num_steps=64, n_envs=2)
    simulation.setup(n_envs=1)
    simulation.run()
    assert simulation.model.n_envs == 1
    assert simulation.result["steps"] == 64


def test_kwargs_given_to_run_alone_count() -> None:
    simulation = made()
    simulation.setup(num_steps=64)
    simulation.run(seed=8)
    assert simulation.result["steps"] == 64
    assert simulation.model.seed == 8


def test_it_runs_without_a_setup() -> None:
    simulation = made()
    simulation.run(num_steps=64)
    assert simulation.result["steps"] == 64


@pytest.mark.parametrize("steps", [64.0, np.int64(64)])
def test_whole_numbers_of_other_types_are_taken(steps: float) -> None:
    assert trained(num_steps=steps).result["steps"] == 64


def test_algorithm_names_do_not_depend_on_case() -> None:
    assert isinstance(trained(algorithm=" PPO ").model, sb3.PPO)


def test_algorithm_kwargs_decide_what_they_give_too() -> None:
    special = {**PPO, "seed": 8, "policy": sb3.ppo.MlpPolicy, "env": "Acrobot-v1"}
    simulation = trained(policy="CnnPolicy", env="Pendulum-v1", algorithm_kwargs=special)
    assert simulation.model.seed == 8
    assert simulation.model.get_env().get_attr("spec")[0].id == "Acrobot-v1"


def test_what_an_algorithm_writes_into_its_arguments_does_not_reach_the_config() -> None:
    special = {"n_steps": 16, "policy_kwargs": {"net_arch": [8]}}
    simulation = trained(algorithm="a2c", algorithm_kwargs=special, num_steps=16)
    assert simulation.model.policy_kwargs.keys() > {"net_arch"}
    assert special == {"n_steps": 16, "policy_kwargs": {"net_arch": [8]}}


def test_env_kwargs_reach_the_environment() -> None:
    simulation = trained(env="Pendulum-v1", env_kwargs={"g": 3.5}, num_steps=64)
    assert simulation.model.get_env().get_attr("g") == [3.5]


def test_nothing_is_rendered_unless_asked_for() -> None:
    assert trained(num_steps=64).model.get_env().render_mode is None


def test_a_made_environment_is_taken_and_left_open() -> None:
    env = ActingEnv()
    simulation = trained(env=env, num_steps=64)
    assert simulation.result["episodes"] == 6
    assert not env.is_closed


# What it leaves


def test_environments_are_closed_when_it_ends() -> None:
    gym.register("Acting-v0", entry_point=ActingEnv)
    try:
        simulation = trained(env="Acting-v0", num_steps=64)
    finally:
        gym.registry.pop("Acting-v0")
    [monitor] = simulation.model.get_env().envs
    assert isinstance(monitor, Monitor)
    assert monitor.unwrapped.is_closed


def test_environments_are_closed_when_the_training_fails() -> None:
    def fail() -> None:
        raise ZeroDivisionError("by the environment")

    gym.register("Failing-v0", entry_point=lambda: ActingEnv({70: fail}))
    simulation = made(env="Failing-v0")
    simulation.setup()
    try:
        with pytest.raises(ZeroDivisionError, match="by the environment"):
            simulation.run()
    finally:
        gym.registry.pop("Failing-v0")
    assert simulation.model.get_env().envs[0].unwrapped.is_closed
    assert simulation.state is SimState.FAILED
    assert simulation.result["steps"] == 69
    assert "ZeroDivisionError" in simulation.statuses[-1].error_trace


def test_by_hand_nothing_is_written_and_nothing_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    simulation = trained()
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
    assert said(simulation).count("nothing is written") == 1


def test_verbose_prints_as_stable_baselines3_does(capsys: pytest.CaptureFixture[str]) -> None:
    trained(algorithm_kwargs={**PPO, "verbose": 1}, num_steps=64)
    assert "total_timesteps" in capsys.readouterr().out


def test_a_tensorboard_log_of_ones_own_is_written_where_stable_baselines3_would(
    tmp_path: Path,
) -> None:
    special = {**PPO, "tensorboard_log": str(tmp_path)}
    for _ in range(2):
        trained(algorithm_kwargs=special, num_steps=64)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["PPO_1", "PPO_2"]
    assert len(list(tmp_path.glob("PPO_*/events.out.tfevents.*"))) == 2


@pytest.mark.parametrize(
    "kwargs",
    [{}, {"episode_trigger": 0}, {"step_trigger": None}, {"step_trigger": -1}, {"fps": 60}],
)
def test_not_asking_for_videos_says_nothing_of_them(kwargs: dict[str, object]) -> None:
    simulation = made(**kwargs)
    simulation.setup()
    assert "video" not in said(simulation).replace("no videos", "").lower()
