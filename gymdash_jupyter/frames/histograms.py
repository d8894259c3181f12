"""Histograms out of event files, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc
from gymdash_jupyter.media import media_paths
from gymdash_jupyter.media.histograms import HISTOGRAM, read_bins
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import Keys, Sims, resolve_media_keys, resolve_sims

if TYPE_CHECKING:
    from pathlib import Path

    from gymdash_jupyter.media.histograms import Bins
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store.contract import ProjectStore


def histograms_frame(store: ProjectStore, keys: Keys = None, sims: Sims = None) -> pd.DataFrame:
    """List histograms, which come from event files of TensorBoard: imported ones, and those of streamers.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern with ``*``, or a list of these.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        One row a histogram, by creation of the simulation, then by key, then in the order of the log. Columns
        ``sim_id``, ``key`` (text), ``step`` (int64), ``time`` (UTC), and ``left``, ``right`` and ``counts``: float64
        arrays of shape (bins,) with the ends of the bins and how many values lie in each. One whose file is gone or
        damaged is missing.

    Raises:
        InvalidArgumentError: No simulation has recorded this key.
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    items = store.media(ids, None if keys is None else resolve_media_keys(store, keys, ids))
    chosen = [item for item in items if item.kind == HISTOGRAM]
    paths = media_paths(project_of_store(store), chosen)
    rows: list[tuple[MediaItem, Bins]] = []
    for item, path in zip(chosen, paths, strict=True):
        bins = None if path is None else _read(path)
        if bins is not None:
            rows.append((item, bins))
    return pd.DataFrame(
        {
            "sim_id": text(str(item.sim_id) for item, _ in rows),
            "key": text(item.key for item, _ in rows),
            "step": np.array([item.step for item, _ in rows], dtype=np.int64),
            "time": utc(item.time for item, _ in rows),
            **{
                name: objects([bins[i] for _, bins in rows])
                for i, name in enumerate(("left", "right", "counts"))
            },
        }
    )


def _read(path: Path) -> Bins | None:
    try:
        return read_bins(path)
    except OSError:
        return None
