"""``TrackEpisodes`` of several environments that are stepped together."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import VectorEnv, VectorWrapper

from gymdash_jupyter.tracking.episode_count import Tracking
from gymdash_jupyter.tracking.given_sim import GivenSim

if TYPE_CHECKING:
    from gymdash_jupyter.tracking.tracked import TrackedSimulation

_SAME_STEP = "SAME_STEP"


class TrackVectorEpisodes(VectorWrapper):
    """Record the episodes of a ``gymnasium.vector`` environment; see ``TrackEpisodes``, which makes it.

    A step that only resets an environment, as most vector environments do after an episode, belongs to no episode; it
    counts as a step, so that all that a loop records lies over the same steps, one for each environment it steps.

    Args:
        env: The environments.
        name: As all that follows, see ``TrackEpisodes``.
        config: ...
        sim: ...
        key: ...
        num_steps: ...
        **labels: ...
    """

    def __init__(
        self,
        env: VectorEnv,
        name: str | None = None,
        config: Any = None,
        *,
        sim: TrackedSimulation | None = None,
        key: str = "episode",
        num_steps: int | None = None,
        **labels: Any,
    ) -> None:
        super().__init__(env)
        given = GivenSim("TrackEpisodes", name, config, sim, labels)
        self._tracking = Tracking(given, key, num_steps)
        mode = (env.metadata or {}).get("autoreset_mode")
        self._resets_at_once = getattr(mode, "name", "") == _SAME_STEP
        self._has_ended = np.zeros(env.num_envs, dtype=bool)
        self._returns = np.zeros(env.num_envs)
        self._lengths = np.zeros(env.num_envs, dtype=np.int64)
        self._starts = np.zeros(env.num_envs)

    @property
    def sim(self) -> TrackedSimulation | None:
        """Where it records; None before the first reset."""
        return self._tracking.sim

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset the environments, or those of ``options["reset_mask"]``, and begin an episode in each."""
        self._tracking.count(self)
        mask = (options or {}).get("reset_mask")
        given = super().reset(seed=seed, options=options)
        self._begin(np.ones(self.num_envs, dtype=bool) if mask is None else np.asarray(mask, bool))
        return given

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step the environments, and record the episodes that end."""
        count = self._tracking.count(self)
        given = super().step(actions)
        _, rewards, terminations, truncations, _ = given
        resetting = self._has_ended
        real = ~resetting
        ended = (np.asarray(terminations) | np.asarray(truncations)) & real
        self._returns[real] += np.asarray(rewards, dtype=np.float64)[real]
        self._lengths[real] += 1
        count.n_steps += self.num_envs
        now = perf_counter()
        for i in np.flatnonzero(ended):
            count.ended(
                float(self._returns[i]), int(self._lengths[i]), now - float(self._starts[i])
            )
        self._begin(ended if self._resets_at_once else resetting)
        if not self._resets_at_once:
            self._has_ended = ended
        count.say_progress()
        return given

    def close(self, **kwargs: Any) -> None:
        """Close the environments, and end the simulation if it is their own."""
        try:
            super().close(**kwargs)
        finally:
            self._tracking.finish()

    def _begin(self, which: Any) -> None:
        """Begin an episode in some of the environments."""
        self._has_ended = self._has_ended & ~which
        self._returns[which] = 0.0
        self._lengths[which] = 0
        self._starts[which] = perf_counter()
