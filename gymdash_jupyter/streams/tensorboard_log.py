"""Everything that a folder of event files holds of some keys, in memory, for whoever asks for all of it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.streams.event_values import ScalarEvent, event_of, histogram_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gymdash_jupyter.streams.tensorboard import EventNews

Events = dict[str, dict[str, list[Any]]]
"""Events by key and kind."""


class TensorboardLog:
    """All events of some keys of a folder, read as it grows. May be asked from any thread.

    Args:
        folder: Where the event files are; need not exist yet.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = folder
        self._keys: set[str] = set()
        self._events: Events = {}
        self._reader: Any = None
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        # Another process reads for itself.
        return {"folder": self.folder, "_keys": self._keys}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["folder"])  # type: ignore[misc]
        self._keys = state["_keys"]

    def want(self, keys: Iterable[str]) -> None:
        """Keep the events of these keys, too."""
        with self._lock:
            new = set(keys) - self._keys
            if new:
                self._keys |= new
                self._reader = None  # what they have so far was passed over

    def kinds_of(self, key: str) -> list[str]:
        """List what has been found under a key, in TensorBoard's words."""
        return list(self._events.get(key, {}))

    def events(self, key: str, kind: str) -> list[Any]:
        """Give the events of a key so far, in the order in which they were written (a copy)."""
        return list(self._events.get(key, {}).get(kind, ()))

    def reload(self) -> None:
        """Read what is new."""
        from gymdash_jupyter.streams.tensorboard import EventFolder

        with self._lock:
            if self._reader is None:
                self._reader = EventFolder(os.path.abspath(self.folder))  # noqa: PTH100 - links stay
                # Who looks meanwhile sees what was there, never a part of it.
                self._events = self._added({}, self._reader.read())
            else:
                self._added(self._events, self._reader.read())

    def _added(self, to: Events, news: EventNews) -> Events:
        def add(key: str, kind: str, events: Iterable[Any]) -> None:
            to.setdefault(key, {}).setdefault(kind, []).extend(events)

        for key in self._keys & news.scalars.keys():
            series = news.scalars[key]
            columns = (series.times.tolist(), series.steps.tolist(), series.values.tolist())
            add(key, "scalars", map(ScalarEvent, *columns))
        for item in news.media:
            if item.key in self._keys:
                add(item.key, *event_of(item))
        for histogram in news.histograms:
            if histogram.key in self._keys:
                add(histogram.key, "histograms", [histogram_of(histogram)])
        return to
