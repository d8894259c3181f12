"""Files that are recorded as they are: which extensions each kind may have, and what is found out about them."""

from __future__ import annotations

import os
import wave
from contextlib import suppress
from pathlib import Path
from typing import Any

from gymdash_jupyter.errors import MediaError, MissingDependencyError
from gymdash_jupyter.media import pictures

EXTENSIONS = {
    "image": (".png", ".jpg", ".jpeg", ".gif", ".webp"),
    "video": (".mp4", ".webm"),
    "audio": (".wav", ".mp3", ".ogg", ".flac", ".m4a"),
    "text": (".txt", ".md", ".csv", ".json", ".log"),
    "histogram": (".json",),
}
"""Of the kinds that may have an extension, the first one is what it says of a file of which nothing else is known."""

MIME_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
}
"""What a browser is told about a file comes from this list, never from a stored path."""


def file_extension(kind: str, path: str | os.PathLike[str]) -> str:
    """Give the extension of a file of a kind, in small letters.

    Raises:
        MediaError: It is not one that this kind may have.
    """
    extension = Path(path).suffix.lower()
    if extension not in EXTENSIONS[kind]:
        allowed = ", ".join(name.removeprefix(".") for name in EXTENSIONS[kind])
        msg = f"got the file {os.fspath(path)!r}; expected one of type {allowed}."
        raise MediaError(msg)
    return extension


def file_facts(kind: str, path: Path) -> tuple[dict[str, Any], bytes | None]:
    """Find out what a file is; give that and a small picture of it as a PNG.

    A video is taken unseen where PyAV is not installed.

    Raises:
        MediaError: It is an image or a video by its name only.
    """
    if kind == "image":
        return pictures.file_facts(path)
    if kind == "video":
        return video_facts(path)
    facts: dict[str, Any] = {}
    if path.suffix == ".wav":
        with suppress(wave.Error, EOFError), wave.open(str(path), "rb") as sound:
            rate = sound.getframerate()
            facts["duration_s"] = sound.getnframes() / rate
            facts["sample_rate"] = rate
            facts["n_channels"] = sound.getnchannels()
    return facts, None


def video_facts(path: Path) -> tuple[dict[str, Any], bytes | None]:
    """Give what is known of a video file, and a picture from its middle as a small PNG.

    Raises:
        MediaError: It is not a video.
    """
    from gymdash_jupyter.video import probe_video, read_frame

    try:
        facts = probe_video(path)
        middle = read_frame(path)
    except MissingDependencyError:
        return {}, None
    return vars(facts).copy(), pictures.thumbnail_of(middle)
