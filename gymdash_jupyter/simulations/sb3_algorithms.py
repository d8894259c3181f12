"""Which algorithm a training uses, and its arguments in the form that it takes: classes, functions, schedules."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import stable_baselines3 as sb3
from gymnasium import spaces
from stable_baselines3.common import utils
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.policies import BasePolicy

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.simulations.import_paths import is_import_path, load

if TYPE_CHECKING:
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

ALGORITHMS: dict[str, type[BaseAlgorithm]] = {
    "a2c": sb3.A2C,
    "ddpg": sb3.DDPG,
    "dqn": sb3.DQN,
    "ppo": sb3.PPO,
    "sac": sb3.SAC,
    "td3": sb3.TD3,
}

# https://stable-baselines3.readthedocs.io/en/master/guide/algos.html
_ALGORITHMS_BY_ACTIONS: dict[type[spaces.Space[Any]], tuple[str, ...]] = {
    spaces.Box: ("a2c", "ddpg", "ppo", "sac", "td3"),
    spaces.Discrete: ("a2c", "dqn", "ppo"),
    spaces.MultiDiscrete: ("a2c", "ppo"),
    spaces.MultiBinary: ("a2c", "ppo"),
}

_SCHEDULED = ("learning_rate", "clip_range", "clip_range_vf")
_LINEAR = ("linear_", "lin_")  # the second is how rl-baselines3-zoo writes it


def algorithm_class(algorithm: Any) -> type[BaseAlgorithm]:
    """Give the class of an algorithm that is named, given as an import path, or as itself.

    Raises:
        InvalidArgumentError: It is no algorithm of stable-baselines3's kind.
        MissingDependencyError: Its package cannot be imported.
    """
    found = ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else algorithm
    if found is None:
        found = load("algorithm", algorithm)
    if not (isinstance(found, type) and issubclass(found, BaseAlgorithm)):
        msg = (
            f"algorithm must be one of {', '.join(ALGORITHMS)}, a class that inherits from stable-baselines3's "
            f"BaseAlgorithm, or an import path of one, such as 'sb3_contrib:TQC'; got {algorithm!r}."
        )
        raise InvalidArgumentError(msg, algorithm=algorithm)
    return found


def check_algorithm(settings: TrainingSettings) -> None:
    """Check what the algorithm itself says about its policy and arguments, before an environment is made.

    Raises:
        InvalidArgumentError: It has no such policy, or does not take such an argument.
        MissingDependencyError: Something that is given as an import path cannot be imported.
    """
    algorithm = algorithm_class(settings.algorithm)
    check_known(
        settings.algorithm_kwargs, arguments_of(algorithm), f"The algorithm {settings.algorithm!r}"
    )
    prepared_kwargs(settings)
    policy, names = settings.policy, algorithm.policy_aliases
    is_class = isinstance(policy, type)
    if issubclass(policy, BasePolicy) if is_class else policy in names:
        return
    msg = (
        f"The algorithm {settings.algorithm!r} has no policy {policy!r}.{did_you_mean(policy, names)} "
        f"Policies: {', '.join(names)}, or a class that inherits from stable-baselines3's BasePolicy."
    )
    raise InvalidArgumentError(msg, policy=policy)


def arguments_of(algorithm: type[BaseAlgorithm]) -> list[str]:
    """List the names of the arguments that an algorithm takes, also those that it hands on to the class above it."""
    names: dict[str, None] = {}
    for kind in algorithm.__mro__:
        if "__init__" not in vars(kind):
            continue
        parameters = inspect.signature(vars(kind)["__init__"]).parameters.values()
        names.update(
            (p.name, None)
            for p in parameters
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
            and not p.name.startswith("_")
            and p.name != "self"
        )
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return list(names)


def prepared_kwargs(settings: TrainingSettings) -> dict[str, Any]:
    """Give the arguments of the algorithm, with classes and schedules for the texts that stand for them.

    Raises:
        InvalidArgumentError: A text stands for nothing.
        MissingDependencyError: What it names cannot be imported.
    """
    prepared = {
        name: _scheduled(name, value) if name in _SCHEDULED else _loaded(name, value)
        for name, value in settings.algorithm_kwargs.items()
    }
    if isinstance(prepared.get("policy_kwargs"), Mapping):
        prepared["policy_kwargs"] = {
            name: load(f"policy_kwargs[{name!r}]", value) if is_import_path(value) else value
            for name, value in prepared["policy_kwargs"].items()
        }
    return prepared


def falling_schedule(start: float, end: float, fraction: float = 1.0) -> Any:
    """Give stable-baselines3's schedule that goes from one value to another within a part of the training."""
    made_by = getattr(utils, "LinearSchedule", None) or utils.get_linear_fn
    return made_by(start, end, fraction)


def constant_schedule(value: float) -> Any:
    """Give stable-baselines3's schedule that always has one value."""
    made_by = getattr(utils, "ConstantSchedule", None) or utils.constant_fn
    return made_by(value)


def check_actions(algorithm: Any, env_name: str, actions: spaces.Space[Any]) -> None:
    """Refuse an algorithm of stable-baselines3's own that cannot act in an environment; of others it knows nothing.

    Raises:
        InvalidArgumentError: It cannot.
    """
    suitable = next(
        (names for kind, names in _ALGORITHMS_BY_ACTIONS.items() if isinstance(actions, kind)), ()
    )
    if algorithm in suitable or algorithm not in ALGORITHMS:
        return
    msg = (
        f"The algorithm {algorithm!r} cannot act in {env_name!r}, whose actions are {actions}. Algorithms for such "
        f"actions: {', '.join(suitable) or 'none of stable-baselines3'}."
    )
    raise InvalidArgumentError(msg, algorithm=algorithm, env=env_name)


def _loaded(name: str, value: Any) -> Any:
    if name.endswith("_class") and isinstance(value, str):
        return load(name, value)
    return value


def _scheduled(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    for prefix in _LINEAR:
        if text.startswith(prefix):
            try:
                start = float(text.removeprefix(prefix))
            except ValueError:
                break
            if math.isfinite(start) and start > 0:
                return falling_schedule(start, 0.0)
    if is_import_path(value):
        return load(name, value)
    msg = (
        f"{name} must be a number, a function of the part of the training that is left (1 to 0), an import path of "
        f"one, or a text such as 'linear_3e-4', which falls from 0.0003 to 0; got {value!r}."
    )
    raise InvalidArgumentError(msg, argument=name)
