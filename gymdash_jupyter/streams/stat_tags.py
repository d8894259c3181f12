"""What kind of thing a key names: GymDash's tags, which are TensorBoard's words, and ``videos``."""

from __future__ import annotations

ANY_TAG = "any"
"""The key is whatever is found under its name."""

TENSORS = TB_TENSORS = "tensors"
RUN_METADATA = TB_RUN_METADATA = "run_metadata"
COMPRESSED_HISTOGRAMS = TB_COMPRESSED_HISTOGRAMS = "distributions"
HISTOGRAMS = TB_HISTOGRAMS = "histograms"
IMAGES = TB_IMAGES = "images"
AUDIO = TB_AUDIO = "audio"
SCALARS = TB_SCALARS = "scalars"
VIDEOS = "videos"

TENSORBOARD_TAG_SET = frozenset(
    {TENSORS, RUN_METADATA, COMPRESSED_HISTOGRAMS, HISTOGRAMS, IMAGES, AUDIO, SCALARS}
)
MEDIA_TAG_SET = frozenset({IMAGES, AUDIO, VIDEOS})
EVERY_TAG_SET = TENSORBOARD_TAG_SET | MEDIA_TAG_SET | {ANY_TAG}

_KINDS = {
    SCALARS: {"scalars"},
    IMAGES: {"images"},
    AUDIO: {"audio"},
    HISTOGRAMS: {"histograms"},
    # How TensorFlow 2 writes everything; what it is, the file says.
    TENSORS: {"text", "scalars", "images", "audio", "histograms"},
    ANY_TAG: {"text", "scalars", "images", "audio", "histograms"},
}


def is_kind_of(kind: str, tag: str) -> bool:
    """Tell whether what an event file calls a kind of thing is what a tag asks for."""
    return kind in _KINDS.get(tag, ())
