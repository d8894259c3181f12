"""Making environments for stable-baselines3: of an id, a class or a function, wrapped, several at once, normalised."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecEnv, VecNormalize

from gymdash_jupyter.arguments import check_known
from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError, did_you_mean
from gymdash_jupyter.simulations.import_paths import load

if TYPE_CHECKING:
    from gymdash_jupyter.simulations.sb3_env_settings import WrapperSettings
    from gymdash_jupyter.simulations.sb3_settings import TrainingSettings

VEC_ENVS: dict[str, type[VecEnv]] = {"dummy": DummyVecEnv, "subproc": SubprocVecEnv}

Env = gym.Env[Any, Any]

# As gymnasium writes an environment in its wrappers: <Monitor<TimeLimit<CartPoleEnv<CartPole-v1>>>>
_INNERMOST = re.compile(r"<([^<>]+)>")

_BROKEN_PIPE = (EOFError, BrokenPipeError, ConnectionError)


def vec_env_class(settings: TrainingSettings) -> type[VecEnv]:
    """Give what makes several environments one.

    Raises:
        InvalidArgumentError: It is none.
        MissingDependencyError: It cannot be imported.
    """
    given = settings.vec_env_cls
    found = VEC_ENVS.get(given.strip().lower()) if isinstance(given, str) else given
    if found is None and isinstance(given, str) and ":" in given:
        found = load("vec_env_cls", given)
    if not (isinstance(found, type) and issubclass(found, VecEnv)):
        msg = (
            f"vec_env_cls must be 'dummy', 'subproc' or a class that inherits from stable-baselines3's VecEnv; "
            f"got {given!r}.{did_you_mean(given, VEC_ENVS)}"
        )
        raise InvalidArgumentError(msg, argument="vec_env_cls")
    return found


def is_dummy(settings: TrainingSettings) -> bool:
    """Tell whether the environments are stepped by the training's own thread, where a recorder can be reached."""
    return issubclass(vec_env_class(settings), DummyVecEnv)


def check_env(env: Any) -> None:
    """Raise ``InvalidArgumentError`` unless a thing is a made environment, or makes one."""
    is_class = isinstance(env, type)
    is_fit = (
        issubclass(env, gym.Env)
        if is_class
        else isinstance(env, (str, gym.Env, VecEnv)) or callable(env)
    )
    if not is_fit:
        msg = (
            "env must be an id such as 'CartPole-v1', a gymnasium environment, a class or function that makes one, or "
            f"a VecEnv of stable-baselines3; got {type(env).__name__}: {env!r}."
        )
        raise InvalidArgumentError(msg, argument="env")


def is_made(env: Any) -> bool:
    """Tell whether an environment is there already, so that there is but one of it."""
    return isinstance(env, (gym.Env, VecEnv))


def is_vec_env(env: Any) -> bool:
    """Tell whether a thing is several environments in one."""
    return isinstance(env, VecEnv)


def name_of(env: Any) -> str:
    """Give the name of an environment: its id, or what it was made by where it has none."""
    if isinstance(env, str):
        return env
    if not is_made(env):
        return getattr(env, "__name__", type(env).__name__).strip("<>")
    if isinstance(env, VecEnv):
        # The environment itself need not survive the way here from another process; words do.
        innermost = _INNERMOST.search(env.env_method("__str__", indices=0)[0])
        return innermost[1].removesuffix(" instance") if innermost else type(env).__name__
    return env.spec.id if env.spec is not None else type(env.unwrapped).__name__


