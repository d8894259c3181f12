"""``TrackCallback``: trainings of stable-baselines3 that are scripts of their own."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import gymnasium as gym
import pytest
import torch
from stable_baselines3 import A2C, DQN
from stable_baselines3.common import logger as sb3_logger
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

import gymdash_jupyter as gd
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("project")

Words = Callable[[str], tuple[str, str]]


@pytest.fixture(autouse=True, scope="module")
def one_torch_thread() -> None:
    """Nets this small train several times faster when torch does not share their work out on a busy machine."""
    torch.set_num_threads(1)


class Failing(BaseCallback):
    """Raise after some steps."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def _on_step(self) -> bool:
        if self.n_calls > 20:
            raise self.error
        return True


class Stopping(BaseCallback):
    """Stop the simulation after some steps, as a person would."""

    def __init__(self, of: Callable[[], gd.TrackedSimulation | None]) -> None:
        super().__init__()
        self.of = of

    def _on_step(self) -> bool:
        sim = self.of()
        if self.n_calls == 20 and sim is not None:
            sim.cancel()
        return True


def a2c(env: object = "CartPole-v1", **kwargs: object) -> A2C:
    return A2C("MlpPolicy", env, seed=0, device="cpu", **kwargs)  # type: ignore[arg-type]


def test_it_records_what_the_logger_writes_elsewhere(tmp_path: Path) -> None:
    model = a2c()
    model.set_logger(sb3_logger.configure(str(tmp_path), ["csv"]))
    callback = gd.TrackCallback("logged")
    model.learn(600, callback=callback, log_interval=20)
    model.logger.close()
    with (tmp_path / "progress.csv").open() as file:
        rows = list(csv.DictReader(file))
    wide = gd.scalars(sims=callback.sim, wide=True)
    assert len(rows) == 6
    for key in (key for key in rows[0] if rows[-1][key]):
        column = wide[key].dropna()
        steps = column.index.get_level_values("step").tolist()
        expected = {int(row["time/total_timesteps"]): float(row[key]) for row in rows if row[key]}
        assert dict(zip(steps, column, strict=True)) == pytest.approx(expected, rel=1e-6), key


def test_it_records_every_episode_as_monitors_write_them(tmp_path: Path) -> None:
    def make(i: int) -> Callable[[], gym.Env]:
        return lambda: Monitor(gym.make("CartPole-v1"), str(tmp_path / str(i)))

    callback = gd.TrackCallback()
    env = DummyVecEnv([make(i) for i in range(3)])
    a2c(env).learn(900, callback=callback)
    env.close()
    written = []
    for i in range(3):
        lines = (tmp_path / f"{i}.monitor.csv").read_text().splitlines()[2:]
        written += [
            (float(r), int(length)) for r, length, _ in (line.split(",") for line in lines)
        ]
    wide = gd.scalars(["episode/return", "episode/length"], callback.sim)
    returns, lengths = (
        wide[wide.key == key].value.tolist() for key in ("episode/return", "episode/length")
    )
    assert sorted(zip(returns, lengths, strict=True)) == sorted(written)
    assert callback.sim.result["episodes"] == len(written)


def test_each_learn_is_a_simulation_that_knows_its_model() -> None:
    model, callback = a2c(gamma=0.9), gd.TrackCallback(config={"gamma": 0.8, "mine": 1})
    model.learn(50, callback=callback)
    first = callback.sim
    model.learn(50, callback=callback, reset_num_timesteps=False)
    assert first is not callback.sim
    assert gd.simulations().state.tolist() == ["succeeded", "succeeded"]
    assert gd.simulations().progress_current.tolist() == [50, 100]
    assert first.name == "a2c CartPole-v1"
    known = first.config.kwargs
    assert (known["algorithm"], known["env"], known["seed"], known["num_steps"]) == (
        "a2c",
        "CartPole-v1",
        0,
        50,
    )
    assert (known["learning_rate"], known["n_steps"]) == (0.0007, 5)
    assert (known["gamma"], known["mine"]) == (0.8, 1)  # what a person says counts more


def test_off_policy_algorithms_are_tracked_too() -> None:
    callback = gd.TrackCallback()
    DQN("MlpPolicy", "CartPole-v1", learning_starts=50, device="cpu").learn(
        200, callback=[callback], log_interval=1
    )
    assert {"episode/return", "train/loss", "rollout/exploration_rate"} <= set(
        gd.scalars(sims=callback.sim).key
    )
    assert callback.sim.config["train_freq"] == 4


