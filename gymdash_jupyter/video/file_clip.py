"""A video that is written into a plain folder, for those who film without a simulation."""

from __future__ import annotations

import itertools
import logging
import os
from pathlib import Path
from typing import Any

from gymdash_jupyter.media import pictures
from gymdash_jupyter.media.folder import remove, unused
from gymdash_jupyter.video.encoder import VideoEncoder, video_extension

logger = logging.getLogger(__name__)

_NUMBERS = itertools.count()


class FileClip:
    """Encode frames as they come, in the caller's thread; the file is complete when ``close`` returns. Never raises.

    Args:
        folder: Where the video comes; made if it is not there.
        fps: Frames a second.

    Attributes:
        n_frames: How many frames were taken.
        is_broken: Whether it failed, which was logged, and takes no more.
    """

    def __init__(self, folder: Path, fps: float) -> None:
        self.n_frames = 0
        self.is_broken = False
        self._folder = folder
        self._partial = folder / f".partial-{os.getpid()}-{next(_NUMBERS)}{video_extension()}"
        self._encoder = VideoEncoder(self._partial, fps=fps)

    def add(self, frame: Any) -> None:
        """Add a picture: what ``Recorder.image`` takes as an array."""
        if self.is_broken:
            return
        try:
            if self.n_frames == 0:
                self._folder.mkdir(parents=True, exist_ok=True)
            self._encoder.add(pictures.to_rgb(pictures.to_uint8(pictures.own_copy(frame))))
            self.n_frames += 1
        except Exception as exc:  # noqa: BLE001 - nothing of filming may reach a training
            self._fail(exc)

    def close(self, step: Any, *, name: str | None = None, **info: Any) -> None:  # noqa: ARG002 - a file has no info
        """Complete the file and give it its name."""
        if self.is_broken or not self.n_frames:
            self.discard()
            return
        try:
            self._encoder.close()
            self._partial.replace(unused(self._folder / f"{name or step}{self._partial.suffix}"))
        except Exception as exc:  # noqa: BLE001 - nothing of filming may reach a training
            self._fail(exc)

    def discard(self) -> None:
        """Forget the video and remove its file."""
        self._encoder.discard()
        remove(self._partial)

    def _fail(self, exc: Exception) -> None:
        self.is_broken = True
        self.discard()
        logger.warning("A video in %s was not written: %s", self._folder, exc)
