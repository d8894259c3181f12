"""The simulation type ``stable_baselines``: a training with stable-baselines3 in a gymnasium environment.

Light to import; stable-baselines3 is loaded when a simulation is set up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MissingDependencyError
from gymdash_jupyter.records import SimStatus, SimStatusCode
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.sb3_settings import (
    TrainingSettings,
    default_kwargs,
    folder_name,
    read_settings,
)

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.logger import Logger

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.simulations.sb3_callback import TrainingCallback

logger = logging.getLogger(__name__)

MODEL_FILE = "model.zip"
_IMPORTING = threading.Lock()

_HELP = """\
Trains an agent with stable-baselines3 in a gymnasium environment.

Kwargs:
  num_steps: environment steps to train for, at least (5000). PPO and A2C finish the rollout they have begun.
  env: id of a gymnasium environment ("CartPole-v1").
  algorithm: a2c, ddpg, dqn, ppo, sac or td3 ("ppo").
  policy: policy network ("MlpPolicy").
  algorithm_kwargs: arguments of the algorithm, such as {"learning_rate": 0.001}; what it gives too, it decides ({}).
  seed: makes the training repeatable (None: it is not).
  n_envs: how many environments are stepped in turn (1).
  env_kwargs: arguments of the environment ({}).
  episode_trigger: which episodes of the first environment are filmed: an int (every so many, from episode 0 on) or a
    function of the episode's number (never).
  step_trigger: from which steps on it is filmed, likewise (never).
  video_length: frames of a video; 0: until the episode ends (0).
  fps: frames a second of a video (30).

