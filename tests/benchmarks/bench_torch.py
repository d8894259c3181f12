"""What ``example_ml`` costs beside a plain torch loop, how well its defaults learn, and how long a picture takes.

Both train the same network on the same pictures, in turns of one epoch, and both take down loss and accuracy. Of each
the fastest turn counts, in CPU seconds of the thread that learns.

Run it with ``python -m tests.benchmarks.bench_torch``.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulations import MLSimulation
from gymdash_jupyter.simulations.torch_data import load_dataset
from gymdash_jupyter.simulations.torch_networks import DigitClassifier
from gymdash_jupyter.simulations.torch_pictures import Samples, draw_samples
from gymdash_jupyter.tracker import SimulationTracker
from tests.benchmarks.rows import BenchRow

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 25
SEEDS = range(5)
TARGET_RATIO = 0.95
TARGET_ACCURACY = 0.9
TARGET_SECONDS = 2.0
TARGET_PICTURE_MS = 20.0


def rows() -> list[BenchRow]:
    """Measure and return one row a figure."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Project.open(Path(folder) / "project")
            try:
                tracker = SimulationTracker(project=project)
                return [_cost(tracker), *_defaults(tracker), _picture()]
            finally:
                project.store.close()
    finally:
        torch.set_num_threads(n_threads)


class _InTurns(MLSimulation):
    """After each epoch, let a plain loop learn one, too, and take the CPU time of both.

    Attributes:
        alone: Learns an epoch.
        ours: Seconds of each epoch of this simulation.
        bare: Seconds of each epoch of the plain loop.
    """

    alone: Callable[[], float]

    def batch_done(self, told: Any) -> None:
        super().batch_done(told)
        if told["curr_steps"] == 1:
            self.ours, self.bare, self.began = [], [], time.thread_time()
        if told["curr_steps"] % (told["total_steps"] // TURNS) == 0:
            self.ours.append(time.thread_time() - self.began)
            self.bare.append(self.alone())
            self.began = time.thread_time()


def _cost(tracker: SimulationTracker) -> BenchRow:
    kwargs = {"epochs": TURNS, "do_val": False, "outputs_per_steps": 0, "ckpt_per_epochs": 0}
    config = SimulationStartConfig(
        name="cost", sim_key="", kwargs={"dataset": "digits", "seed": 0, "train_kwargs": kwargs}
    )
    simulation = _InTurns(config)
    simulation.alone = _plain_loop()
    tracker.start_sim(simulation)
    simulation.wait()
    ratio = min(simulation.bare) / min(simulation.ours)
    return BenchRow(
        "torch: steps a CPU second, tracked / a plain loop",
        f"{ratio:.3f}",
        f">= {TARGET_RATIO}",
        ratio >= TARGET_RATIO,
    )


def _plain_loop() -> Callable[[], float]:
    part = load_dataset("digits", None).train
    data = TensorDataset(torch.from_numpy(part.images), torch.from_numpy(part.labels))
    model, measure = DigitClassifier((1, 8, 8), 10), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

    def epoch() -> None:
        n_correct = 0
        for x, y in DataLoader(data, 32, shuffle=True):
            logits = model(x)
            loss = measure(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
            n_correct += int((logits.argmax(1) == y).sum())

    return lambda: _cpu_seconds(epoch)


def _defaults(tracker: SimulationTracker) -> list[BenchRow]:
    found, seconds = [], []
    for seed in SEEDS:
        kwargs = {"dataset": "digits", "seed": seed, "test": True}
        began = time.perf_counter()
        _, simulation = tracker.start_sim(
            SimulationStartConfig(name="defaults", sim_key="example_ml", kwargs=kwargs)
        )
        simulation.wait()
        seconds.append(time.perf_counter() - began)
        found.append(simulation.result["test"]["accuracy"])
    worst, fastest = min(found), min(seconds)
    return [
        BenchRow(
            f"torch: worst test accuracy of {len(SEEDS)} seeds, defaults",
            f"{worst:.1%}",
            f">= {TARGET_ACCURACY:.0%}",
            worst >= TARGET_ACCURACY,
        ),
        BenchRow(
            "torch: digits with the defaults, started to done",
            f"{fastest:.2f} s",
            f"<= {TARGET_SECONDS:g} s",
            fastest <= TARGET_SECONDS,
        ),
    ]


def _picture() -> BenchRow:
    part = load_dataset("digits", None).val
    labels = part.labels[:24]
    samples = Samples(part.images[:24], labels, labels, np.ones(24))
    fastest = min(_cpu_seconds(lambda: draw_samples(samples, "After")) for _ in range(TURNS))
    return BenchRow(
        "torch: drawing a picture of 24 samples",
        f"{fastest * 1000:.1f} ms",
        f"<= {TARGET_PICTURE_MS:g} ms",
        fastest * 1000 <= TARGET_PICTURE_MS,
    )


def _cpu_seconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


if __name__ == "__main__":
    for row in rows():
        print(row)
