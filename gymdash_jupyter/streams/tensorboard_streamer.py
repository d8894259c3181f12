"""A streamer of TensorBoard's event files: a folder, and which keys of it matter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.streams.stat_tags import (
    ANY_TAG,
    AUDIO,
    HISTOGRAMS,
    IMAGES,
    SCALARS,
    TENSORBOARD_TAG_SET,
    TENSORS,
    is_kind_of,
)
from gymdash_jupyter.streams.stats import StreamableStat
from gymdash_jupyter.streams.tensorboard_log import TensorboardLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TAGS = {"scalars": SCALARS, "images": IMAGES, "audio": AUDIO, "histograms": HISTOGRAMS}


class TensorboardStreamableStat(StreamableStat):
    """The events of one key.

    Args:
        accumulator: A ``TensorboardLog``, the path of a folder, or TensorBoard's own reader, of which the path is
            taken.
        key: Which key.
        tags: As what it may be found; ``any`` is whatever there is.
    """

    def __init__(
        self, accumulator: Any, key: str, tags: Iterable[str] = frozenset({ANY_TAG})
    ) -> None:
        if not accumulator:
            msg = f"The stat {key!r} needs the folder of its event files; got {accumulator!r}."
            raise InvalidArgumentError(msg)
        self.key = key
        self.tags = {tags} if isinstance(tags, str) else set(tags)
        self._log = _log_of(accumulator)
        self._log.want([key])
        super().__init__()

    @property
    def found_key_tag(self) -> str | None:
        """As what it was found, or None as long as it is not."""
        for kind in self._log.kinds_of(self.key):
            for tag in (_TAGS.get(kind, TENSORS), *sorted(self.tags)):
                if tag in self.tags and is_kind_of(kind, tag):
                    return _TAGS.get(kind, TENSORS) if tag == ANY_TAG else tag
        return None

    @property
    def key_exists(self) -> bool:
        """Whether it was found."""
        return self.found_key_tag is not None

    def get_recent(self) -> list[Any]:
        """Give what came since the last call, by step; of several at one step, the latest."""
        by_step: dict[int, Any] = {}
        for event in super().get_recent():
            known = by_step.get(event.step)
            if known is None or event.wall_time >= known.wall_time:
                by_step[event.step] = event
        return [by_step[step] for step in sorted(by_step)]

    def get_values(self) -> list[Any]:
        """Give all events, in the order in which they were written."""
        for kind in self._log.kinds_of(self.key):
            if any(is_kind_of(kind, tag) for tag in self.tags):
                return self._log.events(self.key, kind)
        return []

    def clear_values(self) -> None:
        """Do nothing: what is in files stays there."""


class TensorboardStreamer:
    """A streamer of a folder of event files.

    Args:
        tb_log: The folder; need not exist yet. It is also the streamer's name.
        tag_key_map: Which keys matter, by tag: ``{"scalars": ["rollout/ep_rew_mean"]}``.

    Attributes:
        tb_log_path: The folder.
        tag_key_map: Keys by tag.
        key_tag_map: Tags by key.
        streamed: The stat of each key.
    """

    def __init__(
        self,
        tb_log: str | os.PathLike[str],
        tag_key_map: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.tb_log_path = tb_log
        self.tag_key_map: dict[str, set[str]] = {
            tag: set() for tag in sorted(TENSORBOARD_TAG_SET | {ANY_TAG})
        }
        self.key_tag_map: dict[str, set[str]] = {}
        self.streamed: dict[str, TensorboardStreamableStat] = {}
        self._log = TensorboardLog(tb_log)
        self.add_tag_keys(tag_key_map)

    @property
    def streamer_name(self) -> Any:
        """The name under which it is registered: the folder, as it was given."""
        return self.tb_log_path

    @property
    def keys(self) -> set[str]:
        """Which keys matter."""
        return set(self.key_tag_map)

    def get_stat_keys(self) -> list[tuple[str, str]]:
        """List its keys in the order in which they came, each with its tag."""
        return [(key, min(tags)) for key, tags in self.key_tag_map.items()]

    def add_tag_keys(self, tag_key_map: Mapping[str, Iterable[str]] | None) -> None:
        """Let more keys matter; see the class.

        Raises:
            InvalidArgumentError: A tag names one text instead of several keys.
        """
        for tag, keys in (tag_key_map or {}).items():
            if isinstance(keys, str):
                msg = f"tag_key_map takes a list of keys for each tag; got {tag!r}: {keys!r}. Write [{keys!r}]."
                raise InvalidArgumentError(msg, tag=tag)
            for key in keys:
                self.tag_key_map.setdefault(tag, set()).add(key)
                self.key_tag_map.setdefault(key, set()).add(tag)
        self._make_stats()

    def set_log_path(self, new_path: str | os.PathLike[str]) -> None:
        """Read another folder from now on, from its beginning."""
        self.tb_log_path = new_path
        self._log = TensorboardLog(new_path)
        self.streamed.clear()
        self._make_stats()

    def reset_streamer(self) -> None:
        """Begin again: everything is new."""
        self.set_log_path(self.tb_log_path)

    def check_tb(self) -> bool:
        """Tell whether the folder is there."""
        return bool(self.tb_log_path) and os.path.isdir(self.tb_log_path)  # noqa: PTH112

    def Reload(self) -> None:  # noqa: N802 - GymDash's name
        """Read what is new; whatever is asked for does so, too."""
        if self.check_tb():
            self._log.reload()

    def get_all_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give all events of the keys that were found as this, by key."""
        self.Reload()
        return {stat.key: stat.get_values() for stat in self._found_as(tag)}

    def get_all_recent(self) -> dict[str, list[Any]]:
        """Give what is new, by key."""
        self.Reload()
        return {key: stat.get_recent() for key, stat in self.streamed.items()}

    def get_recent_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give what is new of the keys that were found as this, by key."""
        self.Reload()
        return {stat.key: stat.get_recent() for stat in self._found_as(tag)}

    def get_recent_from_key(self, key: str) -> list[Any]:
        """Give what is new of one key; nothing for one that it was not told of."""
        if key not in self.streamed:
            return []
        self.Reload()
        return self.streamed[key].get_recent()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.tb_log_path)!r}, {len(self.key_tag_map)} keys>"

    def _make_stats(self) -> None:
        for key, tags in self.key_tag_map.items():
            if key in self.streamed:
                self.streamed[key].tags = set(tags)
            else:
                self.streamed[key] = TensorboardStreamableStat(self._log, key, tags)

    def _found_as(self, tag: str) -> list[TensorboardStreamableStat]:
        return [stat for stat in self.streamed.values() if stat.found_key_tag == tag]


def _log_of(accumulator: Any) -> TensorboardLog:
    if isinstance(accumulator, TensorboardLog):
        return accumulator
    if isinstance(accumulator, (str, os.PathLike)):
        return TensorboardLog(accumulator)
    path = getattr(accumulator, "path", None)
    if path is None:
        msg = f"A stat reads a folder of event files; got {type(accumulator).__name__}: {accumulator!r}."
        raise InvalidArgumentError(msg)
    log = TensorboardLog(path)
    log.reload()
    return log