def make_env(
    settings: TrainingSettings,
    film: Callable[[Env], Env] | None = None,
    say: Callable[[str], None] = lambda _: None,
    *,
    gives_pictures: bool = False,
) -> VecEnv:
    """Make the environments, each in its wrappers and a Monitor; nothing is rendered unless somebody asks for pictures.

    Args:
        settings: Which ones.
        film: Gives the first one back filmed from inside; None: it is not.
        say: Is told when they cannot be made so that they give pictures; then they are made without.
        gives_pictures: Whether they are to be made so.

    Raises:
        InvalidArgumentError: gymnasium knows no such environment, or it does not take the ``env_kwargs``; a wrapper
            does not fit.
        MissingDependencyError: A package that the environment needs is not installed.
    """
    kwargs = dict(settings.env_kwargs)
    if not gives_pictures or "render_mode" in kwargs:
        return _several(settings, kwargs, film)
    try:
        # All of them, since stable-baselines3 wants one render mode for all; only the first is ever rendered.
        return _several(settings, {"render_mode": "rgb_array", **kwargs}, film)
    except Exception as exc:  # noqa: BLE001 - whether the mode is to blame is seen without it
        env = _several(settings, kwargs, None)
        cause = exc.__cause__ or exc
        say(
            f"{name_of(settings.env)} cannot be filmed: it cannot be made with render_mode='rgb_array' "
            f"({type(cause).__name__}: {cause}). The training goes on without videos."
        )
        return env


def make_evaluation_env(
    settings: TrainingSettings,
    film: Callable[[Env], Env] | None = None,
    statistics: Path | None = None,
    *,
    n_envs: int = 1,
) -> VecEnv:
    """Make environments like those of the training, whose statistics do not change and whose rewards are raw.

    Args:
        settings: Which ones.
        film: Gives the first one back filmed, which needs pictures of it; None: it is not.
        statistics: A file of ``VecNormalize``, which runs code when it is loaded; None: it begins with none.
        n_envs: How many.

    Raises:
        InvalidArgumentError: See ``make_env``; or the environment is there already, and only once.
        MissingDependencyError: See ``make_env``.
    """
    if is_made(settings.env):
        msg = (
            f"Evaluating needs an environment of its own, and {name_of(settings.env)} was given as a made one. "
            "Give env as an id, a class or a function that makes one."
        )
        raise InvalidArgumentError(msg, argument="env")
    mode = {} if film is None else {"render_mode": "rgb_array"}
    kwargs = {**settings.env_kwargs, **mode}
    makers: list[Callable[[], Env]] = [
        _Maker(settings.env, kwargs, settings.wrappers, film=film if i == 0 else None)
        for i in range(n_envs)
    ]
    env = _explained(settings, lambda: DummyVecEnv(makers))
    if statistics is not None:
        env = VecNormalize.load(str(statistics), env)
        env.training = env.norm_reward = False
    elif settings.vec_normalize is not None:
        options = {**settings.vec_normalize, "training": False, "norm_reward": False}
        env = VecNormalize(env, **options)
    return BaseAlgorithm._wrap_env(env)  # noqa: SLF001 - turns images as the training's model does


def normalized(settings: TrainingSettings, env: VecEnv) -> VecEnv:
    """Give environments with normalised observations and rewards, if that is asked for.

    Raises:
        InvalidArgumentError: Their observations cannot be normalised.
    """
    if settings.vec_normalize is None:
        return env
    known = [n for n in inspect.signature(VecNormalize).parameters if n not in ("venv", "self")]
    check_known(settings.vec_normalize, known, "vec_normalize")
    try:
        return VecNormalize(env, **settings.vec_normalize)
    except (AssertionError, TypeError, ValueError) as exc:
        msg = f"{name_of(settings.env)} cannot be normalised with {dict(settings.vec_normalize)!r}: {exc}"
        raise InvalidArgumentError(msg, argument="vec_normalize") from exc


