"""Pictures: what counts as one, how it becomes a PNG, and its small copy.

Conversion happens in two steps, so that a training waits for the first one only: ``own_copy`` takes a copy and looks
at shape and dtype; ``to_uint8`` looks at every value.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import MediaError, StopSimException

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from PIL.Image import Image

THUMBNAIL_SIZE = (320, 214)
MAX_PIXELS = 2**26

_EXPECTED = (
    "an array of shape (height, width), (height, width, 1), (height, width, 3) or (height, width, 4), uint8 from 0 "
    "to 255, float from 0 to 1 or bool; or a PIL image, a matplotlib figure, or the path of an image file"
)
_TOLERANCE = 1e-3
_MODES = ("1", "L", "LA", "RGB", "RGBA")
_COMPRESSION = 3  # zlib's 6 takes twice as long for a few percent


def own_copy(image: Any) -> NDArray[Any]:
    """Copy a picture into an array that nobody else has.

    Args:
        image: An array or what numpy makes one of, a PIL image, or a matplotlib figure (drawn here).

    Returns:
        Shape (height, width) or (height, width, 1, 3 or 4); bool, int or float.

    Raises:
        MediaError: It is no picture; says what was given and what is expected.
    """
    import numpy as np

    if hasattr(image, "savefig") and hasattr(image, "set_canvas"):
        return draw_figure(image)
    if hasattr(image, "getbands") and hasattr(image, "convert"):
        return np.array(_plain_mode(image))
    try:
        array = np.asarray(image).copy(order="K")
    except StopSimException:  # by force, at any moment: the simulation's to obey
        raise
    except Exception as exc:  # a foreign __array__ may fail in any way
        raise _wrong(f"{type(image).__name__} ({type(exc).__name__}: {exc})") from exc
    if array.dtype.kind not in "buif":
        raise _wrong(f"{type(image).__name__} of dtype {array.dtype}")
    if not _is_picture(array.shape):
        raise _wrong(f"an array of shape {array.shape}{_channels_hint(array.shape)}")
    if array.shape[0] * array.shape[1] > MAX_PIXELS:
        raise _wrong(f"{array.shape[0]} x {array.shape[1]} pixels, more than {MAX_PIXELS:,}")
    return array


def to_uint8(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Give a copy from ``own_copy`` as uint8 of the same shape, without an axis of length 1.

    Raises:
        MediaError: Values are out of range.
    """
    import numpy as np

    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    low, high = array.min(), array.max()
    is_float = array.dtype.kind == "f"
    top, slack = (1.0, _TOLERANCE) if is_float else (255, 0)
    if not (low >= -slack and high <= top + slack):  # also when there is a NaN
        hint = "; divide it by 255" if is_float and low >= 0 and high <= 255 else ""
        raise _wrong(f"{array.dtype} values from {low:g} to {high:g}{hint}")
    if is_float:
        array = np.rint(np.clip(array, 0.0, 1.0) * 255.0)
    return np.ascontiguousarray(array.astype(np.uint8))


def to_rgb(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give shape (height, width, 3), for a video; what is transparent is black."""
    import numpy as np

    if array.ndim == 2:
        return np.repeat(array[:, :, None], 3, axis=2)
    if array.shape[2] == 4:
        alpha = array[:, :, 3:].astype(np.uint16)
        return ((array[:, :, :3] * alpha + 127) // 255).astype(np.uint8)
    return array


def write_png(array: NDArray[np.uint8], path: Path) -> dict[str, int]:
    """Write a picture; give its ``width`` and ``height``."""
    from PIL import Image

    with path.open("xb") as file:
        Image.fromarray(array).save(file, "PNG", compress_level=_COMPRESSION)
    return {"width": array.shape[1], "height": array.shape[0]}


def thumbnail_of(array: NDArray[np.uint8]) -> bytes:
    """Give a PNG of at most 320 x 214 pixels with the same proportions; a small picture keeps its size."""
    from PIL import Image

    return _thumbnail(Image.fromarray(array))


def file_facts(path: Path) -> tuple[dict[str, int], bytes]:
    """Read ``width`` and ``height`` of an image file, and make its small picture.

    Raises:
        MediaError: It is not an image.
    """
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            width, height = image.size
            image.draft("RGB", (2 * THUMBNAIL_SIZE[0], 2 * THUMBNAIL_SIZE[1]))
            return {"width": width, "height": height}, _thumbnail(_plain_mode(image))
    except Exception as exc:  # what is broken in a file shows in many ways
        msg = f"it cannot be read as an image ({type(exc).__name__}: {exc})."
        raise MediaError(msg) from exc


def draw_figure(figure: Figure) -> NDArray[np.uint8]:
    """Draw a matplotlib figure without pyplot, in this thread; the figure keeps its own canvas.

    Returns:
        Shape (height, width, 4).
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    before = figure.canvas
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        return np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    except StopSimException:  # by force, at any moment: the simulation's to obey
        raise
    except Exception as exc:  # a foreign artist may fail in any way
        msg = f"the figure cannot be drawn ({type(exc).__name__}: {exc})."
        raise MediaError(msg) from exc
    finally:
        figure.set_canvas(before)


def _thumbnail(image: Image) -> bytes:
    if image.mode == "1":
        image = image.convert("L")  # so that making it small gives greys
    image.thumbnail(THUMBNAIL_SIZE, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_COMPRESSION)
    return file.getvalue()


def _plain_mode(image: Image) -> Image:
    if image.mode in _MODES:
        return image
    is_transparent = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if is_transparent else "RGB")


def _is_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) in (2, 3) and 0 not in shape and (len(shape) == 2 or shape[2] in (1, 3, 4))


def _channels_hint(shape: tuple[int, ...]) -> str:
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return " (channels first? Give image.transpose(1, 2, 0))"
    return ""


def _wrong(given: str) -> MediaError:
    return MediaError(f"got {given}; expected {_EXPECTED}.")
