"""Environments whose pictures say which step they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from tests.video.reading import grey


class NumberedEnv(gym.Env[Any, Any]):
    """Show the number of the step within the episode as a grey; each step gives 1.5.

    Args:
        length: Steps of an episode.
        render: Instead of its own.
        render_mode: As gymnasium has it.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 20}  # noqa: RUF012 - gymnasium's way

    def __init__(
        self,
        length: int = 5,
        render: Callable[[], Any] | None = None,
        render_mode: str | None = "rgb_array",
    ) -> None:
        self.observation_space = spaces.Box(-1, 1, (2,), np.float32)
        self.action_space = spaces.Discrete(2)
        self.length = length
        self.render_mode = render_mode
        self.n = 0
        self.n_rendered = 0
        self.is_closed = False
        self._render = render

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.n = 0
        return np.zeros(2, np.float32), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.n += 1
        return np.zeros(2, np.float32), 1.5, self.n >= self.length, False, {}

    def render(self) -> Any:
        self.n_rendered += 1
        return grey(self.n) if self._render is None else self._render()

    def close(self) -> None:
        self.is_closed = True


def play(env: gym.Env[Any, Any], n_steps: int) -> None:
    """Step an environment, resetting it where an episode ends, as training loops do."""
    env.reset(seed=0)
    for _ in range(n_steps):
        _, _, terminated, truncated, _ = env.step(0)
        if terminated or truncated:
            env.reset()
