"""``RecordVideo`` in a person's own loop: what is filmed, what it is called, and that it harms nobody."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.video import RecordVideo
from tests.video.filmed import NumberedEnv, play
from tests.video.reading import decoded, greys

pytest.importorskip("av")


class Playing(Simulation):
    """Run a function with its recorder."""

    def __init__(self, say: Callable[[Recorder], object]) -> None:
        super().__init__(SimulationStartConfig(name="playing", sim_key="playing"))
        self.say = say

    def _run(self, **kwargs: Any) -> None:
        self.say(self.recorder)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project.open(tmp_path / "project")
    yield opened
    opened.store.close()


def run(project: Project, say: Callable[[Recorder], object]) -> Simulation:
    simulation = SimulationTracker(project=project).start_sim(Playing(say))[1]
    assert simulation.wait(60)
    return simulation


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def filmed(tmp_path: Path, n_steps: int, length: int = 5, **options: Any) -> dict[str, list[int]]:
    """Film into a folder; give what each video shows."""
    env = RecordVideo(NumberedEnv(length), tmp_path / "videos", **options)
    play(env, n_steps)
    env.close()
    found = {}
    for name in names(tmp_path / "videos"):
        found[name] = greys(decoded(tmp_path / "videos" / name)[1])
    return found


def test_every_so_many_episodes_are_filmed_whole(tmp_path: Path) -> None:
    assert filmed(tmp_path, 20, episode_trigger=2) == {
        "rl-video-episode-0_5.mp4": [0, 1, 2, 3, 4, 5],
        "rl-video-episode-2_15.mp4": [0, 1, 2, 3, 4, 5],
        "rl-video-episode-4_20.mp4": [0],
    }


def test_a_function_says_which_episodes(tmp_path: Path) -> None:
    seen: list[int] = []

    def wanted(episode: int) -> bool:
        seen.append(episode)
        return episode == 1

    assert list(filmed(tmp_path, 15, episode_trigger=wanted)) == ["rl-video-episode-1_10.mp4"]
    assert seen == [0, 1, 2, 3]


def test_from_a_step_on_the_rest_of_the_episode_is_filmed(tmp_path: Path) -> None:
    assert filmed(tmp_path, 12, step_trigger=lambda step: step == 7) == {
        "rl-video-step-7_10.mp4": [2, 3, 4, 5],
    }


def test_step_zero_is_the_first_picture(tmp_path: Path) -> None:
    assert filmed(tmp_path, 12, step_trigger=1000) == {
        "rl-video-step-0_5.mp4": [0, 1, 2, 3, 4, 5],
    }


def test_a_step_at_the_end_of_an_episode_films_the_next_one(tmp_path: Path) -> None:
    assert filmed(tmp_path, 12, step_trigger=lambda step: step == 5) == {
        "rl-video-step-5_10.mp4": [0, 1, 2, 3, 4, 5],
    }


def test_a_length_ends_a_video_and_goes_over_the_ends_of_episodes(tmp_path: Path) -> None:
    assert filmed(tmp_path, 24, step_trigger=10, video_length=8) == {
        "rl-video-step-0_6.mp4": [0, 1, 2, 3, 4, 5, 0, 1],
        "rl-video-step-10_16.mp4": [0, 1, 2, 3, 4, 5, 0, 1],
        "rl-video-step-20_24.mp4": [0, 1, 2, 3, 4],
    }


def test_steps_are_counted_over_all_environments(tmp_path: Path) -> None:
    found = filmed(tmp_path, 10, n_envs=4, step_trigger=lambda step: step == 7)
    assert found == {"rl-video-step-7_20.mp4": [2, 3, 4, 5]}


def test_the_next_episode_can_be_asked_for(tmp_path: Path) -> None:
    env = RecordVideo(NumberedEnv(), tmp_path / "videos")
    play(env, 7)
    env.record_next()
    assert not env.is_recording
    play(env, 2)
    assert env.is_recording
    play(env, 7)
    env.close()
    assert names(tmp_path / "videos") == ["rl-video-episode-2_9.mp4"]


def test_nothing_is_rendered_unless_it_is_filmed(tmp_path: Path) -> None:
    env = NumberedEnv()
    play(RecordVideo(env, tmp_path / "videos", episode_trigger=lambda episode: episode == 1), 50)
    assert env.n_rendered == 6


def test_nothing_is_changed_by_filming(tmp_path: Path) -> None:
    def rollout(env: gym.Env[Any, Any]) -> list[Any]:
        given = [env.reset(seed=3)[0].tolist()]
        env.action_space.seed(3)
        for _ in range(60):
            observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
            given.append((observation.tolist(), reward, terminated, truncated, info))
            if terminated or truncated:
                given.append(env.reset()[0].tolist())
        env.close()
        return given

    np.random.seed(0)
    before = np.random.get_state()[1].tolist()
    bare = rollout(gym.make("CartPole-v1"))
    made = gym.make("CartPole-v1", render_mode="rgb_array")
    assert rollout(RecordVideo(made, tmp_path, episode_trigger=1)) == bare
    assert np.random.get_state()[1].tolist() == before
    assert len(names(tmp_path)) > 1


def test_frames_a_second_are_the_environments_own_unless_given(tmp_path: Path) -> None:
    filmed(tmp_path / "own", 5, episode_trigger=5)
    filmed(tmp_path / "given", 5, episode_trigger=5, fps=12)
    speeds = [
        decoded(tmp_path / name / "videos" / "rl-video-episode-0_5.mp4")[0]["fps"]
        for name in ("own", "given")
    ]
    assert speeds == [20, 12]


def test_in_a_simulation_videos_are_recorded_with_what_is_known(project: Project) -> None:
    def say(recorder: Recorder) -> None:
        env = RecordVideo(NumberedEnv(), recorder, episode_trigger=2)
        play(env, 12)
        env.close()

    simulation = run(project, say)
    whole, cut = simulation.media()
    assert (whole.key, whole.kind, whole.step) == ("episode_video", "video", 5)
    assert whole.path == "media/episode_video/rl-video-episode-0_5.mp4"
    assert cut.path == "media/episode_video/rl-video-episode-2_12.mp4"
    expected = {"episode": 0, "return": 7.5, "length": 5, "is_whole_episode": True}
    assert expected.items() <= whole.info.items()
    expected = {"episode": 2, "return": 3.0, "length": 2, "is_whole_episode": False}
    assert expected.items() <= cut.info.items()
    assert whole.info["n_frames"] == 6
    shown = decoded(Path(simulation.sim_path or "", whole.path))[1]
    assert greys(shown) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("error", [ValueError("boom"), gd.StopSimException()])
def test_a_video_that_is_open_when_a_simulation_fails_is_kept(
    project: Project, error: Exception
) -> None:
    def say(recorder: Recorder) -> None:
        play(RecordVideo(NumberedEnv(length=99), recorder, episode_trigger=1), 7)
        raise error

    simulation = run(project, say)
    assert simulation.state in (SimState.FAILED, SimState.CANCELLED)
    (item,) = simulation.media()
    assert item.path.endswith("rl-video-episode-0_7.mp4")
    assert greys(decoded(Path(simulation.sim_path or "", item.path))[1]) == list(range(8))


def test_another_key_has_its_own_folder(project: Project) -> None:
    def say(recorder: Recorder) -> None:
        env = RecordVideo(NumberedEnv(), recorder, episode_trigger=1, key="eval/film")
        play(env, 5)
        env.close()

    first = run(project, say).media()[0]
    assert first.key == "eval/film"
    assert first.path.startswith("media/eval-film~")


def failing_after(n: int) -> Callable[[], Any]:
    calls = iter(range(1000))

    def render() -> Any:
        if next(calls) >= n:
            raise RuntimeError("no display")
        return np.zeros((8, 8, 3), np.uint8)

    return render


@pytest.mark.parametrize(
    ("render", "said", "n_videos"),
    [
        (failing_after(0), r"render\(\) failed \(RuntimeError: no display\)", 0),
        (failing_after(3), r"render\(\) failed \(RuntimeError: no display\)", 1),
        (lambda: None, r"render\(\) gave NoneType instead of an array", 0),
        (lambda: [1, 2], r"render\(\) gave list instead of an array", 0),
    ],
)
def test_what_cannot_be_rendered_ends_filming_with_one_status(
    project: Project, render: Callable[[], Any], said: str, n_videos: int
) -> None:
    def say(recorder: Recorder) -> None:
        play(RecordVideo(NumberedEnv(render=render), recorder, episode_trigger=1), 30)

    simulation = run(project, say)
    assert simulation.state is SimState.SUCCEEDED
    (problem,) = [s.details for s in simulation.statuses if s.code.name == "INFO"]
    assert problem.startswith("NumberedEnv cannot be filmed any more: ")

    assert re.search(said, problem)
    assert len(simulation.media()) == n_videos


def test_a_picture_that_is_none_ends_filming_with_one_status(project: Project) -> None:
    def say(recorder: Recorder) -> None:
        env = NumberedEnv(render=lambda: np.zeros((3, 8, 9), np.uint8))
        play(RecordVideo(env, recorder, episode_trigger=1), 30)

    simulation = run(project, say)
    (problem,) = [s.details for s in simulation.statuses if s.code.name == "INFO"]
    assert "channels first?" in problem
    assert simulation.media() == []


def test_a_failing_trigger_ends_filming_with_one_status(project: Project) -> None:
    def trigger(step: int) -> bool:
        raise KeyError(step)

    def say(recorder: Recorder) -> None:
        play(RecordVideo(NumberedEnv(), recorder, step_trigger=trigger), 30)

    simulation = run(project, say)
    (problem,) = [s.details for s in simulation.statuses if s.code.name == "INFO"]
    assert "its trigger failed at 0 (KeyError: 0)" in problem


def test_a_folder_that_cannot_be_written_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "videos").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        play(RecordVideo(NumberedEnv(), tmp_path / "videos", episode_trigger=1), 30)
    assert caplog.text.count("was not written") == 1


def test_a_reward_of_several_numbers_harms_nobody(tmp_path: Path) -> None:
    class Several(NumberedEnv):
        def step(self, action: Any) -> Any:
            observation, _, *rest = super().step(action)
            return observation, [1.0, 2.0], *rest

    play(RecordVideo(Several(), tmp_path, episode_trigger=1), 12)
    assert len(names(tmp_path)) >= 2


def test_videos_are_never_written_over(tmp_path: Path) -> None:
    for _ in range(2):
        env = RecordVideo(NumberedEnv(), tmp_path, episode_trigger=5)
        play(env, 5)
        env.close()
    assert names(tmp_path) == ["rl-video-episode-0_5-1.mp4", "rl-video-episode-0_5.mp4"]


@pytest.mark.parametrize("mode", [None, "human", "ansi", "rgb_array_list"])
def test_an_environment_without_pictures_is_refused(tmp_path: Path, mode: str | None) -> None:
    with pytest.raises(InvalidArgumentError, match="render_mode='rgb_array'"):
        RecordVideo(NumberedEnv(render_mode=mode), tmp_path)


@pytest.mark.parametrize(
    "options",
    [{"episode_trigger": "x"}, {"step_trigger": 1.5}, {"video_length": -1}, {"video_length": 1.5}],
)
def test_bad_arguments_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        RecordVideo(NumberedEnv(), tmp_path, **options)


def test_something_else_than_a_recorder_or_folder_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="recorder or a folder; got int"):
        RecordVideo(NumberedEnv(), 3)  # type: ignore[arg-type]


def test_without_pyav_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from gymdash_jupyter.video import encoder

    encoder._codec.cache_clear()
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"gymdash-jupyter\[video\]"):
        RecordVideo(NumberedEnv(), tmp_path, episode_trigger=1)


def test_the_environment_is_closed_through_it(tmp_path: Path) -> None:
    env = NumberedEnv()
    RecordVideo(env, tmp_path).close()
    assert env.is_closed


def test_a_process_that_rendered_still_hears_sigterm(tmp_path: Path) -> None:
    """SDL, which pygame brings, takes SIGTERM for itself unless it is told not to."""
    import signal
    import subprocess
    import sys

    code = (
        "import os, signal, sys, time, gymnasium, gymdash_jupyter as gd;"
        "env = gymnasium.make('CartPole-v1', render_mode='rgb_array');"
        "env = gd.RecordVideo(env, sys.argv[1], episode_trigger=1);"
        "env.reset(); env.step(0);"
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "SDL_NO_SIGNAL_HANDLERS"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=environment, check=False
    )
    assert done.returncode == -signal.SIGTERM
