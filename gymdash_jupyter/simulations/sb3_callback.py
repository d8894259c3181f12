"""What happens at each step of a stable-baselines3 training besides training: it is watched, asked and stopped here.

``_on_step`` is called once for each step of all environments and must cost next to nothing: it takes no lock and makes
no object unless an episode has ended, somebody asks something, or 20 ms have passed since progress was last said.
"""

from __future__ import annotations

from collections import deque
from statistics import fmean
from time import perf_counter
from typing import TYPE_CHECKING, Any

from stable_baselines3.common.callbacks import BaseCallback

from gymdash_jupyter.channels import PROGRESS, STOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymdash_jupyter.simulation import Simulation
    from gymdash_jupyter.simulations.sb3_ongoing import OngoingTraining
    from gymdash_jupyter.simulations.stop_rules import StopWatch

PROGRESS_INTERVAL_S = 0.02
MEAN_OVER_EPISODES = 100


class TrainingCallback(BaseCallback):
    """Record episodes and progress of one training, answer its channels, and stop it when asked to.

    Each episode that ends in any of the environments gives a point of ``episode/return``, ``episode/length`` (in
    steps) and ``episode/time``, at ``num_timesteps`` of that moment. ``episode/time`` is how long the episode took in
    seconds of wall time: since the one before ended in the same environment, or since training began. What the
    algorithm learns in between counts in.

    Args:
        simulation: Whose training it is.
        num_steps: How many steps were asked for, the total of the progress.
        record: Takes key, value and step of a number.
        ongoing: Evaluates when it is time.
        stops: Says when the training is good enough.

    Attributes:
        n_episodes: How many episodes have ended.
    """

    def __init__(
        self,
        simulation: Simulation,
        num_steps: int,
        *,
        record: Callable[[str, Any, int], None],
        ongoing: OngoingTraining,
        stops: StopWatch,
    ) -> None:
        super().__init__()
        self.n_episodes = 0
        self._simulation = simulation
        self._total = num_steps
        self._ongoing = ongoing
        self._stops = stops
        self._returns: deque[float] = deque(maxlen=MEAN_OVER_EPISODES)
        self._episode_starts: list[float] = []
        self._next_progress = 0.0
        # Bound once: looking these up at each step costs more than calling them.
        self._answer_if_asked = simulation.interactor.set_out_if_in
        self._base_step = simulation.base_step
        self._record = record

    @property
    def mean_return(self) -> float | None:
        """Mean return of the last 100 episodes, or of as many as have ended; None when none has."""
        return fmean(self._returns) if self._returns else None

    def _on_training_start(self) -> None:
        self._episode_starts = [perf_counter()] * self.training_env.num_envs
        self._say_progress(perf_counter())

    def _on_step(self) -> bool:
        infos = self.locals["infos"]
        for info in infos:
            if "episode" in info:
                self._note_episodes(infos)
                break
        now = perf_counter()
        if now >= self._next_progress:
            self._say_progress(now)
        self._base_step()
        if self.num_timesteps >= self._ongoing.next_evaluation:
            self._ongoing.evaluate_periodically()
        if self._answer_if_asked(STOP, True):
            self._simulation.set_cancelled()
            return False
        return self._stops.met is None

    def _on_training_end(self) -> None:
        self._say_progress(perf_counter())
        if self._stops.met is None and not self._simulation.was_cancelled():
            self._ongoing.evaluate_finally()

    def _note_episodes(self, infos: list[dict[str, Any]]) -> None:
        step, now, record = self.num_timesteps, perf_counter(), self._record
        for i, info in enumerate(infos):
            episode = info.get("episode")
            if episode is None:
                continue
            self.n_episodes += 1
            self._returns.append(float(episode["r"]))
            record("episode/return", episode["r"], step)
            record("episode/length", episode["l"], step)
            record("episode/time", now - self._episode_starts[i], step)
            self._episode_starts[i] = now

    def _say_progress(self, now: float) -> None:
        self._next_progress = now + PROGRESS_INTERVAL_S
        self._answer_if_asked(PROGRESS, (self.num_timesteps, self._total))
