"""The shape of a recorded sound, small enough for a picture of it."""

from __future__ import annotations

import wave
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SAMPLED = 4096
"""Frames that are looked at for one bar, at most: a sound of hours costs as little as one of a second."""

_MOST_DECODED_S = 120.0
_LARGEST_DECODED = 20 * 1024 * 1024


def peaks(path: Path, n: int = 48) -> list[float]:
    """Give how loud a sound is over its length.

    Args:
        path: A sound file; wav, and what PyAV can read where it is installed.
        n: How many bars.

    Returns:
        Loudness from 0 to 1, from the beginning to the end; empty where it cannot be found out.
    """
    found: list[float] = []
    if path.suffix.lower() == ".wav":
        with suppress(wave.Error, EOFError, OSError, ValueError):
            found = _wav_peaks(path, n)
    if not found:
        found = _decoded_peaks(path, n)
    loudest = max(found, default=0.0)
    return [value / loudest for value in found] if loudest > 0 else found


def _wav_peaks(path: Path, n: int) -> list[float]:
    import numpy as np

    with wave.open(str(path), "rb") as sound:
        if sound.getsampwidth() != 2:
            return []
        n_frames = sound.getnframes()
        found = []
        for bar in range(min(n, n_frames)):
            begin = bar * n_frames // n
            sound.setpos(begin)
            end = max((bar + 1) * n_frames // n, begin + 1)
            content = sound.readframes(min(end - begin, _SAMPLED))
            samples = np.frombuffer(content[: len(content) // 2 * 2], "<i2")
            found.append(float(np.abs(samples.astype(np.int32)).max(initial=0)))
        return found


def _decoded_peaks(path: Path, n: int) -> list[float]:
    """Read a compressed sound where PyAV is there; formats are never guessed from the content."""
    import numpy as np

    formats = {".wav": "wav", ".mp3": "mp3", ".ogg": "ogg", ".flac": "flac", ".m4a": "mp4"}
    suffix = path.suffix.lower()
    try:
        import av

        if suffix not in formats or path.stat().st_size > _LARGEST_DECODED:
            return []
        loud: list[float] = []
        seconds = 0.0
        with av.open(str(path), format=formats[suffix]) as container:
            for frame in container.decode(audio=0):
                samples = frame.to_ndarray().astype(np.float64)
                loud.append(float(np.abs(samples).max(initial=0.0)))
                seconds += frame.samples / frame.sample_rate
                if seconds > _MOST_DECODED_S:
                    break
    except Exception:  # noqa: BLE001 - no PyAV, or a file that is broken in any of many ways: no picture then
        return []
    parts = np.array_split(np.array(loud), min(n, len(loud))) if loud else []
    return [float(part.max()) for part in parts]
