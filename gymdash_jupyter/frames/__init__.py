"""Open a project as pandas DataFrames.

Every frame is complete and exact: nothing is thinned, merged, smoothed or sorted by value; NaN,
infinities and repeated steps come back as they were recorded. (Who asks for numbers at common steps
gets interpolated ones.) Times are aware UTC with microseconds. A project without anything gives
frames without rows, with the same columns and dtypes. A frame is a copy of the moment at which it was
asked for.
"""

from gymdash_jupyter.frames.differences import differences_frame
from gymdash_jupyter.frames.environments import environments_frame
from gymdash_jupyter.frames.episodes import episodes_frame
from gymdash_jupyter.frames.files import to_csv, to_json, to_parquet
from gymdash_jupyter.frames.histograms import histograms_frame
from gymdash_jupyter.frames.listings import api_calls_frame, control_requests_frame, statuses_frame
from gymdash_jupyter.frames.media import media_frame
from gymdash_jupyter.frames.reading import read_frame
from gymdash_jupyter.frames.resources import resources_frame
from gymdash_jupyter.frames.scalars import scalars_frame
from gymdash_jupyter.frames.simulations import simulations_frame

__all__ = [
    "api_calls_frame",
    "control_requests_frame",
    "differences_frame",
    "environments_frame",
    "episodes_frame",
    "histograms_frame",
    "media_frame",
    "read_frame",
    "resources_frame",
    "scalars_frame",
    "simulations_frame",
    "statuses_frame",
    "to_csv",
    "to_json",
    "to_parquet",
]
