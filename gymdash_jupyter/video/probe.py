"""Look into a video file: what it is, and one of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.video.encoder import VideoFacts, load_av

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_MAX_DECODED = 600
"""Pictures that are decoded on the way to a wanted one; a file with rarer key frames gives an earlier picture."""

_FORMATS = {".mp4": "mp4", ".webm": "webm"}
"""Said, never guessed: some formats that would be guessed (playlists) let a file open other files and addresses."""


def probe_video(path: Path) -> VideoFacts:
    """Say what a video file is, without decoding it.

    Raises:
        MediaError: It is not a video.
        MissingDependencyError: PyAV is not installed.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        seconds = _duration_s(container, stream)
        return VideoFacts(
            width=stream.width,
            height=stream.height,
            n_frames=stream.frames or round(seconds * fps),
            fps=fps,
            duration_s=seconds,
        )


def read_frame(path: Path, at: float = 0.5) -> NDArray[np.uint8]:
    """Decode one picture of a video.

    Args:
        path: The file.
        at: Where in it, from 0 (the first picture) to 1 (the last).

    Returns:
        Shape (height, width, 3).

    Raises:
        MediaError: It is not a video.
        MissingDependencyError: PyAV is not installed.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        wanted_s = min(max(at, 0.0), 1.0) * _duration_s(container, stream)
        found = None
        try:
            if wanted_s > 0:
                container.seek(int(wanted_s * 1_000_000))  # to the key frame before it
            for n, frame in enumerate(container.decode(stream)):
                if found is not None and frame.time is not None and frame.time > wanted_s:
                    break
                found = frame
                if n >= _MAX_DECODED:
                    break
        except (load_av().FFmpegError, OSError, ValueError) as exc:
            raise _unreadable(path, exc) from exc
        if found is None:
            raise _unreadable(path, "it has no pictures")
        pixels: NDArray[np.uint8] = found.to_ndarray(format="rgb24")
        return pixels


def _opened(path: Path) -> Any:
    av = load_av()
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise _unreadable(path, f"its name ends with none of {', '.join(_FORMATS)}")
    try:
        container = av.open(str(path), "r", format=kind)
    except (av.FFmpegError, OSError, ValueError) as exc:
        raise _unreadable(path, exc) from exc
    if not container.streams.video or container.streams.video[0].codec_context is None:
        container.close()
        raise _unreadable(path, "it has no pictures")
    return container


def _duration_s(container: Any, stream: Any) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float(container.duration or 0) / 1_000_000


def _unreadable(path: Path, why: object) -> MediaError:
    return MediaError(f"{path.name} cannot be read as a video ({why}).", path=path)
