"""Draw a project with matplotlib: ``X_info`` computes what is drawn, ``plot_X`` draws it.

Nothing here changes rcParams or the backend. A figure is made, through pyplot, only when no axes
are given; then a notebook shows it once and the caller owns it.
"""

from gymdash_jupyter.plots.episodes import episodes_info, plot_episodes
from gymdash_jupyter.plots.media import MediaInfo, MediaPicture, media_info, plot_media
from gymdash_jupyter.plots.resources import (
    ResourceLine,
    ResourcesInfo,
    plot_resources,
    resources_info,
)
from gymdash_jupyter.plots.scalars import ScalarLine, ScalarsInfo, plot_scalars, scalars_info

__all__ = [
    "MediaInfo",
    "MediaPicture",
    "ResourceLine",
    "ResourcesInfo",
    "ScalarLine",
    "ScalarsInfo",
    "episodes_info",
    "media_info",
    "plot_episodes",
    "plot_media",
    "plot_resources",
    "plot_scalars",
    "resources_info",
    "scalars_info",
]
