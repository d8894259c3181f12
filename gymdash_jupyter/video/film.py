"""When to film an environment, and what a video is called: the part of ``RecordVideo`` that knows no gymnasium.

Whoever steps the environment tells a ``Film`` what happened; it asks for a picture when it wants one.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Protocol

from gymdash_jupyter.arguments import every_x_trigger
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.video.encoder import checked_fps, video_extension

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_FPS = 30.0


class OpenClip(Protocol):
    """A video that is being written."""

    n_frames: int
    is_broken: bool

    def add(self, frame: Any) -> None:
        """Add a picture."""

    def close(self, step: Any, *, name: str | None = None, **info: Any) -> None:
        """Complete it."""

    def discard(self) -> None:
        """Forget it."""


class Film:
    """Decide when to film, and name what is filmed. Used by one thread; ``record_next`` by any.

    Args:
        open_clip: Begins a video, given frames a second.
        render: Gives a picture of the environment as it is now.
        say: Is told, at most once, why filming ended for good.
        name: What is filmed, for messages.
        episode_trigger: Of the number of an episode, counted from 0: whether to film it. An int: every so many.
        step_trigger: Of the number of a step, counted from 0: whether to film from it on. An int: every so many.
        video_length: Frames of a video; 0: until the episode ends.
        fps: Frames a second.
        n_envs: Steps that one step of this environment counts for.

    Raises:
        InvalidArgumentError: An argument has a wrong value.
        MissingDependencyError: PyAV is not installed.
    """

    def __init__(
        self,
        open_clip: Callable[[float], OpenClip],
        render: Callable[[], Any],
        say: Callable[[str], None],
        name: str,
        *,
        episode_trigger: Any = None,
        step_trigger: Any = None,
        video_length: int = 0,
        fps: float = DEFAULT_FPS,
        n_envs: int = 1,
    ) -> None:
        if isinstance(video_length, bool) or not isinstance(video_length, int) or video_length < 0:
            msg = f"video_length is a number of frames, or 0 for whole episodes; got {video_length!r}."
            raise InvalidArgumentError(msg)
        video_extension()
        # Rendering with pygame would otherwise make this process deaf to SIGTERM.
        os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
        self._open_clip, self._render, self._say, self._name = open_clip, render, say, name
        self._wants_episode = every_x_trigger(episode_trigger)
        self._wants_step = every_x_trigger(step_trigger)
        self._looks_at_steps = step_trigger is not None
        self._video_length = video_length
        self._fps = checked_fps(fps)
        self._n_envs = n_envs
        self._step = 0
        self._episode = -1
        self._return = 0.0
        self._length = 0
        self._clip: OpenClip | None = None
        self._file = ""
        self._begun: dict[str, Any] = {}
        self._is_next_wanted = False
        self._waiting_step: int | None = None
        self._is_over = False

    @property
    def is_recording(self) -> bool:
        """Whether it is filming now."""
        return self._clip is not None

    def record_next(self) -> None:
        """Film the next episode, whatever the triggers say; may be called from any thread."""
        self._is_next_wanted = True

    def episode_began(self) -> None:
        """Take note of a reset."""
        if self._video_length == 0:
            self.stop()  # an episode that was given up is a video all the same
        self._episode += 1
        self._return, self._length = 0.0, 0
        if self._is_over:
            return
        if self._clip is None:
            if self._asked(self._wants_episode, self._episode) or self._is_next_wanted:
                self._is_next_wanted = False
                self._start(f"rl-video-episode-{self._episode}")
            else:
                if self._step == 0 and self._looks_at_steps:
                    self._waiting_step = self._wanted_step(0, 0)
                if self._waiting_step is not None:
                    self._start(f"rl-video-step-{self._waiting_step}")
        self._waiting_step = None
        self._shoot()

    def stepped(self, reward: Any, *, has_ended: bool, is_visible: bool = True) -> None:
        """Take note of a step.

        Args:
            reward: What it gave.
            has_ended: Whether the episode is over.
            is_visible: Whether a picture would show what this step led to.
        """
        before = self._step
        self._step = before + self._n_envs
        self._length += 1
        try:
            self._return += float(reward)
        except (TypeError, ValueError):  # several rewards at once
            self._return = math.nan
        if self._clip is None:
            if self._is_over or not self._looks_at_steps:
                return
            wanted = self._wanted_step(before + 1, self._step)
            if has_ended:
                # The last picture of an episode alone is no video: the next episode is.
                self._waiting_step = wanted
            if wanted is None or has_ended:
                return
            self._start(f"rl-video-step-{wanted}")
        if is_visible:
            self._shoot()
        if has_ended:
            self._begun["has_ended"] = True
            if self._video_length == 0:
                self.stop()

    def stop(self) -> None:
        """Complete the video that is being filmed, if there is one; harmless at any time."""
        clip, self._clip = self._clip, None
        if clip is None:
            return
        begun = self._begun
        clip.close(
            self._step,
            name=f"{self._file}_{self._step}",
            **{
                "episode": begun["episode"],
                "return": self._return,
                "length": self._length,
                "is_whole_episode": begun["is_first_step"]
                and begun["has_ended"]
                and begun["episode"] == self._episode,
            },
        )

    # Inside

    def _wanted_step(self, first: int, last: int) -> int | None:
        for step in range(first, last + 1):
            if self._asked(self._wants_step, step):
                return step
        return None

    def _asked(self, trigger: Callable[[int], bool], count: int) -> bool:
        try:
            return bool(trigger(count))
        except Exception as exc:  # noqa: BLE001 - a person's function may fail in any way
            self._give_up(f"its trigger failed at {count} ({type(exc).__name__}: {exc})")
            return False

    def _start(self, file: str) -> None:
        if self._is_over:
            return
        self._file = file
        self._begun = {
            "episode": self._episode,
            "is_first_step": self._length == 0,
            "has_ended": False,
        }
        self._clip = self._open_clip(self._fps)

    def _shoot(self) -> None:
        clip = self._clip
        if clip is None:
            return
        try:
            frame = self._render()
        except Exception as exc:  # noqa: BLE001 - a foreign environment may fail in any way
            self._give_up(f"render() failed ({type(exc).__name__}: {exc})")
            return
        if frame is None or not hasattr(frame, "shape"):
            self._give_up(f"render() gave {type(frame).__name__} instead of an array")
            return
        clip.add(frame)
        if clip.is_broken:  # which was said
            self._is_over = True
            self._clip = None
            clip.discard()
        elif self._video_length and clip.n_frames >= self._video_length:
            self.stop()

    def _give_up(self, why: str) -> None:
        self._is_over = True
        if self._clip is not None and self._clip.n_frames:
            self.stop()
        elif self._clip is not None:
            self._clip.discard()
            self._clip = None
        self._say(f"{self._name} cannot be filmed any more: {why}. It goes on without videos.")
