"""What watching a training costs it, and how fast it stops.

A tracked training of PPO in CartPole beside stable-baselines3 alone, in steps per CPU second of the thread that learns;
one call of ``recorder.scalar``; and the time from ``cancel`` to the word ``cancelled`` in the store.

Whatever else a machine does slows a training down by far more than tracking it does. So the two train in turns of 512
steps, and of each turn the fastest of five rounds counts, as ``timeit`` recommends.

Run it with ``python -m tests.benchmarks.bench_training``.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3 import PPO

from gymdash_jupyter.channels import STOP
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

N_STEPS = 20_480  # ten rollouts of PPO: "20k steps"
TURN = 512
REPEATS = 5
STOPS = 9
TARGET_RATIO = 0.99
TARGET_SCALAR_US = 1.0
TARGET_STOP_MS = 150


class Stepping(Simulation):
    """Take a step of one millisecond until it is stopped."""

    def _run(self, **kwargs: Any) -> None:
        step = 0
        while not self.interactor.set_out_if_in(STOP, True):
            time.sleep(0.001)
            step += 1
            self.recorder.scalar("step", step, step)
            self.recorder.progress(step)


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    n_threads = torch.get_num_threads()
    # With more, the thread that learns mostly waits for others, and its CPU time says nothing.
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Project.open(Path(folder) / "project")
            try:
                tracker = SimulationTracker(project=project)
                return [_cost(tracker), _scalar(), *_stops(tracker, project)]
            finally:
                project.store.close()
    finally:
        torch.set_num_threads(n_threads)


class Turns:
    """Let two threads work in turns; each waits, without using the processor, while the other works.

    Attributes:
        cpu_s: For each of the two, CPU seconds of its thread at the start, at each change of turns, and at the end.
    """

    def __init__(self) -> None:
        self.cpu_s: tuple[list[float], list[float]] = ([], [])
        self._condition = threading.Condition()
        self._turn = 0
        self._is_alone = False

    def begin(self, who: int) -> None:
        """Wait for one's first turn."""
        with self._condition:
            self._condition.wait_for(lambda: self._turn == who)
        self.cpu_s[who].append(time.thread_time())

    def change(self, who: int) -> None:
        """Let the other work, and wait until it has."""
        self.cpu_s[who].append(time.thread_time())
        with self._condition:
            self._turn = 1 - who
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._turn == who or self._is_alone)

    def end(self, who: int) -> None:
        """Let the other work to its end."""
        self.cpu_s[who].append(time.thread_time())
        with self._condition:
            self._turn, self._is_alone = 1 - who, True
            self._condition.notify_all()


class InTurns(gym.Wrapper[Any, Any, Any, Any]):
    """An environment that hands over to the other training every so many steps."""

    def __init__(self, turns: Turns, who: int) -> None:
        super().__init__(gym.make("CartPole-v1"))
        self._turns = turns
        self._who = who
        self._n = 0

    def step(self, action: Any) -> Any:
        """Step, after a change of turns if it is time."""
        if self._n % TURN == 0 and self._n > 0:
            self._turns.change(self._who)
        self._n += 1
        return self.env.step(action)


def _cost(tracker: SimulationTracker) -> BenchRow:
    _round(tracker)  # the first loads what the others find loaded
    rounds = [_round(tracker) for _ in range(REPEATS)]
    tracked_s, bare_s = (
        float(np.min([np.diff(cpu_s[who]) for cpu_s in rounds], axis=0).sum()) for who in (0, 1)
    )
    ratio = bare_s / tracked_s
    speeds = f"{N_STEPS / tracked_s:,.0f} / {N_STEPS / bare_s:,.0f}"
    return BenchRow(
        f"PPO CartPole {N_STEPS:,} steps, tracked / bare, per CPU s",
        f"{ratio:.3f} ({speeds} steps)",
        f">= {TARGET_RATIO}",
        ratio >= TARGET_RATIO,
    )


