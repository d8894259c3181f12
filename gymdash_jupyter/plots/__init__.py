"""Draw a project with matplotlib: ``X_info`` computes what is drawn, ``plot_X`` draws it.

Nothing here changes rcParams or the backend. A figure is made, through pyplot, only when no axes
are given; then a notebook shows it once and the caller owns it.
"""

from gymdash_jupyter.plots.curve_numbers import Curve, CurvesInfo, curves_info
from gymdash_jupyter.plots.curves import plot_curves
from gymdash_jupyter.plots.efficiency import (
    EfficiencyInfo,
    efficiency_info,
    plot_sample_efficiency,
)
from gymdash_jupyter.plots.episodes import episodes_info, plot_episodes
from gymdash_jupyter.plots.histograms import HistogramMap, histograms_info, plot_histograms
from gymdash_jupyter.plots.improvement import (
    ImprovementInfo,
    improvement_info,
    plot_probability_of_improvement,
)
from gymdash_jupyter.plots.media import MediaInfo, MediaPicture, media_info, plot_media
from gymdash_jupyter.plots.media_timeline import (
    MediaTimelineInfo,
    media_timeline_info,
    plot_media_timeline,
)
from gymdash_jupyter.plots.parallel import (
    ParallelInfo,
    ParallelLine,
    parallel_info,
    plot_parallel,
)
from gymdash_jupyter.plots.profiles import (
    ProfilesInfo,
    plot_performance_profiles,
    profiles_info,
)
from gymdash_jupyter.plots.resources import (
    ResourceLine,
    ResourcesInfo,
    plot_resources,
    resources_info,
)
from gymdash_jupyter.plots.scalars import ScalarLine, ScalarsInfo, plot_scalars, scalars_info
from gymdash_jupyter.plots.scores import (
    ScoresInfo,
    final_scores_info,
    plot_final_scores,
    plot_scores,
    scores_info,
)
from gymdash_jupyter.plots.style import figure_style
from gymdash_jupyter.plots.sweeps import SweepInfo, plot_sweep, sweep_info

__all__ = [
    "Curve",
    "CurvesInfo",
    "EfficiencyInfo",
    "HistogramMap",
    "ImprovementInfo",
    "MediaInfo",
    "MediaPicture",
    "MediaTimelineInfo",
    "ParallelInfo",
    "ParallelLine",
    "ProfilesInfo",
    "ResourceLine",
    "ResourcesInfo",
    "ScalarLine",
    "ScalarsInfo",
    "ScoresInfo",
    "SweepInfo",
    "curves_info",
    "efficiency_info",
    "episodes_info",
    "figure_style",
    "final_scores_info",
    "histograms_info",
    "improvement_info",
    "media_info",
    "media_timeline_info",
    "parallel_info",
    "plot_curves",
    "plot_episodes",
    "plot_final_scores",
    "plot_histograms",
    "plot_media",
    "plot_media_timeline",
    "plot_parallel",
    "plot_performance_profiles",
    "plot_probability_of_improvement",
    "plot_resources",
    "plot_sample_efficiency",
    "plot_scalars",
    "plot_scores",
    "plot_sweep",
    "profiles_info",
    "resources_info",
    "scalars_info",
    "scores_info",
    "sweep_info",
]
