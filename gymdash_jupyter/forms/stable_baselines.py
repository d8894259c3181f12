"""The form of a training with stable-baselines3, and what is wrong with its values before it starts."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, did_you_mean
from gymdash_jupyter.forms.algorithms import (
    ALGORITHMS_BY_ACTIONS,
    DEFAULTS,
    algorithm_fields,
    known_arguments,
)
from gymdash_jupyter.forms.documentation import documentation_of, first_words, words_for_names
from gymdash_jupyter.forms.environments import (
    action_kind,
    newest_environment_ids,
    problem_of_environment,
)
from gymdash_jupyter.forms.fields import HOW_MANY, Field, Form
from gymdash_jupyter.simulations.sb3_settings import ALGORITHM_NAMES, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.simulation import Simulation

_TRAINING: Final = "Training"
_VIDEO: Final = "Video and evaluation"
_MORE: Final = "Environments and policy"
_KWARGS: Final = "algorithm_kwargs"
_POLICIES: Final = ("MlpPolicy", "CnnPolicy", "MultiInputPolicy")
_FEW: Final = 2048


def stable_baselines_form(key: str, simulation: Simulation, values: Mapping[str, Any]) -> Form:
    """Describe the arguments; those of the algorithm are of the one that is filled in.

    Args:
        key: The sim key.
        simulation: One of the type, never started.
        values: What is filled in so far.
    """
    documentation = documentation_of(simulation)
    helps = words_for_names(documentation)
    filled = values.get("algorithm") or simulation.config.kwargs.get("algorithm", "ppo")
    fields = _fields(_algorithms(filled))
    return Form(
        key=key,
        words=first_words(documentation),
        documentation=documentation,
        fields=tuple(replace(each, help=each.help or helps.get(each.path, "")) for each in fields),
        base_name=simulation.name,
        is_open=False,
        depends_on=("algorithm",),
        check=_Check(),
    )


def _algorithms(filled: Any) -> tuple[str, ...]:
    try:
        found = Field("algorithm", "choice", is_open=True).read(filled)
    except InvalidArgumentError:
        return ()
    return tuple(str(each).strip().lower() for each in found) if isinstance(found, tuple) else ()


def _fields(algorithms: tuple[str, ...]) -> list[Field]:
    return [
        Field(
            "env",
            "choice",
            choices=tuple(newest_environment_ids()),
            is_open=True,
            section=_TRAINING,
        ),
        Field("algorithm", "choice", choices=ALGORITHM_NAMES, is_open=True, section=_TRAINING),
        Field("num_steps", "int", low=1, unit="environment steps", section=_TRAINING),
        Field(
            _KWARGS,
            "dict",
            is_open=True,
            section=_TRAINING,
            fields=algorithm_fields(_KWARGS, algorithms, _TRAINING),
        ),
        Field("n_envs", "int", low=1, section=_MORE),
        Field("vec_env_cls", "choice", choices=("dummy", "subproc"), is_open=True, section=_MORE),
        Field("env_kwargs", "dict", is_open=True, section=_MORE),
        Field("wrappers", "json", section=_MORE),
        Field("vec_normalize", "bool", is_open=True, section=_MORE),
        Field("policy", "choice", choices=_POLICIES, is_open=True, section=_MORE),
        Field("policy_kwargs", "dict", is_open=True, section=_MORE),
        Field(
            "eval_every",
            "int",
            low=0,
            is_optional=True,
            unit="environment steps",
            placeholder="about ten times",
            section=_VIDEO,
        ),
        Field("eval_episodes", "int", low=1, section=_VIDEO),
        Field("stop_when", "json", placeholder='{"eval/mean_return": 475}', section=_VIDEO),
        Field("episode_trigger", "int", is_optional=True, placeholder="never", section=_VIDEO),
        Field("step_trigger", "int", is_optional=True, placeholder="never", section=_VIDEO),
        Field("video_length", "int", low=0, unit="frames", section=_VIDEO),
        Field("fps", "float", low=1, high=240, unit="frames a second", section=_VIDEO),
        Field(
            "seed",
            "int",
            low=0,
            high=2**32 - 1,
            is_optional=True,
            placeholder="none",
            section=HOW_MANY,
        ),
    ]


class _Check:
    """Find what is wrong with the kwargs of one training; remembers nothing."""

    def __call__(self, kwargs: Mapping[str, Any]) -> dict[str, str]:
        problems: dict[str, str] = {}
        problem = problem_of_environment(kwargs["env"])
        if problem:
            problems["env"] = problem
        try:
            settings = read_settings(kwargs, "The simulation type")
        except InvalidArgumentError as exc:
            return problems | {_field_with(exc): str(exc)}
        except GymDashError as exc:
            return problems | {"": str(exc)}
        algorithm = settings.algorithm
        if isinstance(algorithm, str) and algorithm in DEFAULTS:
            problems |= _problems_of_arguments(algorithm, kwargs)
            if not problem and isinstance(settings.env, str):
                problems |= _problems_of_actions(algorithm, settings.env)
            if algorithm in ("ppo", "a2c"):
                problems |= _problems_of_rollout(algorithm, settings.n_envs, kwargs[_KWARGS])
        return problems


def _field_with(exc: InvalidArgumentError) -> str:
    """Find the field that an error of the type itself is about."""
    argument = str(getattr(exc, "argument", "")).partition("[")[0]
    if argument:
        return argument
    return next((name for name in ("algorithm", "env", "policy") if hasattr(exc, name)), "")


def _problems_of_arguments(algorithm: str, kwargs: Mapping[str, Any]) -> dict[str, str]:
    known = known_arguments((algorithm,))
    return {
        f"{_KWARGS}.{name}": f"{algorithm} has no argument {name!r}.{did_you_mean(name, known)}"
        for name in kwargs[_KWARGS]
        if name not in known and not _is_taken(algorithm, name)
    }


def _is_taken(algorithm: str, name: str) -> bool:
    """Ask a newer stable-baselines3, which may know more than is written down here; slow the first time."""
    try:
        from gymdash_jupyter.simulations.sb3_algorithms import algorithm_class, arguments_of
    except ImportError:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return name in arguments_of(algorithm_class(algorithm))


def _problems_of_actions(algorithm: str, env: str) -> dict[str, str]:
    actions, why_not = action_kind(env)
    if why_not:
        return {"env": f"{env} cannot be made here: {why_not}"}
    suitable = ALGORITHMS_BY_ACTIONS.get(actions, ())
    if not suitable or algorithm in suitable:
        return {}
    words = "numbers from ranges" if actions == "Box" else "choices"
    return {
        "algorithm": f"{algorithm} cannot act in {env}, whose actions are {words}. Try {', '.join(suitable)}."
    }


def _problems_of_rollout(algorithm: str, n_envs: int, given: Mapping[str, Any]) -> dict[str, str]:
    """Refuse a rollout that PPO cannot split into equal batches: its rest would be a batch of another size."""
    table = DEFAULTS[algorithm]
    n_steps = given.get("n_steps", table["n_steps"])
    batch = given.get("batch_size", table.get("batch_size"))
    if not isinstance(n_steps, int) or not isinstance(batch, int):
        return {}
    n_points = n_steps * n_envs
    if algorithm != "ppo" or (batch >= 2 and n_points % batch == 0):
        return {}
    if n_points < 2:
        return {
            f"{_KWARGS}.n_steps": "PPO needs 2 points or more in a rollout: n_steps \N{MULTIPLICATION SIGN} n_envs."
        }
    few = [n for n in range(2, min(n_points, _FEW) + 1) if n_points % n == 0]
    near = sorted(sorted(few, key=lambda n: (abs(n - batch), n))[:2]) or [n_points]
    path = "batch_size" if "batch_size" in given or "n_steps" not in given else "n_steps"
    product = f"n_steps \N{MULTIPLICATION SIGN} n_envs = {n_points:,}"
    if path == "batch_size":
        return {f"{_KWARGS}.{path}": f"Must divide {product}. Try {' or '.join(map(str, near))}."}
    step = _step(n_envs, batch)
    below = n_steps // step * step
    tries = [n for n in (below, below + step) if n > 0]
    return {
        f"{_KWARGS}.{path}": (
            f"{product} must be a multiple of batch_size, which is {batch:,}. "
            f"Try {' or '.join(f'{n:,}' for n in tries)}."
        )
    }


def _step(n_envs: int, batch: int) -> int:
    """Give what n_steps must be a multiple of, so that n_steps times n_envs is one of batch."""
    return batch // math.gcd(batch, n_envs)
