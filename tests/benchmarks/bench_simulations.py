"""What the list of simulations costs the kernel over 10,000 of them: opening, a tick, looking again, nothing.

What the browser needs on top is in the panel's bundle; nothing here waits for a page.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, Progress, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.widgets import SimulationsPanel
from gymdash_jupyter.widgets.refresh import NO_NEWS
from gymdash_jupyter.widgets.views import View
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

N_SIMULATIONS = 10_000
N_RUNNING = 10


def rows() -> list[BenchRow]:
    """Measure and give one row a figure."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        project = Project.open(Path(folder) / "project")
        running = _write(project)
        panel = SimulationsPanel(project)
        sent: list[int] = []
        view = View("bench", lambda _content, buffers: sent.append(sum(map(len, buffers))))
        opening_s = _timed(lambda: (panel._load(), panel._send_to(view)))
        view.is_new = False
        n_bytes = sum(sent)
        panel._send_to(view)  # the values of configs, for the filter
        tick_s = statistics.median(
            _tick_s(panel, view, project, running, step) for step in range(50)
        )
        idle_s = statistics.median(
            _timed(lambda: (panel._take(NO_NEWS), panel._send_to(view))) for _ in range(50)
        )
        view.start_again()
        again_s = _timed(lambda: (panel._load(), panel._send_to(view)))
        panel.close()
        listing_s = statistics.median(_listing_s(project) for _ in range(3))
        project.store.close()
    what = f"{N_SIMULATIONS:,} simulations"
    return [
        BenchRow(
            f"list of {what}: read, packed and sent",
            f"{opening_s:.2f} s, {n_bytes / 1e6:.1f} MB",
            "<= 0.5 s",
            opening_s <= 0.5,
        ),
        BenchRow(
            f"list of {what}: somebody looks again", f"{again_s:.2f} s", "<= 0.2 s", again_s <= 0.2
        ),
        BenchRow(
            f"list of {what}: a tick with {N_RUNNING} changes",
            f"{tick_s * 1e3:.2f} ms",
            "<= 5 ms",
            tick_s <= 5e-3,
        ),
        BenchRow(
            f"list of {what}: a tick without news",
            f"{idle_s * 1e6:.0f} us",
            "<= 200 us",
            idle_s <= 2e-4,
        ),
        BenchRow(
            f"gymdash-jupyter list of {what}, the whole process",
            f"{listing_s:.2f} s",
            "<= 0.5 s",
            listing_s <= 0.5,
        ),
    ]


def _tick_s(
    panel: SimulationsPanel, view: View, project: Project, running: list[UUID], step: int
) -> float:
    """Let simulations go on, and measure from the question what is new to the message."""
    moment = 1e9 + step / 10
    progress = Progress(float(step), 100.0, "", moment)
    owner = own_identity()
    project.store.write([Batch(key, progress=progress) for key in running], owner=owner)

    def tick() -> None:
        news = panel._loop._news()
        assert len(news.simulations) in {0, N_RUNNING}  # the first question only says from when on
        panel._take(news)
        panel._send_to(view)

    return _timed(tick)


def _write(project: Project) -> list[UUID]:
    """Write simulations as trackers do; the last few go on."""
    owner = own_identity()
    ids = [uuid4() for _ in range(N_SIMULATIONS)]
    for number, sim_id in enumerate(ids):
        kwargs = {"algorithm": "ppo", "learning_rate": 3e-4, "seed": number, "n_envs": 4}
        config = SimulationStartConfig(name=f"ppo-{number}", sim_key="ppo", kwargs=kwargs)
        project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "bench"))
        for state in (SimState.SETTING_UP, SimState.RUNNING):
            project.store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
        if number < N_SIMULATIONS - N_RUNNING:
            end = Move(sim_id, SimState.SUCCEEDED, now_utc(), owner=owner)
            project.store.finish(Batch(sim_id), end)
    return ids[-N_RUNNING:]


def _listing_s(project: Project) -> float:
    command = [sys.executable, "-m", "gymdash_jupyter", "-d", str(project.folder), "list"]
    return _timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def _timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
