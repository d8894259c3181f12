"""GymDash's environment wrappers that film, on this package's encoder: moviepy is not needed."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

import gymnasium as gym

from gymdash_jupyter.arguments import every_x_trigger
from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.video.file_clip import FileClip

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from PIL import Image

logger = logging.getLogger(__name__)

Observation = TypeVar("Observation")
Action = TypeVar("Action")

_NO_PICTURES = (None, "human", "ansi")
_DEFAULT_FPS = 30


class RecordVideoCustom(
    gym.Wrapper[Observation, Action, Observation, Action], gym.utils.RecordConstructorArgs
):
    """Film episodes of an environment into a folder.

    A video is named after what began it, the episode and the step at which it began:
    ``<name_prefix>-episode-<episode>_<step>.mp4`` or ``<name_prefix>-step-<episode>_<step>.mp4``. Frames are encoded
    as they come; a video appears under its name when it is complete.

    Args:
        env: Made with a ``render_mode`` that gives pictures.
        video_folder: Where the videos come; made if it is not there.
        episode_trigger: A function of the number of an episode, from 0: whether to film it; or an int: every so many.
        step_trigger: A function of the number of a step, from 0: whether to film from it on; or an int.
        video_length: Frames of a video; 0: until the episode ends.
        name_prefix: Begins the names.
        fps: Frames a second; None asks the environment.
        disable_logger: Means nothing here.

    Attributes:
        recording: Whether it is filming now.
        step_id: Number of the last step, from 0; -1 before the first.
        episode_id: Number of the episode, from 0; -1 before the first.

    Raises:
        InvalidArgumentError: The environment's render mode gives no pictures.
        MissingDependencyError: PyAV is not installed.
    """

    def __init__(
        self,
        env: gym.Env[Observation, Action],
        video_folder: str | os.PathLike[str],
        episode_trigger: Callable[[int], bool] | int | None = None,
        step_trigger: Callable[[int], bool] | int | None = None,
        video_length: int = 0,
        name_prefix: str = "rl-video",
        fps: float | None = None,
        disable_logger: bool = True,
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self,
            video_folder=video_folder,
            episode_trigger=episode_trigger,
            step_trigger=step_trigger,
            video_length=video_length,
            name_prefix=name_prefix,
            disable_logger=disable_logger,
        )
        gym.Wrapper.__init__(self, env)
        if env.render_mode in _NO_PICTURES:
            msg = (
                f"This environment cannot be filmed: its render_mode is {env.render_mode!r}. "
                "Make it with gymnasium.make(..., render_mode='rgb_array')."
            )
            raise InvalidArgumentError(msg, render_mode=env.render_mode)
        if episode_trigger is None and step_trigger is None:
            episode_trigger = _cubes_and_thousands
        self.episode_trigger = every_x_trigger(episode_trigger)
        self.step_trigger = every_x_trigger(step_trigger)
        self.disable_logger = disable_logger
        self.video_folder = str(Path(video_folder).absolute())
        self.name_prefix = name_prefix
        self.frames_per_sec = fps or self.metadata.get("render_fps") or _DEFAULT_FPS
        self.video_length = video_length or float("inf")
        self.recording = False
        self.step_id = -1
        self.episode_id = -1
        self._video_name = ""
        self._frames: Any = None
        self._rendered: list[Any] = []
        # Now, so that a missing library is said where the person is, not at the first episode.
        self._open_frames().discard()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Reset the environment, and film if it is time to."""
        given = super().reset(seed=seed, options=options)
        self.episode_id += 1
        if self.recording and self.video_length == float("inf"):
            self.stop_recording()
        if self.episode_trigger(self.episode_id):
            self.start_recording(self._name("episode"))
        if self.recording:
            self._capture_frame()
        return given

    def step(
        self, action: Action
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step the environment, and film if it is time to."""
        given = super().step(action)
        self.step_id += 1
        if self.step_trigger(self.step_id):
            self.start_recording(self._name("step"))
        if self.recording:
            self._capture_frame()
        return given

    def render(self) -> Any:
        """Render the environment; pictures that filming took from its list are given, too."""
        rendered: Any = super().render()
        if isinstance(rendered, list):
            taken, self._rendered = self._rendered, []
            return taken + rendered
        return rendered

    def close(self) -> None:
        """Complete the video that is being filmed, and close the environment."""
        if self.recording:
            self.stop_recording()
        super().close()

    def start_recording(self, video_name: str) -> None:
        """Begin a video; one that is being filmed is completed.

        Args:
            video_name: Its name, without the extension.
        """
        if self.recording:
            self.stop_recording()
        self.recording = True
        self._video_name = video_name
        self._frames = self._open_frames()

    def stop_recording(self) -> None:
        """Complete the video that is being filmed."""
        frames, self._frames, self.recording = self._frames, None, False
        if frames is not None:
            frames.close(self.step_id, name=self._video_name)

    def _open_frames(self) -> Any:
        return FileClip(Path(self.video_folder), self.frames_per_sec)

    def _name(self, began_by: str) -> str:
        # Before the first step GymDash counted -1, which its own pattern for these names did not find.
        return f"{self.name_prefix}-{began_by}-{self.episode_id}_{max(self.step_id, 0)}"

    def _capture_frame(self) -> None:
        frame: Any = self.env.render()
        if isinstance(frame, list):
            if not frame:
                return
            self._rendered += frame
            frame = frame[-1]
        if not hasattr(frame, "shape"):
            logger.warning(
                "Filming stopped: render() gave %s instead of an array.", type(frame).__name__
            )
            self.stop_recording()
            return
        self._frames.add(frame)
        if self._frames.n_frames >= self.video_length:
            self.stop_recording()

    def __del__(self) -> None:
        frames = getattr(self, "_frames", None)
        if frames is not None:
            frames.discard()


def _cubes_and_thousands(episode: int) -> bool:
    """Say which episodes gymnasium films unless it is told: 0, 1, 8, 27 ... 729, 1000, 2000..."""
    return round(episode ** (1 / 3)) ** 3 == episode if episode < 1000 else episode % 1000 == 0


class RecordVideoToTensorboard(RecordVideoCustom[Observation, Action]):
    """Film episodes of an environment into an event file, as animated images, with the first frame beside them.

    Nothing is written until ``configure_recorder`` was called. Arguments are those of ``RecordVideoCustom``; no folder
    is made.
    """

    def __init__(self, env: gym.Env[Observation, Action], *args: Any, **kwargs: Any) -> None:
        super().__init__(env, *args, **kwargs)
        self.logger: Any = None
        self.tag = ""

    def configure_recorder(self, tag: str, writer: Any) -> None:
        """Say where videos go.

        Args:
            tag: Their tag; the first frames get ``<tag>_thumbnail``.
            writer: A ``SummaryWriter``.
        """
        self.tag, self.logger = tag, writer

    def stop_recording(self) -> None:
        """Complete the video that is being filmed."""
        frames, self._frames, self.recording = self._frames, None, False
        if self.logger is None:
            logger.warning(
                "A video is not written: configure_recorder(tag, writer) was not called."
            )
        elif frames is not None and frames.pictures:
            step = max(self.step_id, 0)
            _write_pictures(self.logger, self.tag, frames.as_gif(), frames.pictures[0], step)
            _write_pictures(
                self.logger, f"{self.tag}_thumbnail", frames.as_png(), frames.pictures[0], step
            )

    def _open_frames(self) -> Any:
        return _Pictures(self.frames_per_sec)


class _Pictures:
    """Frames that are kept until they become one animated picture."""

    def __init__(self, fps: float) -> None:
        self.pictures: list[Image.Image] = []
        self._fps = fps

    @property
    def n_frames(self) -> int:
        return len(self.pictures)

    def add(self, frame: Any) -> None:
        from PIL import Image

        self.pictures.append(Image.fromarray(frame).convert("RGB"))

    def discard(self) -> None:
        self.pictures.clear()

    def as_gif(self) -> bytes:
        file = io.BytesIO()
        first, *rest = self.pictures
        first.save(
            file, "GIF", save_all=True, append_images=rest, duration=1000 / self._fps, loop=0
        )
        return file.getvalue()

    def as_png(self) -> bytes:
        file = io.BytesIO()
        self.pictures[0].save(file, "PNG")
        return file.getvalue()


def _write_pictures(writer: Any, tag: str, content: bytes, first: Image.Image, step: int) -> None:
    try:
        from tensorboard.compat.proto.summary_pb2 import Summary
    except ModuleNotFoundError as exc:
        msg = "Writing videos into event files needs tensorboard: pip install 'gymdash-jupyter[sb3]'."
        raise MissingDependencyError(msg, package="tensorboard") from exc
    image = Summary.Image(
        height=first.height, width=first.width, colorspace=3, encoded_image_string=content
    )
    writer.file_writer.add_summary(Summary(value=[Summary.Value(tag=tag, image=image)]), step)
