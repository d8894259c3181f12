"""Presets of a project: values that people keep under a name, to fill a form with them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import (
    InvalidArgumentError,
    PresetTakenError,
    UnknownPresetError,
    did_you_mean,
)
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.store import Preset

if TYPE_CHECKING:
    from gymdash_jupyter.store import ProjectStore

LONGEST_NAME = 200


class Presets:
    """Keep values of one kind under names, for everybody on the project.

    Args:
        store: The project's store.
        kind: What they are for: ``start:<sim key>`` for the arguments of a simulation type,
            ``reply:<channel>`` for the answers to a control request.
    """

    def __init__(self, store: ProjectStore, kind: str) -> None:
        self.kind = _checked("The kind of presets", kind)
        self._store = store

    def names(self) -> list[str]:
        """List the names, in the order of the alphabet."""
        return [preset.name for preset in self._store.presets(self.kind)]

    def load(self, name: str) -> Any:
        """Give the value that was saved under a name, as decoded JSON.

        Raises:
            UnknownPresetError: There is none.
        """
        for preset in self._store.presets(self.kind):
            if preset.name == name:
                return preset.value
        raise self._unknown(name)

    def save(self, name: str, value: Any, replace: bool = True) -> None:
        """Keep a value under a name.

        Args:
            name: At least one letter, at most 200.
            value: Anything; what JSON cannot hold is kept as a description.
            replace: Whether it may take the place of one with the same name.

        Raises:
            PresetTakenError: There is one with this name, and it may not be replaced.
            InvalidArgumentError: The name is no such text.
        """
        preset = Preset(self.kind, _checked("A preset's name", name), value, now_utc())
        if not self._store.save_preset(preset, replace=replace):
            raise self._taken(preset.name)

    def rename(self, old: str, new: str) -> None:
        """Give a preset another name.

        Raises:
            UnknownPresetError: There is none with the old name.
            PresetTakenError: There is one with the new name.
            InvalidArgumentError: The new name is no text of 1 to 200 letters.
        """
        new = _checked("A preset's name", new)
        if not self._store.rename_preset(self.kind, old, new):
            raise self._taken(new) if old in self.names() else self._unknown(old)

    def delete(self, name: str) -> None:
        """Remove a preset.

        Raises:
            UnknownPresetError: There is none.
        """
        if not self._store.delete_preset(self.kind, name):
            raise self._unknown(name)

    def __repr__(self) -> str:
        return f"<Presets of {self.kind!r}: {', '.join(map(repr, self.names())) or 'none'}>"

    def _unknown(self, name: object) -> UnknownPresetError:
        names = self.names()
        there_are = f"There are: {', '.join(names)}." if names else "There are none."
        msg = f"No preset of {self.kind!r} is called {name!r}.{did_you_mean(name, names)} {there_are}"
        return UnknownPresetError(msg, kind=self.kind, name=name)

    def _taken(self, name: str) -> PresetTakenError:
        msg = f"A preset of {self.kind!r} has the name {name!r} already. Choose another one, or save with replace=True."
        return PresetTakenError(msg, kind=self.kind, name=name)


def _checked(what: str, given: Any) -> str:
    name = " ".join(given.split()) if isinstance(given, str) else ""
    if not name or len(name) > LONGEST_NAME:
        msg = f"{what} is a text of 1 to {LONGEST_NAME} letters; got {given!r}."
        raise InvalidArgumentError(msg)
    return name
