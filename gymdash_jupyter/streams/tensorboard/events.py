"""What an event folder says, as values: points, files and histograms, each in the order in which it was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gymdash_jupyter.json_values import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gymdash_jupyter.records import ScalarSeries


@dataclass(frozen=True)
class MediaEvent:
    """One image, sound or text.

    Attributes:
        key: TensorBoard's tag.
        kind: ``image``, ``audio``, ``text`` or ``histogram`` (whose data are its bins as JSON).
        step: At which step.
        time: When, seconds since the epoch.
        data: The content of a file: an encoded picture, an encoded sound, or UTF-8.
        extension: Of that file, with its dot, such as ``.png``.
        info: What is known of it: width, height, sample_rate...
    """

    key: str
    kind: Literal["image", "audio", "text", "histogram"]
    step: int
    time: float
    data: bytes
    extension: str
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class HistogramEvent:
    """How values were distributed at one step.

    Attributes:
        key: TensorBoard's tag.
        step: At which step.
        time: When, seconds since the epoch.
        left: Left ends of the bins, float64, shape (n,).
        right: Right ends of the bins, likewise.
        counts: How many values lie in each bin, likewise.
    """

    key: str
    step: int
    time: float
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    counts: NDArray[np.float64]

    def as_file(self) -> MediaEvent:
        """Give it as the content of a file: JSON with ``left``, ``right`` and ``counts``."""
        bins = {
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "counts": self.counts.tolist(),
        }
        return MediaEvent(
            self.key, "histogram", self.step, self.time, to_json(bins).encode(), ".json"
        )


@dataclass(frozen=True, eq=False)
class EventNews:
    """What an event folder says since somebody looked last.

    Attributes:
        scalars: New points by key, in the order in which they were written.
        media: New images, sounds and texts.
        histograms: New histograms.
        problems: What could not be read, as sentences; each is said once.
    """

    scalars: Mapping[str, ScalarSeries] = field(default_factory=dict)
    media: tuple[MediaEvent, ...] = ()
    histograms: tuple[HistogramEvent, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing new."""
        return not (self.scalars or self.media or self.histograms or self.problems)
