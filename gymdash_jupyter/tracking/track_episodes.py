"""``TrackEpisodes``: track what any loop does in gymnasium environments."""

from __future__ import annotations

import os
from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError

try:
    import gymnasium as gym
    from gymnasium.vector import VectorEnv
except ImportError as exc:
    msg = (
        f"TrackEpisodes needs gymnasium, which cannot be imported: {exc}. "
        "Install it: pip install gymnasium, or 'gymdash-jupyter[sb3]'."
    )
    raise MissingDependencyError(msg, package="gymnasium") from exc

from gymdash_jupyter.tracking.episode_count import Tracking
from gymdash_jupyter.tracking.given_sim import GivenSim
from gymdash_jupyter.tracking.track_vector_episodes import TrackVectorEpisodes

if TYPE_CHECKING:
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.tracker import SimulationTracker
    from gymdash_jupyter.tracking.tracked import TrackedSimulation

Observation = TypeVar("Observation")
Action = TypeVar("Action")


class TrackEpisodes(gym.Wrapper[Observation, Action, Observation, Action]):
    """Track any loop over ``env.step``: ``env = gd.TrackEpisodes(gym.make("CartPole-v1"))``.

    Each episode that ends is recorded: ``episode/return``, ``episode/length`` (in steps) and ``episode/time`` (seconds
    from the reset that began it), over the steps that were done by then; so is the progress, where the loop says none
    itself. Observations, rewards and infos pass through as they are, and so does everything else.

    With ``sim``, or inside of a ``with gd.track(...)`` block unless a name is given, it goes there. Else the first
    ``reset`` begins a simulation, and ``close`` ends it: as failed while an exception is being handled, as in a
    ``finally``. Dropped without ``close``, it is cancelled. A person's stop raises ``StopSimException`` from ``step``.

    Several environments that are stepped together (``gymnasium.vector``) are given as one; steps are counted over all
    of them.

    Args:
        env: A gymnasium environment, or a vector of them.
        name: Display name; None: the environment's.
        config: Values by name, as ``gd.track`` takes them; ``env`` and ``n_envs`` are among them.
        sim: A tracked simulation to record in.
        key: Before the names of the series, such as ``eval`` for a second environment.
        num_steps: How many steps there will be, as the total of the progress.
        tags: One tag or several.
        note: A note on it.
        project: As ``gd.track`` takes it.
        stoppable: As ``gd.track`` takes it.

    Raises:
        InvalidArgumentError: ``env`` is no environment, ``sim`` no tracked simulation, or comes with a name or config.
    """

    def __new__(cls, env: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Make the wrapper that fits: another one for a vector of environments."""
        if isinstance(env, VectorEnv):
            return TrackVectorEpisodes(env, *args, **kwargs)
        return super().__new__(cls)

    def __init__(
        self,
        env: gym.Env[Observation, Action],
        name: str | None = None,
        config: Any = None,
        *,
        sim: TrackedSimulation | None = None,
        key: str = "episode",
        num_steps: int | None = None,
        tags: str | Iterable[str] = (),
        note: str = "",
        project: Project | SimulationTracker | str | os.PathLike[str] | None = None,
        stoppable: bool = True,
    ) -> None:
        if not isinstance(env, gym.Env):
            msg = (
                f"TrackEpisodes wraps an environment of gymnasium, or a vector of them; got {type(env).__name__}: "
                f"{env!r}. For stable-baselines3 there is gd.TrackCallback."
            )
            raise InvalidArgumentError(msg, argument="env")
        super().__init__(env)
        labels = {"tags": tags, "note": note, "project": project, "stoppable": stoppable}
        given = GivenSim("TrackEpisodes", name, config, sim, labels)
        self._tracking = Tracking(given, key, num_steps)
        self._return = 0.0
        self._length = 0
        self._start = 0.0

    @property
    def sim(self) -> TrackedSimulation | None:
        """Where it records; None before the first reset."""
        return self._tracking.sim

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Reset the environment, and begin an episode."""
        self._tracking.count(self)
        given = super().reset(seed=seed, options=options)
        self._return, self._length, self._start = 0.0, 0, perf_counter()
        return given

    def step(
        self, action: Action
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step the environment, and record the episode if it ends."""
        count = self._tracking.count(self)
        given = super().step(action)
        count.n_steps += 1
        self._length += 1
        self._return += float(given[1])
        if given[2] or given[3]:
            count.ended(self._return, self._length, perf_counter() - self._start)
        count.say_progress()
        return given

    def close(self) -> None:
        """Close the environment, and end the simulation if it is the environment's own."""
        try:
            super().close()
        finally:
            self._tracking.finish()
