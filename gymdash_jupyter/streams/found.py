"""What was found on disk for the project, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gymdash_jupyter.records import ScalarSeries

_KINDS = {"images": "image", "videos": "video", "audio": "audio", "tensors": "text"}


@dataclass(frozen=True)
class FoundMedia:
    """One file, or the content of one, that a streamer leads to.

    Attributes:
        key: Name of the series.
        kind: ``image``, ``video``, ``audio``, ``text`` or ``histogram``; ``""`` is what the extension says.
        step: At which step.
        time: When, seconds since the epoch.
        source: Where it lies, or its content.
        extension: Of the file, with its dot; ``""`` where only the content says what it is.
        info: What is known of it.
    """

    key: str
    kind: str
    step: int
    time: float
    source: Path | bytes
    extension: str
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Found:
    """What is new.

    Attributes:
        scalars: Points by key, in the order in which they were found.
        media: Files.
        problems: What could not be read, as sentences.
    """

    scalars: dict[str, list[ScalarSeries]] = field(default_factory=dict)
    media: list[FoundMedia] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def kind_of(tag: object) -> str:
    """Give the kind of the files of a tag; ``""`` where that does not say."""
    return _KINDS.get(str(tag), "")
