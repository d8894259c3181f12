"""What makes a stable-baselines3 model what it is, as the config of its simulation."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

_NOT_SETTINGS = frozenset(
    {"self", "env", "policy", "verbose", "tensorboard_log", "device", "_init_setup_model", "seed"}
)
_PLAIN = (bool, int, float, str, type(None))


def config_of_model(model: BaseAlgorithm, num_steps: int) -> dict[str, Any]:
    """List algorithm, environment, policy, steps, seed, and the arguments that the algorithm was made with.

    Args:
        model: The model, with its environment.
        num_steps: How many steps it is trained for.

    Returns:
        Values that JSON can hold. Schedules are told by their value at the start, as ``stable_baselines3`` makes
        one of every plain number.
    """
    found: dict[str, Any] = {
        "algorithm": type(model).__name__.lower(),
        "env": env_name(model.get_env()),
        "num_steps": num_steps,
        "policy": getattr(model.policy_class, "__name__", str(model.policy_class)),
        "seed": model.seed,
        "n_envs": model.n_envs,
    }
    for name in inspect.signature(type(model)).parameters:
        if name not in _NOT_SETTINGS and hasattr(model, name):
            known, value = _plain(getattr(model, name))
            if known:
                found[name] = value
    return found


def env_name(env: Any) -> str | None:
    """Give the id of a gymnasium environment, or of the first of several, else the name of its class; None of none."""
    if env is None:
        return None
    try:
        spec = env.get_attr("spec", 0)[0] if hasattr(env, "get_attr") else env.spec
    except Exception:  # noqa: BLE001 - a foreign environment may fail in any way
        spec = None
    name = getattr(spec, "id", None)
    if name is not None:
        return str(name)
    return type(getattr(env, "unwrapped", env)).__name__


def _plain(value: Any) -> tuple[bool, Any]:
    """Tell whether a value is worth keeping, and as what."""
    if isinstance(value, _PLAIN):
        return True, value
    if isinstance(value, (list, tuple)) and all(isinstance(each, _PLAIN) for each in value):
        return True, list(value)
    frequency = getattr(value, "frequency", None)  # TrainFreq
    if isinstance(frequency, int):
        unit = getattr(getattr(value, "unit", None), "value", "step")
        return True, frequency if unit == "step" else [frequency, unit]
    if isinstance(value, dict):
        return bool(value), dict(value)
    if callable(value) and not isinstance(value, type):
        try:
            return True, float(value(1.0))
        except Exception:  # noqa: BLE001 - whatever it is, it is no schedule
            return False, None
    return False, None
