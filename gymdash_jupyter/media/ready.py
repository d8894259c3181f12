"""Turn what a person gives into something that a helper thread can write, copying it on the way.

Every function here runs in the training's thread and looks at shapes and types only; what it returns looks at values,
encodes and writes in the helper thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.media import pictures, sounds
from gymdash_jupyter.media.files import file_extension, file_facts
from gymdash_jupyter.media.folder import copy_regular, remove

Written = tuple[Mapping[str, Any], bytes | None]
"""What is known of a file that was written, and its small picture as a PNG."""

NewFile = Callable[[str], Path]
"""Gives a hidden path for a new file, given its extension."""


@dataclass(frozen=True)
class Ready:
    """Something that a helper thread can write.

    Attributes:
        extension: Of the file, with its dot.
        write: Writes it to a path that does not exist.
        n_bytes: How much memory it holds meanwhile.
        partial: Where it lies already, hidden, or None.
    """

    extension: str
    write: Callable[[Path], Written]
    n_bytes: int
    partial: Path | None = None


def ready_image(image: Any, new_file: NewFile) -> Ready:
    """Copy an image, draw a figure or copy a file.

    Raises:
        MediaError: It is none of these.
        OSError: The file cannot be copied.
    """
    if isinstance(image, (str, PathLike)):
        return ready_file("image", image, new_file)
    array = pictures.own_copy(image)

    def write(path: Path) -> Written:
        plain = pictures.to_uint8(array)
        return pictures.write_png(plain, path), pictures.thumbnail_of(plain)

    return Ready(".png", write, array.nbytes)


def ready_figure(figure: Any, new_file: NewFile) -> Ready:
    """Draw a figure.

    Raises:
        MediaError: It is none.
    """
    if not hasattr(figure, "set_canvas"):
        msg = f"got {type(figure).__name__}; expected a matplotlib figure."
        raise MediaError(msg)
    return ready_image(figure, new_file)


def ready_audio(audio: Any, sample_rate: Any, new_file: NewFile) -> Ready:
    """Copy samples or a file.

    Raises:
        MediaError: It is neither, or the sample rate is none.
        OSError: The file cannot be copied.
    """
    if isinstance(audio, (str, PathLike)):
        return ready_file("audio", audio, new_file)
    rate = sounds.checked_rate(sample_rate)
    array = sounds.own_copy(audio)
    return Ready(".wav", lambda path: (sounds.write_wav(array, rate, path), None), array.nbytes)


def ready_text(text: Any, new_file: NewFile) -> Ready:
    """Take a text or copy a file.

    Raises:
        MediaError: It is neither.
        OSError: The file cannot be copied.
    """
    if isinstance(text, PathLike):
        return ready_file("text", text, new_file)
    if not isinstance(text, str):
        msg = f"got {type(text).__name__}; expected a str, or the Path of a text file."
        raise MediaError(msg)
    content = text.encode("utf-8", "backslashreplace")

    def write(path: Path) -> Written:
        path.write_bytes(content)
        return {"n_letters": len(text)}, None

    return Ready(".txt", write, len(content))


def ready_file(kind: str, source: str | PathLike[str], new_file: NewFile) -> Ready:
    """Copy a file now, since whoever gave it may write the next one over it.

    Raises:
        MediaError: It is not a regular file, or of a type that this kind may not have.
        OSError: It cannot be copied.
    """
    extension = file_extension(kind, source)
    partial = new_file(extension)
    try:
        copy_regular(source, partial)
    except BaseException:
        remove(partial)
        raise
    return Ready(extension, lambda path: file_facts(kind, path), 0, partial)


def frames_of(video: Any) -> Iterable[Any]:
    """Give the frames of what was given as a video.

    Raises:
        MediaError: It is an array of another shape, or cannot be gone through.
    """
    shape = getattr(video, "shape", None)
    if (shape is None or len(shape) == 4) and hasattr(video, "__iter__"):
        return video  # type: ignore[no-any-return]
    given = type(video).__name__ if shape is None else f"an array of shape {tuple(shape)}"
    msg = (
        f"got {given}; expected an array of shape (frames, height, width, 3), an iterable of frames, or the path of a "
        "video file."
    )
    raise MediaError(msg)
