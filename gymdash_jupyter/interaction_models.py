"""GymDash's words for asking a simulation something, for code that was written with them.

``tracker.fulfill_query_interaction`` takes a ``SimulationInteractionModel``; new code asks ``tracker.query(id, ...)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from gymdash_jupyter.config import SimulationStartConfig

NO_ID = UUID(int=0)
"""The id of no simulation, in the answer to a question about one that is not there."""

_IdText = Annotated[str, BeforeValidator(str)]


class ChannelModel(BaseModel):
    """One channel of a question or an answer.

    Attributes:
        triggered: Whether something is asked on it, or answered.
    """

    triggered: bool = False


class InteractorChannelModel(ChannelModel):
    """One channel with what is asked or answered.

    Attributes:
        value: It.
    """

    value: Any = None

    def __str__(self) -> str:
        return f"ICM(triggered={self.triggered}, value={self.value})"


class CustomInteractorChannelModel(ChannelModel):
    """The channel ``custom_query`` with what is asked or answered.

    Attributes:
        value: Anything that JSON can hold.
    """

    value: Any = None

    def __str__(self) -> str:
        return f"CustomICM(triggered={self.triggered}, value={self.value})"


class SimulationInteractionModel(BaseModel):
    """A question to one simulation: on which channels, and what.

    Attributes:
        id: Of the simulation; a UUID, or as text.
        timeout: How long to wait for the answers, in seconds; 0: until they are there or the simulation has ended.
    """

    CHANNELS: ClassVar[tuple[str, ...]] = (
        "stop_simulation",
        "progress",
        "progress_status",
        "help_request",
        "is_done",
        "cancelled",
        "failed",
        "error_details",
        "custom_query",
    )

    id: _IdText
    timeout: float = Field(default=0.0, ge=0)
    stop_simulation: InteractorChannelModel | None = None
    progress: InteractorChannelModel | None = None
    progress_status: InteractorChannelModel | None = None
    help_request: InteractorChannelModel | None = None
    is_done: InteractorChannelModel | None = None
    cancelled: InteractorChannelModel | None = None
    failed: InteractorChannelModel | None = None
    error_details: InteractorChannelModel | None = None
    custom_query: CustomInteractorChannelModel | None = None

    def get_channel(self, channel_key: str) -> ChannelModel | None:
        """Give what is asked on a channel, or None."""
        return getattr(self, channel_key, None) if channel_key in self.CHANNELS else None

    @property
    def channels(self) -> list[tuple[str, ChannelModel | None]]:
        """All channels, each with what is asked on it."""
        return [(name, self.get_channel(name)) for name in self.CHANNELS]

    @property
    def triggered_channels(self) -> Iterator[tuple[str, ChannelModel]]:
        """The channels on which something is asked."""
        for name, channel in self.channels:
            if channel is not None and channel.triggered:
                yield name, channel

    def __str__(self) -> str:
        asked = ", ".join(f"{name}={channel}" for name, channel in self.channels if channel)
        return f"SimulationInteractionModel(id={self.id}, timeout={self.timeout}, {asked})"


class SimulationRestartConfig(BaseModel):
    """What ``tracker.restart_sim`` is to start again.

    Attributes:
        id: Of the old simulation.
        config: Whose kwargs go over those of the old one.
    """

    id: UUID
    config: SimulationStartConfig


class SimulationIDModel(BaseModel):
    """One simulation.

    Attributes:
        id: Its id.
    """

    id: UUID


class SimulationIDsModel(BaseModel):
    """Several simulations.

    Attributes:
        ids: Their ids.
    """

    ids: list[UUID]


class StatQuery(BaseModel):
    """Which values of a simulation are wanted.

    Attributes:
        id: Of the simulation.
        tags: Kinds of values; see ``stat_tags``.
        keys: Keys.
        exclusion_mode: Whether these are the ones that are not wanted.
    """

    id: UUID
    tags: list[str] = Field(default_factory=list)
    keys: list[str] = Field(default_factory=list)
    exclusion_mode: bool = False


class ControlRequestBatch(BaseModel):
    """What simulations ask.

    Attributes:
        requests: Control requests, by simulation and channel.
    """

    requests: dict[UUID, dict[str, list[Any]]]
