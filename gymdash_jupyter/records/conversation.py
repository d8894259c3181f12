"""What a simulation and people ask each other: its questions, their wishes, the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True)
class ControlRequest:
    """A question from a simulation to the person.

    Attributes:
        request_id: Unique within the project; a UUID as text.
        sim_id: Who asks.
        channel: On which channel the answer is expected.
        details: The question, as plain text.
        subkeys: Names of the values that an answer may hold.
        time: When it was asked.
        is_open: Whether it still waits.
    """

    request_id: str
    sim_id: UUID
    channel: str
    details: str
    subkeys: tuple[str, ...]
    time: datetime
    is_open: bool = True

    @property
    def key(self) -> str:
        """The channel, as GymDash calls it."""
        return self.channel


@dataclass(frozen=True)
class Command:
    """A person's wish to one simulation, waiting to be picked up.

    Attributes:
        command_id: Grows with time.
        sim_id: To whom.
        channel: On which channel.
        value: What is asked, as decoded JSON.
        is_forced: For ``stop_simulation``: whether to end it without its help.
    """

    command_id: int
    sim_id: UUID
    channel: str
    value: Any
    is_forced: bool = False


@dataclass(frozen=True)
class Answer:
    """What became of a command.

    Attributes:
        value: The answer, as decoded JSON; None when there is an error.
        error: Why there is no answer, or ``""``.
    """

    value: Any
    error: str = ""
