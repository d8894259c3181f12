"""Write videos that every browser plays, frame by frame, in constant memory.

H.264 in MP4 with 4:2:0 colours and an even size, the index before the pictures (``+faststart``), so that a browser
shows the first picture before it has the whole file. Where PyAV has no libx264, VP9 in WebM.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MediaError, MissingDependencyError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MIN_FPS = 0.01
MAX_FPS = 1000.0

_KEYFRAME_EVERY_S = 2.0
_THREADS = 2  # each thread of the encoder holds frames, and the training wants the processor, too

# Constant quality, where smaller is better; 23 is what https://trac.ffmpeg.org/wiki/Encode/H.264 calls the default,
# 32 the like of it in https://trac.ffmpeg.org/wiki/Encode/VP9.
_CODECS: tuple[tuple[str, str, str, dict[str, str], dict[str, str]], ...] = (
    (
        "libx264",
        "mp4",
        ".mp4",
        {"crf": "23", "preset": "veryfast"},
        {"movflags": "+faststart"},
    ),
    (
        "libvpx-vp9",
        "webm",
        ".webm",
        {"crf": "32", "b": "0", "deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
        {},
    ),
)


@dataclass(frozen=True)
class VideoFacts:
    """What is known of a video.

    Attributes:
        width: In pixels.
        height: In pixels.
        n_frames: How many pictures it has.
        fps: Pictures a second.
        duration_s: How long it plays.
    """

    width: int
    height: int
    n_frames: int
    fps: float
    duration_s: float


def load_av() -> ModuleType:
    """Import PyAV.

    Raises:
        MissingDependencyError: It is not installed.
    """
    try:
        import av
    except ImportError as exc:
        msg = (
            f"Videos need PyAV, which cannot be imported: {exc}. "
            "Install it where the simulation runs: pip install 'gymdash-jupyter[video]'."
        )
        raise MissingDependencyError(msg, package="av") from exc
    return av


def video_extension() -> str:
    """Give the extension of the videos that are written here: ``.mp4``, or ``.webm`` without libx264.

    Raises:
        MissingDependencyError: PyAV is not installed, or has no codec for the web.
    """
    return _codec()[2]


def checked_fps(fps: Any) -> float:
    """Give a number of frames a second as a float.

    Raises:
        MediaError: It is something else, or out of range.
    """
    try:
        number = float(fps)
    except Exception:  # noqa: BLE001 - a foreign __float__ may fail in any way
        number = 0.0
    if not MIN_FPS <= number <= MAX_FPS:
        msg = f"fps must be a number of frames a second from {MIN_FPS:g} to {MAX_FPS:g}; got {fps!r}."
        raise MediaError(msg)
    return number


class VideoEncoder:
    """Write one video. Used by one thread at a time.

    Args:
        path: Where; a file that is there is written over. Complete only after ``close``.
        fps: Frames a second.

    Raises:
        MissingDependencyError: PyAV is not installed, or has no codec for the web.
        MediaError: ``fps`` is no number of frames a second.
    """

    def __init__(self, path: Path, *, fps: float = 30) -> None:
        self.path = path
        self.fps = checked_fps(fps)
        self._av = load_av()
        self._codec, self._format, _, self._options, self._container_options = _codec()
        self._rate = Fraction(self.fps).limit_denominator(1001)
        self._container: Any = None
        self._stream: Any = None
        self._shape: tuple[int, ...] = ()
        self._n_frames = 0

    @property
    def n_frames(self) -> int:
        """How many frames it has so far."""
        return self._n_frames

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Add a picture.

        Args:
            frame: uint8, shape (height, width, 3), all of one shape. Not kept.

        Raises:
            MediaError: It is of another shape than the first one, or is no picture.
            OSError: The file cannot be written.
        """
        if self._container is None:
            self._open(frame)
        if frame.shape != self._shape:
            msg = (
                f"all frames of a video have one shape; the first has {self._shape}, frame {self._n_frames} has "
                f"{frame.shape}."
            )
            raise MediaError(msg)
        picture = self._av.VideoFrame.from_ndarray(_even(frame), format="rgb24")
        picture.pts = self._n_frames
        picture.time_base = 1 / self._rate
        self._container.mux(self._stream.encode(picture))
        self._n_frames += 1

    def close(self) -> VideoFacts:
        """Complete the file and say what it is.

        Raises:
            MediaError: It has no frame; then there is no file.
            OSError: The file cannot be written.
        """
        if self._container is None:
            msg = "a video needs at least one frame."
            raise MediaError(msg)
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return VideoFacts(
            width=self._stream.width,
            height=self._stream.height,
            n_frames=self._n_frames,
            fps=float(self._rate),
            duration_s=float(self._n_frames / self._rate),
        )

    def discard(self) -> None:
        """Let go of everything and remove the file; harmless at any time."""
        container, self._container = self._container, None
        if container is not None:
            with suppress(OSError, ValueError, self._av.FFmpegError):
                container.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _open(self, frame: NDArray[np.uint8]) -> None:
        if frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape or frame.dtype != "uint8":
            msg = f"a frame is uint8 of shape (height, width, 3); got {frame.dtype} of shape {frame.shape}."
            raise MediaError(msg)
        self._shape = frame.shape
        self._container = self._av.open(
            str(self.path), "w", format=self._format, options=self._container_options
        )
        stream = self._container.add_stream(self._codec, rate=self._rate, options=self._options)
        stream.height, stream.width = (length + length % 2 for length in frame.shape[:2])
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = _THREADS
        stream.codec_context.gop_size = max(1, round(_KEYFRAME_EVERY_S * self.fps))
        self._stream = stream
        self._container.start_encoding()  # else a place that cannot be written is only seen later


@cache
def _codec() -> tuple[str, str, str, dict[str, str], dict[str, str]]:
    known = load_av().codecs_available
    for row in _CODECS:
        if row[0] in known:
            return row
    msg = (
        "Videos need PyAV with the codec libx264 or libvpx-vp9, and this one has neither. "
        "Install the one from the Python index: pip install 'gymdash-jupyter[video]'."
    )
    raise MissingDependencyError(msg, package="av")


def _even(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the last row or column where a length is odd; 4:2:0 colours need even ones."""
    import numpy as np

    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(frame)
