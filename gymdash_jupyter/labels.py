"""What people write on simulations: another name, tags, a note, a colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.ids import to_uuid, to_uuids
from gymdash_jupyter.watching import Id, Ids, ProjectWatcher

LONGEST_NAME = 200
LONGEST_TAG = 60
LONGEST_NOTE = 20_000


class LabelDesk(ProjectWatcher):
    """Write labels on the simulations of one project, wherever and by whomever they are executed.

    Labels are for the eyes of people: nothing that a simulation does depends on them. They can be
    written in every state, and everybody who looks at the project sees them at once.
    """

    def rename(self, sim_id: Id, name: str) -> None:
        """Give a simulation another display name; its config keeps the name that it was created with.

        Args:
            sim_id: Which one.
            name: At least one letter, at most 200.

        Raises:
            InvalidArgumentError: It is no such text; nothing changes.
            UnknownSimulationError: The project has no simulation with this id.
        """
        key, name = to_uuid(sim_id), _words("A simulation's name", name, LONGEST_NAME)
        self.project.store.rename(key, name)
        own = self._own(key)
        if own is not None:
            own._renamed(name)

    def tag(
        self, ids: Ids, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()
    ) -> None:
        """Put tags on simulations and take others from them.

        Args:
            ids: Which simulations.
            add: One tag or several, of at most 60 letters each; spaces around them are left out.
            remove: One tag or several; those that are not there are not missed.

        Raises:
            InvalidArgumentError: One is no such text; nothing changes.
            UnknownSimulationError: The project has no simulation with one of the ids; nothing changes.
        """
        self.project.store.change_tags(to_uuids(ids), add=_tags(add), remove=_tags(remove))

    def set_note(self, sim_id: Id, text: str) -> None:
        """Write a note on a simulation in the place of the one that is there; ``""`` removes it.

        Raises:
            InvalidArgumentError: It is no text, or one of more than 20,000 letters.
            UnknownSimulationError: The project has no simulation with this id.
        """
        if not isinstance(text, str) or len(text) > LONGEST_NOTE:
            found = f"one of {len(text):,}" if isinstance(text, str) else repr(text)
            msg = f"A note is a text of at most {LONGEST_NOTE:,} letters; got {found}."
            raise InvalidArgumentError(msg)
        self.project.store.set_note(to_uuid(sim_id), text.strip())

    def set_colour(self, ids: Ids, index: int | None) -> None:
        """Give simulations a colour in every list and chart.

        Args:
            ids: Which simulations.
            index: Which colour of the palette, from 0; after the eighth they come again with
                dashes. None gives back the colour that goes with the number of the simulation.

        Raises:
            InvalidArgumentError: It is no whole number from 0 up; nothing changes.
            UnknownSimulationError: The project has no simulation with one of the ids; nothing changes.
        """
        is_index = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < 2**31
        if index is not None and not is_index:
            msg = f"A colour is its place in the palette, a whole number from 0 up, or None; got {index!r}."
            raise InvalidArgumentError(msg)
        self.project.store.set_colour(to_uuids(ids), index)


def _tags(given: Any) -> list[str]:
    several = [given] if isinstance(given, str) else given
    if not isinstance(several, Iterable):
        msg = f"Give a tag or a list of tags; got {type(given).__name__}: {given!r}."
        raise InvalidArgumentError(msg)
    return list(dict.fromkeys(_words("A tag", tag, LONGEST_TAG) for tag in several))


def _words(what: str, given: Any, n_most: int) -> str:
    """Check a short text that people see: one line, with something in it."""
    if not isinstance(given, str):
        msg = f"{what} is a text; got {type(given).__name__}: {given!r}."
        raise InvalidArgumentError(msg)
    text = " ".join(given.split())
    if not text or len(text) > n_most:
        found = f"one of {len(text)}: {text[:40]!r}..." if text else repr(given)
        msg = f"{what} is a text of 1 to {n_most} letters; got {found}."
        raise InvalidArgumentError(msg)
    return text
