"""What a stable-baselines3 training is asked to do: its kwargs, checked as far as can be without loading it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gymdash_jupyter.arguments import check_known, every_x_trigger
from gymdash_jupyter.errors import InvalidArgumentError, did_you_mean
from gymdash_jupyter.simulations.argument_values import (
    finite_number,
    named_values,
    text,
    whole_number,
)
from gymdash_jupyter.simulations.import_paths import is_import_path
from gymdash_jupyter.simulations.sb3_env_settings import (
    WrapperSettings,
    read_environment,
    read_vec_normalize,
    read_wrappers,
)
from gymdash_jupyter.simulations.stop_rules import StopRule, read_stop_rules
from gymdash_jupyter.video.encoder import MAX_FPS, MIN_FPS

ALGORITHM_NAMES = ("a2c", "ddpg", "dqn", "ppo", "sac", "td3")

EVALUATION_KEYS = ("eval/mean_return", "eval/std_return", "eval/mean_length")

_LARGEST_SEED = 2**32 - 1  # of numpy.random.seed


def never(count: int) -> bool:  # noqa: ARG001 - a trigger takes a count
    """Be the trigger that is never true."""
    return False


def default_kwargs() -> dict[str, Any]:
    """Give the kwargs that hold where none are given."""
    return {
        "num_steps": 5000,
        "episode_trigger": never,
        "step_trigger": never,
        "video_length": 0,
        "fps": 30,
        "env": "CartPole-v1",
        "policy": "MlpPolicy",
        "algorithm": "ppo",
        "algorithm_kwargs": {},
        "seed": None,
        "n_envs": 1,
        "env_kwargs": {},
        "vec_env_cls": "dummy",
        "wrappers": [],
        "vec_normalize": False,
        "policy_kwargs": {},
        "eval_every": None,
        "eval_episodes": 5,
        "stop_when": None,
    }


@dataclass(frozen=True)
class VideoSettings:
    """What to film, and how.

    Attributes:
        episode_trigger: Of the number of an episode, or every so many.
        step_trigger: Of the number of a step, or every so many.
        video_length: Frames of a video; 0: until the episode ends.
        fps: Frames a second.
    """

    episode_trigger: Any
    step_trigger: Any
    video_length: int
    fps: float

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything that begins a video."""
        return self.episode_trigger is not None or self.step_trigger is not None


@dataclass(frozen=True)
class TrainingSettings:
    """What to train, where and for how long.

    Attributes:
        num_steps: Environment steps of all environments together, at least.
        env: Id of a gymnasium environment, a class or function that makes one, or a made environment.
        env_kwargs: For ``gymnasium.make``, the class or the function.
        n_envs: How many environments are stepped in turn.
        vec_env_cls: ``dummy``, ``subproc``, a class of stable-baselines3's ``VecEnv`` or its import path.
        wrappers: Around each environment, from inside out.
        vec_normalize: Arguments of ``VecNormalize``, or None for none.
        algorithm: One of ``ALGORITHM_NAMES``, an algorithm's class, or its import path.
        policy: Name of a policy, or a policy class.
        seed: Seeds everything that stable-baselines3 seeds; environment i gets ``seed + i``. None: not seeded.
        algorithm_kwargs: For the algorithm, less what has its own place here.
        has_own_tensorboard_log: Whether ``algorithm_kwargs`` said where TensorBoard files go.
        tensorboard_log: Where, as it said; None: nowhere.
        video: What to film, or None.
        has_idle_video_length: Whether a length of videos is given, but nothing that begins one.
        eval_every: Environment steps between two evaluations; 0: never; None: nobody said.
        eval_episodes: Episodes of an evaluation.
        stop_rules: Any of them ends the training.
    """

    num_steps: int
    env: Any
    env_kwargs: Mapping[str, Any]
    n_envs: int
    vec_env_cls: Any
    wrappers: tuple[WrapperSettings, ...]
    vec_normalize: Mapping[str, Any] | None
    algorithm: Any
    policy: Any
    seed: int | None
    algorithm_kwargs: Mapping[str, Any]
    has_own_tensorboard_log: bool
    tensorboard_log: str | None
    video: VideoSettings | None
    has_idle_video_length: bool
    eval_every: int | None
    eval_episodes: int
    stop_rules: tuple[StopRule, ...]

    @property
    def algorithm_name(self) -> str:
        """The algorithm in one lower-case word, such as ``ppo``."""
        name = self.algorithm if isinstance(self.algorithm, str) else self.algorithm.__name__
        return str(name.rpartition(":")[2].rpartition(".")[2].lower())

    @property
    def must_evaluate(self) -> bool:
        """Whether somebody asked for evaluations, so that it is an error when there can be none."""
        return bool(self.eval_every) or any(
            rule.key.startswith("eval/") for rule in self.stop_rules
        )


