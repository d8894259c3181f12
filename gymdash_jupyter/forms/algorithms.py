"""The arguments of stable-baselines3's algorithms: what they are by default, their ranges, and what they mean.

Written down here so that a form needs no torch; a test compares it with the installed stable-baselines3.
"""

from __future__ import annotations

from typing import Any, Final

from gymdash_jupyter.forms.fields import Field
from gymdash_jupyter.simulations.sb3_settings import ALGORITHM_NAMES

_ON_POLICY: Final[dict[str, Any]] = {
    "gae_lambda": 0.95,
    "ent_coef": 0.0,
    "vf_coef": 0.5,
    "max_grad_norm": 0.5,
    "use_sde": False,
    "sde_sample_freq": -1,
    "rollout_buffer_class": None,
    "rollout_buffer_kwargs": None,
}
_OFF_POLICY: Final[dict[str, Any]] = {
    "learning_rate": 1e-3,
    "batch_size": 256,
    "gamma": 0.99,
    "buffer_size": 1_000_000,
    "learning_starts": 100,
    "tau": 0.005,
    "train_freq": 1,
    "gradient_steps": 1,
    "n_steps": 1,
    "replay_buffer_class": None,
    "replay_buffer_kwargs": None,
    "optimize_memory_usage": False,
}
_COMMON: Final[dict[str, Any]] = {
    "tensorboard_log": None,
    "verbose": 0,
    "device": "auto",
}
_WINDOW: Final[dict[str, Any]] = {"stats_window_size": 100}

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "a2c": {
        "learning_rate": 7e-4,
        "n_steps": 5,
        "gamma": 0.99,
        **_ON_POLICY,
        "gae_lambda": 1.0,
        "rms_prop_eps": 1e-5,
        "use_rms_prop": True,
        "normalize_advantage": False,
        **_WINDOW,
        **_COMMON,
    },
    "ddpg": {**_OFF_POLICY, "action_noise": None, **_COMMON},
    "dqn": {
        **_OFF_POLICY,
        "learning_rate": 1e-4,
        "batch_size": 32,
        "tau": 1.0,
        "train_freq": 4,
        "target_update_interval": 10_000,
        "exploration_fraction": 0.1,
        "exploration_initial_eps": 1.0,
        "exploration_final_eps": 0.05,
        "max_grad_norm": 10,
        **_WINDOW,
        **_COMMON,
    },
    "ppo": {
        "learning_rate": 3e-4,
        "batch_size": 64,
        "gamma": 0.99,
        "n_steps": 2048,
        "n_epochs": 10,
        **_ON_POLICY,
        "clip_range": 0.2,
        "clip_range_vf": None,
        "normalize_advantage": True,
        "target_kl": None,
        **_WINDOW,
        **_COMMON,
    },
    "sac": {
        **_OFF_POLICY,
        "learning_rate": 3e-4,
        "ent_coef": "auto",
        "target_update_interval": 1,
        "target_entropy": "auto",
        "action_noise": None,
        "use_sde": False,
        "sde_sample_freq": -1,
        "use_sde_at_warmup": False,
        **_WINDOW,
        **_COMMON,
    },
    "td3": {
        **_OFF_POLICY,
        "policy_delay": 2,
        "target_policy_noise": 0.2,
        "target_noise_clip": 0.5,
        "action_noise": None,
        **_WINDOW,
        **_COMMON,
    },
}
"""The default of each argument by algorithm, but for those that the simulation type has itself."""

ELSEWHERE: Final = ("env", "policy", "seed", "policy_kwargs", "supported_action_spaces")
"""Arguments of algorithms that the form has elsewhere, or that are none for people."""

ALGORITHMS_BY_ACTIONS: Final = {
    "Box": ("a2c", "ddpg", "ppo", "sac", "td3"),
    "Discrete": ("a2c", "dqn", "ppo"),
    "MultiDiscrete": ("a2c", "ppo"),
    "MultiBinary": ("a2c", "ppo"),
}
"""https://stable-baselines3.readthedocs.io/en/master/guide/algos.html"""

_MAIN: Final = {
    "a2c": ("learning_rate", "n_steps", "gamma"),
    "ppo": ("learning_rate", "n_steps", "batch_size", "gamma"),
}
_MAIN_OFF_POLICY: Final = ("learning_rate", "batch_size", "gamma")

