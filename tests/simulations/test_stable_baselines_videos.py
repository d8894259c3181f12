"""Filming a training: what is filmed and what it is called, and that the training is the same with and without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import pytest
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecNormalize

from gymdash_jupyter.states import SimState
from gymdash_jupyter.video import encoder
from tests.simulations.trainings import (
    MATRIX,
    PPO,
    ActingEnv,
    bare,
    config,
    is_same,
    made,
    weights,
)
from tests.video.filmed import NumberedEnv
from tests.video.reading import boxes, decoded, greys

if TYPE_CHECKING:
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.tracker import SimulationTracker

pytest.importorskip("av")

STEPS = 192


def trained(tracker: SimulationTracker, **kwargs: Any) -> Any:
    simulation = tracker.start_sim(config(**kwargs))[1]
    assert simulation.wait(60), simulation
    return simulation


def videos(simulation: Simulation) -> dict[str, MediaItem]:
    return {Path(item.path).name: item for item in simulation.media()}


def shown(simulation: Simulation, name: str) -> list[int]:
    """Give the steps within the episode that a video of a NumberedEnv shows."""
    folder = Path(simulation.sim_path or "", "media", "episode_video")
    return greys(decoded(folder / name)[1])


def said(simulation: Simulation) -> list[str]:
    return [s.details for s in simulation.statuses if "film" in s.details or "ideo" in s.details]


def test_videos_lie_where_gymdash_has_them_and_play_in_browsers(
    tracker: SimulationTracker,
) -> None:
    simulation = trained(tracker, episode_trigger=3, fps=25)
    found = videos(simulation)
    assert len(found) >= 2
    for name, item in found.items():
        assert item.path == f"media/episode_video/{name}"
        assert item.key == "episode_video"
        path = Path(simulation.sim_path, item.path)
        facts, frames = decoded(path)
        assert (facts["codec"], facts["pix_fmt"], facts["fps"]) == ("h264", "yuv420p", 25)
        assert (facts["width"], facts["height"]) == (600, 400)
        assert boxes(path).index("moov") < boxes(path).index("mdat")
        assert len(frames) == item.info["n_frames"] == item.info["length"] + 1
        assert item.step == int(path.stem.rpartition("_")[2])


def test_what_is_known_of_a_video_is_what_the_training_recorded(
    tracker: SimulationTracker,
) -> None:
    simulation = trained(tracker, episode_trigger=1)
    read = tracker.project.store.read_scalars
    returns, _ = read(simulation.sim_id, "episode/return")
    lengths, _ = read(simulation.sim_id, "episode/length")
    whole = [item for item in videos(simulation).values() if item.info["is_whole_episode"]]
    assert len(whole) == len(returns) > 3
    assert [item.step for item in whole] == returns.steps.tolist()
    assert [item.info["return"] for item in whole] == returns.values.tolist()
    assert [item.info["length"] for item in whole] == lengths.values.tolist()
    assert [item.info["episode"] for item in whole] == list(range(len(whole)))


def test_a_film_shows_each_step_of_an_episode_to_its_end(tracker: SimulationTracker) -> None:
    simulation = trained(
        tracker, env=NumberedEnv(10), episode_trigger=lambda episode: episode == 2
    )
    assert list(videos(simulation)) == ["rl-video-episode-2_30.mp4"]
    assert shown(simulation, "rl-video-episode-2_30.mp4") == list(range(11))


def test_steps_and_a_length_say_what_is_filmed(tracker: SimulationTracker) -> None:
    simulation = trained(tracker, env=NumberedEnv(10), step_trigger=100, video_length=15)
    assert list(videos(simulation)) == ["rl-video-step-0_13.mp4", "rl-video-step-100_113.mp4"]
    for name in videos(simulation):
        assert shown(simulation, name) == [*range(11), *range(4)]


def test_of_several_environments_the_first_is_filmed_and_all_steps_count(
    tracker: SimulationTracker,
) -> None:
    gym.register("Numbered-v0", lambda **kwargs: NumberedEnv(10, **kwargs))
    try:
        simulation = trained(
            tracker, env="Numbered-v0", n_envs=3, num_steps=192, episode_trigger=2
        )
    finally:
        gym.registry.pop("Numbered-v0")
    names = list(videos(simulation))
    assert names[:3] == [
        "rl-video-episode-0_30.mp4",
        "rl-video-episode-2_90.mp4",
        "rl-video-episode-4_150.mp4",
    ]
    assert all(shown(simulation, name) == list(range(11)) for name in names[:3])


@pytest.mark.parametrize(
    ("algorithm", "env", "arguments"),
    [
        pytest.param(*MATRIX[0], id="ppo"),
        pytest.param(*MATRIX[4], id="dqn", marks=pytest.mark.slow),
        pytest.param(*MATRIX[7], id="sac", marks=pytest.mark.slow),
    ],
)
def test_the_weights_are_the_same_with_and_without_videos(
    tracker: SimulationTracker, algorithm: str, env: str, arguments: dict[str, Any]
) -> None:
    kwargs = {"algorithm": algorithm, "env": env, "algorithm_kwargs": arguments}
    filmed = trained(tracker, **kwargs, episode_trigger=1, step_trigger=50, n_envs=1)
    assert len(videos(filmed)) >= 1
    alone = bare(algorithm, env, STEPS, 7, **arguments)
    assert is_same(weights(filmed.model), weights(alone))
    assert is_same(weights(trained(tracker, **kwargs).model), weights(alone))


def test_the_weights_are_the_same_with_several_environments(tracker: SimulationTracker) -> None:
    filmed = trained(tracker, n_envs=3, episode_trigger=1)
    alone = bare("ppo", "CartPole-v1", STEPS, 7, n_envs=3, **PPO)
    assert len(videos(filmed)) >= 2
    assert is_same(weights(filmed.model), weights(alone))


@pytest.mark.parametrize("made_by", [DummyVecEnv, SubprocVecEnv])
def test_a_given_vec_env_is_filmed_from_outside(
    tracker: SimulationTracker, made_by: type[DummyVecEnv | SubprocVecEnv]
) -> None:
    several = made_by([lambda: NumberedEnv(10)] * 2)
    env = VecNormalize(several)
    try:
        simulation = trained(tracker, env=env, num_steps=128, episode_trigger=2)
    finally:
        env.close()
    found = videos(simulation)
    assert list(found)[:2] == ["rl-video-episode-0_20.mp4", "rl-video-episode-2_60.mp4"]
    assert shown(simulation, "rl-video-episode-2_60.mp4") == list(range(10))
    assert found["rl-video-episode-2_60.mp4"].info["return"] == 15


def test_a_stopped_training_keeps_the_video_that_was_open(tracker: SimulationTracker) -> None:
    simulation: Any = None

    class Stopped(NumberedEnv):
        def step(self, action: Any) -> Any:
            if self.n == 40:
                simulation.cancel()
            return super().step(action)

    simulation = tracker.create_simulation(config(env=Stopped(1000), episode_trigger=1))[1]
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert simulation.state is SimState.CANCELLED
    ((name, item),) = videos(simulation).items()
    assert shown(simulation, name) == list(range(item.step + 1))


def test_a_failed_training_keeps_the_video_that_was_open(tracker: SimulationTracker) -> None:
    class Failing(NumberedEnv):
        def step(self, action: Any) -> Any:
            if self.n == 40:
                raise ValueError("boom")
            return super().step(action)

    simulation = trained(tracker, env=Failing(1000), episode_trigger=1)
    assert simulation.state is SimState.FAILED
    assert list(videos(simulation)) == ["rl-video-episode-0_40.mp4"]
    assert shown(simulation, "rl-video-episode-0_40.mp4") == list(range(41))


def boom() -> Any:
    raise RuntimeError("no display")


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        (lambda: gym.make("CartPole-v1"), "its render_mode is None"),
        (ActingEnv, "its render_mode is None"),
        (lambda: NumberedEnv(render=boom), r"render() failed (RuntimeError: no display)"),
        (lambda: NumberedEnv(render=lambda: None), "render() gave NoneType"),
        (lambda: DummyVecEnv([ActingEnv]), "its render_mode is None"),
        (lambda: make_vec_env(lambda **_: NumberedEnv(render=boom)), "render() failed"),
    ],
)
def test_what_cannot_be_filmed_is_trained_all_the_same(
    tracker: SimulationTracker, env: Any, reason: str
) -> None:
    simulation = trained(tracker, env=env(), episode_trigger=1)
    assert simulation.state is SimState.SUCCEEDED
    (status,) = said(simulation)
    assert "cannot be filmed" in status
    assert reason in status
    assert videos(simulation) == {}


@pytest.mark.parametrize("mode", ["human", "ansi"])
def test_another_render_mode_is_left_as_it_is(tracker: SimulationTracker, mode: str) -> None:
    gym.register("Numbered-v0", lambda **kwargs: NumberedEnv(**kwargs, render=boom))
    try:
        simulation = trained(
            tracker, env="Numbered-v0", env_kwargs={"render_mode": mode}, episode_trigger=1
        )
    finally:
        gym.registry.pop("Numbered-v0")
    assert simulation.state is SimState.SUCCEEDED
    (status,) = said(simulation)
    assert f"its render_mode is {mode!r}" in status


def test_an_environment_that_knows_no_render_mode_is_trained_all_the_same(
    tracker: SimulationTracker,
) -> None:
    gym.register("Blind-v0", ActingEnv)
    try:
        simulation = trained(tracker, env="Blind-v0", n_envs=2, episode_trigger=1)
    finally:
        gym.registry.pop("Blind-v0")
    assert simulation.state is SimState.SUCCEEDED
    (status,) = said(simulation)
    assert status.startswith("Blind-v0 cannot be filmed: ")


def test_without_pyav_a_training_goes_on_and_says_what_to_install(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder._codec.cache_clear()
    monkeypatch.setitem(sys.modules, "av", None)
    simulation = trained(tracker, episode_trigger=1, n_envs=2)
    assert simulation.state is SimState.SUCCEEDED
    (status,) = said(simulation)
    assert "pip install 'gymdash-jupyter[video]'" in status
    assert videos(simulation) == {}


def test_a_length_alone_is_answered_by_a_status(tracker: SimulationTracker) -> None:
    (status,) = said(trained(tracker, video_length=10))
    assert status.startswith("video_length alone begins no video")


def test_by_hand_nothing_is_filmed(tmp_path: Path) -> None:
    simulation = made(env=NumberedEnv(render=boom), episode_trigger=1)
    simulation.setup()
    simulation.run()
    assert simulation.state is SimState.SUCCEEDED
    assert any("no videos" in status for status in said(simulation))


@pytest.mark.slow
def test_nothing_of_videos_is_loaded_where_none_are_wanted(tmp_path: Path) -> None:
    code = (
        "import sys, gymdash_jupyter as gd; gd.open_project(sys.argv[1]);"
        "sim = gd.run('stable_baselines', num_steps=64, launcher='thread',"
        " algorithm_kwargs={'n_steps': 64, 'batch_size': 32, 'n_epochs': 1});"
        "assert sim.wait(60); print(sim.state, 'av' in sys.modules, 'pygame' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "succeeded False False\n"
