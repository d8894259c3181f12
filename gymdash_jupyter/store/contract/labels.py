"""What a store promises about what people write for their own eyes: labels, presets and settings.

A part of ``ProjectStore``; what its module says of writing, reading and ticks holds here too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True)
class Preset:
    """Values that somebody kept under a name, to fill a form with them again.

    Attributes:
        kind: Which form: ``start:<sim key>`` or ``reply:<channel>``.
        name: Its name, unique within the kind.
        value: What was kept, as decoded JSON.
        time: When it was last saved.
    """

    kind: str
    name: str
    value: Any
    time: datetime


class LabelStore(ABC):
    """Keep what people write on simulations, beside their facts, and what they set up for themselves.

    Labels may be written on every simulation, in every state, also on those that GymDash wrote; a viewer hears of it
    by ``changes``. They go when the simulation is deleted.
    """

    # Labels

    @abstractmethod
    def rename(self, sim_id: UUID, name: str) -> None:
        """Give a simulation another display name; its config keeps the name that it was created with.

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def change_tags(
        self, sim_ids: Collection[UUID], *, add: Sequence[str] = (), remove: Collection[str] = ()
    ) -> None:
        """Take tags from simulations and put others behind those that stay; each is there once.

        Raises:
            UnknownSimulationError: One of the ids is unknown; nothing changes.
        """

    @abstractmethod
    def set_note(self, sim_id: UUID, text: str) -> None:
        """Write a note on a simulation in the place of the one that is there; ``""`` removes it.

        Raises:
            UnknownSimulationError: No simulation has this id.
        """

    @abstractmethod
    def set_colour(self, sim_ids: Collection[UUID], index: int | None) -> None:
        """Give simulations a colour of the series palette; None gives back the one that goes with their number.

        Raises:
            UnknownSimulationError: One of the ids is unknown; nothing changes.
        """

    # Presets

    @abstractmethod
    def presets(self, kind: str) -> list[Preset]:
        """List the presets of a kind by name."""

    @abstractmethod
    def save_preset(self, preset: Preset, *, replace: bool = True) -> bool:
        """Keep a preset; False, with nothing changed, when the name is taken and it may not be replaced."""

    @abstractmethod
    def rename_preset(self, kind: str, old: str, new: str) -> bool:
        """Give a preset another name; False, with nothing changed, when there is none or the new name is taken."""

    @abstractmethod
    def delete_preset(self, kind: str, name: str) -> bool:
        """Remove a preset; False when there is none."""

    # Settings

    @abstractmethod
    def setting(self, name: str) -> Any:
        """Read what is set under a name, as decoded JSON; None when nothing is."""

    @abstractmethod
    def set_setting(self, name: str, value: Any) -> None:
        """Set something for everybody on the project, any value that JSON can hold; None removes it."""
