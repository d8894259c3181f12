"""Record the episodes that end in environments, over the steps of all of them."""

from __future__ import annotations

import weakref
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.tracking.model_config import env_name

if TYPE_CHECKING:
    from gymdash_jupyter.tracking.given_sim import GivenSim
    from gymdash_jupyter.tracking.tracked import TrackedSimulation

_PROGRESS_INTERVAL_S = 0.02
_DROPPED = (
    "The environment was dropped without close(), so whether the work was done is not known."
)


class EpisodeCount:
    """Record return, length and duration of episodes, and the progress.

    Args:
        sim: Where to.
        key: Before the names of the series.
        num_steps: How many steps there will be, the total of the progress; None when unknown.

    Attributes:
        n_steps: Steps of all environments so far.
        n_episodes: Episodes that have ended.
    """

    def __init__(self, sim: TrackedSimulation, key: str, num_steps: int | None) -> None:
        self.n_steps = 0
        self.n_episodes = 0
        self._sim = sim
        self._key = key
        self._total = num_steps
        self._next_progress = 0.0

    def ended(self, value: Any, length: Any, seconds: float) -> None:
        """Record an episode that has ended with the last step.

        Raises:
            StopSimException: Somebody has stopped the simulation.
        """
        self.n_episodes += 1
        self._sim.scalar(f"{self._key}/return", value, self.n_steps)
        self._sim.scalar(f"{self._key}/length", length, self.n_steps)
        self._sim.scalar(f"{self._key}/time", seconds, self.n_steps)

    def say_progress(self) -> None:
        """Say now and then how many steps were done, unless the loop around does; listen whether somebody stops it.

        Raises:
            StopSimException: Somebody has.
        """
        now = perf_counter()
        if now >= self._next_progress:
            self._next_progress = now + _PROGRESS_INTERVAL_S
            self._sim.progress_by(self, self.n_steps, self._total)

    def say_last_progress(self) -> None:
        """Say where it stood in the end, in a simulation that goes on."""
        if self._sim.is_done:
            return
        with suppress(StopSimException):  # whoever says something next hears of it
            self._sim.progress_by(self, self.n_steps, self._total)

    def finish(self) -> None:
        """End the simulation, with the number of steps and episodes as its result."""
        if not self._sim.is_done:
            self._sim.recorder.progress(self.n_steps, self._total)
            self._sim.result = {"steps": self.n_steps, "episodes": self.n_episodes}
        self._sim.finish()


class Tracking:
    """Begin to count when an environment is first used, and end what was begun for it when it is closed.

    Args:
        given: Where to record.
        key: Before the names of the series.
        num_steps: The total of the progress.

    Attributes:
        sim: Where it is recorded; None before the environment is used.
    """

    def __init__(self, given: GivenSim, key: str, num_steps: int | None) -> None:
        self.sim: TrackedSimulation | None = None
        self._given = given
        self._key = key
        self._total = num_steps
        self._count: EpisodeCount | None = None
        self._is_own = False

    def count(self, env: Any) -> EpisodeCount:
        """Give what counts, beginning it the first time.

        Args:
            env: The wrapper; when it is gone without having been closed, a simulation of its own ends.
        """
        if self._count is None:
            self.sim = self._given.find()
            if self.sim is None:
                self._is_own = True
                values = {"env": env_name(env), "n_envs": getattr(env, "num_envs", 1)}
                self.sim = self._given.begin(str(values["env"]), values)
                weakref.finalize(env, _note_dropped, self.sim).atexit = False
            self._count = EpisodeCount(self.sim, self._key, self._total)
        return self._count

    def finish(self) -> None:
        """End the simulation that was begun here; a later use of the environment begins another one."""
        if self._count is not None and self._is_own:
            self._count.finish()
        elif self._count is not None:
            self._count.say_last_progress()
        self._count, self._is_own = None, False


def _note_dropped(sim: TrackedSimulation) -> None:
    """End a simulation soon; takes no lock, since it is called in the middle of anything, as garbage is collected."""
    sim.has_left = lambda: StopSimException(_DROPPED)
