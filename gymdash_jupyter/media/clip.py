"""A video whose frames come one by one, encoded while they come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import StopSimException
from gymdash_jupyter.media import pictures
from gymdash_jupyter.media.files import video_facts
from gymdash_jupyter.media.folder import remove
from gymdash_jupyter.video.encoder import VideoEncoder, video_extension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.media.recorder import MediaRecorder
    from gymdash_jupyter.records import MediaItem


class Clip:
    """Record one video frame by frame; made by ``recorder.clip``. No method raises.

    Args:
        recorder: Whose it is.
        key: Name of the series of videos.
        fps: Frames a second.

    Attributes:
        key: As given.
        n_frames: How many frames were taken.
        is_broken: Whether it failed, which was said, and takes no more.
    """

    def __init__(self, recorder: MediaRecorder, key: str, fps: float) -> None:
        self.key = key
        self.n_frames = 0
        self._recorder = recorder
        self._fps = fps
        self._encoder: VideoEncoder | None = None
        self._partial: Path | None = None
        self._is_over = False
        self.is_broken = recorder.media_folder_for("video") is None

    def add(self, frame: Any) -> None:
        """Add a frame: what ``recorder.image`` takes as an image, of the same size as the others. It is copied.

        Up to 128 MB of frames may wait to be encoded; beyond that this waits.
        """
        if self.is_broken or self._is_over:
            return
        try:
            array = pictures.own_copy(frame)
        except StopSimException:  # by force, at any moment: the simulation's to obey
            raise
        except Exception as exc:  # noqa: BLE001 - whatever was given may fail in any way
            self._fail(exc)
            return
        self.n_frames += 1
        self._recorder.put_media_work(lambda: self._encode(array), array.nbytes)

    def close(self, step: Any, *, name: str | None = None, **info: Any) -> None:
        """Let the video be complete.

        Args:
            step: Where on the x axis, an int.
            name: Name of its file, without the extension; None makes one of the step.
            **info: What else is to be known of it.
        """
        if self._is_over:
            return
        self._is_over = True
        self._recorder.forget_clip(self)
        item = None if self.is_broken else self._recorder.media_item("video", self.key, step, info)
        if item is not None:
            self._recorder.put_media_work(lambda: self._complete(item, name), 0)
        elif self.n_frames:
            self._recorder.put_media_work(self._remove, 0)

    def discard(self) -> None:
        """Forget the video and remove its file."""
        if not self._is_over:
            self._is_over = True
            self._recorder.forget_clip(self)
            if self.n_frames:
                self._recorder.put_media_work(self._remove, 0)

    # In the helper thread

    def _encode(self, array: Any) -> None:
        if self.is_broken:
            return
        try:
            if self._encoder is None:
                folder = self._recorder.media_folder_for("video")
                if folder is None:
                    self.is_broken = True
                    return
                self._partial = folder.partial(self.key, video_extension())
                self._encoder = VideoEncoder(self._partial, fps=self._fps)
            self._encoder.add(pictures.to_rgb(pictures.to_uint8(array)))
        except Exception as exc:  # noqa: BLE001 - nothing of recording may reach a simulation
            self._fail(exc)
            self._remove()

    def _complete(self, item: MediaItem, name: str | None) -> None:
        if self.is_broken:
            self._remove()
            return
        try:
            if self._encoder is None or self._partial is None:
                # Says that there was no frame.
                VideoEncoder(Path(), fps=self._fps).close()
                return
            facts: Mapping[str, Any] = vars(self._encoder.close())
            self._encoder = None
            _, thumbnail = video_facts(self._partial)
            self._recorder.keep_media(item, self._partial, (facts, thumbnail), name)
        except Exception as exc:  # noqa: BLE001 - nothing of recording may reach a simulation
            self._fail(exc)
            self._remove()

    def _remove(self) -> None:
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            encoder.discard()
        if self._partial is not None:
            remove(self._partial)

    def _fail(self, exc: Exception) -> None:
        self.is_broken = True
        self._recorder.media_failed("video", self.key, exc)
