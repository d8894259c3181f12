"""What GymDash's own streamers are made of: a list of values that remembers what was read of it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError


class StreamableStat:
    """Values of one key, and how many of them were given out by ``get_recent``.

    Override ``get_values`` and ``clear_values``. The cursor is this object's own: two objects over the same data
    never take anything from each other.
    """

    def __init__(self) -> None:
        self._last_read_index = -1
        self.reset()

    def reset(self) -> None:
        """Forget the values and what was read of them."""
        self.clear_values()
        self._last_read_index = -1

    def get_recent(self) -> list[Any]:
        """Give the values that came since the last call."""
        values = self.get_values()
        new = values[self._last_read_index + 1 :]
        self._last_read_index = len(values) - 1
        return new

    @abstractmethod
    def get_values(self) -> list[Any]:
        """Give all values, oldest first."""
        msg = f"{type(self).__name__} does not say what its values are: override get_values(self)."
        raise NotImplementedError(msg)

    @abstractmethod
    def clear_values(self) -> None:
        """Forget all values."""
        msg = f"{type(self).__name__} does not say how to forget: override clear_values(self)."
        raise NotImplementedError(msg)

    def __getitem__(self, index: Any) -> Any:
        return self.get_values()[index]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._last_read_index + 1} values read>"


class Streamer:
    """The base for readers of one's own: stats by key, over a source that is read again when it is asked.

    Override ``check_source``, and put a ``StreamableStat`` into ``streamed`` for each of ``keys``. It is no part of a
    simulation until that registers it: ``self.streamer.get_or_register(...)``.

    Args:
        name: Under which it is registered.
        source_reader: Something with a ``Reload`` method, or None.

    Attributes:
        keys: Which keys it has.
        streamed: The stat of each key.

    Raises:
        InvalidArgumentError: ``StreamerRegistry`` has another one of this name.
    """

    def __init__(self, name: str, source_reader: Any = None) -> None:
        self.name = name
        self.source_reader = source_reader
        self.keys: list[str] = []
        self.streamed: dict[str, StreamableStat] = {}
        if not StreamerRegistry.register(name, self):
            msg = f"There is a streamer {name!r} already: StreamerRegistry.get_streamer({name!r}). Take another name."
            raise InvalidArgumentError(msg, name=name)

    @property
    def streamer_name(self) -> str:
        """The name under which it is registered."""
        return self.name

    def set_source_reader(self, new_reader: Any) -> None:
        """Read from somewhere else from now on."""
        self.source_reader = new_reader
        self.streamed.clear()

    def get_stat_keys(self) -> list[Any]:
        """List its keys."""
        return list(self.keys)

    @abstractmethod
    def check_source(self) -> bool:
        """Tell whether there is something to read."""
        msg = f"{type(self).__name__} does not say whether its source is there: override check_source(self)."
        raise NotImplementedError(msg)

    def get_all_recent(self) -> dict[str, list[Any]]:
        """Give what is new of every key."""
        if not self._is_read():
            return {key: [] for key in self.keys}
        return {key: self.streamed[key].get_recent() for key in self.keys if key in self.streamed}

    def get_recent_from_key(self, key: str) -> list[Any]:
        """Give what is new of one key; nothing for one that it does not have."""
        if key not in self.streamed or not self._is_read():
            return []
        return self.streamed[key].get_recent()

    def get_recent_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give what is new of all keys of a tag."""
        of_tag = [
            pair[0] for pair in self.get_stat_keys() if isinstance(pair, tuple) and pair[1] == tag
        ]
        return {key: self.get_recent_from_key(key) for key in of_tag}

    def _is_read(self) -> bool:
        if not self.check_source():
            return False
        if self.source_reader is not None:
            self.source_reader.Reload()
        return True


class StreamerRegistry:
    """GymDash's streamers of a whole Python process, by name. A simulation's own are in ``simulation.streamer``."""

    log_map: dict[str, Any] = {}  # noqa: RUF012 - GymDash's one for the whole process, which code reaches into

    @staticmethod
    def clear() -> None:
        """Forget all."""
        StreamerRegistry.log_map.clear()

    @staticmethod
    def get_streamer(tb_log: str) -> Any | None:
        """Give the streamer of this name, or None."""
        return StreamerRegistry.log_map.get(tb_log)

    @staticmethod
    def get_or_register(streamer: Any) -> Any:
        """Give the streamer that is registered under this one's name, registering this one if there is none."""
        return StreamerRegistry.log_map.setdefault(name_of(streamer), streamer)

    @staticmethod
    def register(tb_log: str, streamer: Any) -> bool:
        """Keep a streamer under a name; False, with nothing changed, when the name is taken."""
        if tb_log in StreamerRegistry.log_map:
            return False
        StreamerRegistry.log_map[tb_log] = streamer
        return True

    @staticmethod
    def items() -> list[tuple[str, Any]]:
        """List names and streamers."""
        return list(StreamerRegistry.log_map.items())

    @staticmethod
    def streamers() -> list[Any]:
        """List the streamers."""
        return list(StreamerRegistry.log_map.values())


def name_of(streamer: Any) -> str:
    """Give the name under which a streamer is to be registered.

    Raises:
        InvalidArgumentError: It has none.
    """
    name = getattr(streamer, "streamer_name", None)
    if name is None:
        msg = f"A streamer needs a streamer_name; {type(streamer).__name__} has none."
        raise InvalidArgumentError(msg)
    return name  # type: ignore[no-any-return]
