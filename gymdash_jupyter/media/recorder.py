"""The half of a recorder that takes images, videos, sounds and texts.

What is given is copied, or drawn, before a call returns, so that a training may change it at once; encoding and writing
happen in a helper thread. A file is seen only when it is complete, and is told to the project after that.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.errors import GymDashError, StopSimException
from gymdash_jupyter.json_values import jsonable
from gymdash_jupyter.media.desk import MediaDesk
from gymdash_jupyter.media.folder import MediaFolder, remove, write_small
from gymdash_jupyter.media.ready import (
    NewFile,
    Ready,
    Written,
    frames_of,
    ready_audio,
    ready_figure,
    ready_file,
    ready_image,
    ready_text,
)
from gymdash_jupyter.records import MediaItem, now_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gymdash_jupyter.media.clip import Clip

_NOBODY = UUID(int=0)


class MediaRecorder(ABC):
    """Take down what can be seen, heard and read. Every method may be called from any thread and never raises into it.

    What cannot be recorded becomes a status, once for each kind and key, that says what was given and what is expected.
    ``**info`` is whatever should be known about a file, such as ``episode=3``; it is stored as JSON beside what is
    measured (``width``, ``height``, ``duration_s``, ...). Up to 128 MB may wait to be encoded; beyond that a call
    waits, and nothing is dropped. Without a project nothing is written.
    """

    def __init__(self) -> None:
        self._media_folder: MediaFolder | None = None
        self._media_items: list[MediaItem] = []
        self._media_desk: MediaDesk | None = None
        self._making_desk = (
            threading.Lock()
        )  # one for all threads, so that the end waits for all work
        self._open_clips: set[Clip] = set()
        self._before_end: list[Callable[[], None]] = []
        self._are_media_closed = False
        self._media_keys: set[str] = set()

    def image(self, key: str, image: Any, step: Any, **info: Any) -> None:
        """Record an image.

        Args:
            key: Name of the series of images, any text.
            image: An array of shape (height, width), or (height, width, channels) with 1, 3 (RGB) or 4 (RGBA)
                channels: uint8 from 0 to 255, float from 0 to 1, or bool. Or a PIL image, a matplotlib figure, or the
                path of a png, jpg, gif or webp file, which is copied.
            step: Where on the x axis, an int.
            **info: What else is to be known of it.
        """
        self._take("image", key, step, info, lambda new: ready_image(image, new))

    def figure(self, key: str, figure: Any, step: Any, **info: Any) -> None:
        """Record a matplotlib figure as an image; it is drawn before this returns, and stays open.

        Args:
            key: Name of the series of images.
            figure: The figure; made with or without pyplot.
            step: Where on the x axis, an int.
            **info: What else is to be known of it.
        """
        self._take("image", key, step, info, lambda new: ready_figure(figure, new))

    def video(self, key: str, video: Any, step: Any, fps: float = 30, **info: Any) -> None:
        """Record a video.

        Frames are encoded while they come, so that a generator of frames costs no memory.

        Args:
            key: Name of the series of videos.
            video: An array of shape (frames, height, width, 3), uint8, or any iterable of frames, each of which is
                what ``image`` takes, all of one size. Or the path of an mp4 or webm file, which is copied.
            step: Where on the x axis, an int.
            fps: Frames a second; means nothing for a file.
            **info: What else is to be known of it.
        """
        if isinstance(video, (str, PathLike)):
            self._take("video", key, step, info, lambda new: ready_file("video", video, new))
            return
        if self.media_folder_for("video") is None:
            return
        clip = self.clip(key, fps)
        try:
            for frame in frames_of(video):
                if clip.is_broken:
                    break
                clip.add(frame)
        except StopSimException:  # by force, at any moment: the simulation's to obey
            clip.discard()
            raise
        except Exception as exc:  # noqa: BLE001 - a foreign iterator may fail in any way
            clip.discard()
            self.media_failed("video", _text(key), exc)
            return
        clip.close(step, **info)

    def clip(self, key: str, fps: float = 30) -> Clip:
        """Begin a video whose frames come one by one; see ``Clip``.

        Args:
            key: Name of the series of videos.
            fps: Frames a second.
        """
        from gymdash_jupyter.media.clip import Clip

        clip = Clip(self, _text(key), fps)
        self._media_keys.add(clip.key)
        self._open_clips.add(clip)
        return clip

    def audio(self, key: str, audio: Any, step: Any, sample_rate: Any = None, **info: Any) -> None:
        """Record a sound.

        Args:
            key: Name of the series of sounds.
            audio: Samples of shape (n,) or (n, channels), float from -1 to 1 or int16. Or the path of a wav, mp3, ogg,
                flac or m4a file, which is copied.
            step: Where on the x axis, an int.
            sample_rate: Samples a second; needed for samples, means nothing for a file.
            **info: What else is to be known of it.
        """
        self._take("audio", key, step, info, lambda new: ready_audio(audio, sample_rate, new))

    def text(self, key: str, text: Any, step: Any, **info: Any) -> None:
        """Record a text.

        Args:
            key: Name of the series of texts.
            text: A str; or a ``Path`` (not a str) of a text file, which is copied.
            step: Where on the x axis, an int.
            **info: What else is to be known of it.
        """
        self._take("text", key, step, info, lambda new: ready_text(text, new))

    def before_end(self, finish: Callable[[], None]) -> None:
        """Let something be called when the simulation has ended, while media can still be recorded.

        Args:
            finish: Called once, in the simulation's thread.
        """
        self._before_end.append(finish)

    def note_problem(self, kind: object, problem: str) -> None:
        """Say to the person, once for each kind, what could not be recorded; becomes a status.

        Args:
            kind: What kind of problem it is; anything that can be hashed.
            problem: A sentence.
        """
        self._tell(kind, problem)

    # For whoever stores it

    def keep_media_in(self, sim_path: str) -> None:
        """Say in which folder of the simulation's own media are written."""
        self._media_folder = MediaFolder(sim_path)

    def close_media(self) -> None:
        """Finish everything that is begun and take no more; closing twice is harmless."""
        while self._before_end:
            finish = self._before_end.pop()
            try:
                finish()
            except Exception as exc:  # noqa: BLE001 - nothing of recording may reach a simulation
                self._tell(("before_end",), f"A recording failed as it ended: {exc}")
        for clip in list(self._open_clips):
            if not clip.is_broken:
                self._tell(
                    ("clip", clip.key),
                    f"A video {clip.key!r} was begun and not closed; it is gone.",
                )
            clip.discard()
        if self._media_desk is not None:
            n_left = self._media_desk.finish()
            if n_left:
                self._tell(
                    ("stuck",),
                    f"{n_left} files were not written: the disk did not answer for 30 s.",
                )
        self._are_media_closed = True

    def waiting_media(self) -> Sequence[MediaItem]:
        """Give the files that are written and wait to be told to the project; they stay until ``confirm_media``."""
        return self._media_items[:]

    def confirm_media(self, n: int) -> None:
        """Forget the n oldest of them, which are stored."""
        del self._media_items[:n]

    def has_recorded_media(self, key: str) -> bool:
        """Tell whether the simulation itself has recorded media under a key."""
        return key in self._media_keys

    # For clips, and for files that were found

    def put_media_work(self, job: Callable[[], None], n_bytes: int) -> None:
        """Let something be done in the helper thread, after what was put before."""
        with self._making_desk:
            if self._media_desk is None:
                self._media_desk = MediaDesk()
        self._media_desk.put(job, n_bytes)

    def media_folder_for(self, kind: str) -> MediaFolder | None:
        """Give the folder, or None after saying why nothing of this kind can be recorded."""
        if self._media_folder is None:
            self._tell(
                ("media", "no project"),
                f"No project is open for this simulation: {_plural(kind)} are not written. Start it with a tracker or "
                "gd.run, which keep them in the project.",
            )
            return None
        if self._are_media_closed:
            self._tell(
                ("media", "ended"),
                f"The simulation has ended: a {kind} that came after that is not recorded.",
            )
            return None
        return self._media_folder

    def media_item(
        self, kind: str, key: str, step: Any, info: Mapping[str, Any]
    ) -> MediaItem | None:
        """Take down what is known before a file is written, or None after saying why it cannot be."""
        whole = self._to_step(key, step)
        if whole is None:
            return None
        return MediaItem(_NOBODY, key, whole, kind, "", now_utc(), jsonable(dict(info)))

    def keep_media(
        self,
        item: MediaItem,
        partial: Path,
        written: Written,
        name: str | None = None,
    ) -> None:
        """Let a written file be seen and tell the project; called in the helper thread.

        Raises:
            OSError: It cannot be renamed.
        """
        folder = self._media_folder
        assert folder is not None, "it was written in it"  # noqa: S101
        self.list_media(item, folder.keep(partial, item.step, name), written)

    def list_media(self, item: MediaItem, path: Path, written: Written) -> None:
        """Tell the project of a file that lies in the simulation's folder; called in the helper thread."""
        folder = self._media_folder
        assert folder is not None, "it lies in it"  # noqa: S101
        facts, thumbnail = written
        info = {name: value for name, value in item.info.items() if name != "thumbnail"} | dict(
            facts
        )
        if thumbnail is not None:
            try:
                small = folder.thumbnail_of(path)
                write_small(small, thumbnail)
                info["thumbnail"] = folder.relative(small)
            except (OSError, GymDashError) as exc:
                self._tell(("thumbnail", item.key), f"No small picture of {path.name}: {exc}")
        self._media_items.append(
            MediaItem(
                item.sim_id, item.key, item.step, item.kind, folder.relative(path), item.time, info
            )
        )

    def media_failed(self, kind: str, key: str, exc: Exception) -> None:
        """Say that something was not recorded."""
        why = str(exc) if isinstance(exc, GymDashError) else f"{type(exc).__name__}: {exc}."
        self._tell((kind, key), f"The {kind} {key!r} was not recorded: {why}")

    def forget_clip(self, clip: Clip) -> None:
        """Take down that a clip is closed or discarded."""
        self._open_clips.discard(clip)

    # What a recorder has anyway

    @abstractmethod
    def _tell(self, kind: object, problem: str) -> None:
        """Take down what went wrong, once for each kind."""

    @abstractmethod
    def _to_step(self, key: object, step: Any) -> int | None:
        """Give a step as an int, or None after saying that it is none."""

    # Inside

    def _take(
        self,
        kind: str,
        key: Any,
        step: Any,
        info: Mapping[str, Any],
        ready: Callable[[NewFile], Ready],
    ) -> None:
        name = _text(key)
        self._media_keys.add(name)
        folder = self.media_folder_for(kind)
        if folder is None:
            return
        item = self.media_item(kind, name, step, info)
        if item is None:
            return
        try:
            work = ready(lambda extension: folder.partial(name, extension))
        except StopSimException:  # as in video
            raise
        except Exception as exc:  # noqa: BLE001 - whatever was given may fail in any way
            self.media_failed(kind, name, exc)
            return
        self.put_media_work(lambda: self._write(item, work), work.n_bytes)

    def _write(self, item: MediaItem, work: Ready) -> None:
        folder = self._media_folder
        assert folder is not None, "without one nothing is put"  # noqa: S101
        partial = work.partial
        try:
            if partial is None:
                partial = folder.partial(item.key, work.extension)
            self.keep_media(item, partial, work.write(partial))
        except Exception as exc:  # noqa: BLE001 - nothing of recording may reach a simulation
            if partial is not None:
                remove(partial)
            self.media_failed(item.kind, item.key, exc)


def _text(key: object) -> str:
    try:
        # Lone surrogates, as in the name of a file that is not UTF-8, can be neither shown nor written to a file.
        return str(key).encode("utf-8", "backslashreplace").decode()
    except Exception:  # noqa: BLE001 - a foreign __str__ may fail in any way
        return f"a {type(key).__name__}"


def _plural(kind: str) -> str:
    return {"audio": "sounds"}.get(kind, f"{kind}s")
