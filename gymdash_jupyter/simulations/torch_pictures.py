"""Drawing samples with what a classifier takes them for, into one picture. Needs no torch and no matplotlib.

It is drawn while a training waits, so it is drawn quickly: in some 10 ms, a twentieth of what matplotlib takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

_CELL = 104
_GAP = 20
_CAPTION = 34
_HEAD = 66
_MARGIN = 28
_FRAME = 4

_PAPER = (255, 255, 255)
_INK = (31, 41, 51)
_QUIET = (97, 110, 124)
_WRONG = (198, 40, 40)
_EDGE = (222, 226, 231)


@dataclass(frozen=True)
class Samples:
    """Some inputs and what a classifier says of them.

    Attributes:
        images: float of shape (n, channels, height, width) with 1 or 3 channels, from 0 to 1; with one channel 0 is
            paper and 1 is ink.
        predicted: int of shape (n,).
        true: int of shape (n,), or None where it is not known.
        certainty: float of shape (n,): how probable it finds what it predicts, from 0 to 1; or None.
    """

    images: NDArray[Any]
    predicted: NDArray[Any]
    true: NDArray[Any] | None
    certainty: NDArray[Any] | None

    @property
    def n_right(self) -> int:
        """How many are right, as far as the truth is known."""
        return 0 if self.true is None else int((self.predicted == self.true).sum())


def can_be_drawn(shape: Sequence[int]) -> bool:
    """Tell whether inputs of a shape are pictures: (channels, height, width) with 1 or 3 channels."""
    return len(shape) == 3 and shape[0] in (1, 3) and min(shape) > 0


def draw_samples(samples: Samples, title: str) -> Image.Image:
    """Draw samples in a grid; those that are wrong have a red frame and say what they are.

    Args:
        samples: At least one.
        title: Stands above them.
    """
    from PIL import Image, ImageDraw

    n = len(samples.predicted)
    columns = min(n, max(1, round(math.sqrt(1.5 * n))))
    rows = -(-n // columns)
    width = max(2 * _MARGIN + columns * (_CELL + _GAP) - _GAP, 340)
    height = _MARGIN + _HEAD + rows * (_CELL + _CAPTION + _GAP) - _GAP + _MARGIN // 2
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((_MARGIN, _MARGIN - 6), title, _INK, font=_font(26))
    if samples.true is not None:
        words = f"{samples.n_right} of {n} right"
        draw.text((_MARGIN, _MARGIN + 26), words, _QUIET, font=_font(20))
    for i in range(n):
        left = _MARGIN + (i % columns) * (_CELL + _GAP)
        top = _MARGIN + _HEAD + (i // columns) * (_CELL + _CAPTION + _GAP)
        _draw_one(picture, draw, samples, i, (left, top))
    return picture


def _draw_one(
    picture: Image.Image,
    draw: ImageDraw.ImageDraw,
    samples: Samples,
    i: int,
    corner: tuple[int, int],
) -> None:
    left, top = corner
    picture.paste(_tile(samples.images[i]), corner)
    right, bottom = left + _CELL, top + _CELL
    predicted = int(samples.predicted[i])
    true = predicted if samples.true is None else int(samples.true[i])
    y = bottom + 5
    if predicted == true:
        draw.rectangle((left, top, right - 1, bottom - 1), outline=_EDGE)
        draw.text((left, y), str(predicted), _INK, font=_font(22))
    else:
        around = (left - _FRAME, top - _FRAME, right - 1 + _FRAME, bottom - 1 + _FRAME)
        draw.rectangle(around, outline=_WRONG, width=_FRAME)
        draw.text((left, y), f"{predicted}, is {true}", _WRONG, font=_font(22))
    if samples.certainty is not None:
        percent = f"{samples.certainty[i]:.0%}"
        x = right - draw.textlength(percent, font=_font(18))
        draw.text((x, y + 3), percent, _QUIET, font=_font(18))


def _tile(image: NDArray[Any]) -> Image.Image:
    from PIL import Image

    values = np.nan_to_num(np.clip(np.asarray(image, dtype=np.float64), 0, 1))
    if len(values) == 1:
        # Ink on paper reads better than the white on black in which the data come.
        share = values[0][..., None]
        pixels = (1 - share) * np.array(_PAPER) + share * np.array(_INK)
    else:
        pixels = values.transpose(1, 2, 0) * 255
    tile = Image.fromarray(pixels.round().astype(np.uint8), "RGB")
    # Pixels stay squares: a smooth picture would show what the classifier does not see.
    return tile.resize((_CELL, _CELL), Image.Resampling.NEAREST)


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    try:
        return ImageFont.load_default(size)
    except (TypeError, OSError):  # Pillow 10.0, or one without FreeType, has one size only
        return ImageFont.load_default()
