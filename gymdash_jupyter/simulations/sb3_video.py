"""Filming a stable-baselines3 training: its first environment, by the wrapper where it can be wrapped.

A VecEnv that somebody made is filmed from outside instead, since its environments may live in other processes.
Filming never changes a training: what cannot be filmed is said, and the training goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import unwrap_vec_normalize

from gymdash_jupyter.errors import InvalidArgumentError, MediaError, MissingDependencyError
from gymdash_jupyter.video.film import Film
from gymdash_jupyter.video.record_video import RecordVideo, check_render_mode

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    from stable_baselines3.common.vec_env import VecEnv

    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.sb3_settings import VideoSettings

KEY = "episode_video"
GOES_ON = "The training goes on without videos."

_CANNOT = (InvalidArgumentError, MediaError, MissingDependencyError)


def filmed_env(
    env: gym.Env[Any, Any],
    video: VideoSettings,
    recorder: Recorder,
    say: Callable[[str], None],
    n_envs: int = 1,
) -> gym.Env[Any, Any]:
    """Give an environment that is filmed, or the same one after saying why it cannot be.

    Args:
        env: The first of the training's environments.
        video: What to film.
        recorder: The simulation's.
        say: Adds a status.
        n_envs: How many environments are stepped in turn.
    """
    try:
        return RecordVideo(
            env,
            recorder,
            episode_trigger=video.episode_trigger,
            step_trigger=video.step_trigger,
            video_length=video.video_length,
            fps=video.fps,
            key=KEY,
            n_envs=n_envs,
        )
    except _CANNOT as exc:
        say(f"{exc} {GOES_ON}")
        return env


def film_of(
    env: VecEnv, name: str, video: VideoSettings, recorder: Recorder, say: Callable[[str], None]
) -> VecEnvFilming | None:
    """Give a callback that films a VecEnv, or None after saying why it cannot be filmed.

    Args:
        env: As it was given.
        name: What it is called.
        video: What to film.
        recorder: The simulation's.
        say: Adds a status.
    """

    def render() -> Any:
        return env.env_method("render", indices=0)[0]

    try:
        try:
            check_render_mode(name, env.get_attr("render_mode", 0)[0])
        except AttributeError:
            check_render_mode(name, None)
        film = Film(
            lambda fps: recorder.clip(KEY, fps),
            render,
            lambda why: recorder.note_problem("film", why),
            name,
            episode_trigger=video.episode_trigger,
            step_trigger=video.step_trigger,
            video_length=video.video_length,
            fps=video.fps,
            n_envs=env.num_envs,
        )
    except _CANNOT as exc:
        say(f"{exc} {GOES_ON}")
        return None
    recorder.before_end(film.stop)
    return VecEnvFilming(film)


class VecEnvFilming(BaseCallback):
    """Tell a film what happens in the first environment of a VecEnv.

    A VecEnv resets an environment in the same step in which its episode ends, so the very last picture of an episode
    is not seen from here.

    Args:
        film: What is told.
    """

    def __init__(self, film: Film) -> None:
        super().__init__()
        self._film = film

    def record_next(self) -> None:
        """Film the next episode, whatever the triggers say; may be called from any thread."""
        self._film.record_next()

    def _on_training_start(self) -> None:
        self._film.episode_began()

    def _on_step(self) -> bool:
        normalized = unwrap_vec_normalize(self.training_env)
        rewards = (
            self.locals["rewards"] if normalized is None else normalized.get_original_reward()
        )
        has_ended = bool(self.locals["dones"][0])
        self._film.stepped(rewards[0], has_ended=has_ended, is_visible=not has_ended)
        if has_ended:
            self._film.episode_began()
        return True
