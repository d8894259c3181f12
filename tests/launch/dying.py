"""Scripts for other processes: they say who they are, execute a simulation, look on, until they are killed."""

from __future__ import annotations

import json
from uuid import UUID

from gymdash_jupyter.records import ProcessIdentity
from tests.launch.other_process import OtherProcess

IDENTITY = """
import dataclasses, json
from gymdash_jupyter.launch import own_identity
print(json.dumps(dataclasses.asdict(own_identity())))
input()
"""

RUNNING = """
import sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Polite, made
from tests.waiting import wait_until
tracker = SimulationTracker(project=Project.open(sys.argv[1]))
sim_id, sim = tracker.start_sim(made(Polite))
store = tracker.project.store
wait_until(lambda: len(store.read_scalars(sim_id, "score")[0]) > 5)
print(sim_id)
input()
tracker.cancel(sim_id)
"""

SETTLE = """
import sys
from gymdash_jupyter.launch import settle_dead
from gymdash_jupyter.project import Project
project = Project.open(sys.argv[1])
print("ready")
input()
print(settle_dead(project.store))
"""

LOOKING_ON = """
import sys
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
tracker = SimulationTracker(project=Project.open(sys.argv[1]))
print(tracker.project.folder)
input()
"""


def identity_said(process: OtherProcess) -> ProcessIdentity:
    """Read what ``IDENTITY`` prints."""
    return ProcessIdentity(**json.loads(process.line()))


def id_said(process: OtherProcess) -> UUID:
    """Read what ``RUNNING`` prints when its simulation runs."""
    return UUID(process.line())
