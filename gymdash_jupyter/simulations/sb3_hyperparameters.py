"""Changing an algorithm's hyperparameters while it trains: which ones, in which ranges, and how they take effect.

Light to import: models are looked at, stable-baselines3 is loaded only where a schedule is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.errors import ActionRefusedError, did_you_mean

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

_ON_POLICY = ("a2c", "ppo")
_OFF_POLICY = ("ddpg", "dqn", "sac", "td3")
_ALL = _ON_POLICY + _OFF_POLICY


@dataclass(frozen=True)
class Hyperparameter:
    """One number that can be changed between two steps of a training.

    Attributes:
        name: As the algorithm names it.
        algorithms: Which of stable-baselines3's own have it.
        at_least: The smallest value.
        at_most: The largest value; None: there is none.
        is_whole: Whether it is a whole number.
        is_above: Whether the smallest value itself is too small.
        takes: When it takes effect, for people.
    """

    name: str
    algorithms: tuple[str, ...]
    at_least: float = 0.0
    at_most: float | None = None
    is_whole: bool = False
    is_above: bool = False
    takes: str = ""

    @property
    def range_words(self) -> str:
        """The range, in words."""
        kind = "a whole number" if self.is_whole else "a number"
        low = f"above {self.at_least:g}" if self.is_above else f"from {self.at_least:g}"
        if self.at_most is None:
            return f"{kind} {low}" if self.is_above else f"{kind} {low} up"
        return f"{kind} {low} to {self.at_most:g}"

    def checked(self, value: float) -> float:
        """Give a value that is in range, as an int where it is a whole number.

        Raises:
            ActionRefusedError: It is not.
        """
        is_low = value <= self.at_least if self.is_above else value < self.at_least
        is_high = self.at_most is not None and value > self.at_most
        is_odd = self.is_whole and not float(value).is_integer()
        if not math.isfinite(value) or is_low or is_high or is_odd:
            msg = f"{self.name} must be {self.range_words}; got {value:g}."
            raise ActionRefusedError(msg, name=self.name, value=value)
        return int(value) if self.is_whole else float(value)


HYPERPARAMETERS = {
    one.name: one
    for one in (
        Hyperparameter("learning_rate", _ALL, at_most=1, is_above=True),
        Hyperparameter("gamma", _ALL, at_most=1),
        Hyperparameter("ent_coef", ("a2c", "ppo", "sac")),
        Hyperparameter("vf_coef", _ON_POLICY),
        Hyperparameter("gae_lambda", _ON_POLICY, at_most=1),
        Hyperparameter("max_grad_norm", (*_ON_POLICY, "dqn"), is_above=True),
        Hyperparameter("clip_range", ("ppo",), at_most=1, is_above=True),
        Hyperparameter("target_kl", ("ppo",), is_above=True),
        Hyperparameter("n_epochs", ("ppo",), at_least=1, at_most=1000, is_whole=True),
        Hyperparameter("batch_size", ("ppo", *_OFF_POLICY), at_least=1, is_whole=True),
        Hyperparameter("tau", _OFF_POLICY, at_most=1, is_above=True),
        Hyperparameter("learning_starts", _OFF_POLICY, is_whole=True),
        Hyperparameter("train_freq", _OFF_POLICY, at_least=1, is_whole=True),
        Hyperparameter("gradient_steps", _OFF_POLICY, at_least=-1, is_whole=True),
        Hyperparameter("exploration_rate", ("dqn",), at_most=1),
        Hyperparameter("exploration_final_eps", ("dqn",), at_most=1),
    )
}


def names_for(algorithm: Any, model: BaseAlgorithm | None) -> list[str]:
    """List what can be changed: of the model where there is one, else of the algorithm as far as it is known."""
    if model is not None:
        return [name for name in HYPERPARAMETERS if _is_of(model, name)]
    known = algorithm if algorithm in _ALL else None
    return [n for n, one in HYPERPARAMETERS.items() if known is None or known in one.algorithms]


def ranges_in_words(names: Iterable[str], model: BaseAlgorithm | None) -> str:
    """Say for each hyperparameter what its value may be, and what it is now if that is known."""
    lines = []
    for name in names:
        now = "" if model is None else f", now {current_value(model, name)}"
        lines.append(f"{name}: {HYPERPARAMETERS[name].range_words}{now}")
    return "; ".join(lines)


def current_value(model: BaseAlgorithm, name: str) -> Any:
    """Give the value that holds now; None where there is none."""
    if name == "learning_rate":
        return model.lr_schedule(model._current_progress_remaining)  # noqa: SLF001 - what it trains with
    value: Any = getattr(model, name, None)
    if name == "clip_range":
        return value(model._current_progress_remaining)  # noqa: SLF001
    if name == "train_freq" and hasattr(value, "frequency"):
        return value.frequency
    return value


def change(model: BaseAlgorithm, name: str, value: float) -> tuple[Any, Any]:
    """Change a hyperparameter, so that the next use of it has the new value.

    Returns:
        The value before and the value now.

    Raises:
        ActionRefusedError: The model has no such hyperparameter, or not with this value; then nothing has changed.
    """
    names = names_for(None, model)
    if name not in names:
        kind = type(model).__name__
        msg = (
            f"{name!r} cannot be changed in a training with {kind}.{did_you_mean(name, names)} "
            f"What can: {', '.join(names)}."
        )
        raise ActionRefusedError(msg, name=name)
    new = HYPERPARAMETERS[name].checked(value)
    _check_fits(model, name, new)
    before = current_value(model, name)
    apply = _APPLY.get(name)
    if apply is None:
        setattr(model, name, new)
    else:
        apply(model, name, new)
    return before, new


def _is_of(model: BaseAlgorithm, name: str) -> bool:
    if name == "clip_range":
        return callable(getattr(model, name, None))
    return hasattr(model, name)


def _check_fits(model: Any, name: str, value: float) -> None:
    """Refuse what is in range and yet would do harm to this training."""
    why = ""
    if name == "ent_coef" and getattr(model, "ent_coef_optimizer", None) is not None:
        why = "it is learned in this training (ent_coef='auto'); start one with a number to set it"
    elif name == "batch_size" and hasattr(model, "rollout_buffer"):
        n_points = model.n_steps * model.n_envs
        least = 2 if getattr(model, "normalize_advantage", False) else 1
        if not least <= value <= n_points:
            why = (
                f"it must be a whole number from {least} to {n_points:,}, the points of a rollout"
            )
    elif name == "gradient_steps" and value == 0:
        why = "with 0 it would learn nothing; -1 makes as many as there were steps"
    elif name == "train_freq" and model.train_freq.unit.value != "step":
        why = "this training counts it in episodes, which cannot be changed"
    if why:
        msg = f"{name} cannot be set to {value:g}: {why}."
        raise ActionRefusedError(msg, name=name, value=value)


def _set_learning_rate(model: Any, _name: str, value: float) -> None:
    model.learning_rate = value
    model._setup_lr_schedule()  # noqa: SLF001 - makes the schedule of the number, as at the beginning
    holders = [model.policy, getattr(model, "actor", None), getattr(model, "critic", None)]
    optimizers = [getattr(holder, "optimizer", None) for holder in holders]
    for optimizer in [*optimizers, getattr(model, "ent_coef_optimizer", None)]:
        for group in optimizer.param_groups if optimizer is not None else ():
            group["lr"] = value


def _set_schedule(model: Any, name: str, value: float) -> None:
    from gymdash_jupyter.simulations.sb3_algorithms import constant_schedule

    setattr(model, name, constant_schedule(value))


def _set_ent_coef(model: Any, name: str, value: float) -> None:
    setattr(model, name, value)
    if hasattr(model, "ent_coef_tensor"):
        model.ent_coef_tensor = model.ent_coef_tensor.new_tensor(value)


def _set_in_buffers(model: Any, name: str, value: float) -> None:
    setattr(model, name, value)
    for buffer in (getattr(model, "rollout_buffer", None), getattr(model, "replay_buffer", None)):
        if hasattr(buffer, name):
            setattr(buffer, name, value)


def _set_train_freq(model: Any, name: str, value: float) -> None:
    setattr(model, name, model.train_freq._replace(frequency=value))


def _set_exploration_rate(model: Any, name: str, value: float) -> None:
    setattr(model, name, value)
    _set_schedule(model, "exploration_schedule", value)


def _set_exploration_final_eps(model: Any, name: str, value: float) -> None:
    from gymdash_jupyter.simulations.sb3_algorithms import falling_schedule

    setattr(model, name, value)
    model.exploration_schedule = falling_schedule(
        model.exploration_initial_eps, value, model.exploration_fraction
    )


_APPLY: dict[str, Callable[[Any, str, Any], None]] = {
    "learning_rate": _set_learning_rate,
    "clip_range": _set_schedule,
    "ent_coef": _set_ent_coef,
    "gamma": _set_in_buffers,
    "gae_lambda": _set_in_buffers,
    "train_freq": _set_train_freq,
    "exploration_rate": _set_exploration_rate,
    "exploration_final_eps": _set_exploration_final_eps,
}
