"""What charts cost the kernel: a million points, 50 simulations x 100,000, joined seeds, 10,000 simulations.

The panel is driven as its refresh loop does it, one turn after the other, without a browser: everything up to the
bytes that would be sent.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from gymdash_jupyter.aggregates import bootstrap_band
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.widgets import AnalyzePanel
from gymdash_jupyter.widgets.refresh import NO_NEWS, News
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "rollout/ep_rew_mean"
WIDTH = 900
REPEATS = 5
TARGET_CHART_S = 0.1
TARGET_TICK_S = 0.005
TARGET_OPEN_S = 0.5
N_SIMULATIONS = 10_000


def rows() -> Iterator[BenchRow]:
    """Measure and give one row a figure."""
    yield _band()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield from _one_long(Project.open(Path(folder) / "long"))
        yield from _many(Project.open(Path(folder) / "many"))
        yield from _crowd(Project.open(Path(folder) / "crowd"))


def _band() -> BenchRow:
    table = np.random.default_rng(0).normal(size=(10, 500)).cumsum(axis=1)
    took = _median_s(lambda: bootstrap_band(table, "iqm", resamples=2000))
    what = "IQM band of 10 seeds x 500 points, 2,000 resamples"
    return BenchRow(what, f"{took:.3f} s", "<= 0.5 s", took <= 0.5)


def _one_long(project: Project) -> Iterator[BenchRow]:
    _write(project, 1, 1_000_000)

    def opened() -> Driven:
        driven = Driven(project, smoothing=0.8)
        driven.until_done()
        return driven

    took = _median_s(opened)
    what = "a chart over 1,000,000 points: read, smooth, thin"
    yield BenchRow(what, f"{took:.3f} s", f"<= {TARGET_CHART_S} s", took <= TARGET_CHART_S)
    driven = opened()
    zooms = iter(range(1, 1000))
    took = _median_s(lambda: driven.after(between=[1e6, 1e6 + 1e6 * next(zooms)]))
    yield BenchRow("  the same zoomed", f"{took:.4f} s", "<= 0.02 s", took <= 0.02)
    weights = iter(np.linspace(0.1, 0.9, 100).tolist())
    took = _median_s(lambda: driven.after(smoothing=next(weights)))
    yield BenchRow("  the same smoothed otherwise", f"{took:.3f} s", "<= 0.1 s", took <= 0.1)
    project.store.close()


def _many(project: Project) -> Iterator[BenchRow]:
    _write(project, 50, 100_000)
    what = "50 simulations x 100,000 points"
    for name, more in (
        ("each a line", {"group_by": "none"}),
        ("5 groups of 10, IQM", {"statistic": "iqm"}),
    ):
        driven = Driven(project, smoothing=0.8, **more)
        total = driven.until_done()
        yield BenchRow(f"{what}, {name}, all there", f"{total:.2f} s", "<= 1 s", total <= 1)
        slowest = max(driven.turns)
        yield BenchRow("  its longest turn", f"{slowest:.3f} s", "<= 0.25 s", slowest <= 0.25)
        driven.panel.between = [500_000.0, 900_000.0]
        total = driven.until_done()
        yield BenchRow("  zoomed", f"{total:.3f} s", "<= 0.4 s", total <= 0.4)
        idle = _median_s(driven.turn)
        yield BenchRow(
            "  a turn without news", f"{1e3 * idle:.2f} ms", "<= 5 ms", idle <= TARGET_TICK_S
        )
    project.store.close()


def _crowd(project: Project) -> Iterator[BenchRow]:
    for number in range(N_SIMULATIONS):
        config = SimulationStartConfig(name=f"s{number}", sim_key="ppo", kwargs={"seed": number})
        project.store.create(NewSimulation(uuid4(), config, now_utc(), "ppo", "Ppo", "bench"))
    _write(project, 50, 1_000)
    begun = time.perf_counter()
    driven = Driven(project)
    driven.until_done()
    took = time.perf_counter() - begun
    what = f"opening over {N_SIMULATIONS:,} simulations"
    yield BenchRow(what, f"{took:.2f} s", f"<= {TARGET_OPEN_S} s", took <= TARGET_OPEN_S)
    records = project.store.simulations()[:50]
    news = News({record.sim_id: record for record in records}, {}, frozenset())
    tick = _median_s(lambda: driven.turn(news))
    yield BenchRow(
        "  a tick in which 50 changed", f"{1e3 * tick:.2f} ms", "<= 5 ms", tick <= TARGET_TICK_S
    )
    project.store.close()


class Driven:
    """A panel that a benchmark refreshes by hand.

    Attributes:
        turns: How long each turn since the last change took, in seconds.
    """

    def __init__(self, project: Project, **traits: Any) -> None:
        self.panel: Any = AnalyzePanel(project, **traits)
        self.turns: list[float] = []
        self.panel.send = self._take
        setattr(self.panel._loop, "subscribe", _nothing)  # noqa: B010 - no thread of its own
        charts = [{"id": "overview", "width": WIDTH}, {"id": "detail", "width": WIDTH}]
        shown = {"charts": charts, "tables": [KEY], "is_seen": True}
        self.panel._on_message(self.panel, {"id": 0, "kind": "show", "view": "bench", **shown}, [])

    def turn(self, news: News = NO_NEWS) -> None:
        """Let the panel refresh once."""
        begun = time.perf_counter()
        self.panel.refresh(news)
        self.turns.append(time.perf_counter() - begun)

    def until_done(self) -> float:
        """Refresh until everything was sent; give how long that took."""
        self.turns = []
        while not self.turns or self.panel._is_unfinished:
            self.turn()
        assert not self.panel.problem, self.panel.problem
        return sum(self.turns)

    def after(self, **traits: Any) -> None:
        """Set traits and refresh until everything was sent."""
        for name, value in traits.items():
            setattr(self.panel, name, value)
        self.until_done()

    def _take(self, content: Any, buffers: object = None) -> None:
        pass


def _nothing(_panel: object) -> None:
    pass


def _write(project: Project, n_sims: int, n_points: int) -> None:
    owner = own_identity()
    steps = np.arange(1, n_points + 1) * 20
    times = (time.time() + np.arange(n_points) * 0.001).astype(np.float64)
    for number in range(n_sims):
        sim_id = uuid4()
        kwargs = {"seed": number % 10, "learning_rate": 1e-4 * (1 + number // 10)}
        config = SimulationStartConfig(name=f"ppo-{number}", sim_key="ppo", kwargs=kwargs)
        project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "bench"))
        for state in (SimState.SETTING_UP, SimState.RUNNING):
            project.store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
        values = np.random.default_rng(number).normal(size=n_points)
        points = ScalarSeries(steps, times, values)
        project.store.write([Batch(sim_id, scalars={KEY: points})], owner=owner)


def _median_s(work: Any) -> float:
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