def test_a_stop_ends_learn_without_an_exception() -> None:
    callback = gd.TrackCallback("stopped")
    model = a2c()
    model.learn(10_000, callback=[Stopping(lambda: callback.sim), callback])
    assert model.num_timesteps < 100
    assert callback.sim.state is gd.SimState.CANCELLED


def test_in_a_block_it_records_there_and_leaves_the_end_to_it() -> None:
    with gd.track("block") as sim:
        a2c().learn(60, callback=gd.TrackCallback())
        a2c().learn(60, callback=gd.TrackCallback(sim=sim))
        assert sim.state is gd.SimState.RUNNING
    assert gd.simulations()["name"].tolist() == ["block"]
    assert "episode/return" in set(gd.scalars(sims=sim).key)


def test_the_progress_is_the_loop_s_around_learn() -> None:
    with gd.track("block") as sim:
        model = a2c()
        model.learn(10, callback=gd.TrackCallback())
        assert sim.query(progress=True)["progress"] == (10, 10)
        for step in sim.steps(12, start=11):
            model.learn(10, callback=gd.TrackCallback())
            assert sim.query(progress=True)["progress"] == (step, 12)


def test_a_name_makes_it_a_simulation_of_its_own_in_a_block() -> None:
    with gd.track("block"):
        a2c().learn(10, callback=gd.TrackCallback("own"))
    assert sorted(gd.simulations()["name"]) == ["block", "own"]


def test_a_stopped_block_ends_learn_and_goes_on_after_it() -> None:
    after = []
    with gd.track("block") as sim:
        model = a2c()
        model.learn(10_000, callback=[Stopping(lambda: sim), gd.TrackCallback()])
        after.append(model.num_timesteps)
        model.learn(10_000, callback=gd.TrackCallback())
        after.append(model.num_timesteps)
    assert max(after) < 100
    assert sim.state is gd.SimState.CANCELLED


def test_an_exception_that_is_handled_outside_is_noticed(last_words: Words) -> None:
    callback = gd.TrackCallback("left")
    with pytest.raises(ValueError, match="boom"):
        a2c().learn(1000, callback=[callback, Failing(ValueError("boom"))])
    wait_until(lambda: callback.sim.is_done)
    assert callback.sim.state is gd.SimState.FAILED
    assert "left before its end" in last_words("left")[0]


@pytest.mark.parametrize(
    ("error", "state"),
    [(ValueError("boom"), gd.SimState.FAILED), (KeyboardInterrupt(), gd.SimState.CANCELLED)],
)
def test_an_exception_that_a_notebook_shows_is_known(
    error: BaseException, state: gd.SimState, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = gd.TrackCallback("shown")
    with pytest.raises(type(error)) as caught:
        a2c().learn(1000, callback=[callback, Failing(error)])
    # What Python and IPython do with an exception that nobody has handled.
    monkeypatch.setattr(sys, "last_value", caught.value, raising=False)
    wait_until(lambda: callback.sim.is_done)
    assert callback.sim.state is state


def test_the_next_learn_ends_one_that_was_left() -> None:
    model, callback = a2c(), gd.TrackCallback("again")
    with pytest.raises(ValueError, match="boom"):
        model.learn(1000, callback=[callback, Failing(ValueError("boom"))])
    left = callback.sim
    model.learn(10, callback=callback)
    assert (left.state, callback.sim.state) == (gd.SimState.FAILED, gd.SimState.SUCCEEDED)
    n_outputs = sum(
        type(each).__name__ == "RecorderOutput" for each in model.logger.output_formats
    )
    assert n_outputs == 0


def test_it_records_in_what_it_is_given_only_if_that_is_tracked() -> None:
    with pytest.raises(gd.InvalidArgumentError, match=r"takes as sim what gd.track\(...\) gives"):
        gd.TrackCallback(sim=7)  # type: ignore[arg-type]
    with gd.track("given") as sim, pytest.raises(gd.InvalidArgumentError, match="leave out name"):
        gd.TrackCallback("another", sim=sim)


@pytest.mark.filterwarnings("error")
def test_a_loss_that_has_a_gradient_is_a_number() -> None:
    with gd.track("torch") as sim:
        sim.scalar("loss", torch.tensor(0.5, requires_grad=True), 1)
    assert gd.scalars("loss", sim).value.tolist() == [0.5]


@pytest.mark.slow
def test_environments_in_processes_are_tracked() -> None:
    env = make_vec_env("CartPole-v1", 2, vec_env_cls=SubprocVecEnv)
    callback = gd.TrackCallback()
    a2c(env).learn(500, callback=callback)
    env.close()
    assert callback.sim.result["episodes"] > 0
    assert callback.sim.config["n_envs"] == 2
    assert len(gd.simulations()) == 1
