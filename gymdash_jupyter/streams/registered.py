"""The streamers that a simulation registered for itself, by name.

What they read is collected into the project while the simulation executes; see ``collecting``.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.streams.stats import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class SimulationStreamer:
    """Keep one simulation's streamers.

    A streamer is ``TensorboardStreamer``, ``MediaFileStatLinker`` or anything that has a ``streamer_name``, knows its
    keys (``get_stat_keys() -> [(key, tag), ...]``) and gives what is new (``get_all_recent() -> {key: [event, ...]}``,
    events with ``wall_time``, ``step`` and ``value``).
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Any] = {}
        self._early: set[str] = set()
        self._is_early = False
        self._listener: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def register(self, log_key: str, streamer: Any) -> bool:
        """Keep a streamer under a name; False, with nothing changed, when the name is taken."""
        with self._lock:
            if log_key in self._by_name and not self._gives_way(log_key):
                return False
            self._keep(log_key, streamer)
        self._tell()
        return True

    def get_or_register(self, streamer: Any) -> Any:
        """Give the streamer that is registered under this one's name, registering this one if there is none.

        Raises:
            InvalidArgumentError: It has no ``streamer_name``.
        """
        name = name_of(streamer)
        with self._lock:
            if name in self._by_name and not self._gives_way(name):
                return self._by_name[name]
            self._keep(name, streamer)
        self._tell()
        return streamer

    def get_streamer(self, log_key: str) -> Any | None:
        """Give the streamer of this name, or None."""
        return self._by_name.get(log_key)

    def get_streamer_for_key(self, key: str) -> Any | None:
        """Give the streamer that has this key, the one that was registered last if several have, or None."""
        for streamer in reversed(self.streamers()):
            if any(name == key for name, _ in _pairs(streamer)):
                return streamer
        return None

    def streamers(self) -> list[Any]:
        """List the streamers in the order in which they were registered."""
        with self._lock:
            return list(self._by_name.values())

    def items(self) -> list[tuple[str, Any]]:
        """List names and streamers in the order in which they were registered."""
        with self._lock:
            return list(self._by_name.items())

    def get_all_keys(self) -> list[tuple[str, str]]:
        """List all keys of all streamers, each with its tag."""
        return [pair for streamer in self.streamers() for pair in _pairs(streamer)]

    def get_tag_key_map(self) -> dict[str, set[str]]:
        """Give the keys of each tag."""
        found: dict[str, set[str]] = {}
        for key, tag in self.get_all_keys():
            found.setdefault(tag, set()).add(key)
        return found

    def get_key_tag_map(self) -> dict[str, set[str]]:
        """Give the tags of each key."""
        found: dict[str, set[str]] = {}
        for key, tag in self.get_all_keys():
            found.setdefault(key, set()).add(tag)
        return found

    def key_has_tag(self, key: str, tag: str) -> bool:
        """Tell whether a key has a tag."""
        return (key, tag) in self.get_all_keys()

    def tag_has_key(self, tag: str, key: str) -> bool:
        """Tell whether a tag has a key."""
        return self.key_has_tag(key, tag)

    def set_dirty(self) -> None:
        """Do nothing: keys are looked up whenever they are asked for."""

    def clear(self) -> None:
        """Forget all streamers; what was collected from them stays."""
        with self._lock:
            self._by_name.clear()
            self._early.clear()

    # For whoever executes the simulation

    @contextmanager
    def early(self) -> Iterator[None]:
        """Take what is registered inside as a beginning: what the simulation registers later replaces it.

        GymDash called ``_create_streamers`` only for simulations that had ended. Their ``_run`` registers an
        environment wrapper under the same name and goes on with what it gets back, which must be that wrapper.
        """
        self._is_early = True
        try:
            yield
        finally:
            self._is_early = False

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function whenever a streamer is registered, and now if there is one."""
        self._listener = listener
        if self._by_name:
            listener()

    def _gives_way(self, name: str) -> bool:
        return name in self._early and not self._is_early

    def _keep(self, name: str, streamer: Any) -> None:
        self._by_name[name] = streamer
        if self._is_early:
            self._early.add(name)
        else:
            self._early.discard(name)

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()


def _pairs(streamer: Any) -> list[tuple[str, str]]:
    return [
        pair if isinstance(pair, tuple) else (pair, "any") for pair in streamer.get_stat_keys()
    ]
