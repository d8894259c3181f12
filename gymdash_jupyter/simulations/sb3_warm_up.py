"""Doing once what stable-baselines3 and torch do slowly the first time."""

from __future__ import annotations

import importlib
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.states import SimState

if TYPE_CHECKING:
    from gymdash_jupyter.simulation import Simulation

_KWARGS: dict[str, Any] = {
    "env": "CartPole-v1",
    "algorithm": "ppo",
    "num_steps": 64,
    "eval_every": 64,
    "eval_episodes": 1,
    "algorithm_kwargs": {"n_steps": 32, "batch_size": 32, "n_epochs": 1, "device": "cpu"},
}


def train_a_little(simulation_type: type[Simulation]) -> None:
    """Train one PPO for a moment, in no project.

    Args:
        simulation_type: ``stable_baselines``.

    Raises:
        RuntimeError: It did not train.
    """
    with suppress(ImportError):  # it is optional
        importlib.import_module("torch.utils.tensorboard")
    config = SimulationStartConfig(name="", sim_key="", kwargs=_KWARGS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simulation = simulation_type(config)
        simulation.setup()
        simulation.run()
    if simulation.state is not SimState.SUCCEEDED:
        said = "; ".join(status.details for status in simulation.statuses)
        msg = f"A PPO on CartPole-v1 could not be trained: {said}"
        raise RuntimeError(msg)
