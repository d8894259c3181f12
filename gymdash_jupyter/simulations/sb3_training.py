"""Making models of stable-baselines3 from settings, with errors that say what to do; the door to what loads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stable_baselines3.common.utils import get_latest_run_id

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.sb3_algorithms import (
    algorithm_class,
    check_actions,
    check_algorithm,
    prepared_kwargs,
)
from gymdash_jupyter.simulations.sb3_envs import make_evaluation_env, name_of
from gymdash_jupyter.simulations.sb3_stage import make_stage
from gymdash_jupyter.simulations.torch_compiler import without_compiler

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

__all__ = [
    "check_algorithm",
    "drop_experience",
    "make_evaluation_env",
    "make_model",
    "make_stage",
    "name_of",
    "own_tensorboard_folder",
]


def make_model(settings: TrainingSettings, env: Any) -> BaseAlgorithm:
    """Make the model that is to be trained.

    Args:
        settings: Checked by ``check_algorithm``.
        env: Where it is to be trained.

    Raises:
        InvalidArgumentError: It cannot act in the environment, or an argument of the algorithm has a wrong value.
    """
    name, where = settings.algorithm, name_of(settings.env)
    check_actions(name, where, env.action_space)
    arguments = {"verbose": 0, **prepared_kwargs(settings), "seed": settings.seed}
    made_by: Any = algorithm_class(name)
    try:
        with without_compiler():
            model: BaseAlgorithm = made_by(settings.policy, env, **arguments)
    except (AssertionError, TypeError, ValueError, RuntimeError) as exc:
        msg = (
            f"The algorithm {name!r} cannot be made for {where!r} with policy {settings.policy!r} and "
            f"algorithm_kwargs {dict(settings.algorithm_kwargs)!r}: {exc}"
        )
        raise InvalidArgumentError(msg, algorithm=name, env=where) from exc
    return model


def own_tensorboard_folder(log: str, model: BaseAlgorithm) -> str:
    """Give the folder that stable-baselines3 would choose for a ``tensorboard_log``, such as ``log/PPO_1``."""
    name = type(model).__name__
    return str(Path(log, f"{name}_{get_latest_run_id(log, name) + 1}"))


def drop_experience(model: BaseAlgorithm) -> None:
    """Let go of what a model has stored of its past steps: it is large, and not a part of what was learned."""
    for name in ("replay_buffer", "rollout_buffer"):
        if hasattr(model, name):
            setattr(model, name, None)
