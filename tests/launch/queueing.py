"""Queueing in a project's queue, from here and from other processes, and seeing what ran."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch.queue.keeping import living_keeper
from gymdash_jupyter.project import Project
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.store import ProjectStore
from tests.launch.samples import Gated, Quick
from tests.waiting import wait_until

PATIENCE_S = 60.0


def gated(name: object, folder: Path, **kwargs: Any) -> SimulationStartConfig:
    """Configure one of a module that runs until ``folder / "gate"`` is there and notes that in ``folder / "log"``."""
    SimulationRegistry.register("gated", Gated)
    given = {"gate": str(folder / "gate"), "log": str(folder / "log"), **kwargs}
    return SimulationStartConfig(name=str(name), sim_key="gated", kwargs=given)


def quick(name: object, folder: Path) -> SimulationStartConfig:
    """Configure a simulation of a module that ends at once."""
    SimulationRegistry.register("quick", Quick)
    return SimulationStartConfig(
        name=str(name), sim_key="quick", kwargs={"log": str(folder / name)}
    )


def ran(folder: Path) -> list[str]:
    """Give the names of the gated ones that ran, in order."""
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.removeprefix("run ") for line in lines if line.startswith("run ")]


def most_at_once(store: ProjectStore) -> int:
    """Count how many simulations ran at once at most, by what the project says of their times."""
    records = [r for r in store.simulations() if r.started is not None]
    return max(
        sum(other.started <= r.started < (other.ended or r.started) for other in records)  # type: ignore[operator]
        for r in records
    )


def pid_of_keeper(project: Project) -> int:
    """Give the keeper's pid, once one lives."""
    keeper = wait_until(lambda: living_keeper(project), PATIENCE_S, what="a keeper to live")
    return keeper.identity.pid


def is_gone(pid: int) -> bool:
    """Tell whether a process is gone, or a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


NOTEBOOK = """
import sys
from pathlib import Path
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.queueing import gated

class OfNotebook(Simulation):
    def _run(self):
        with open(sys.argv[2] + "/log", "a") as file:
            file.write("run notebook\\n")
        self.result = "of a notebook"

folder = Path(sys.argv[2])
tracker = SimulationTracker("process", project=Project.open(sys.argv[1]), max_running=int(sys.argv[3]))
for name in sys.argv[4:]:
    x = OfNotebook if name == "notebook" else gated(name, folder)
    print(tracker.queue_sim(x)[0])
print("all queued")
input()
"""
"""Queues what its arguments name: ``notebook`` is of a class of its own; says the ids; waits."""