While it trains, it answers progress, stop_simulation (it stops at the next environment step and saves the model) and
help_request. It keeps its model as model.zip, TensorBoard files and videos in its folder."""


class StableBaselinesSimulation(Simulation):
    """Train an agent with stable-baselines3.

    Recorded are every number that the algorithm logs (``rollout/ep_rew_mean``, ``train/loss``, ...), and each episode
    of each environment (``episode/return``, ``episode/length``, ``episode/time``), all over environment steps. In a
    project, the model is saved in the simulation's folder as ``model.zip``, also when the training is stopped or
    fails, and TensorBoard files are written under ``tb/<env>_<algorithm>/train/``. By hand, nothing is written.

    With a trigger for videos, the first environment is filmed into ``media/episode_video/``, named as GymDash names
    them: ``rl-video-episode-<episode>_<num_timesteps>.mp4`` or ``rl-video-step-<step>_<num_timesteps>.mp4``, where
    ``num_timesteps`` is that of the last frame, and of the step at which it is recorded.

    A seed gives the same weights as stable-baselines3 alone gives with it, filmed or not. It seeds the
    generators of Python, numpy and torch that all threads of a process share, so of several trainings at once in
    threads none is repeatable.

    Args:
        config: Its kwargs are those of ``create_kwarg_defaults``; ``_get_help_text`` explains them.

    Attributes:
        model: The model of stable-baselines3, once it is set up; trained when the simulation has ended. In a project
            its replay or rollout buffer is dropped in the end.
        result: ``steps``, ``episodes``, ``mean_return`` (of the last 100 episodes, or None) and ``model_path``
            (relative to the simulation's folder, or None).
    """

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.model: BaseAlgorithm | None = None
        self._env: Any = None
        self._settings: TrainingSettings | None = None
        self._prepared_with: dict[str, Any] = {}
        self._filming: BaseCallback | None = None

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return GymDash's defaults, and ``seed``, ``n_envs`` and ``env_kwargs``."""
        return default_kwargs()

    def close(self) -> None:
        """Close the environments that it made; harmless when repeated."""
        env, self._env = self._env, None
        if env is not None:
            env.close()

    def _get_help_text(self) -> str:
        return _HELP

    def _setup(self, **kwargs: Any) -> None:
        self._prepare(kwargs)

    def _run(self, **kwargs: Any) -> None:
        if self.model is None or not self._is_prepared_for(kwargs):
            self._prepare({**self.start_kwargs, **kwargs})
        model, settings = self.model, self._settings
        assert model is not None and settings is not None, "_prepare makes both"  # noqa: S101, PT018
        from gymdash_jupyter.simulations.sb3_callback import TrainingCallback

        callback = TrainingCallback(self, settings.num_steps)
        outputs = self._make_logger(model, settings)
        model.set_logger(outputs)
        try:
            callbacks = callback if self._filming is None else [callback, self._filming]
            model.learn(total_timesteps=settings.num_steps, callback=callbacks)
        except BaseException:
            self._keep_despite_error(model, callback)
            raise
        finally:
            outputs.close()
        self._keep(model, callback)

    # Before

    def _is_prepared_for(self, kwargs: Mapping[str, Any]) -> bool:
        known = self._prepared_with
        return all(name in known and known[name] is value for name, value in kwargs.items())

    def _prepare(self, kwargs: Mapping[str, Any]) -> None:
        self.close()
        self._prepared_with = dict(kwargs)
        all_kwargs = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs, kwargs)
        settings = read_settings(all_kwargs, f"The simulation type {type(self).__name__}")
        training = _load_training()
        training.check_algorithm(settings)
        self.model = training.make_model(settings, self._filmed_env(settings))
        self._settings = settings
        if settings.has_idle_video_length:
            self._say(
                "video_length alone begins no video; episode_trigger or step_trigger says when to film."
            )
        if self.sim_path is None:
            self._say(
                "No project is open for this simulation: nothing is written to disk, no model, no videos and no "
                "TensorBoard files. The trained model is the simulation's attribute 'model'."
            )

    def _filmed_env(self, settings: TrainingSettings) -> Any:
        """Give the environment, filmed if it is to be; what is made here is closed here."""
        self._filming = None
        training = _load_training()
        is_id = isinstance(settings.env, str)
        if not is_id:
            training.check_env(settings.env)
        video = settings.video
        if video is None or self.sim_path is None:
            if is_id:
                self._env = training.make_env(settings)
            return self._env if is_id else settings.env
        from gymdash_jupyter.simulations.sb3_video import film_of, filmed_env

        def film(env: Any) -> Any:
            return filmed_env(env, video, self.recorder, self._say, settings.n_envs)

        if is_id:
            self._env = training.make_env(settings, film, self._say)
            return self._env
        if not training.is_vec_env(settings.env):
            return film(settings.env)
        name = training.name_of(settings.env)
        self._filming = film_of(settings.env, name, video, self.recorder, self._say)
        return settings.env

    def _make_logger(self, model: BaseAlgorithm, settings: TrainingSettings) -> Logger:
        from gymdash_jupyter.simulations.sb3_logger import has_tensorboard, make_logger

        folder = self._tensorboard_folder(model, settings)
        if folder is not None and not has_tensorboard():
            self._say(
                "TensorBoard files are not written: tensorboard is not installed "
                "(pip install 'gymdash-jupyter[sb3]'). Everything is recorded in the project all the same."
            )
            folder = None
        return make_logger(self.recorder, folder, model.verbose)

    def _tensorboard_folder(self, model: BaseAlgorithm, settings: TrainingSettings) -> str | None:
        training = _load_training()
        if settings.has_own_tensorboard_log:
            log = settings.tensorboard_log
            return None if log is None else str(training.own_tensorboard_folder(log, model))
        if self.sim_path is None:
            return None
        name = folder_name(training.name_of(settings.env), settings.algorithm)
        return str(Path(self.sim_path, "tb", name, "train"))

    # After

    def _keep(self, model: BaseAlgorithm, callback: TrainingCallback) -> None:
        self.result = {
            "steps": model.num_timesteps,
            "episodes": callback.n_episodes,
            "mean_return": callback.mean_return,
            "model_path": None,
        }
        if self.sim_path is None:
            return
        training = _load_training()
        training.save_model(model, Path(self.sim_path, MODEL_FILE))
        training.drop_experience(model)
        self.result["model_path"] = MODEL_FILE
        self._say(f"The model after {model.num_timesteps:,} steps is saved as {MODEL_FILE}.")

    def _keep_despite_error(self, model: BaseAlgorithm, callback: TrainingCallback) -> None:
        try:
            self._keep(model, callback)
        except Exception as exc:  # noqa: BLE001 - must not hide the error that ended the training
            logger.warning("The model of %r could not be saved: %s", self, exc)
            self._say(f"The model could not be saved: {type(exc).__name__}: {exc}")

    def _say(self, details: str) -> None:
        if all(status.details != details for status in self.statuses):
            self.add_status(SimStatus(SimStatusCode.INFO, details=details))


def _load_training() -> ModuleType:
    # Two threads that import torch for the first time at once may see half of it; one at a time may not.
    with _IMPORTING:
        try:
            from gymdash_jupyter.simulations import sb3_training
        except ImportError as exc:
            msg = (
                f"The simulation type stable_baselines needs stable-baselines3, which cannot be imported: {exc}. "
                "Install it where the simulation runs: pip install 'gymdash-jupyter[sb3]'."
            )
            raise MissingDependencyError(msg, package="stable-baselines3") from exc
    return sb3_training
