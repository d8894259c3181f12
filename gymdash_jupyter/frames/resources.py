"""List what the processes of simulations used over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gymdash_jupyter.frames.columns import text, utc_from_seconds
from gymdash_jupyter.frames.environments import chosen_records

if TYPE_CHECKING:
    from gymdash_jupyter.selection import Sims
    from gymdash_jupyter.store.contract import ProjectStore


def resources_frame(store: ProjectStore, sims: Sims = None) -> pd.DataFrame:
    """List what the processes of simulations used while they executed: CPU, memory and GPU.

    A simulation in a process of its own is measured by that process and its children. One in a thread shares its
    process, which is measured as a whole: the kernel, with everything else in it. A sample is taken about every 5 s,
    the first one a second after the start and the last one at the end; of simulations that take hours, neighbours are
    made one, so that at most 2,000 remain.

    Args:
        store: The project.
        sims: Which simulations; see ``selection.resolve_sims``.

    Returns:
        One row a sample, by simulation as in ``sims``, then by time. Columns ``sim_id`` (text), ``time`` (UTC),
        ``seconds`` (float64: since its run began, negative while it was set up; of one whose run never began, since
        its first sample), ``cpu`` (float64: how many cores were busy on average since the sample before),
        ``memory_bytes`` (int64: resident memory), ``gpu`` (float64: how busy the GPUs were on which it has memory, 1.0
        for one of them) and ``gpu_memory_bytes`` (nullable integer). The last two are missing without an NVIDIA GPU,
        or where it does not tell. A simulation without samples, such as GymDash's, has no rows.

    Raises:
        UnknownSimulationError: The project has no such simulation.
    """
    records = chosen_records(store, sims)
    samples = store.resources(None if sims is None else [record.sim_id for record in records])
    rows, started = [], []
    for record in records:
        own = samples.get(record.sim_id, [])
        rows += [(str(record.sim_id), each) for each in own]
        if own:
            began = own[0].time if record.started is None else record.started.timestamp()
            started += [began] * len(own)
    time = np.array([each.time for _, each in rows], dtype=np.float64)
    gpu = [np.nan if each.gpu is None else each.gpu for _, each in rows]
    gpu_memory = [
        pd.NA if each.gpu_memory_bytes is None else each.gpu_memory_bytes for _, each in rows
    ]
    return pd.DataFrame(
        {
            "sim_id": text(sim_id for sim_id, _ in rows),
            "time": utc_from_seconds(time),
            "seconds": time - np.array(started, dtype=np.float64),
            "cpu": np.array([each.cpu for _, each in rows], dtype=np.float64),
            "memory_bytes": np.array([each.memory_bytes for _, each in rows], dtype=np.int64),
            "gpu": np.array(gpu, dtype=np.float64),
            "gpu_memory_bytes": pd.array(gpu_memory, dtype="Int64"),
        }
    )