@dataclass(frozen=True)
class _Maker:
    """Make one environment, also in another process: it holds nothing but what that needs."""

    env: Any
    kwargs: Mapping[str, Any]
    wrappers: tuple[WrapperSettings, ...]
    action_seed: int | None = None
    film: Callable[[Env], Env] | None = None

    def __call__(self) -> Env:
        is_known = isinstance(self.env, (str, EnvSpec))
        env: Env = gym.make(self.env, **self.kwargs) if is_known else self.env(**self.kwargs)
        if not isinstance(env, gym.Env):
            msg = f"env must make a gymnasium environment; {self.env!r} made {type(env).__name__}: {env!r}."
            raise InvalidArgumentError(msg, argument="env")
        if self.action_seed is not None:
            env.action_space.seed(self.action_seed)
        has_monitor = False
        for wrapper in self.wrappers:
            env = _wrapped(env, wrapper)
            has_monitor = has_monitor or isinstance(env, Monitor)
        if self.film is not None:
            env = self.film(env)
        return env if has_monitor else Monitor(env)


def _several(
    settings: TrainingSettings, kwargs: Mapping[str, Any], film: Callable[[Env], Env] | None
) -> VecEnv:
    made_by, seed = vec_env_class(settings), settings.seed
    makers: list[Callable[[], Env]] = [
        _Maker(
            settings.env if is_dummy(settings) else _spec_of(settings.env),
            kwargs,
            settings.wrappers,
            None if seed is None else seed + i,
            film if i == 0 else None,
        )
        for i in range(settings.n_envs)
    ]
    env: VecEnv = _explained(settings, lambda: _together(made_by, makers))
    env.seed(seed)
    return normalized(settings, env)


def _spec_of(env: Any) -> Any:
    """Give what an id stands for here, since another process may not know it."""
    return gym.registry.get(env, env) if isinstance(env, str) else env


def _wrapped(env: Env, wrapper: WrapperSettings) -> Env:
    wrap = (
        load("wrappers", wrapper.made_by) if isinstance(wrapper.made_by, str) else wrapper.made_by
    )
    name = getattr(wrap, "__name__", repr(wrap))
    try:
        wrapped = wrap(env, **wrapper.kwargs)
    except (AssertionError, TypeError, ValueError, AttributeError, gym.error.Error) as exc:
        msg = f"The wrapper {name} cannot be put around {env} with {dict(wrapper.kwargs)!r}: {exc}"
        raise InvalidArgumentError(msg, argument="wrappers") from exc
    if not isinstance(wrapped, gym.Env):
        msg = f"wrappers must give gymnasium environments; {name} gave {type(wrapped).__name__}: {wrapped!r}."
        raise InvalidArgumentError(msg, argument="wrappers")
    return wrapped


def _together(made_by: Any, makers: list[Callable[[], Env]]) -> VecEnv:
    try:
        env: VecEnv = made_by(makers)
    except _BROKEN_PIPE:
        makers[0]().close()  # in another process it failed: here it says why
        raise
    return env


def _explained(settings: TrainingSettings, make: Callable[[], Any]) -> Any:
    """Make something of the environment; say what to do where that fails."""
    name = name_of(settings.env)
    try:
        return make()
    except (InvalidArgumentError, MissingDependencyError):
        raise
    except (gym.error.NamespaceNotFound, gym.error.DependencyNotInstalled, ImportError) as exc:
        msg = (
            f"The environment {name!r} needs a package that is not installed or not imported: {exc} Install it where "
            "this simulation runs; if it registers its environments when imported, write 'module:id' as the id."
        )
        raise MissingDependencyError(msg, env=name) from exc
    except gym.error.Error as exc:
        msg = (
            f"There is no environment {name!r}: {exc} gymnasium.pprint_registry() lists those that are registered; "
            "register your own with gymnasium.register()."
        )
        raise InvalidArgumentError(msg, env=name) from exc
    except TypeError as exc:
        msg = f"The environment {name!r} cannot be made with env_kwargs {dict(settings.env_kwargs)!r}: {exc}."
        raise InvalidArgumentError(msg, env=name) from exc
    except _BROKEN_PIPE as exc:
        msg = (
            f"The environment {name!r} cannot be made in processes of its own ({type(exc).__name__}). A script needs "
            "if __name__ == '__main__' around what starts it; vec_env_cls='dummy' needs no processes."
        )
        raise InvalidArgumentError(msg, env=name) from exc
