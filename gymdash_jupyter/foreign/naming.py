"""Names of series: the tag that was written, unless two folders of one simulation wrote the same one."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class KeyNames:
    """Give each tag of each folder its key, and always the same one.

    The first folder that wrote a tag has it as it is. Another folder's has that folder's path before it, without what
    both paths begin with: ``tb/CartPole-v1_ppo/eval`` beside ``tb/CartPole-v1_ppo/train`` gives ``eval/loss``. Where
    that is taken, too, it is the whole path. Folders must be told in the order in which they were begun.
    """

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}
        self._owners: dict[str, str] = {}

    def key(self, folder: str, tag: str) -> str:
        """Give the key of a tag.

        Args:
            folder: Path below the simulation's folder, with forward slashes.
            tag: As it was written.
        """
        known = self._keys.get((folder, tag))
        if known is not None:
            return known
        key = next(key for key in self._choices(folder, tag) if key not in self._owners)
        self._owners[key] = folder
        self._keys[folder, tag] = key
        return key

    def _choices(self, folder: str, tag: str) -> Iterable[str]:
        yield tag
        own = PurePosixPath(folder).parts
        first = PurePosixPath(self._owners[tag]).parts
        n_shared = 0
        while n_shared < min(len(own), len(first)) and own[n_shared] == first[n_shared]:
            n_shared += 1
        yield "/".join([*own[n_shared:], tag])
        name = "/".join([*own, tag])
        while True:
            yield name
            name += "~"
