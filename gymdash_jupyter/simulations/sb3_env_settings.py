"""In what environments a training is made: the kwargs for that, checked as far as can be without loading gymnasium."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.argument_values import named_values, text
from gymdash_jupyter.simulations.import_paths import is_import_path

_FOR_MAKING = ("n_envs", "env_kwargs", "vec_env_cls", "wrappers", "vec_normalize")


@dataclass(frozen=True)
class WrapperSettings:
    """One wrapper around each environment.

    Attributes:
        made_by: A class or function, or its import path.
        kwargs: What it is given besides the environment.
    """

    made_by: Any
    kwargs: Mapping[str, Any]


def read_environment(env: Any, is_default: Callable[[str], bool]) -> Any:
    """Check what a person gives as ``env``; what can be seen without gymnasium.

    Args:
        env: An id, a class or function that makes an environment, or a made one.
        is_default: Whether the kwarg of a name is as it is by default.

    Raises:
        InvalidArgumentError: It is an empty text, or a made environment beside kwargs for making one.
    """
    if isinstance(env, str) or env is None:
        return text("env", env, "CartPole-v1")
    given = [name for name in _FOR_MAKING if not is_default(name)]
    if given and not callable(env):
        msg = (
            f"n_envs and env_kwargs are for an environment that is made here, and so are vec_env_cls, wrappers and "
            f"vec_normalize; env is {env!r}. Leave out {', '.join(given)}, or give env as an id, a class or a function."
        )
        raise InvalidArgumentError(msg, argument="env")
    return env


def read_wrappers(value: Any) -> tuple[WrapperSettings, ...]:
    """Check what a person gives as ``wrappers``.

    Raises:
        InvalidArgumentError: It is no list of wrappers.
    """
    # No iterator either: it is read where it is started, and again where it is executed.
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Collection):
        raise _wrong_wrapper(value)
    found = []
    for one in value:
        made_by, kwargs = one if isinstance(one, (list, tuple)) and len(one) == 2 else (one, {})
        if not (callable(made_by) or is_import_path(made_by)):
            raise _wrong_wrapper(one)
        found.append(WrapperSettings(made_by, named_values("the kwargs of a wrapper", kwargs)))
    return tuple(found)


def read_vec_normalize(value: Any) -> dict[str, Any] | None:
    """Check what a person gives as ``vec_normalize``; give the arguments of ``VecNormalize``, or None for none.

    Raises:
        InvalidArgumentError: It is neither True, False nor a dict.
    """
    if isinstance(value, Mapping):
        return named_values("vec_normalize", value)
    if value is None or value is False:
        return None
    if value is True:
        return {}
    msg = (
        "vec_normalize must be True, False or a dict of arguments of VecNormalize, such as {'norm_reward': False}; "
        f"got {type(value).__name__}: {value!r}."
    )
    raise InvalidArgumentError(msg, argument="vec_normalize")


def _wrong_wrapper(value: Any) -> InvalidArgumentError:
    msg = (
        "wrappers must be a list of gymnasium wrappers, each a class, an import path such as "
        "'gymnasium.wrappers:ClipReward', or a pair of one of these and its kwargs; "
        f"got {type(value).__name__}: {value!r}."
    )
    return InvalidArgumentError(msg, argument="wrappers")
