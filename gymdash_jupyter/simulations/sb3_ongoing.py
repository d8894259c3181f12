"""A training that is under way, and what can be done with it between two steps: evaluate, save, change, film."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import ActionRefusedError, GymDashError, StopSimException
from gymdash_jupyter.simulations.sb3_evaluation import (
    EvaluationInterruptedError,
    Evaluator,
    evaluation_interval,
)
from gymdash_jupyter.simulations.sb3_hyperparameters import change

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.sb3_evaluation import Evaluation
    from gymdash_jupyter.simulations.sb3_model_files import ModelFiles
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

_LARGE_SHARE = 0.2
_WORTH_SAYING_S = 2.0

_NO_ENV = (
    "That needs an environment of its own, and env was given as a made one. "
    "Start a training with env as an id, a class or a function."
)


class OngoingTraining:
    """Hold what a training needs besides training. Used by its thread.

    Args:
        model: What is trained.
        settings: How.
        evaluator: Plays with it; None where there can be no environment for that.
        files: Where models are kept.
        say: Adds a status.

    Attributes:
        next_evaluation: ``num_timesteps`` from which on it is time to evaluate; infinite when it never is.
    """

    def __init__(
        self,
        model: BaseAlgorithm,
        settings: TrainingSettings,
        evaluator: Evaluator | None,
        files: ModelFiles,
        say: Callable[[str], None],
    ) -> None:
        self.files = files
        self._model = model
        self._settings = settings
        self._evaluator = evaluator
        self._say = say
        every = evaluation_interval(settings.eval_every, settings.num_steps, model)
        self._every = every if evaluator is not None else 0
        self.next_evaluation = self._after(0)
        self._began = perf_counter()

    # What the training calls

    def evaluate_periodically(self) -> None:
        """Evaluate and keep the model if it is the best; what goes wrong ends evaluating, never the training."""
        self.next_evaluation = self._after(self._model.num_timesteps)
        try:
            evaluation = self._evaluated(self._settings.eval_episodes, deterministic=True)
            self.files.note(evaluation, self._model)
        except StopSimException:
            raise
        except EvaluationInterruptedError as exc:
            if self._evaluator is None or not self._evaluator.is_interrupted():
                self._give_up(str(exc))
        except Exception as exc:  # noqa: BLE001 - a foreign environment may fail in any way
            self._give_up(f"{type(exc).__name__}: {exc}")

    def evaluate_finally(self) -> None:
        """Evaluate what has come of the training, unless nothing is to be evaluated."""
        if self._every:
            self.evaluate_periodically()

    def say_end(self) -> None:
        """Say what is known of the best model, and what evaluating cost if that was much."""
        self.files.say_best()
        spent = 0.0 if self._evaluator is None else self._evaluator.seconds
        total = perf_counter() - self._began
        if spent > _WORTH_SAYING_S and spent > _LARGE_SHARE * total:
            self._say(
                f"Evaluating took {spent / total:.0%} of the time ({spent:.0f} of {total:.0f} s). A larger eval_every "
                "or fewer eval_episodes make it less; eval_every=0 turns it off."
            )

    # What people ask for

    def evaluate(self, episodes: int, *, deterministic: bool) -> dict[str, Any]:
        """Evaluate now, and record it.

        Raises:
            ActionRefusedError: It cannot be, or was interrupted.
        """
        try:
            evaluation = self._evaluated(episodes, deterministic=deterministic)
        except EvaluationInterruptedError as exc:
            msg = f"The evaluation was given up: {exc}"
            raise ActionRefusedError(msg) from exc
        if deterministic and episodes >= self._settings.eval_episodes:
            self.files.note(evaluation, self._model)
        return {
            "mean_return": evaluation.mean_return,
            "std_return": evaluation.std_return,
            "episodes": episodes,
            "step": evaluation.step,
        }

    def film(self, recorder: Recorder) -> str:
        """Record a video of an episode that is played now; see ``film_evaluation``."""
        if self._evaluator is None:
            raise ActionRefusedError(_NO_ENV)
        if not self.files.has_folder:
            msg = "No project is open for this simulation, so there is no folder for a video."
            raise ActionRefusedError(msg)
        from gymdash_jupyter.simulations.sb3_filmed_evaluation import film_evaluation

        return film_evaluation(
            self._model, self._settings, recorder, self._evaluator.is_interrupted
        )

    def save(self, name: str) -> str:
        """Save the model under a name; see ``ModelFiles.save_as``."""
        return self.files.save_as(name, self._model)

    def change(self, name: str, value: float) -> str:
        """Change a hyperparameter, and say so; see ``sb3_hyperparameters.change``."""
        before, after = change(self._model, name, value)
        words = f"{name} changed from {_shown(before)} to {_shown(after)} at step {self._model.num_timesteps:,}"
        self._say(words)
        return words

    # Inside

    def _evaluated(self, episodes: int, *, deterministic: bool) -> Evaluation:
        if self._evaluator is None:
            raise ActionRefusedError(_NO_ENV)
        evaluation = self._evaluator.evaluate(self._model, episodes, deterministic=deterministic)
        values = {
            "eval/mean_return": evaluation.mean_return,
            "eval/std_return": evaluation.std_return,
            "eval/mean_length": evaluation.mean_length,
        }
        # To each output by itself: the logger would write with it what the algorithm has not finished logging.
        for output in self._model.logger.output_formats:
            output.write(dict(values), dict.fromkeys(values, ()), evaluation.step)
        return evaluation

    def _after(self, step: int) -> float:
        """Give the next time to evaluate; the last one is when the training has ended."""
        if not self._every:
            return math.inf
        following = (step // self._every + 1) * self._every
        return following if following < self._settings.num_steps else math.inf

    def _give_up(self, why: str) -> None:
        self._every, self.next_evaluation = 0, math.inf
        self._say(f"Evaluating failed, and is not tried again: {why} The training goes on.")


def prepared_evaluator(
    evaluator: Evaluator, *, is_needed: bool, say: Callable[[str], None]
) -> Evaluator | None:
    """Give an evaluator that has its environment, or None after saying why it cannot have one.

    Raises:
        GymDashError: It cannot have one, and somebody needs it.
    """
    try:
        evaluator.prepare()
    except GymDashError as exc:
        if is_needed:
            raise
        say(f"It is not evaluated while it trains. {exc}")
        return None
    return evaluator


def _shown(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, (int, float)) else str(value)
