"""Files that a simulation recorded: images, videos, sounds, texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True)
class MediaItem:
    """One file that a simulation recorded.

    Attributes:
        sim_id: The simulation.
        key: Name as the simulation wrote it.
        step: At which step.
        kind: ``image``, ``video``, ``audio``, ``text`` or ``histogram``.
        path: Relative to the simulation's folder, with forward slashes.
        time: When.
        info: What is known of it: width, height, duration_s, episode, return...
    """

    sim_id: UUID
    key: str
    step: int
    kind: str
    path: str
    time: datetime
    info: Mapping[str, Any] = field(default_factory=dict)
