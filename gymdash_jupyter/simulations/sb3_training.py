"""Making environments and models of stable-baselines3 from settings, with errors that say what to do."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import stable_baselines3 as sb3
from gymnasium import spaces
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.utils import get_latest_run_id
from stable_baselines3.common.vec_env import VecEnv

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from stable_baselines3.common.base_class import BaseAlgorithm

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


def check_algorithm(settings: TrainingSettings) -> None:
    """Check what the algorithm itself says about its policy and arguments, before an environment is made.

    Raises:
        InvalidArgumentError: It has no such policy, or does not take such an argument.
    """
    algorithm = ALGORITHMS[settings.algorithm]
    known = [name for name in inspect.signature(algorithm).parameters if not name.startswith("_")]
    check_known(settings.algorithm_kwargs, known, f"The algorithm {settings.algorithm!r}")
    policy, names = settings.policy, algorithm.policy_aliases
    is_class = isinstance(policy, type)
    if issubclass(policy, BasePolicy) if is_class else policy in names:
        return
    msg = (
        f"The algorithm {settings.algorithm!r} has no policy {policy!r}.{did_you_mean(policy, names)} "
        f"Policies: {', '.join(names)}, or a class that inherits from stable-baselines3's BasePolicy."
    )
    raise InvalidArgumentError(msg, policy=policy)


def make_env(
    settings: TrainingSettings,
    film: Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]] | None = None,
    say: Callable[[str], None] | None = None,
) -> VecEnv:
    """Make the environments, each in a Monitor; nothing is rendered unless it is filmed or ``env_kwargs`` says so.

    Args:
        settings: Which ones.
        film: Gives the first one back filmed; None: nothing is to be filmed.
        say: Is told when it cannot be made so that it gives pictures; then it is not filmed.

    Raises:
        InvalidArgumentError: gymnasium knows no such environment, or it does not take the ``env_kwargs``.
        MissingDependencyError: A package that the environment needs is not installed.
    """
    env_id = settings.env
    # All of them, since stable-baselines3 wants one render mode for all; only the first is ever rendered.
    mode = {"render_mode": "rgb_array"} if film is not None else {}
    n_made = 0

    def make_one(**kwargs: Any) -> gym.Env[Any, Any]:
        nonlocal n_made
        n_made += 1
        if film is None or n_made > 1:
            return gym.make(env_id, **{**mode, **kwargs})
        try:
            env = gym.make(env_id, **{**mode, **kwargs})
        except Exception as exc:  # noqa: BLE001 - whether the mode is to blame is seen without it
            env = gym.make(env_id, **kwargs)
            mode.clear()
            if say is not None:
                say(
                    f"{env_id} cannot be filmed: it cannot be made with render_mode='rgb_array' "
                    f"({type(exc).__name__}: {exc}). The training goes on without videos."
                )
            return env
        return film(env)

    # A function, because stable-baselines3 would render what it makes from a name.
    try:
        return make_vec_env(
            make_one,
            n_envs=settings.n_envs,
            seed=settings.seed,
            env_kwargs=dict(settings.env_kwargs),
        )
    except (gym.error.NamespaceNotFound, gym.error.DependencyNotInstalled, ImportError) as exc:
        msg = (
            f"The environment {env_id!r} needs a package that is not installed or not imported: {exc} Install it where "
            "this simulation runs; if it registers its environments when imported, write 'module:id' as the id."
        )
        raise MissingDependencyError(msg, env=env_id) from exc
    except gym.error.Error as exc:
        msg = (
            f"There is no environment {env_id!r}: {exc} gymnasium.pprint_registry() lists those that are registered; "
            "register your own with gymnasium.register()."
        )
        raise InvalidArgumentError(msg, env=env_id) from exc
    except TypeError as exc:
        msg = f"The environment {env_id!r} cannot be made with env_kwargs {dict(settings.env_kwargs)!r}: {exc}."
        raise InvalidArgumentError(msg, env=env_id) from exc


def check_env(env: Any) -> None:
    """Raise ``InvalidArgumentError`` unless a thing can serve as a made environment."""
    if not isinstance(env, (gym.Env, VecEnv)):
        msg = (
            "env must be an id such as 'CartPole-v1', a gymnasium environment or a VecEnv of "
            f"stable-baselines3; got {type(env).__name__}: {env!r}."
        )
        raise InvalidArgumentError(msg, argument="env")


def is_vec_env(env: Any) -> bool:
    """Tell whether a thing is several environments in one."""
    return isinstance(env, VecEnv)


def name_of(env: Any) -> str:
    """Give the name of an environment: its id, or its class where it has none."""
    if isinstance(env, str):
        return env
    first = env.get_attr("unwrapped")[0] if isinstance(env, VecEnv) else env.unwrapped
    return first.spec.id if first.spec is not None else type(first).__name__


def make_model(settings: TrainingSettings, env: Any) -> BaseAlgorithm:
    """Make the model that is to be trained.

    Args:
        settings: Checked by ``check_algorithm``.
        env: Where it is to be trained.

    Raises:
        InvalidArgumentError: It cannot act in the environment, or an argument of the algorithm has a wrong value.
    """
    name, where = settings.algorithm, name_of(env)
    _check_actions(name, where, env.action_space)
    arguments = {"verbose": 0, **settings.algorithm_kwargs, "seed": settings.seed}
    try:
        return ALGORITHMS[name](settings.policy, env, **arguments)
    except (AssertionError, TypeError, ValueError, RuntimeError) as exc:
        msg = (
            f"The algorithm {name!r} cannot be made for {where!r} with policy {settings.policy!r} and "
            f"algorithm_kwargs {dict(settings.algorithm_kwargs)!r}: {exc}"
        )
        raise InvalidArgumentError(msg, algorithm=name, env=where) from exc


def own_tensorboard_folder(log: str, model: BaseAlgorithm) -> str:
    """Give the folder that stable-baselines3 would choose for a ``tensorboard_log``, such as ``log/PPO_1``."""
    name = type(model).__name__
    return str(Path(log, f"{name}_{get_latest_run_id(log, name) + 1}"))


def save_model(model: BaseAlgorithm, path: Path) -> None:
    """Write a model as a zip file; a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.partial.zip")
    model.save(partial)
    partial.replace(path)


def drop_experience(model: BaseAlgorithm) -> None:
    """Let go of what a model has stored of its past steps: it is large, and not a part of what was learned."""
    for name in ("replay_buffer", "rollout_buffer"):
        if hasattr(model, name):
            setattr(model, name, None)


def _check_actions(algorithm: str, env_name: str, actions: spaces.Space[Any]) -> None:
    suitable = next(
        (names for kind, names in _ALGORITHMS_BY_ACTIONS.items() if isinstance(actions, kind)), ()
    )
    if algorithm in suitable:
        return
    msg = (
        f"The algorithm {algorithm!r} cannot act in {env_name!r}, whose actions are {actions}. Algorithms for such "
        f"actions: {', '.join(suitable) or 'none of stable-baselines3'}."
    )
    raise InvalidArgumentError(msg, algorithm=algorithm, env=env_name)
