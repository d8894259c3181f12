"""Recorded histograms: JSON of their bins, read again, and few enough bars of them for a small picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.json_values import from_json
from gymdash_jupyter.media.paths import media_path

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.media.paths import HasSimsFolder
    from gymdash_jupyter.records import MediaItem

    Bins = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

HISTOGRAM: Final = "histogram"
"""The kind of such media. A file holds ``left``, ``right`` and ``counts``, each a list with one number a bin."""

LARGEST: Final = 8 * 1024 * 1024
MOST_BARS: Final = 128
_WIDTH: Final = 240
_HEIGHT: Final = 128


@dataclass(frozen=True)
class Bars:
    """A histogram as bars of one width.

    Attributes:
        low: Left end of the first bar.
        high: Right end of the last bar.
        total: How many values there are.
        counts: How many of them lie in each bar; a bin that lies over several is shared out evenly. Empty where there
            is nothing to draw.
    """

    low: float
    high: float
    total: float
    counts: tuple[float, ...]


def read_bins(path: Path) -> Bins | None:
    """Read the bins of a histogram: left ends, right ends and counts, float64, shape (bins,); None for anything else.

    Raises:
        OSError: The file cannot be read.
    """
    import numpy as np

    if path.stat().st_size > LARGEST:
        return None
    stored: Any = from_json(path.read_bytes(), {})
    try:
        left, right, counts = (
            np.array(stored[name], dtype=np.float64) for name in ("left", "right", "counts")
        )
    except (KeyError, TypeError, ValueError):
        return None
    fits = left.ndim == 1 and left.shape == right.shape == counts.shape
    return (left, right, counts) if fits else None


def bars_of(bins: Bins | None, n: int = 40) -> Bars:
    """Make bars from the first to the last value, whatever the bins are.

    Args:
        bins: As ``read_bins`` gives them; what is not finite or negative counts as empty.
        n: How many bars.
    """
    import numpy as np

    if bins is None:
        return Bars(0.0, 0.0, 0.0, ())
    left, right, counts = bins
    is_filled = np.isfinite(left) & np.isfinite(right) & np.isfinite(counts) & (counts > 0)
    left, right, counts = left[is_filled], right[is_filled], counts[is_filled]
    if not len(counts):
        return Bars(0.0, 0.0, 0.0, ())
    low, high = float(left.min()), float(right.max())
    if not low < high:
        low, high = low - (abs(low) or 1.0) / 2, low + (abs(low) or 1.0) / 2
    if not np.isfinite(high - low):
        return Bars(0.0, 0.0, 0.0, ())
    edges = np.linspace(low, high, n + 1)
    order = np.argsort(left, kind="stable")
    places = np.maximum.accumulate(np.stack([left[order], right[order]], axis=1).ravel())
    below = np.concatenate([[0.0], np.cumsum(counts[order])])
    sums = np.stack([below[:-1], below[1:]], axis=1).ravel()
    total = float(below[-1])
    if not np.isfinite(total):
        return Bars(0.0, 0.0, 0.0, ())
    reached = np.interp(edges, places, sums)
    reached[0], reached[-1] = 0.0, total  # also where a bin without width lies at an end
    return Bars(low, high, total, tuple(np.diff(reached).tolist()))


def histogram_html(project: HasSimsFolder, item: MediaItem) -> str:
    """Draw a recorded histogram; ``""`` where it is gone or cannot be read."""
    try:
        return bars_html(bars_of(read_bins(media_path(project, item))))
    except (MediaError, OSError):
        return ""


def bars_html(bars: Bars) -> str:
    """Draw bars as HTML in the colour of the text around it; only numbers go into it."""
    if not bars.counts:
        return ""
    pitch, highest = _WIDTH / len(bars.counts), max(bars.counts)
    path = "".join(
        f"M{place * pitch:.2f} {_HEIGHT}v{-height:.2f}h{pitch * 0.86:.2f}v{height:.2f}z"
        for place, count in enumerate(bars.counts)
        if (height := (_HEIGHT - 4) * count / highest) > 0
    )
    low, high = (f"{end:.3g}".replace("-", "\u2212") for end in (bars.low, bars.high))
    # The words are no part of the drawing, so that they stay as large as they are however small it is shown.
    return (
        f'<div style="max-width:360px"><svg role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'style="display:block;width:100%">'
        f"<title>{bars.total:,.6g} values from {low} to {high}</title>"
        f'<path fill="currentColor" fill-opacity=".6" d="{path}"/></svg>'
        '<div style="display:flex;justify-content:space-between;font-size:11px;line-height:16px;'
        f'border-top:1px solid rgba(128,128,128,.5)"><span>{low}</span><span>{high}</span></div></div>'
    )
