"""Short torch trainings for the tests of ``example_ml``."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch.utils.data import TensorDataset

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.simulations import MLSimulation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import nn

QUICK = {"epochs": 1, "outputs_per_steps": 0, "val_per_steps": 5}
BATCHES = {"batch_size": 128, "dataset": "digits", "seed": 3}
N_TRAIN, N_VAL, N_TEST = 1259, 269, 269


def config(train_kwargs: Mapping[str, Any] | None = None, **kwargs: Any) -> SimulationStartConfig:
    """Configure one epoch of ten batches unless kwargs say otherwise."""
    merged = {**BATCHES, "train_kwargs": {**QUICK, **(train_kwargs or {})}, **kwargs}
    return SimulationStartConfig(name="quick", sim_key="example_ml", kwargs=merged)


def trained(train_kwargs: Mapping[str, Any] | None = None, **kwargs: Any) -> MLSimulation:
    """Run one by hand, in no project."""
    simulation = MLSimulation(config(train_kwargs, **kwargs))
    simulation.setup()
    simulation.run()
    return simulation


class Ends(MLSimulation):
    """Learns which of two directions points in space lie in, with an action at chosen batches."""

    n_classes = 2
    actions_at: ClassVar[Mapping[int, Callable[[MLSimulation], object]]] = {}

    def _create_model(self, **kwargs: Any) -> nn.Module:
        return torch.nn.Linear(3, 2)

    def _create_datasets(self, kwargs: Mapping[str, Any]) -> Any:
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(320, 3, generator=generator)
        data = TensorDataset(x, (x.sum(1) > 0).long())
        return tuple(torch.utils.data.random_split(data, [160, 80, 80], generator))

    def batch_done(self, told: Mapping[str, Any]) -> None:
        super().batch_done(told)
        act = self.actions_at.get(told.get("curr_steps", 0))
        if act is not None and "epoch" in told:
            act(self)


def idx(values: np.ndarray, *, is_packed: bool = False) -> bytes:
    """Write an array of bytes as an IDX file, by the description of the format."""
    head = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    content = head + values.astype(np.uint8).tobytes()
    return gzip.compress(content) if is_packed else content


def write_mnist(folder: Path, n_train: int = 60, n_test: int = 12, *, end: str = "") -> None:
    """Write small files that look like those of MNIST."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    for name, n in (("train", n_train), ("t10k", n_test)):
        images, labels = rng.integers(0, 256, (n, 28, 28)), np.arange(n) % 10
        for what, values in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{name}-{what}-ubyte{end}"
            path.write_bytes(idx(values, is_packed=end == ".gz"))