_RANGES: Final[dict[str, dict[str, Any]]] = {
    "learning_rate": {"low": 0, "high": 1, "is_above": True, "is_open": True},
    "gamma": {"low": 0, "high": 1},
    "gae_lambda": {"low": 0, "high": 1},
    "tau": {"low": 0, "high": 1, "is_above": True},
    "clip_range": {"low": 0, "is_above": True, "is_open": True},
    "clip_range_vf": {
        "kind": "float",
        "low": 0,
        "is_above": True,
        "is_open": True,
        "is_optional": True,
    },
    "target_kl": {"kind": "float", "low": 0, "is_above": True, "is_optional": True},
    "ent_coef": {"kind": "float", "low": 0, "is_open": True},
    "vf_coef": {"low": 0},
    "max_grad_norm": {"kind": "float", "low": 0, "is_above": True},
    "batch_size": {"low": 1},
    "n_steps": {"low": 1},
    "n_epochs": {"low": 1},
    "buffer_size": {"low": 1},
    "learning_starts": {"low": 0},
    "train_freq": {"kind": "json"},
    "gradient_steps": {"low": -1},
    "target_update_interval": {"low": 1},
    "exploration_fraction": {"low": 0, "high": 1},
    "exploration_initial_eps": {"low": 0, "high": 1},
    "exploration_final_eps": {"low": 0, "high": 1},
    "target_entropy": {"kind": "float", "is_open": True},
    "policy_delay": {"low": 1},
    "stats_window_size": {"low": 1},
    "verbose": {"low": 0, "high": 2},
    "tensorboard_log": {"kind": "text", "is_optional": True},
}

_HELP: Final = {
    "learning_rate": "How far a step of learning goes; linear_0.001 falls to 0.",
    "batch_size": "How many points an update learns from at once.",
    "gamma": "How much a later reward counts, from step to step.",
    "n_steps": "Steps of each environment between two updates.",
    "n_epochs": "How often each rollout is learned from.",
    "gae_lambda": "Between the bias (0) and the variance (1) of the advantage.",
    "clip_range": "How far the policy may move in an update.",
    "ent_coef": "How much exploring is rewarded.",
    "vf_coef": "How much the value function counts in the loss.",
    "max_grad_norm": "Longer gradients are cut to this length.",
    "target_kl": "An update ends when the policy has moved this far.",
    "buffer_size": "How many steps it remembers.",
    "learning_starts": "Steps before it begins to learn.",
    "tau": "How fast the target network follows; 1 is at once.",
    "train_freq": 'Steps between two updates, or [1, "episode"].',
    "gradient_steps": "Updates at a time; -1 is one for each step.",
    "target_update_interval": "Steps between two updates of the target network.",
    "exploration_fraction": "Part of the training in which exploring fades.",
    "exploration_initial_eps": "How often it acts at random in the beginning.",
    "exploration_final_eps": "How often it acts at random in the end.",
    "device": "auto, cpu or cuda.",
}


def algorithm_fields(path: str, algorithms: tuple[str, ...], section: str) -> tuple[Field, ...]:
    """Describe the arguments that all of some algorithms have, those in front that people change most.

    Args:
        path: Of the dict that holds them.
        algorithms: Names; without any that is known, there are no fields.
        section: Where they stand.
    """
    tables = [DEFAULTS[name] for name in algorithms if name in DEFAULTS]
    if not tables:
        return ()
    main = set.intersection(
        *({*_MAIN.get(n, _MAIN_OFF_POLICY)} for n in algorithms if n in DEFAULTS)
    )
    names = [name for name in tables[0] if all(name in table for table in tables)]
    return tuple(
        _field(
            f"{path}.{name}",
            name,
            [table[name] for table in tables],
            section,
            is_main=name in main,
        )
        for name in [*(n for n in names if n in main), *(n for n in names if n not in main)]
    )


def known_arguments(algorithms: tuple[str, ...]) -> set[str]:
    """Give the names that at least one of some algorithms takes."""
    return {name for each in algorithms if each in DEFAULTS for name in DEFAULTS[each]} | set(
        ELSEWHERE
    )


def _field(path: str, name: str, defaults: list[Any], section: str, *, is_main: bool) -> Field:
    default = defaults[0]
    is_same = all(each == default for each in defaults)
    kinds = {bool: "bool", int: "int", float: "float", str: "text"}
    about = {"kind": kinds.get(type(default), "json"), **_RANGES.get(name, {})}
    return Field(
        path,
        default=default if is_same else None,
        placeholder="" if is_same else "each algorithm's own",
        help=_HELP.get(name, ""),
        section=section,
        is_main=is_main,
        **about,
    )


def is_own(algorithm: Any) -> bool:
    """Tell whether an algorithm is one of stable-baselines3's own, by name."""
    return algorithm in ALGORITHM_NAMES
