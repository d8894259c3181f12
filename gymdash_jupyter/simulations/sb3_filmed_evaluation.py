"""A video of what a policy does now: one episode in an environment of its own, beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import ActionRefusedError, GymDashError
from gymdash_jupyter.simulations.sb3_envs import make_evaluation_env
from gymdash_jupyter.simulations.sb3_evaluation import EvaluationInterruptedError, Evaluator
from gymdash_jupyter.video.record_video import RecordVideo

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.recorder import Recorder
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

KEY = "evaluation_video"


class _AtStep:
    """Be the recorder of a film, but let its videos stand at the step of the training.

    Args:
        recorder: The simulation's.
        step: Of the training.
    """

    def __init__(self, recorder: Recorder, step: int) -> None:
        self._recorder = recorder
        self._step = step
        self.problem = ""

    def clip(self, key: str, fps: float) -> _ClipAtStep:
        """Begin a video."""
        return _ClipAtStep(self._recorder.clip(key, fps), self._step)

    def note_problem(self, _kind: object, words: str) -> None:
        """Keep why it cannot be filmed, for who asked."""
        self.problem = words


class _ClipAtStep:
    def __init__(self, clip: Any, step: int) -> None:
        self._clip = clip
        self._step = step

    @property
    def n_frames(self) -> int:
        return int(self._clip.n_frames)

    @property
    def is_broken(self) -> bool:
        return bool(self._clip.is_broken)

    def add(self, frame: Any) -> None:
        self._clip.add(frame)

    def close(self, _step: Any, *, name: str | None = None, **info: Any) -> None:  # noqa: ARG002 - it has a better one
        self._clip.close(self._step, name=f"evaluation-step-{self._step}", **info)

    def discard(self) -> None:
        self._clip.discard()


def film_evaluation(
    model: BaseAlgorithm,
    settings: TrainingSettings,
    recorder: Recorder,
    is_interrupted: Callable[[], bool],
) -> str:
    """Play one episode without exploring, and record a video of it at the model's step.

    Args:
        model: What plays.
        settings: How its environment is made.
        recorder: The simulation's.
        is_interrupted: Whether it is to be given up; asked at each step.

    Returns:
        What was filmed, in words.

    Raises:
        ActionRefusedError: It cannot be filmed, or was given up; the message says why.
    """
    target = _AtStep(recorder, model.num_timesteps)

    def film(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
        filmed: Any = RecordVideo(env, target, episode_trigger=lambda n: n == 0, key=KEY)  # type: ignore[arg-type]
        return filmed  # type: ignore[no-any-return]

    evaluator = Evaluator(
        lambda: make_evaluation_env(settings, film),
        seed=settings.seed,
        num_steps=settings.num_steps,
        is_interrupted=is_interrupted,
    )
    try:
        evaluation = evaluator.evaluate(model, 1)
    except (GymDashError, EvaluationInterruptedError) as exc:
        msg = f"An episode cannot be filmed: {exc}"
        raise ActionRefusedError(msg) from exc
    finally:
        evaluator.close()
    if target.problem:
        raise ActionRefusedError(target.problem)
    return (
        f"An episode of {evaluation.lengths[0]:,} steps with return {evaluation.mean_return:,.6g} is recorded as "
        f"{KEY} at step {evaluation.step:,}."
    )
