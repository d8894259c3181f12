"""End what a test leaves running: simulations in processes of their own outlive their kernel, as they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gymdash_jupyter.launch import settle_dead
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    from pathlib import Path


def end_simulations(folder: Path) -> None:
    """Stop all simulations of the projects in a folder, by force, and wait for their ends."""
    for database in folder.glob("**/db/simulations.db"):
        project = Project.open(database.parents[1])
        settle_dead(project.store)
        ids = [each.sim_id for each in project.store.simulations() if not each.is_done]
        if ids:
            tracker = SimulationTracker(project=project)
            for sim_id in ids:
                tracker.cancel(sim_id, force=True)
            tracker.wait(ids, 60)
        project.store.close()
