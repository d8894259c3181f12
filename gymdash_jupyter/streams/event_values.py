"""What an event file holds, as values with the names that TensorBoard's reader and GymDash gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gymdash_jupyter.streams.tensorboard.events import HistogramEvent, MediaEvent


class ScalarEvent(NamedTuple):
    """One value.

    Attributes:
        wall_time: When, in seconds since the epoch.
        step: At which step.
        value: The value.
    """

    wall_time: float
    step: int
    value: float


class ImageEvent(NamedTuple):
    """One image.

    Attributes:
        wall_time: When, in seconds since the epoch.
        step: At which step.
        encoded_image_string: The content of an image file.
        width: In pixels.
        height: In pixels.
    """

    wall_time: float
    step: int
    encoded_image_string: bytes
    width: int
    height: int


class AudioEvent(NamedTuple):
    """One sound.

    Attributes:
        wall_time: When, in seconds since the epoch.
        step: At which step.
        encoded_audio_string: The content of a sound file.
        content_type: What kind of file.
        sample_rate: Samples a second.
        length_frames: How many samples.
    """

    wall_time: float
    step: int
    encoded_audio_string: bytes
    content_type: str
    sample_rate: float
    length_frames: int


class TextEvent(NamedTuple):
    """One text.

    Attributes:
        wall_time: When, in seconds since the epoch.
        step: At which step.
        value: The text.
    """

    wall_time: float
    step: int
    value: str


class HistogramBins(NamedTuple):
    """How values were distributed.

    Attributes:
        bucket_limit: Right ends of the bins.
        bucket: How many values lie in each.
    """

    bucket_limit: list[float]
    bucket: list[float]


class HistogramStep(NamedTuple):
    """One histogram.

    Attributes:
        wall_time: When, in seconds since the epoch.
        step: At which step.
        histogram_value: The bins.
    """

    wall_time: float
    step: int
    histogram_value: HistogramBins


def event_of(item: MediaEvent) -> tuple[str, list[Any]]:
    """Give an image, a sound or a text as TensorBoard's reader does, with its kind in TensorBoard's words."""
    info = item.info
    if item.kind == "image":
        size = info.get("width", 0), info.get("height", 0)
        return "images", [ImageEvent(item.time, item.step, item.data, *size)]
    if item.kind == "audio":
        rate = info.get("sample_rate", 0)
        n_frames = round(info.get("duration_s", 0) * rate)
        content_type = info.get("content_type", "audio/wav")
        event = AudioEvent(item.time, item.step, item.data, content_type, rate, n_frames)
        return "audio", [event]
    return "text", [TextEvent(item.time, item.step, item.data.decode("utf-8", "replace"))]


def histogram_of(item: HistogramEvent) -> HistogramStep:
    """Give a histogram as TensorBoard's reader does."""
    return HistogramStep(
        item.time, item.step, HistogramBins(item.right.tolist(), item.counts.tolist())
    )