def read_settings(kwargs: Mapping[str, Any], what: str) -> TrainingSettings:
    """Check all kwargs and sort them.

    Args:
        kwargs: Complete: defaults, then config, then start.
        what: Whose kwargs they are, for messages.

    Raises:
        InvalidArgumentError: A name is unknown, or a value is of a wrong type or out of range.
    """
    check_known(kwargs, default_kwargs(), what)
    special = _copied(named_values("algorithm_kwargs", kwargs["algorithm_kwargs"]))
    # What both give, algorithm_kwargs decides: it is the more particular of the two.
    env = special.pop("env", kwargs["env"])
    policy = special.pop("policy", kwargs["policy"])
    seed = special.pop("seed", kwargs["seed"])
    has_own_log = "tensorboard_log" in special
    tensorboard_log = special.pop("tensorboard_log", None)
    video = _video(kwargs)
    stop_rules = read_stop_rules(kwargs["stop_when"])
    eval_every = kwargs["eval_every"]
    if eval_every is not None:
        eval_every = whole_number("eval_every", eval_every, at_least=0)
    _check_can_stop(stop_rules, eval_every)
    policy_kwargs = named_values("policy_kwargs", kwargs["policy_kwargs"])
    if policy_kwargs:
        special["policy_kwargs"] = {
            **_copied(policy_kwargs),
            **named_values(
                "algorithm_kwargs['policy_kwargs']", special.get("policy_kwargs") or {}
            ),
        }
    return TrainingSettings(
        num_steps=whole_number("num_steps", kwargs["num_steps"], at_least=1),
        env=read_environment(env, lambda name: kwargs[name] == default_kwargs()[name]),
        env_kwargs=named_values("env_kwargs", kwargs["env_kwargs"]),
        n_envs=whole_number("n_envs", kwargs["n_envs"], at_least=1),
        vec_env_cls=kwargs["vec_env_cls"],
        wrappers=read_wrappers(kwargs["wrappers"]),
        vec_normalize=read_vec_normalize(kwargs["vec_normalize"]),
        algorithm=_algorithm(kwargs["algorithm"]),
        policy=policy if isinstance(policy, type) else text("policy", policy, "MlpPolicy"),
        seed=None
        if seed is None
        else whole_number("seed", seed, at_least=0, at_most=_LARGEST_SEED),
        algorithm_kwargs=special,
        has_own_tensorboard_log=has_own_log,
        tensorboard_log=None if tensorboard_log is None else str(tensorboard_log),
        video=video if video.is_wanted else None,
        has_idle_video_length=video.video_length > 0 and not video.is_wanted,
        eval_every=eval_every,
        eval_episodes=whole_number("eval_episodes", kwargs["eval_episodes"], at_least=1),
        stop_rules=stop_rules,
    )


def folder_name(env_name: str, algorithm: str) -> str:
    """Give the folder of a training's TensorBoard files; ``ALE/Pong-v5`` becomes ``ALE-Pong-v5_ppo``."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", env_name).strip("-.")
    return f"{plain or 'env'}_{algorithm}"


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    # Algorithms write into the policy_kwargs they get, which would change the config and whatever is made from it.
    return {
        name: _copied(value) if type(value) is dict else value for name, value in values.items()
    }


def _algorithm(value: Any) -> Any:
    if isinstance(value, type) or is_import_path(value):
        return value
    name = value.strip().lower() if isinstance(value, str) else ""
    if name not in ALGORITHM_NAMES:
        msg = (
            f"There is no algorithm {value!r}.{did_you_mean(value, ALGORITHM_NAMES)} "
            f"Algorithms: {', '.join(ALGORITHM_NAMES)}; or a class, or its import path, such as 'sb3_contrib:TQC'."
        )
        raise InvalidArgumentError(msg, algorithm=value)
    return name


def _check_can_stop(rules: tuple[StopRule, ...], eval_every: int | None) -> None:
    """Refuse rules that can never be met."""
    for rule in rules:
        if rule.key.startswith("eval/") and eval_every == 0:
            msg = f"stop_when watches {rule.key!r}, and with eval_every=0 nothing is evaluated."
            raise InvalidArgumentError(msg, argument="stop_when")
        if rule.key.startswith("eval/") and rule.key not in EVALUATION_KEYS:
            msg = (
                f"stop_when watches {rule.key!r}; evaluations record {', '.join(EVALUATION_KEYS)}."
                f"{did_you_mean(rule.key, EVALUATION_KEYS)}"
            )
            raise InvalidArgumentError(msg, argument="stop_when")


def _video(kwargs: Mapping[str, Any]) -> VideoSettings:
    for name in ("episode_trigger", "step_trigger"):
        try:
            every_x_trigger(kwargs[name])
        except InvalidArgumentError as exc:
            msg = f"{name}: {exc}"
            raise InvalidArgumentError(msg, argument=name) from exc
    return VideoSettings(
        episode_trigger=_trigger(kwargs["episode_trigger"]),
        step_trigger=_trigger(kwargs["step_trigger"]),
        video_length=whole_number("video_length", kwargs["video_length"], at_least=0),
        fps=_fps(kwargs["fps"]),
    )


def _trigger(value: Any) -> Any:
    """Give a checked trigger, or None for one that is never true."""
    is_never = value is never or value is None or (not callable(value) and value <= 0)
    return None if is_never else value


def _fps(value: Any) -> float:
    fps = finite_number("fps", value, above=0)
    if not MIN_FPS <= fps <= MAX_FPS:
        msg = f"fps must be a number of frames a second from {MIN_FPS:g} to {MAX_FPS:g}; got {value!r}."
        raise InvalidArgumentError(msg, argument="fps")
    return fps
