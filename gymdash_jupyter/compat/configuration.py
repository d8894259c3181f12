"""GymDash's configuration of TensorBoard's reader. Kept for code that sets it: here every point is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from gymdash_jupyter.streams import stat_tags as tags

DATASET_FOLDER: Final = "datasets"
"""Where GymDash's example put its data, in the project's resources."""

CUSTOM_SIZE_GUIDANCE: Final = {
    tags.TB_COMPRESSED_HISTOGRAMS: 500,
    tags.TB_IMAGES: 32,
    tags.TB_AUDIO: 32,
    tags.TB_SCALARS: 10_000,
    tags.TB_HISTOGRAMS: 1,
    tags.TB_TENSORS: 10,
}
TB_CONFIG_SIZE_GUIDANCE: Final = dict.fromkeys(CUSTOM_SIZE_GUIDANCE, 0)
"""How many events of each kind are kept; 0 keeps all."""


@dataclass
class GDConfig:
    """What was configured.

    Attributes:
        tb_size_guidance: How many events of each kind TensorBoard's reader should keep. Changes nothing.
    """

    tb_size_guidance: dict[str, int] = field(default_factory=lambda: dict(TB_CONFIG_SIZE_GUIDANCE))


CONFIG = GDConfig()


def set_global_config(args: Any) -> None:
    """Take over what the arguments say, into ``CONFIG``."""
    guidance = getattr(args, "tb_size_guidance", None)
    if guidance is not None:
        CONFIG.tb_size_guidance = dict(guidance)
