"""Videos that browsers play: writing them frame by frame, looking into them, filming gymnasium environments.

Importing this room is light: PyAV is loaded when a video is written or read, gymnasium with ``RecordVideo``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.video.encoder import VideoEncoder, VideoFacts, video_extension
from gymdash_jupyter.video.probe import probe_video, read_frame

if TYPE_CHECKING:
    from gymdash_jupyter.video.record_video import RecordVideo as RecordVideo

__all__ = [
    "RecordVideo",
    "VideoEncoder",
    "VideoFacts",
    "probe_video",
    "read_frame",
    "video_extension",
]


def __getattr__(name: str) -> Any:
    if name == "RecordVideo":  # is a gymnasium.Wrapper, so gymnasium comes with it
        from gymdash_jupyter.video.record_video import RecordVideo

        return RecordVideo
    msg = f"module 'gymdash_jupyter.video' has no attribute {name!r}"
    raise AttributeError(msg)
