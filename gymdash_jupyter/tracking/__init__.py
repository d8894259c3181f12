"""Track code that is no ``Simulation``: any loop, a stable-baselines3 training, steps in a gymnasium environment.

Small adapters: what they begin is a simulation as any other, and what it says is the same truth in the store. Importing
this room is light: stable-baselines3 is loaded with ``TrackCallback``, gymnasium with ``TrackEpisodes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.tracking.beginning import track
from gymdash_jupyter.tracking.tracked import TrackedSimulation

if TYPE_CHECKING:
    from gymdash_jupyter.tracking.track_callback import TrackCallback as TrackCallback
    from gymdash_jupyter.tracking.track_episodes import TrackEpisodes as TrackEpisodes

__all__ = ["TrackCallback", "TrackEpisodes", "TrackedSimulation", "track"]


def __getattr__(name: str) -> Any:
    if name == "TrackCallback":  # is a callback of stable-baselines3, which comes with it
        from gymdash_jupyter.tracking.track_callback import TrackCallback

        return TrackCallback
    if name == "TrackEpisodes":  # is a gymnasium.Wrapper
        from gymdash_jupyter.tracking.track_episodes import TrackEpisodes

        return TrackEpisodes
    msg = f"module 'gymdash_jupyter.tracking' has no attribute {name!r}"
    raise AttributeError(msg)
