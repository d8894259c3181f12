"""GymDash's environment wrappers that change nothing of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import gymnasium as gym

from gymdash_jupyter.streams.tensorboard_streamer import TensorboardStreamer

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

Observation = TypeVar("Observation")
Action = TypeVar("Action")


class TensorboardStreamWrapper(gym.Wrapper[Observation, Action, Observation, Action]):
    """An environment that carries a ``TensorboardStreamer`` and can be registered in its place.

    Args:
        env: The environment; it is not changed.
        tb_log: See ``TensorboardStreamer``.
        tag_key_map: See there.

    Attributes:
        streamer: It.
    """

    def __init__(
        self,
        env: gym.Env[Observation, Action],
        tb_log: str | os.PathLike[str],
        tag_key_map: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        super().__init__(env)
        self.streamer = TensorboardStreamer(tb_log, tag_key_map)

    @property
    def streamer_name(self) -> Any:
        """The name under which it is registered."""
        return self.streamer.streamer_name

    def get_stat_keys(self) -> list[tuple[str, str]]:
        """See ``TensorboardStreamer``, as for all that follow."""
        return self.streamer.get_stat_keys()

    def add_tag_keys(self, tag_key_map: Mapping[str, Iterable[str]]) -> None:
        """Let more keys matter."""
        self.streamer.add_tag_keys(tag_key_map)

    def set_log_path(self, new_path: str | os.PathLike[str]) -> None:
        """Read another folder from now on."""
        self.streamer.set_log_path(new_path)

    def Reload(self) -> None:  # noqa: N802 - GymDash's name
        """Read what is new."""
        self.streamer.Reload()

    def get_all_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give all events of a tag, by key."""
        return self.streamer.get_all_from_tag(tag)

    def get_all_recent(self) -> dict[str, list[Any]]:
        """Give what is new, by key."""
        return self.streamer.get_all_recent()

    def get_recent_from_tag(self, tag: str) -> dict[str, list[Any]]:
        """Give what is new of a tag, by key."""
        return self.streamer.get_recent_from_tag(tag)

    def get_recent_from_key(self, key: str) -> list[Any]:
        """Give what is new of one key."""
        return self.streamer.get_recent_from_key(key)

    def reset_streamer(self) -> None:
        """Begin again: everything is new."""
        self.streamer.reset_streamer()


class WrapperUtils:
    """Look through the wrappers of an environment."""

    @staticmethod
    def get_wrapper_of_type(env: Any, wrapper_type: type) -> Any | None:
        """Give the outermost wrapper of a type around an environment, or None.

        Args:
            env: An environment, or a VecEnv of stable-baselines3, of which the first environment is looked through.
            wrapper_type: Its type.
        """
        layer: Any | None = env
        while layer is not None:
            if isinstance(layer, wrapper_type):
                return layer
            layer = _next_layer(layer)
        return None


def _next_layer(env: Any) -> Any | None:
    inside = vars(env) if hasattr(env, "__dict__") else {}
    envs = inside.get("envs")  # a VecEnv that steps its environments itself
    return inside.get("venv") or inside.get("env") or (envs[0] if envs else None)
