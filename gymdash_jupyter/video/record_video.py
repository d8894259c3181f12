"""``RecordVideo``: a gymnasium wrapper that films, for any training loop."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

import gymnasium as gym

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.video.file_clip import FileClip
from gymdash_jupyter.video.film import DEFAULT_FPS, Film

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymdash_jupyter.recorder import Recorder

logger = logging.getLogger(__name__)

Observation = TypeVar("Observation")
Action = TypeVar("Action")


class RecordVideo(gym.Wrapper[Observation, Action, Observation, Action]):
    """Film episodes of an environment.

    A video is named after what began it and how many steps were done when it ended:
    ``rl-video-episode-<episode>_<steps>.mp4`` or ``rl-video-step-<step>_<steps>.mp4``. With a recorder it lies in the
    simulation's folder under ``media/<key>/``, is encoded beside the training, and is recorded at its last step with
    ``episode``, ``return`` (of its last episode, as far as it was seen), ``length`` (steps of that) and
    ``is_whole_episode``. With a folder it lies there, and is complete when the step that ends it returns.

    Filming calls ``render()`` once a frame and nothing else: no random number is drawn, no action, observation or
    reward is changed. What goes wrong with it ends the filming, is said once, and never reaches the training. While it
    films, other triggers are passed over. A video that is open when the environment is closed, or when the simulation
    ends or fails, is completed.

    Args:
        env: Made with ``render_mode="rgb_array"``.
        recorder_or_folder: ``self.recorder`` of a simulation, or a folder, which is made when the first video is.
        episode_trigger: A function of the number of an episode, from 0: whether to film it; or an int: every so many.
        step_trigger: A function of the number of a step, from 0: whether to film from it on; or an int: every so many.
        video_length: Frames of a video, over the ends of episodes; 0: until the episode ends.
        fps: Frames a second; None asks the environment.
        key: Name of the series of videos.
        n_envs: How many environments are stepped together with this one; steps are counted over all of them, as
            stable-baselines3 counts ``num_timesteps``.

    Raises:
        InvalidArgumentError: The environment's render mode gives no pictures, or an argument has a wrong value.
        MissingDependencyError: PyAV is not installed.
    """

    def __init__(
        self,
        env: gym.Env[Observation, Action],
        recorder_or_folder: Recorder | str | os.PathLike[str],
        *,
        episode_trigger: Callable[[int], bool] | int | None = None,
        step_trigger: Callable[[int], bool] | int | None = None,
        video_length: int = 0,
        fps: float | None = None,
        key: str = "episode_video",
        n_envs: int = 1,
    ) -> None:
        super().__init__(env)
        name = _name_of(env)
        check_render_mode(name, env.render_mode)
        open_clip, say = _target(recorder_or_folder, key)
        self._film = Film(
            open_clip,
            env.render,
            say,
            name,
            episode_trigger=episode_trigger,
            step_trigger=step_trigger,
            video_length=video_length,
            fps=env.metadata.get("render_fps") or DEFAULT_FPS if fps is None else fps,
            n_envs=n_envs,
        )
        if hasattr(recorder_or_folder, "before_end"):
            recorder_or_folder.before_end(self._film.stop)

    @property
    def is_recording(self) -> bool:
        """Whether it is filming now."""
        return self._film.is_recording

    def record_next(self) -> None:
        """Film the next episode, whatever the triggers say; may be called from any thread."""
        self._film.record_next()

    def stop_recording(self) -> None:
        """Complete the video that is being filmed, if there is one."""
        self._film.stop()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Reset the environment, and film if it is time to."""
        given = super().reset(seed=seed, options=options)
        self._film.episode_began()
        return given

    def step(
        self, action: Action
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step the environment, and film if it is time to."""
        given = super().step(action)
        self._film.stepped(given[1], has_ended=given[2] or given[3])
        return given

    def close(self) -> None:
        """Complete the video that is being filmed, and close the environment."""
        self._film.stop()
        super().close()


def check_render_mode(name: str, render_mode: str | None) -> None:
    """Refuse an environment that gives no pictures.

    Raises:
        InvalidArgumentError: Its render mode is another than ``rgb_array``.
    """
    if render_mode != "rgb_array":
        msg = (
            f"{name} cannot be filmed: its render_mode is {render_mode!r}. "
            "Make it with gymnasium.make(..., render_mode='rgb_array')."
        )
        raise InvalidArgumentError(msg, render_mode=render_mode)


def _target(
    recorder_or_folder: Any, key: str
) -> tuple[Callable[[float], Any], Callable[[str], None]]:
    """Give how a video is begun, and where problems are said."""
    if isinstance(recorder_or_folder, (str, os.PathLike)):
        folder = Path(recorder_or_folder)
        return lambda fps: FileClip(folder, fps), lambda problem: logger.warning("%s", problem)
    recorder = recorder_or_folder
    if not hasattr(recorder, "clip") or not hasattr(recorder, "note_problem"):
        msg = f"RecordVideo takes a simulation's recorder or a folder; got {type(recorder).__name__}."
        raise InvalidArgumentError(msg)
    return lambda fps: recorder.clip(key, fps), lambda why: recorder.note_problem("film", why)


def _name_of(env: gym.Env[Any, Any]) -> str:
    return env.spec.id if env.spec is not None else type(env.unwrapped).__name__
