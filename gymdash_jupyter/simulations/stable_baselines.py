"""The simulation type ``stable_baselines``: a training with stable-baselines3 in a gymnasium environment.

Light to import; stable-baselines3 is loaded when a simulation is set up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gymdash_jupyter.actions import Action, action
from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import (
    ActionRefusedError,
    MissingDependencyError,
)
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations.import_paths import path_of
from gymdash_jupyter.simulations.number_watch import NumberWatch
from gymdash_jupyter.simulations.sb3_help import HELP
from gymdash_jupyter.simulations.sb3_hyperparameters import names_for, ranges_in_words
from gymdash_jupyter.simulations.sb3_model_files import BEST_MODEL_FILE, MODEL_FILE, ModelFiles
from gymdash_jupyter.simulations.sb3_settings import (
    TrainingSettings,
    default_kwargs,
    folder_name,
    read_settings,
)
from gymdash_jupyter.simulations.stop_rules import StopWatch
from gymdash_jupyter.simulations.torch_first_import import FIRST_IMPORT
from gymdash_jupyter.statuses import SimStatus, SimStatusCode

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.logger import Logger

    from gymdash_jupyter.config import SimulationStartConfig
    from gymdash_jupyter.simulations.sb3_callback import TrainingCallback
    from gymdash_jupyter.simulations.sb3_evaluation import Evaluator
    from gymdash_jupyter.simulations.sb3_ongoing import OngoingTraining
    from gymdash_jupyter.simulations.sb3_stage import Stage

logger = logging.getLogger(__name__)


class StableBaselinesSimulation(Simulation):
    """Train an agent with stable-baselines3.

    Recorded are every number that the algorithm logs (``rollout/ep_rew_mean``, ``train/loss``, ...), and each episode
    of each environment (``episode/return``, ``episode/length``, ``episode/time``), all over environment steps. In a
    project, the model is saved in the simulation's folder as ``model.zip``, also when the training is stopped or
    fails, and TensorBoard files are written under ``tb/<env>_<algorithm>/train/``. By hand, nothing is written.

    With a trigger for videos, the first environment is filmed into ``media/episode_video/``, named as GymDash names
    them: ``rl-video-episode-<episode>_<num_timesteps>.mp4`` or ``rl-video-step-<step>_<num_timesteps>.mp4``, where
    ``num_timesteps`` is that of the last frame, and of the step at which it is recorded.

    Now and then the policy plays ``eval_episodes`` episodes in an environment of its own, wrapped and normalised as
    those of the training, without exploring: ``eval/mean_return``, ``eval/std_return`` and ``eval/mean_length`` at the
    step. The best model so far is kept as ``best_model.zip``. Statistics of ``VecNormalize`` lie beside their model.

    A seed gives the same weights as stable-baselines3 alone gives with it, filmed and evaluated or not. It seeds
    the generators of Python, numpy and torch that all threads of a process share, so of several trainings at once in
    threads none is repeatable.

    Args:
        config: Its kwargs are those of ``create_kwarg_defaults``; ``_get_help_text`` explains them.

    Attributes:
        model: The model of stable-baselines3, once it is set up; trained when the simulation has ended. In a project
            its replay or rollout buffer is dropped in the end.
        result: ``steps``, ``episodes``, ``mean_return`` (of the last 100 episodes, or None), ``model_path`` (relative
            to the simulation's folder, or None), ``best_model_path``, ``best_mean_return`` and ``best_step`` (each None
            where nothing was evaluated), ``algorithm`` (its import path).
    """

    def __init__(self, config: SimulationStartConfig) -> None:
        super().__init__(config)
        self.model: BaseAlgorithm | None = None
        self._stage: Stage | None = None
        self._settings: TrainingSettings | None = None
        self._prepared_with: dict[str, Any] = {}
        self._evaluator: Evaluator | None = None
        self._ongoing: OngoingTraining | None = None

    def create_kwarg_defaults(self) -> dict[str, Any]:
        """Return GymDash's defaults, and ours; ``_get_help_text`` explains them."""
        return default_kwargs()

    @classmethod
    def _warm_up(cls) -> None:
        """Train a little: torch imports half of itself when the first model is made."""
        _load_training()
        from gymdash_jupyter.simulations.sb3_warm_up import train_a_little

        train_a_little(StableBaselinesSimulation)

    def close(self) -> None:
        """Close the environments that it made; harmless when repeated."""
        stage, self._stage = self._stage, None
        evaluator, self._evaluator = self._evaluator, None
        for thing in (stage, evaluator):
            if thing is not None:
                thing.close()

    def _get_help_text(self) -> str:
        return HELP

    def _check_start(self, kwargs: Mapping[str, Any]) -> None:
        """Refuse what ``_setup`` would; a subclass with a ``_setup`` or ``_run`` of its own may change kwargs there."""
        if self._is_run_as(StableBaselinesSimulation):
            read_settings(kwargs, f"The simulation type {type(self).__name__}")

    def _setup(self, **kwargs: Any) -> None:
        self._prepare(kwargs)

    def _run(self, **kwargs: Any) -> None:
        if self.model is None or not self._is_prepared_for(kwargs):
            self._prepare({**self.start_kwargs, **kwargs})
        model, settings = self.model, self._settings
        assert model is not None and settings is not None, "_prepare makes both"  # noqa: S101, PT018
        from gymdash_jupyter.simulations.sb3_callback import TrainingCallback
        from gymdash_jupyter.simulations.sb3_ongoing import OngoingTraining

        stops = StopWatch(settings.stop_rules)
        record = NumberWatch(self.recorder, stops, self._say).record
        files = ModelFiles(self.sim_path, self._say)
        outputs = self._make_logger(model, settings, record)
        model.set_logger(outputs)
        ongoing = self._ongoing = OngoingTraining(
            model, settings, self._evaluator, files, self._say
        )
        callback = TrainingCallback(
            self, settings.num_steps, record=record, ongoing=ongoing, stops=stops
        )
        try:
            filming = [] if self._stage is None else self._stage.callbacks
            model.learn(total_timesteps=settings.num_steps, callback=[callback, *filming])
        except BaseException:
            self._keep_despite_error(model, callback, files)
            raise
        finally:
            outputs.close()
        for words in [stops.met_words] if stops.met is not None else stops.unseen():
            self._say(words)
        self._keep(model, callback, files)
        ongoing.say_end()

    # What people may ask for while it trains

    @action
    def evaluate(
        self,
        episodes: Annotated[int, Field(ge=1, le=1000, description="How many to play.")] = 5,
        deterministic: Annotated[bool, Field(description="Whether it does not explore.")] = True,
    ) -> dict[str, Any]:
        """Play some episodes now, in an environment of their own, and record how good they were."""
        return self._under_way().evaluate(episodes, deterministic=deterministic)

    @action
    def save_model(
        self, name: Annotated[str, Field(description="Empty: named after the step.")] = ""
    ) -> str:
        """Keep the model as it is now under models/ in the simulation's folder."""
        return self._under_way().save(name)

    @action(name="set")
    def set_hyperparameter(
        self,
        name: Annotated[str, Field(description="Which hyperparameter.")],
        value: Annotated[float, Field(description="Its new value.")],
    ) -> str:
        """Change a hyperparameter of the algorithm from now on."""
        return self._under_way().change(name, value)

    @action
    def record_video(self) -> str:
        """Film the next episode of the training; where it is not filmed, one in an environment of its own, now."""
        under_way, stage = self._under_way(), self._stage
        if stage is None or stage.record_next is None:
            return under_way.film(self.recorder)
        stage.record_next()
        return "The next episode is filmed."

    def _refine_action(self, offered: Action) -> Action:
        if offered.name != "set":
            return offered
        algorithm = self._settings.algorithm if self._settings is not None else None
        names = names_for(algorithm, self.model)
        arguments = deepcopy(dict(offered.arguments))
        arguments["properties"]["name"]["enum"] = names
        arguments["properties"]["value"]["description"] = ranges_in_words(names, self.model)
        return replace(offered, arguments=arguments)

    def _under_way(self) -> OngoingTraining:
        if self._ongoing is None:
            msg = "The training has not begun."
            raise ActionRefusedError(msg)
        return self._ongoing

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
        stage = self._stage = training.make_stage(
            settings, self.recorder, self._say, is_filmed=self.sim_path is not None
        )
        self.model = training.make_model(settings, stage.env)
        self._settings = settings
        self._evaluator = self._make_evaluator(settings)
        if settings.has_idle_video_length:
            self._say(
                "video_length alone begins no video; episode_trigger or step_trigger says when to film."
            )
        if self.sim_path is None:
            self._say(
                "No project is open for this simulation: nothing is written to disk, no model, no videos and no "
                "TensorBoard files. The trained model is the simulation's attribute 'model'."
            )

    def _make_evaluator(self, settings: TrainingSettings) -> Evaluator | None:
        from gymdash_jupyter.simulations.sb3_evaluation import MAX_ENVS, Evaluator
        from gymdash_jupyter.simulations.sb3_ongoing import prepared_evaluator

        training = _load_training()
        evaluator = Evaluator(
            lambda: training.make_evaluation_env(
                settings, n_envs=min(settings.eval_episodes, MAX_ENVS)
            ),
            seed=settings.seed,
            num_steps=settings.num_steps,
            is_interrupted=lambda: self.interactor.is_asked(STOP),
        )
        if settings.eval_every == 0:
            return evaluator  # its environment is made when somebody asks for an evaluation
        return prepared_evaluator(evaluator, is_needed=settings.must_evaluate, say=self._say)

    def _make_logger(
        self,
        model: BaseAlgorithm,
        settings: TrainingSettings,
        record: Callable[[str, Any, int], None],
    ) -> Logger:
        from gymdash_jupyter.simulations.sb3_logger import has_tensorboard, make_logger

        folder = self._tensorboard_folder(model, settings)
        if folder is not None and not has_tensorboard():
            self._say(
                "TensorBoard files are not written: tensorboard is not installed "
                "(pip install 'gymdash-jupyter[sb3]'). Everything is recorded in the project all the same."
            )
            folder = None
        return make_logger(record, folder, model.verbose)

    def _tensorboard_folder(self, model: BaseAlgorithm, settings: TrainingSettings) -> str | None:
        training = _load_training()
        if settings.has_own_tensorboard_log:
            log = settings.tensorboard_log
            return None if log is None else str(training.own_tensorboard_folder(log, model))
        if self.sim_path is None:
            return None
        name = folder_name(training.name_of(settings.env), settings.algorithm_name)
        return str(Path(self.sim_path, "tb", name, "train"))

    # After

    def _keep(self, model: BaseAlgorithm, callback: TrainingCallback, files: ModelFiles) -> None:
        best = files.best
        self.result = {
            "steps": model.num_timesteps,
            "episodes": callback.n_episodes,
            "mean_return": callback.mean_return,
            "model_path": None,
            "best_model_path": None,
            "best_mean_return": None if best is None else best.mean_return,
            "best_step": None if best is None else best.step,
            "algorithm": path_of(type(model)),
        }
        self.result["model_path"] = files.save_last(model)
        if self.sim_path is None:
            return
        if best is not None:
            self.result["best_model_path"] = BEST_MODEL_FILE
        _load_training().drop_experience(model)
        self._say(f"The model after {model.num_timesteps:,} steps is saved as {MODEL_FILE}.")

    def _keep_despite_error(
        self, model: BaseAlgorithm, callback: TrainingCallback, files: ModelFiles
    ) -> None:
        try:
            self._keep(model, callback, files)
        except Exception as exc:  # noqa: BLE001 - must not hide the error that ended the training
            logger.warning("The model of %r could not be saved: %s", self, exc)
            self._say(f"The model could not be saved: {type(exc).__name__}: {exc}")

    def _say(self, details: str) -> None:
        if all(status.details != details for status in self.statuses):
            self.add_status(SimStatus(SimStatusCode.INFO, details=details))


def _load_training() -> ModuleType:
    with FIRST_IMPORT:
        try:
            import stable_baselines3  # noqa: F401 - the first to be missed

            from gymdash_jupyter.simulations import sb3_training
        except ImportError as exc:
            msg = (
                f"The simulation type stable_baselines needs stable-baselines3, which cannot be imported: {exc}. "
                "Install it where the simulation runs: pip install 'gymdash-jupyter[sb3]'."
            )
            raise MissingDependencyError(msg, package="stable-baselines3") from exc
    return sb3_training
