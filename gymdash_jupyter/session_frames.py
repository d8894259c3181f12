"""What a person at a notebook asks a project for: DataFrames of the current one, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.current import current_project
from gymdash_jupyter.session import project_of

if TYPE_CHECKING:
    import pandas as pd


def simulations() -> pd.DataFrame:
    """Give the project's simulations; see ``frames.simulations_frame``."""
    from gymdash_jupyter.frames import simulations_frame

    return simulations_frame(current_project().store)


def statuses(sims: Any = None) -> pd.DataFrame:
    """Give what simulations said about themselves; see ``frames.statuses_frame``."""
    from gymdash_jupyter.frames import statuses_frame

    return statuses_frame(current_project().store, sims)


def api_calls() -> pd.DataFrame:
    """Give the calls to the project; see ``frames.api_calls_frame``."""
    from gymdash_jupyter.frames import api_calls_frame

    return api_calls_frame(current_project().store)


def scalars(keys: Any = None, sims: Any = None, wide: bool = False) -> pd.DataFrame:
    """Give recorded points; see ``frames.scalars_frame``."""
    from gymdash_jupyter.frames import scalars_frame

    return scalars_frame(current_project().store, keys, sims, wide)


def media(keys: Any = None, sims: Any = None) -> pd.DataFrame:
    """Give recorded images, videos, sounds and texts; see ``frames.media_frame``."""
    from gymdash_jupyter.frames import media_frame

    return media_frame(current_project().store, keys, sims)


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
