"""What a person at a notebook asks a project for: DataFrames of the current one, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.current import current_project
from gymdash_jupyter.session import project_of

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd


def simulations(
    sims: Any = None, *, expand: Any = None, where: str | None = None, **filters: Any
) -> pd.DataFrame:
    """Give the project's simulations, all or those that pass filters; see ``frames.simulations_frame``.

    ``gd.simulations(state="succeeded", env="CartPole-v1", expand="config")`` or
    ``gd.simulations(where="learning_rate < 1e-3")``; the rows can be given as ``sims=`` to everything else.
    """
    from gymdash_jupyter.frames import simulations_frame

    return simulations_frame(current_project().store, sims, expand=expand, where=where, **filters)


def statuses(sims: Any = None) -> pd.DataFrame:
    """Give what simulations said about themselves; see ``frames.statuses_frame``."""
    from gymdash_jupyter.frames import statuses_frame

    return statuses_frame(current_project().store, sims)


def api_calls() -> pd.DataFrame:
    """Give the calls to the project; see ``frames.api_calls_frame``."""
    from gymdash_jupyter.frames import api_calls_frame

    return api_calls_frame(current_project().store)


def scalars(
    keys: Any = None, sims: Any = None, wide: bool = False, *, align: Any = None
) -> pd.DataFrame:
    """Give recorded points, all of them as they are, or at common steps; see ``frames.scalars_frame``."""
    from gymdash_jupyter.frames import scalars_frame

    return scalars_frame(current_project().store, keys, sims, wide, align=align)


def episodes(sims: Any = None) -> pd.DataFrame:
    """Give recorded episodes, one row each; see ``frames.episodes_frame``."""
    from gymdash_jupyter.frames import episodes_frame

    return episodes_frame(current_project().store, sims)


def control_requests(sims: Any = None, open_only: bool = False) -> pd.DataFrame:
    """Give what simulations asked people; see ``frames.control_requests_frame``."""
    from gymdash_jupyter.frames import control_requests_frame

    return control_requests_frame(current_project().store, sims, open_only)


def media(keys: Any = None, sims: Any = None) -> pd.DataFrame:
    """Give recorded images, videos, sounds and texts; see ``frames.media_frame``."""
    from gymdash_jupyter.frames import media_frame

    return media_frame(current_project().store, keys, sims)


def histograms(keys: Any = None, sims: Any = None) -> pd.DataFrame:
    """Give the histograms out of event files, one row each; see ``frames.histograms_frame``."""
    from gymdash_jupyter.frames import histograms_frame

    return histograms_frame(current_project().store, keys, sims)


def environment(sims: Any = None) -> pd.DataFrame:
    """Give versions, machine, code and command of simulations; see ``frames.environments_frame``."""
    from gymdash_jupyter.frames import environments_frame

    return environments_frame(current_project().store, sims)


def resources(sims: Any = None) -> pd.DataFrame:
    """Give what the processes of simulations used over time; see ``frames.resources_frame``."""
    from gymdash_jupyter.frames import resources_frame

    return resources_frame(current_project().store, sims)


def compare(sim_a: Any, sim_b: Any) -> pd.DataFrame:
    """Give in what two simulations differ: settings, code, versions; see ``frames.differences_frame``."""
    from gymdash_jupyter.frames import differences_frame

    return differences_frame(project_of(sim_a).store, sim_a, sim_b)


def scores(key: Any = None, sims: Any = None, **options: Any) -> pd.DataFrame:
    """Give how good each simulation became, by algorithm, task and seed; see ``frames.scores.scores_frame``."""
    from gymdash_jupyter.frames.scores import scores_frame

    return scores_frame(current_project().store, key, sims, **options)


def to_csv(path: str | os.PathLike[str], sims: Any = None, **options: Any) -> list[Path]:
    """Write simulations and what they recorded as CSV files; see ``frames.to_csv``."""
    from gymdash_jupyter.frames import to_csv as write

    return write(current_project().store, path, sims, **options)


def to_parquet(path: str | os.PathLike[str], sims: Any = None, **options: Any) -> list[Path]:
    """Write simulations and what they recorded as Parquet files; see ``frames.to_parquet``."""
    from gymdash_jupyter.frames import to_parquet as write

    return write(current_project().store, path, sims, **options)


def to_json(path: str | os.PathLike[str], sims: Any = None, **options: Any) -> list[Path]:
    """Write simulations and what they recorded as JSON files; see ``frames.to_json``."""
    from gymdash_jupyter.frames import to_json as write

    return write(current_project().store, path, sims, **options)


def read_frame(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a frame from a file that ``to_csv``, ``to_parquet`` or ``to_json`` wrote; see ``frames.read_frame``."""
    from gymdash_jupyter.frames import read_frame as read

    return read(path)
