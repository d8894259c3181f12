"""What it costs a training that its TensorBoard files are collected into the project while it trains.

PPO in CartPole writes all its numbers every 128 steps, once with a streamer registered and once without, in turns as in
``bench_training``, in CPU seconds of the thread that learns; the helper thread that collects is measured beside it.

Run it with ``python -m tests.benchmarks collecting``.
"""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.logger import configure

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.launch.streamed import StreamCollector
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.streams.tensorboard_streamer import TensorboardStreamer
from gymdash_jupyter.tracker import SimulationTracker
from tests.benchmarks.bench_training import InTurns, Turns
from tests.benchmarks.rows import BenchRow

N_STEPS = 20_480
N_ROLLOUT = 128
REPEATS = 3
TARGET_RATIO = 0.99
KEYS = (
    "time/fps",
    "train/approx_kl",
    "train/clip_fraction",
    "train/policy_gradient_loss",
    "train/explained_variance",
    "train/learning_rate",
    "train/loss",
    "train/value_loss",
)


class Writing(Simulation):
    """Train, and write TensorBoard's files only.

    Args:
        turns: With whom it takes turns.
        who: Which of the two it is.
        is_streamed: Whether it registers a streamer.
    """

    def __init__(self, turns: Turns, who: int, *, is_streamed: bool) -> None:
        super().__init__(SimulationStartConfig(name=f"bench {who}", sim_key="bench"))
        self._turns, self._who, self._is_streamed = turns, who, is_streamed

    def _run(self, **kwargs: Any) -> None:
        folder = Path(str(self.sim_path), "tb")
        if self._is_streamed:
            self.streamer.get_or_register(TensorboardStreamer(folder, {"scalars": KEYS}))
        env = InTurns(self._turns, self._who)
        model = PPO("MlpPolicy", env, n_steps=N_ROLLOUT, n_epochs=2, seed=1, device="cpu")
        model.set_logger(configure(str(folder), ["tensorboard"]))
        self._turns.begin(self._who)
        model.learn(N_STEPS)
        self._turns.end(self._who)


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Project.open(Path(folder) / "project")
            try:
                return _cost(SimulationTracker(project=project))
            finally:
                project.store.close()
    finally:
        torch.set_num_threads(n_threads)


def _cost(tracker: SimulationTracker) -> list[BenchRow]:
    _round(tracker)  # the first loads what the others find loaded
    rounds = [_round(tracker) for _ in range(REPEATS)]
    streamed_s, alone_s = (
        float(np.min([np.diff(cpu_s[who]) for cpu_s, _ in rounds], axis=0).sum()) for who in (0, 1)
    )
    ratio = alone_s / streamed_s
    share = float(np.median([share for _, share in rounds]))
    return [
        BenchRow(
            f"PPO writing files {N_STEPS:,} steps, collected / not, per CPU s",
            f"{ratio:.3f} ({N_STEPS / streamed_s:,.0f} / {N_STEPS / alone_s:,.0f} steps)",
            f">= {TARGET_RATIO}",
            ratio >= TARGET_RATIO,
        ),
        BenchRow(
            "the helper that collects, of one CPU",
            f"{share:.2%}",
            "<= 1 %",
            share <= 0.01,
        ),
    ]


def _round(tracker: SimulationTracker) -> tuple[tuple[list[float], list[float]], float]:
    """Train both in turns; give what ``Turns`` noted, and how much of a CPU the helper took."""
    turns = Turns()
    helper_s: list[float] = []
    look = StreamCollector._look

    def measured(self: StreamCollector) -> None:
        before = time.thread_time()
        look(self)
        helper_s.append(time.thread_time() - before)

    StreamCollector._look = measured  # type: ignore[method-assign]
    gc.collect()
    started = time.perf_counter()
    try:
        sims = [Writing(turns, 0, is_streamed=True), Writing(turns, 1, is_streamed=False)]
        for simulation in sims:
            tracker.start_sim(simulation)
        for simulation in sims:
            simulation.wait()
            if simulation.state is not SimState.SUCCEEDED:
                message = f"A training did not succeed: {simulation.statuses}"
                raise AssertionError(message)
    finally:
        StreamCollector._look = look  # type: ignore[method-assign]
    elapsed = time.perf_counter() - started
    n_points = sum(info.n for info in tracker.project.store.series([sims[0].sim_id]))
    if n_points < N_STEPS // N_ROLLOUT:
        message = f"Only {n_points} points were collected."
        raise AssertionError(message)
    return turns.cpu_s, sum(helper_s) / elapsed
