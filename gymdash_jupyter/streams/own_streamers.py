"""Streamers of somebody's own class: all that is known of them is their methods, so these are called.

What they give as new is new to whoever asks first; that is theirs to decide.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.records import ScalarSeries
from gymdash_jupyter.streams.found import Found, FoundMedia, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTENTS = {
    "encoded_image_string": ("image", ".png"),
    "encoded_audio_string": ("audio", ".wav"),
    "encoded_string": ("", ""),
}
"""Where an event of an image, a sound or a file has its content, and what that is."""


def read_own(streamer: Any, found: Found) -> None:
    """Read what a streamer gives as new.

    Args:
        streamer: Has ``get_all_recent() -> {key: events}``, or ``get_stat_keys`` and ``get_recent_from_key``. Events
            have ``wall_time``, ``step`` and ``value``, or the content of a file as TensorBoard's and GymDash's have it.
        found: Gets it.

    Raises:
        Exception: Whatever the streamer raises.
    """
    reload = getattr(streamer, "Reload", None)
    if reload is not None:
        reload()
    pairs = [pair if isinstance(pair, tuple) else (pair, "") for pair in streamer.get_stat_keys()]
    if hasattr(streamer, "get_all_recent"):
        recent = dict(streamer.get_all_recent())
    else:
        recent = {key: streamer.get_recent_from_key(key) for key, _ in pairs}
    tags: dict[Any, Any] = dict(pairs)
    for key, events in recent.items():
        sort_events(str(key), tags.get(key, ""), events or (), found)


def sort_events(key: str, tag: str, events: Iterable[Any], found: Found) -> None:
    """Take events as points and files.

    Args:
        key: Whose.
        tag: What kind of things they are.
        events: See ``read_own``.
        found: Gets them.

    Raises:
        Exception: An event is none of these, or has a value that is no number.
    """
    points: list[tuple[int, float, float]] = []
    for event in events:
        content = next((name for name in _CONTENTS if hasattr(event, name)), None)
        if content is None:
            points.append((int(event.step), float(event.wall_time), float(event.value)))
        else:
            found.media.append(_as_found(key, tag, event, content))
    if points:
        found.scalars.setdefault(key, []).append(_as_series(points))


def _as_found(key: str, tag: str, event: Any, content: str) -> FoundMedia:
    kind, extension = _CONTENTS[content]
    extension = extension or PurePath(str(getattr(event, "src_name", ""))).suffix.lower()
    kind = kind or kind_of(getattr(event, "tag", tag)) or kind_of(tag)
    data = bytes(getattr(event, content))
    return FoundMedia(key, kind, int(event.step), float(event.wall_time), data, extension)


def _as_series(points: list[tuple[int, float, float]]) -> ScalarSeries:
    import numpy as np

    steps, times, values = zip(*points, strict=True)
    return ScalarSeries(
        np.array(steps, dtype=np.int64),
        np.array(times, dtype=np.float64),
        np.array(values, dtype=np.float64),
    )
