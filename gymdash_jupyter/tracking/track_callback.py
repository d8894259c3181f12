"""``TrackCallback``: track a training with stable-baselines3 that is a script of its own."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from gymdash_jupyter.errors import MissingDependencyError, SimulationStateError

try:
    from stable_baselines3.common.callbacks import BaseCallback

    from gymdash_jupyter.simulations.sb3_callback import PROGRESS_INTERVAL_S, TrainingCallback
    from gymdash_jupyter.simulations.sb3_logger import RecorderOutput
except ImportError as exc:
    msg = (
        f"TrackCallback needs stable-baselines3, which cannot be imported: {exc}. "
        "Install it: pip install 'gymdash-jupyter[sb3]'."
    )
    raise MissingDependencyError(msg, package="stable-baselines3") from exc

from gymdash_jupyter.simulations.number_watch import NumberWatch
from gymdash_jupyter.simulations.stop_rules import StopWatch
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.tracking.executing import Executing, call_of
from gymdash_jupyter.tracking.given_sim import GivenSim
from gymdash_jupyter.tracking.model_config import config_of_model

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.simulations.sb3_ongoing import OngoingTraining
    from gymdash_jupyter.tracker import SimulationTracker
    from gymdash_jupyter.tracking.tracked import TrackedSimulation

_PATIENCE_S = 1.0
_LEFT = "learn() was left before its end, by an exception that was handled outside of it."


class TrackCallback(BaseCallback):
    """Track trainings of stable-baselines3: ``model.learn(100_000, callback=gd.TrackCallback("ppo"))``.

    Recorded are what the simulation type ``stable_baselines`` records: every number that the model logs
    (``rollout/ep_rew_mean``, ``train/loss``, ...), and each episode of each environment (``episode/return``,
    ``episode/length``, ``episode/time``), over environment steps; episodes are known where environments have a
    ``Monitor``, as those have that stable-baselines3 makes. Progress is told where no loop around does, and a person's
    stop ends ``learn()`` as a callback does that returns False: without an exception.

    With ``sim``, or inside of a ``with gd.track(...)`` block unless a name is given, it all goes there, and that
    lives on. Else each call of ``learn()`` is a simulation of its own. It ends with ``learn()``, as failed when an
    exception leaves that; where somebody handles the exception, its words are not known.

    Args:
        name: Display name; None: the algorithm and the environment.
        config: Values by name, as ``gd.track`` takes them, over those that the model tells: ``algorithm``, ``env``,
            ``num_steps``, ``policy``, ``seed``, ``n_envs``, and the arguments of the algorithm.
        sim: A tracked simulation to record in.
        tags: One tag or several.
        note: A note on it.
        project: As ``gd.track`` takes it.
        verbose: As in every callback of stable-baselines3.

    Attributes:
        sim: The simulation of the training that is under way, or was the last; None before.

    Raises:
        InvalidArgumentError: ``sim`` is no tracked simulation, or one and words for a new one are given together.
    """

    def __init__(
        self,
        name: str | None = None,
        config: Any = None,
        *,
        sim: TrackedSimulation | None = None,
        tags: str | Iterable[str] = (),
        note: str = "",
        project: Project | SimulationTracker | str | os.PathLike[str] | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(verbose)
        labels = {"tags": tags, "note": note, "project": project}
        self.sim: TrackedSimulation | None = None
        self._given = GivenSim("TrackCallback", name, config, sim, labels)
        self._is_own = False
        self._training: TrainingCallback | None = None
        self._output: RecorderOutput | None = None
        self._outputs: list[Any] = []

    def _init_callback(self) -> None:
        self._forget_former()

    def _on_training_start(self) -> None:
        total = int(self.model._total_timesteps)  # noqa: SLF001 - what learn() compares with
        sim = self._given.find()
        self._is_own = sim is None
        if sim is None:
            sim = self._begin(total)
        self.sim = sim
        no_rules = StopWatch(())
        record = NumberWatch(sim.recorder, no_rules, self._say).record
        self._output = RecorderOutput(record)
        self._outputs = self.logger.output_formats
        self._outputs.append(self._output)
        # All that a training does besides learning is there already; here it only belongs to another simulation.
        nothing_else = cast("OngoingTraining", _NoEvaluation())
        self._training = _TrackedTraining(
            sim, total, record=record, ongoing=nothing_else, stops=no_rules
        )
        self._training.init_callback(self.model)
        self._training.on_training_start(self.locals, self.globals)

    def update_child_locals(self, locals_: dict[str, Any]) -> None:
        """Hand on what is known at this step."""
        if self._training is not None:
            self._training.update_locals(locals_)

    def _on_step(self) -> bool:
        training, sim = self._training, self.sim
        if training is None or sim is None:
            return True
        goes_on = training.on_step()
        # Somebody may have stopped the block around this before, or ended it by force.
        return goes_on and not (sim.was_cancelled() or sim.state.is_terminal)

    def _on_training_end(self) -> None:
        training, sim = self._training, self.sim
        if training is None or sim is None:
            return
        training.on_training_end()
        self._forget_former()
        if self._is_own:
            sim.result = {
                "steps": self.num_timesteps,
                "episodes": training.n_episodes,
                "mean_return": training.mean_return,
            }
            sim.finish()

    def _begin(self, total: int) -> TrackedSimulation:
        values = config_of_model(self.model, total)
        sim = self._given.begin(f"{values['algorithm']} {values['env']}", values)
        learning = call_of("learn", self.model)
        if learning is not None:
            sim.has_left = _Left(learning).how
        return sim

    def _forget_former(self) -> None:
        """Let go of a training that has ended, or was left by an exception, of which a callback is not told."""
        if self._output is not None and self._output in self._outputs:
            self._outputs.remove(self._output)
        self._training = self._output = None
        has_left = None if self.sim is None or not self._is_own else self.sim.has_left
        left = None if has_left is None else has_left(0)
        if left is not None and self.sim is not None:
            self.sim.finish(left)

    def _say(self, details: str) -> None:
        if self.sim is not None:
            self.sim.add_status(SimStatus(SimStatusCode.INFO, details=details))


class _TrackedTraining(TrainingCallback):
    """Say the progress unless the loop around ``learn()`` does."""

    def _say_progress(self, now: float) -> None:
        if cast("TrackedSimulation", self._simulation).has_progress_from(self):
            super()._say_progress(now)
        else:
            self._next_progress = now + PROGRESS_INTERVAL_S


class _NoEvaluation:
    """Stand for the regular evaluation, which ``EvalCallback`` of stable-baselines3 does in such scripts."""

    next_evaluation = math.inf

    def evaluate_periodically(self) -> None:
        """Do nothing."""

    def evaluate_finally(self) -> None:
        """Do nothing."""


class _Left:
    """Notice that ``learn()`` was left by an exception.

    Args:
        learning: Its call.
    """

    def __init__(self, learning: Executing) -> None:
        self._learning = learning
        self._since: float | None = None

    def how(self, patience_s: float = _PATIENCE_S) -> BaseException | None:
        """Give what it was left with, None while it goes on or as long as that may still become known.

        Args:
            patience_s: How long to wait for whoever shows the exception as unhandled.
        """
        if not self._learning.is_over:
            return None
        self._since = monotonic() if self._since is None else self._since
        error = self._learning.exception()
        if error is None and monotonic() - self._since >= patience_s:
            error = SimulationStateError(_LEFT)
        return error