def _round(tracker: SimulationTracker) -> tuple[list[float], list[float]]:
    """Train tracked and bare in turns; give what ``Turns`` noted, of the tracked one first.

    The tracked one is measured from the start of its run to the end of all its keeping, saving and storing.
    """
    turns = Turns()
    kwargs = {
        "num_steps": N_STEPS,
        "eval_every": 0,  # it is playing, not tracking
        "seed": 1,
        "env": InTurns(turns, 0),
        "algorithm_kwargs": {"device": "cpu"},
    }
    config = SimulationStartConfig(name="bench", sim_key="stable_baselines", kwargs=kwargs)
    _, simulation = tracker.create_simulation(config)
    simulation.add_callback(Simulation.START_RUN, lambda: turns.begin(0))
    simulation.add_callback(Simulation.END_RUN, lambda: turns.end(0))
    thread = threading.Thread(target=_train_bare, args=(turns,))
    gc.collect()
    thread.start()
    tracker.start_sim(simulation)
    simulation.wait()
    thread.join()
    if simulation.state is not SimState.SUCCEEDED:
        message = f"The tracked training did not succeed: {simulation.statuses}"
        raise AssertionError(message)
    return turns.cpu_s


def _train_bare(turns: Turns) -> None:
    model = PPO("MlpPolicy", InTurns(turns, 1), seed=1, device="cpu")
    turns.begin(1)
    model.learn(N_STEPS)
    turns.end(1)


def _scalar() -> BenchRow:
    recorder = Recorder()
    n, batches = 1_000, []
    for _ in range(300):
        record = recorder.scalar
        started = time.perf_counter()
        for step in range(n):
            record("rollout/ep_rew_mean", 1.5, step)
        batches.append((time.perf_counter() - started) / n)
        recorder.confirm(n)
    measured_us = statistics.median(batches) * 1e6
    return BenchRow(
        "one recorder.scalar call, median",
        f"{measured_us:.2f} us",
        f"<= {TARGET_SCALAR_US:g} us",
        measured_us <= TARGET_SCALAR_US,
    )


def _stops(tracker: SimulationTracker, project: Project) -> list[BenchRow]:
    training = SimulationStartConfig(
        name="bench",
        sim_key="stable_baselines",
        kwargs={"num_steps": 10**9, "algorithm_kwargs": {"device": "cpu"}},
    )
    stepping = SimulationStartConfig(name="bench", sim_key="")
    kinds: dict[str, Callable[[], Any]] = {
        "1 ms steps": lambda: Stepping(stepping),
        "PPO CartPole": lambda: training,  # its optimising is one step, and its model is saved
    }
    found = []
    for what, make in kinds.items():
        times_ms = [_stop_ms(tracker, project, make()) for _ in range(STOPS)]
        median = statistics.median(times_ms)
        found.append(
            BenchRow(
                f"cancel to 'cancelled' in the store, {what}, median",
                f"{median:.0f} ms (longest {max(times_ms):.0f})",
                f"<= {TARGET_STOP_MS} ms + a step",
                median <= TARGET_STOP_MS,
            )
        )
    return found


def _stop_ms(tracker: SimulationTracker, project: Project, x: Any) -> float:
    sim_id, simulation = tracker.start_sim(x)
    while (progress := simulation.recorder.latest_progress) is None or not progress.current:
        time.sleep(0.005)
    time.sleep(0.3)  # into the midst of it
    started = time.perf_counter()
    tracker.cancel(sim_id)
    while project.store.simulation(sim_id).state is not SimState.CANCELLED:
        time.sleep(0.001)
    elapsed_ms = (time.perf_counter() - started) * 1e3
    simulation.wait()
    return elapsed_ms


if __name__ == "__main__":
    for row in rows():
        print(f"{'ok ' if row.ok else 'NOT'} {row.what}: {row.measured} (target {row.target})")
