"""Sounds: what counts as one, and how it becomes a WAV file."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MediaError, StopSimException

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAX_CHANNELS = 32

_EXPECTED = "an array of shape (samples,) or (samples, channels), float from -1 to 1 or int16; or a sound file's path"
_TOLERANCE = 1e-3
_INT16_MAX = 32767


def own_copy(samples: Any) -> NDArray[Any]:
    """Copy sound samples into an array that nobody else has.

    Returns:
        Shape (samples, channels), float or int16.

    Raises:
        MediaError: It is no sound; says what was given and what is expected.
    """
    import numpy as np

    try:
        array = np.asarray(samples).copy()
    except StopSimException:  # by force, at any moment: the simulation's to obey
        raise
    except Exception as exc:  # a foreign __array__ may fail in any way
        raise _wrong(f"{type(samples).__name__} ({type(exc).__name__}: {exc})") from exc
    if array.dtype.kind != "f" and array.dtype != np.int16:
        raise _wrong(f"{type(samples).__name__} of dtype {array.dtype}")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or 0 in array.shape or array.shape[1] > MAX_CHANNELS:
        hint = " (channels first? Give samples.T)" if array.ndim == 2 and array.size else ""
        raise _wrong(f"an array of shape {np.shape(samples)}{hint}")
    return array


def checked_rate(sample_rate: Any) -> int:
    """Give a sample rate in Hz as an int.

    Raises:
        MediaError: It is something else.
    """
    try:
        rate = int(sample_rate)
    except Exception:  # noqa: BLE001 - a foreign __int__ may fail in any way
        rate = 0
    if not 1 <= rate <= 1_000_000 or rate != sample_rate:
        msg = f"sample_rate must be a whole number of samples a second, such as 44100; got {sample_rate!r}."
        raise MediaError(msg)
    return rate


def write_wav(array: NDArray[Any], sample_rate: int, path: Path) -> dict[str, Any]:
    """Write samples from ``own_copy`` as 16-bit PCM; give ``duration_s``, ``sample_rate`` and ``n_channels``.

    Raises:
        MediaError: Values are out of range.
    """
    import numpy as np

    if array.dtype.kind == "f":
        low, high = array.min(), array.max()
        if not (low >= -1 - _TOLERANCE and high <= 1 + _TOLERANCE):  # also when there is a NaN
            raise _wrong(f"{array.dtype} values from {low:g} to {high:g}")
        array = np.rint(np.clip(array, -1.0, 1.0) * _INT16_MAX)
    with path.open("xb") as file, wave.open(file, "wb") as sound:
        sound.setnchannels(array.shape[1])
        sound.setsampwidth(2)
        sound.setframerate(sample_rate)
        sound.writeframes(np.ascontiguousarray(array, dtype="<i2").tobytes())
    return {
        "duration_s": array.shape[0] / sample_rate,
        "sample_rate": sample_rate,
        "n_channels": array.shape[1],
    }


def _wrong(given: str) -> MediaError:
    return MediaError(f"got {given}; expected {_EXPECTED}.")
