"""What a person at a notebook asks a project for: DataFrames of the current one, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter import frames
from gymdash_jupyter.current_calls import on_current_project
from gymdash_jupyter.frames.scores import scores_frame
from gymdash_jupyter.session import project_of

if TYPE_CHECKING:
    import pandas as pd

simulations = on_current_project("simulations", frames.simulations_frame)
statuses = on_current_project("statuses", frames.statuses_frame)
api_calls = on_current_project("api_calls", frames.api_calls_frame)
scalars = on_current_project("scalars", frames.scalars_frame)
episodes = on_current_project("episodes", frames.episodes_frame)
control_requests = on_current_project("control_requests", frames.control_requests_frame)
media = on_current_project("media", frames.media_frame)
histograms = on_current_project("histograms", frames.histograms_frame)
environment = on_current_project("environment", frames.environments_frame)
resources = on_current_project("resources", frames.resources_frame)
scores = on_current_project("scores", scores_frame)
to_csv = on_current_project("to_csv", frames.to_csv)
to_parquet = on_current_project("to_parquet", frames.to_parquet)
to_json = on_current_project("to_json", frames.to_json)
read_frame = frames.read_frame


def compare(sim_a: Any, sim_b: Any) -> pd.DataFrame:
    """Give in what two simulations differ: settings, code, versions; see ``frames.differences_frame``."""
    return frames.differences_frame(project_of(sim_a).store, sim_a, sim_b)
