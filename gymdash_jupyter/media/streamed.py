"""Files that were found instead of recorded: what streamers lead to becomes media of the simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import MediaError
from gymdash_jupyter.media.files import EXTENSIONS, file_facts
from gymdash_jupyter.media.folder import copy_regular, remove, write_small

if TYPE_CHECKING:
    from gymdash_jupyter.media.folder import MediaFolder
    from gymdash_jupyter.media.recorder import MediaRecorder
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.streams.found import FoundMedia

_SIGNATURES = {
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"RIFF": ".wav",
}


class FoundFiles:
    """Let one simulation's recorder list what was found.

    A file in the simulation's own folder is listed where it lies, once; when it is written over, its small picture is
    made anew. Any other file, and content without one, is copied, and is listed again when it has changed. Under a key
    with which the simulation records media itself, nothing is listed: those are the same.

    Args:
        recorder: The simulation's.
    """

    def __init__(self, recorder: MediaRecorder) -> None:
        self._recorder = recorder
        self._listed: set[tuple[str, Path]] = set()
        self._failed: dict[tuple[str, Path], tuple[str, Exception]] = {}
        self._has_taken = False

    def take(self, found: FoundMedia) -> None:
        """Take down one file; looking into it, copying and writing happen in the recorder's helper thread."""
        recorder = self._recorder
        if recorder.has_recorded_media(found.key):
            return
        if isinstance(found.source, bytes) and not found.extension:
            found = replace(found, extension=_extension_of(found.source))
        kind = found.kind or kind_of_extension(found.extension) or "image"
        folder = recorder.media_folder_for(kind)
        item = recorder.media_item(kind, found.key, found.step, found.info)
        if folder is None or item is None:
            return
        item = replace(item, time=_moment(found.time) or item.time)
        n_bytes = len(found.source) if isinstance(found.source, bytes) else 0
        self._has_taken = True
        recorder.put_media_work(lambda: self._list(found, item, folder), n_bytes)

    def finish(self) -> None:
        """Say which files could not be listed; those that were half written may have been completed meanwhile."""
        if self._has_taken:
            self._recorder.put_media_work(self._tell_failed, 0)

    def _tell_failed(self) -> None:
        for (key, _), (kind, exc) in self._failed.items():
            self._recorder.media_failed(kind, key, exc)
        self._failed.clear()

    def _list(self, found: FoundMedia, item: MediaItem, folder: MediaFolder) -> None:
        try:
            if isinstance(found.source, bytes):
                self._write(found.source, found.extension, item, folder)
                return
            where = found.key, found.source
            self._failed.pop(where, None)
            if found.source.resolve().is_relative_to(folder.sim_path.resolve()):
                self._list_there(found.source, item, folder, is_known=where in self._listed)
            else:
                self._copy(found.source, item, folder)
            self._listed.add(where)
        except Exception as exc:  # noqa: BLE001 - nothing of recording may reach a simulation
            if isinstance(found.source, Path):
                self._failed[found.key, found.source] = item.kind, exc
            else:
                self._recorder.media_failed(item.kind, item.key, exc)

    def _list_there(
        self, path: Path, item: MediaItem, folder: MediaFolder, *, is_known: bool
    ) -> None:
        _check_extension(item.kind, path.suffix.lower(), path.name)
        written = file_facts(item.kind, path)
        # By the name under which viewers look for it: the folder may have been reached by a link.
        own = folder.sim_path / path.resolve().relative_to(folder.sim_path.resolve())
        if not is_known:
            self._recorder.list_media(item, own, written)
        elif written[1] is not None:
            write_small(folder.thumbnail_of(own), written[1])

    def _copy(self, path: Path, item: MediaItem, folder: MediaFolder) -> None:
        extension = path.suffix.lower()
        _check_extension(item.kind, extension, path.name)
        partial = folder.partial(item.key, extension)
        try:
            copy_regular(path, partial)
            written = file_facts(item.kind, partial)
            self._recorder.keep_media(item, partial, written, path.stem)
        except BaseException:
            remove(partial)
            raise

    def _write(self, content: bytes, extension: str, item: MediaItem, folder: MediaFolder) -> None:
        _check_extension(item.kind, extension, item.key)
        partial = folder.partial(item.key, extension)
        try:
            partial.write_bytes(content)
            self._recorder.keep_media(item, partial, file_facts(item.kind, partial))
        except BaseException:
            remove(partial)
            raise


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # an event may claim any time
        return None


def kind_of_extension(extension: str) -> str:
    """Give the kind of the files that have an extension, or ``""``."""
    return next((kind for kind, allowed in EXTENSIONS.items() if extension in allowed), "")


def _extension_of(content: bytes) -> str:
    for signature, extension in _SIGNATURES.items():
        if content.startswith(signature):
            return extension
    return ".webm" if content.startswith(b"\x1a\x45\xdf\xa3") else ".mp4"


def _check_extension(kind: str, extension: str, name: str) -> None:
    if extension not in EXTENSIONS[kind]:
        allowed = ", ".join(known.removeprefix(".") for known in EXTENSIONS[kind])
        msg = f"found {name!r}; expected a file of type {allowed}."
        raise MediaError(msg)
