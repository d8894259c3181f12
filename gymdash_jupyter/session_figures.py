"""What a person at a notebook draws: matplotlib figures of the current project, one line each."""

from __future__ import annotations

from gymdash_jupyter import plots
from gymdash_jupyter.current_calls import on_current_project
from gymdash_jupyter.plots.compared import SCORED

plot_scalars = on_current_project("plot_scalars", plots.plot_scalars)
plot_episodes = on_current_project("plot_episodes", plots.plot_episodes)
plot_histograms = on_current_project("plot_histograms", plots.plot_histograms)
plot_media = on_current_project("plot_media", plots.plot_media)
plot_media_timeline = on_current_project("plot_media_timeline", plots.plot_media_timeline)
plot_sweep = on_current_project("plot_sweep", plots.plot_sweep)
plot_parallel = on_current_project("plot_parallel", plots.plot_parallel)
plot_resources = on_current_project("plot_resources", plots.plot_resources)
plot_curves = on_current_project("plot_curves", plots.plot_curves)
plot_scores = on_current_project(
    "plot_scores", plots.plot_scores, options=SCORED, without_project="scores"
)
plot_final_scores = on_current_project(
    "plot_final_scores", plots.plot_final_scores, options=SCORED, without_project="scores"
)
plot_performance_profiles = on_current_project(
    "plot_performance_profiles",
    plots.plot_performance_profiles,
    options=SCORED,
    without_project="scores",
)
plot_probability_of_improvement = on_current_project(
    "plot_probability_of_improvement",
    plots.plot_probability_of_improvement,
    options=SCORED,
    without_project="scores",
)
plot_sample_efficiency = on_current_project(
    "plot_sample_efficiency",
    plots.plot_sample_efficiency,
    # It draws curves; scores have none.
    options={name: default for name, default in SCORED.items() if name != "scores"},
)
