"""List the files that simulations recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import objects, text, utc
from gymdash_jupyter.media import media_paths
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import Keys, Sims, resolve_media_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.store.contract import ProjectStore


def media_frame(store: ProjectStore, keys: Keys = None, sims: Sims = None) -> pd.DataFrame:
    """List recorded images, videos, sounds, texts and histograms.

    Args:
        store: The project.
        keys: Which series: None for all, a key, a pattern with ``*``, or a list of these.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        One row a file, by creation of the simulation, then by key, then in the order in which they
        were recorded. Columns ``sim_id``, ``key`` (text), ``step`` (int64), ``kind`` (text:
        ``image``, ``video``, ``audio``, ``text`` or ``histogram``), ``path`` (text), ``time`` (UTC) and ``info``
        (dicts: ``width``, ``height``, ``duration_s``, ``episode``, ``return``... as far as known).
        ``path`` is absolute, so that it can be opened as it is; the file may have been removed
        since. A stored path that leads out of the simulation's folder is missing.

    Raises:
        InvalidArgumentError: No simulation has recorded this key.
        UnknownSimulationError: The project has no such simulation.
    """
    ids = None if sims is None else resolve_sims(store, sims)
    items = store.media(ids, None if keys is None else resolve_media_keys(store, keys, ids))
    return items_frame(store, items)


def items_frame(store: ProjectStore, items: Sequence[MediaItem]) -> pd.DataFrame:
    """Give recorded files as rows, in their own order; see ``media_frame`` for the columns."""
    paths = media_paths(project_of_store(store), items)
    return pd.DataFrame(
        {
            "sim_id": text(str(item.sim_id) for item in items),
            "key": text(item.key for item in items),
            "step": np.array([item.step for item in items], dtype=np.int64),
            "kind": text(item.kind for item in items),
            "path": text(None if path is None else str(path) for path in paths),
            "time": utc(item.time for item in items),
            "info": objects([dict(item.info) for item in items]),
        }
    )
