"""What a store promises about what people ask of simulations, and simulations of people.

A part of ``ProjectStore``; what its module says of writing and reading holds here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from gymdash_jupyter.records import Answer, Command, ControlRequest


class ConversationStore(ABC):
    """Carry wishes to simulations and answers back, and their questions to people."""

    # Commands

    @abstractmethod
    def ask(self, sim_id: UUID, channel: str, value: Any, *, is_forced: bool = False) -> int:
        """Leave a command for whoever executes the simulation; return its id.

        Asking ``stop_simulation`` also stamps ``stop_asked`` the first time.

        Raises:
            UnknownSimulationError: No simulation has this id.
            SimulationEndedError: It has ended.
        """

    @abstractmethod
    def note_stop_asked(self, sim_id: UUID, time: datetime) -> None:
        """Stamp ``stop_asked`` the first time, where no command is needed, of a simulation that had not ended then."""

    @abstractmethod
    def commands(self, sim_ids: Collection[UUID], *, after: int = 0) -> list[Command]:
        """List commands for these simulations with an id above ``after`` that wait for an answer, oldest first."""

    @abstractmethod
    def answer(self, command_id: int, answer: Answer) -> bool:
        """Answer a command; False when it was answered or withdrawn before, then nothing changes."""

    @abstractmethod
    def answer_of(self, command_id: int) -> Answer | None:
        """Read the answer to a command; None while it waits.

        Who waits never waits for ever: a command that was withdrawn, or whose simulation was deleted, has an answer
        with an error that says so.
        """

    @abstractmethod
    def withdraw(self, command_id: int) -> bool:
        """Take a command back; False when it was answered or withdrawn before."""

    # Control requests

    @abstractmethod
    def close_requests(self, request_ids: Collection[str]) -> None:
        """Mark control requests as no longer waiting."""

    @abstractmethod
    def control_requests(
        self, sim_ids: Collection[UUID] | None = None, *, open_only: bool = True
    ) -> list[ControlRequest]:
        """List control requests, oldest first."""
