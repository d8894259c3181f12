"""What a dashboard costs the kernel while nothing runs, and how soon it is there over many simulations.

The processor's time is a percentage of one core, of this whole process.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.widgets import Dashboard
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET_IDLE_PERCENT = 0.2
TARGET_OPEN_S = 0.5
WINDOW_S = 20.0
N_SIMULATIONS = 10_000


def rows() -> Iterator[BenchRow]:
    """Measure and give one row a figure."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        project = Project.open(Path(folder) / "project")
        _write(project, N_SIMULATIONS)
        begun = time.perf_counter()
        dashboard = Dashboard(project)
        arrivals: list[float] = []
        _look_at(dashboard, arrivals)
        _look_at(dashboard.simulations, arrivals)
        _look_at(dashboard.analyze, arrivals)
        while len(arrivals) < 3:
            time.sleep(0.005)
        took = max(arrivals) - begun
        yield BenchRow(
            f"a dashboard over {N_SIMULATIONS:,} simulations, until all was sent",
            f"{took:.2f} s",
            f"<= {TARGET_OPEN_S:g} s",
            took <= TARGET_OPEN_S,
        )
        yield _idle()
        dashboard.close()
        project.store.close()


def _idle() -> BenchRow:
    """Measure with the list and one tab on screen, which is what a dashboard shows."""
    time.sleep(3)
    before, begun = time.process_time(), time.perf_counter()
    time.sleep(WINDOW_S)
    percent = 100 * (time.process_time() - before) / (time.perf_counter() - begun)
    return BenchRow(
        "a dashboard while nothing runs, of one core",
        f"{percent:.2f} %",
        f"<= {TARGET_IDLE_PERCENT:g} %",
        percent <= TARGET_IDLE_PERCENT,
    )


def _look_at(panel: Any, arrivals: list[float]) -> None:
    """Let a panel think that a browser shows it; note when it first sends something."""
    told: list[float] = []

    def send(_content: object, buffers: object = None) -> None:
        if not told:
            told.append(time.perf_counter())
            arrivals.append(told[0])

    panel.send = send
    here = {"id": 0, "kind": "show", "view": "bench", "is_seen": True, "charts": []}
    panel._on_message(panel, here, [])


def _write(project: Project, n: int) -> None:
    owner = own_identity()
    for number in range(n):
        sim_id = uuid4()
        config = SimulationStartConfig(
            name=f"ppo-{number}", sim_key="ppo", kwargs={"learning_rate": 3e-4, "seed": number}
        )
        project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "bench"))
        for state in (SimState.SETTING_UP, SimState.RUNNING):
            project.store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
        project.store.finish(
            Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, now_utc(), owner=owner)
        )
