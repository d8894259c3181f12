"""``TrackEpisodes``: whatever steps environments, against what gymnasium itself counts."""

from __future__ import annotations

import gc
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import RecordEpisodeStatistics
from gymnasium.wrappers.vector import RecordEpisodeStatistics as RecordVectorStatistics

import gymdash_jupyter as gd
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("project")


def walk(env: gym.Env[Any, Any], n_steps: int = 300) -> list[tuple[float, int, int]]:
    """Step at random; give return, length and step of each episode, as gymnasium tells it."""
    env.action_space.seed(0)
    env.reset(seed=0)
    told = []
    for step in range(1, n_steps + 1):
        *_, terminated, truncated, info = env.step(env.action_space.sample())
        if terminated or truncated:
            told.append((float(info["episode"]["r"]), info["episode"]["l"], step))
            env.reset()
    return told


def recorded(sim: object, key: str = "episode") -> list[tuple[float, int, int]]:
    wide = gd.scalars([f"{key}/return", f"{key}/length"], sim)
    parts = [wide[wide.key == f"{key}/{name}"] for name in ("return", "length")]
    return list(zip(parts[0].value, parts[1].value, parts[0].step, strict=True))


def test_it_records_the_episodes_that_gymnasium_counts() -> None:
    env = gd.TrackEpisodes(RecordEpisodeStatistics(gym.make("CartPole-v1")), num_steps=300)
    told = walk(env)
    env.close()
    assert len(told) > 5
    assert recorded(env.sim) == told
    row = gd.simulations().loc[str(env.sim.sim_id)]
    assert (row["name"], row.state, row.progress) == ("CartPole-v1", "succeeded", 1.0)
    assert row.result == {"steps": 300, "episodes": len(told)}
    assert row.config["kwargs"] == {"env": "CartPole-v1", "n_envs": 1}


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_it_counts_vectors_as_gymnasium_does(mode: AutoresetMode) -> None:
    plain = gym.make_vec("CartPole-v1", 3, "sync", vector_kwargs={"autoreset_mode": mode})
    env = gd.TrackEpisodes(RecordVectorStatistics(plain), name="vector")
    env.action_space.seed(0)
    env.reset(seed=0)
    told = []
    for _ in range(200):
        *_, info = env.step(env.action_space.sample())
        ended = np.flatnonzero(info.get("_episode", []))
        told += [(info["episode"]["r"][i], info["episode"]["l"][i]) for i in ended]
    env.close()
    assert len(told) > 5
    assert [(value, length) for value, length, _ in recorded(env.sim)] == told
    assert env.sim.config["n_envs"] == 3
    assert env.sim.result == {"steps": 600, "episodes": len(told)}


def test_disabled_autoreset_counts_what_is_reset_by_mask() -> None:
    mode = {"autoreset_mode": AutoresetMode.DISABLED}
    env = gd.TrackEpisodes(gym.make_vec("CartPole-v1", 2, "sync", vector_kwargs=mode))
    env.action_space.seed(0)
    env.reset(seed=0)
    n_ended = 0
    for _ in range(200):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        ended = terminated | truncated
        n_ended += int(ended.sum())
        if ended.any():
            env.reset(options={"reset_mask": ended})
    env.close()
    assert n_ended > 5
    assert env.sim.result == {"steps": 400, "episodes": n_ended}


def test_it_changes_nothing_that_passes_through() -> None:
    def trace(env: gym.Env[Any, Any]) -> list[Any]:
        env.action_space.seed(1)
        seen = [env.reset(seed=1)[0].tolist()]
        for _ in range(100):
            observation, reward, *ends, info = env.step(env.action_space.sample())
            seen.append((observation.tolist(), reward, ends, info))
            if any(ends):
                seen.append(env.reset()[0].tolist())
        return seen

    tracked = gd.TrackEpisodes(gym.make("CartPole-v1"))
    assert trace(tracked) == trace(gym.make("CartPole-v1"))
    tracked.close()


@pytest.mark.filterwarnings("ignore::UserWarning")  # the checker's advice to whom it may concern
def test_the_checker_of_gymnasium_finds_nothing_wrong() -> None:
    env = gd.TrackEpisodes(gym.make("CartPole-v1").unwrapped)
    check_env(env, skip_render_check=True, skip_close_check=True)
    env.close()


def test_it_begins_when_it_is_used_and_not_before() -> None:
    env = gd.TrackEpisodes(gym.make("CartPole-v1"))
    assert env.sim is None
    assert gd.simulations().empty
    env.close()
    assert gd.simulations().empty


def test_in_a_block_it_records_there_under_a_key_of_its_own() -> None:
    with gd.track("block") as sim:
        env = gd.TrackEpisodes(RecordEpisodeStatistics(gym.make("CartPole-v1")), key="eval")
        told = walk(env)
        env.close()
        assert sim.state is gd.SimState.RUNNING
    assert recorded(sim, "eval") == told
    assert (
        gd.simulations().loc[str(sim.sim_id), "progress_current"] == 300
    )  # also where it ends at once


def test_an_environment_may_be_closed_after_the_block(caplog: pytest.LogCaptureFixture) -> None:
    with gd.track("block"):
        env = gd.TrackEpisodes(gym.make("CartPole-v1"))
        walk(RecordEpisodeStatistics(env), 5)
    env.close()
    assert caplog.messages == []


def test_the_progress_is_the_loop_s_where_it_says_one_and_else_that_of_the_first() -> None:
    with gd.track("block") as sim:
        first, second = (gd.TrackEpisodes(gym.make("CartPole-v1"), key=key) for key in "ab")
        first.reset()
        first.step(0)
        walk(RecordEpisodeStatistics(second), 5)
        assert sim.query(progress=True)["progress"] == (1, None)
        first.close()
        second._tracking._count._next_progress = 0.0
        second.step(0)
        assert sim.query(progress=True)["progress"] == (6, None)
        next(sim.steps(100, start=40))
        second._tracking._count._next_progress = 0.0
        second.step(0)
        assert sim.query(progress=True)["progress"] == (40, 100)


def test_a_stop_raises_from_step() -> None:
    env = gd.TrackEpisodes(gym.make("CartPole-v1"))
    env.reset(seed=0)
    env.sim.cancel()

    def train() -> None:
        for _ in range(100_000):
            env.step(0)
            env.reset()

    with pytest.raises(gd.StopSimException):
        train()
    env.close()
    assert env.sim.state is gd.SimState.CANCELLED


def test_a_loop_that_fails_and_closes_has_failed() -> None:
    env = gd.TrackEpisodes(gym.make("CartPole-v1"), "failing")
    env.reset()

    def train() -> None:
        try:
            raise ValueError("nan")
        finally:
            env.close()

    with pytest.raises(ValueError, match="nan"):
        train()
    assert env.sim.state is gd.SimState.FAILED


def test_an_environment_that_is_dropped_is_no_success() -> None:
    env = gd.TrackEpisodes(gym.make("CartPole-v1"))
    env.reset()
    sim = env.sim
    del env
    gc.collect()
    wait_until(lambda: sim.is_done)
    assert sim.state is gd.SimState.CANCELLED
    assert "without close()" in sim.statuses[-1].details


def test_only_environments_are_wrapped() -> None:
    with pytest.raises(gd.InvalidArgumentError, match="TrackCallback"):
        gd.TrackEpisodes("CartPole-v1")  # type: ignore[arg-type]
