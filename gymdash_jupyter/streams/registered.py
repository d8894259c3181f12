"""The streamers that a simulation registered for itself, by name."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from gymdash_jupyter.errors import InvalidArgumentError


class Streamer(Protocol):
    """What can be registered: something with a name that knows which keys it has, each with its tag."""

    streamer_name: str

    def get_stat_keys(self) -> list[tuple[str, str]]:
        """List the keys it reads, each with its tag."""
        ...


class SimulationStreamer:
    """Keep one simulation's streamers."""

    def __init__(self) -> None:
        self._by_name: dict[str, Any] = {}
        self._lock = threading.Lock()

    def register(self, log_key: str, streamer: Any) -> bool:
        """Keep a streamer under a name; False, with nothing changed, when the name is taken."""
        with self._lock:
            if log_key in self._by_name:
                return False
            self._by_name[log_key] = streamer
            return True

    def get_or_register(self, streamer: Any) -> Any:
        """Give the streamer that is registered under this one's name, registering this one if there is none."""
        name = getattr(streamer, "streamer_name", None)
        if name is None:
            msg = f"A streamer needs a streamer_name; {type(streamer).__name__} has none."
            raise InvalidArgumentError(msg)
        with self._lock:
            return self._by_name.setdefault(name, streamer)

    def get_streamer(self, log_key: str) -> Any | None:
        """Give the streamer of this name, or None."""
        return self._by_name.get(log_key)

    def streamers(self) -> list[Any]:
        """List the streamers in the order in which they were registered."""
        with self._lock:
            return list(self._by_name.values())

    def get_all_keys(self) -> list[tuple[str, str]]:
        """List all keys of all streamers, each with its tag."""
        return [pair for streamer in self.streamers() for pair in streamer.get_stat_keys()]
