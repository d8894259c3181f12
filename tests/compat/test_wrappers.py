"""GymDash's wrappers and callbacks do what was meant, for environments as gymnasium makes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.compat.gym_wrappers import TensorboardStreamWrapper, WrapperUtils
from gymdash_jupyter.compat.record_video import RecordVideoCustom, RecordVideoToTensorboard
from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.streams.tensorboard_streamer import TensorboardStreamer
from gymdash_jupyter.video import probe_video
from tests.compat.event_log import EventLog


class Small(gym.Env[Any, Any]):
    """Episodes of three steps, pictures of 16 x 12 pixels."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012 - gymnasium's way
    observation_space = gym.spaces.Box(0, 1, (1,))
    action_space = gym.spaces.Discrete(2)

    def __init__(self, render_mode: str | None = "rgb_array") -> None:
        self.render_mode = render_mode
        self.n = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.n = 0
        return np.zeros(1, dtype=np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.n += 1
        return np.zeros(1, dtype=np.float32), 1.0, self.n == 3, False, {}

    def render(self) -> Any:
        picture = np.full((12, 16, 3), 40 * self.n, dtype=np.uint8)
        return [picture] if self.render_mode == "rgb_array_list" else picture


def play(env: gym.Env[Any, Any], n_episodes: int) -> None:
    for _ in range(n_episodes):
        env.reset()
        while not env.step(0)[2]:
            pass
    env.close()


def films(folder: Path) -> dict[str, int]:
    return {path.name: probe_video(path).n_frames for path in sorted(folder.iterdir())}


def test_episodes_are_filmed_whole_under_gymdash_s_names(tmp_path: Path) -> None:
    env = RecordVideoCustom(Small(), str(tmp_path / "v"), lambda n: n % 2 == 0, lambda n: False)
    assert not (tmp_path / "v").exists()
    play(env, 3)
    assert films(tmp_path / "v") == {
        "rl-video-episode-0_0.mp4": 4,
        "rl-video-episode-2_5.mp4": 4,
    }
    assert (env.episode_id, env.step_id, env.recording) == (2, 8, False)


def test_steps_are_filmed_for_so_many_frames(tmp_path: Path) -> None:
    env = RecordVideoCustom(
        Small(), tmp_path, lambda n: False, 4, video_length=2, name_prefix="x", fps=5
    )
    play(env, 2)
    assert films(tmp_path) == {"x-step-0_0.mp4": 2, "x-step-1_4.mp4": 2}


def test_without_triggers_cubes_are_filmed(tmp_path: Path) -> None:
    play(RecordVideoCustom(Small(), tmp_path), 9)
    episodes = [name.split("-")[3].partition("_")[0] for name in films(tmp_path)]
    assert episodes == ["0", "1", "8"]


def test_pictures_that_come_as_lists_are_filmed_and_given(tmp_path: Path) -> None:
    env = RecordVideoCustom(Small("rgb_array_list"), tmp_path, lambda n: True)
    env.reset()
    assert len(env.render()) == 2
    env.close()
    assert list(films(tmp_path).values()) == [1]


def test_an_environment_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="render_mode is None"):
        RecordVideoCustom(Small(None), tmp_path)


def test_a_stream_wrapper_is_an_environment_and_a_streamer(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    log.write("a", (1, 2.0, 3.0))
    env = TensorboardStreamWrapper(Small(), str(tmp_path), {"scalars": ["a"]})
    assert (env.streamer_name, env.get_stat_keys()) == (str(tmp_path), [("a", "scalars")])
    assert env.get_all_recent() == {"a": [(2.0, 1, 3.0)]}
    env.reset_streamer()
    assert env.get_recent_from_key("a") == [(2.0, 1, 3.0)]
    assert env.step(0)[1] == 1.0
    assert isinstance(env.unwrapped, Small)


def test_a_wrapper_is_found_by_its_type_or_not(tmp_path: Path) -> None:
    inner = TensorboardStreamWrapper(Small(), "tb")
    env = RecordVideoCustom(inner, tmp_path)
    assert WrapperUtils.get_wrapper_of_type(env, TensorboardStreamWrapper) is inner
    assert WrapperUtils.get_wrapper_of_type(env, RecordVideoCustom) is env
    assert WrapperUtils.get_wrapper_of_type(env, gym.wrappers.TimeLimit) is None


@pytest.mark.slow
def test_videos_go_into_event_files_as_moving_images(tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(tmp_path / "tb")
    env = RecordVideoToTensorboard(Small(), str(tmp_path / "v"), lambda n: n == 0)
    env.configure_recorder("video", writer)
    play(env, 2)
    writer.close()
    streamer = TensorboardStreamer(tmp_path / "tb", {"images": ["video", "video_thumbnail"]})
    recent = streamer.get_all_recent()
    assert recent["video"][0].encoded_image_string[:3] == b"GIF"
    assert recent["video_thumbnail"][0].encoded_image_string[1:4] == b"PNG"
    assert (recent["video"][0].width, recent["video"][0].step) == (16, 2)


@pytest.mark.slow
def test_the_stream_wrapper_is_led_to_where_the_model_writes(tmp_path: Path) -> None:
    from stable_baselines3 import PPO
    from stable_baselines3.common.logger import configure

    from gymdash_jupyter.compat.sb3_callbacks import (
        SimulationInteractionCallback,
        TensorboardPathCorrectionCallback,
    )

    env = TensorboardStreamWrapper(Small(), "wrong", {"scalars": ["train/learning_rate"]})
    model = PPO("MlpPolicy", env, n_steps=16, batch_size=16, n_epochs=1, device="cpu")
    model.set_logger(configure(str(tmp_path), ["tensorboard"]))
    sim = gd.Simulation(gd.SimulationStartConfig(name="n", sim_key="n"))
    watching = SimulationInteractionCallback(sim)
    model.learn(64, callback=[TensorboardPathCorrectionCallback(), watching])
    assert (watching.curr_timesteps, watching.total_timesteps) == (64, 64)
    assert sim.interactor.get_out("progress") == (True, (64, 64))
    assert env.streamer_name == str(tmp_path)
    steps = [event.step for event in env.get_recent_from_key("train/learning_rate")]
    assert steps == [32, 48, 64]
    sim.interactor.set_in("stop_simulation", True)
    model.learn(64, callback=SimulationInteractionCallback(sim))
    assert model.num_timesteps == 1
    assert sim.was_cancelled()


def test_a_module_called_like_its_class_can_be_used_as_the_class(old_imports: None) -> None:
    from gymdash.backend.gymnasium.wrappers import RecordVideoCustom as Meant
    from gymdash.backend.gymnasium.wrappers import TensorboardStreamWrapper as Wrapper

    class Mine(Wrapper):
        pass

    env = Wrapper(Small(), "tb")
    assert isinstance(env, Wrapper)
    assert not isinstance(env, Meant)
    assert issubclass(Mine, TensorboardStreamWrapper)
    assert issubclass(Mine, Wrapper)
    assert Wrapper.TensorboardStreamWrapper is TensorboardStreamWrapper


def test_a_missing_library_says_what_to_install(
    old_imports: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "gymdash_jupyter.compat.gym_wrappers")
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    expected = r"needs gymnasium, which is not installed: pip install 'gymdash-jupyter\[sb3\]'"
    with pytest.raises(MissingDependencyError, match=expected):
        from gymdash.backend.gymnasium.utils.wrapper_utils import WrapperUtils  # noqa: F401
