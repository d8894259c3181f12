"""Write simulations as event files, for TensorBoard and whatever else reads them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, UnsafeMediaPathError, did_you_mean
from gymdash_jupyter.importing.answers import WrittenLogs
from gymdash_jupyter.media import media_path
from gymdash_jupyter.media.histograms import HISTOGRAM, read_bins
from gymdash_jupyter.project import project_of_store
from gymdash_jupyter.selection import matching_keys, resolve_sims
from gymdash_jupyter.streams.tensorboard import event_folders, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import BinaryIO
    from uuid import UUID

    from gymdash_jupyter.records import MediaItem, SimulationRecord
    from gymdash_jupyter.selection import Keys, Sims
    from gymdash_jupyter.store.contract import ProjectStore

_OURS: Final = ".gymdash-"
"""In the names of the event files that are written here, before the simulation's id."""
_HARMFUL: Final = re.compile(r"[^\w.+=,@() -]+")
_TAKEN_BY_WINDOWS: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST: Final = 80


def to_tensorboard(
    store: ProjectStore,
    folder: str | os.PathLike[str],
    sims: Sims = None,
    keys: Keys = None,
) -> WrittenLogs:
    """Write simulations as event files: a folder for TensorBoard with one subfolder a simulation.

    Every point, image, sound (as WAV), text and histogram is written, and what a simulation was given as its
    hyperparameters. Videos are left out, as TensorBoard shows none. Its format keeps values as float32: seven digits of
    each stay; steps and times stay as they are.

    What was written here before is replaced, each file by the whole new one, so the same folder can be brought up to
    date. A folder with event files of another program is refused, as TensorBoard would show both mixed.

    Args:
        store: The project.
        folder: Where; made if it is not there.
        sims: Which simulations; see ``selection.resolve_sims``.
        keys: Which series of numbers and media: None for all, a key, a pattern with ``*``, or a list of these.

    Returns:
        What was written where, and what was left out.

    Raises:
        InvalidArgumentError: No simulation has recorded this key, or the folder holds event files of others.
        UnknownSimulationError: The project has no such simulation.
        OSError: The folder cannot be written.
    """
    ids = resolve_sims(store, sims)
    wanted = None if keys is None else _wanted_keys(store, keys)
    root = _root(folder)
    records = [store.simulation(sim_id) for sim_id in ids]
    folders = _folders(root, records)
    log = _Log()
    for record in records:
        place = folders[record.sim_id]
        place.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{_seconds(record):.0f}{_OURS}{record.sim_id}"
        partial = place / f".partial-{os.getpid()}-{record.sim_id}"
        try:
            with partial.open("wb") as file:
                _write(store, record, wanted, file, log)
            partial.replace(place / name)
        finally:
            partial.unlink(missing_ok=True)
    return WrittenLogs(root, folders, log.n_points, log.n_media, tuple(log.left_out))


@dataclass
class _Log:
    """What was written so far, and what was not."""

    n_points: int = 0
    n_media: int = 0
    left_out: list[str] = field(default_factory=list)


def _wanted_keys(store: ProjectStore, keys: Keys) -> set[str]:
    known = sorted({one.key for one in store.series()} | {item.key for item in store.media()})
    wanted: set[str] = set()
    for key in [keys] if isinstance(keys, str) else list(keys or ()):
        if not isinstance(key, str):
            msg = f"A key is text; got {key!r}."
            raise InvalidArgumentError(msg)
        found = [key] if key in known else matching_keys(key, known) if "*" in key else None
        if found is None:
            some = ", ".join(known[:8]) or "nothing"
            msg = f"No simulation has recorded the key {key!r}.{did_you_mean(key, known)} Recorded: {some}."
            raise InvalidArgumentError(msg, key=key)
        wanted.update(found)
    return wanted


def _root(folder: object) -> Path:
    if not isinstance(folder, (str, os.PathLike)) or folder == "":
        msg = f"to_tensorboard() takes the path of a folder; got {folder!r}."
        raise InvalidArgumentError(msg)
    root = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100 - links keep the name that was given
    if root.exists() and not root.is_dir():
        msg = f"to_tensorboard() writes into a folder; {root} is a file."
        raise InvalidArgumentError(msg, folder=root)
    for place in event_folders(root):
        others = [name for name in _event_files(place) if _OURS not in name]
        if others:
            msg = (
                f"{place} holds event files of another program, such as {others[0]}; TensorBoard would show both "
                "mixed. Give another folder, best a new one."
            )
            raise InvalidArgumentError(msg, folder=root)
    return root


def _event_files(place: Path) -> list[str]:
    return sorted(path.name for path in place.glob("*tfevents*"))


def _folders(root: Path, records: Sequence[SimulationRecord]) -> dict[UUID, Path]:
    """Give each simulation a folder of its own, named for it; where names collide, with the beginning of its id."""
    names = {record.sim_id: _harmless(record.name) for record in records}
    taken: dict[str, list[UUID]] = {}
    for sim_id, name in names.items():
        taken.setdefault(name.casefold(), []).append(sim_id)
    folders = {}
    for sim_id, name in names.items():
        of_others = any(not file.endswith(str(sim_id)) for file in _event_files(root / name))
        is_shared = len(taken[name.casefold()]) > 1 or of_others
        folders[sim_id] = root / (f"{name}-{str(sim_id)[:8]}" if is_shared else name)
    return folders


def _harmless(name: str) -> str:
    words = _HARMFUL.sub("-", name)[:_LONGEST].strip(" .-")
    return (
        f"simulation-{words}".rstrip("-")
        if not words or _TAKEN_BY_WINDOWS.fullmatch(words)
        else words
    )


def _seconds(record: SimulationRecord) -> float:
    return record.created.timestamp() if record.created is not None else 0.0


def _write(
    store: ProjectStore,
    record: SimulationRecord,
    wanted: Collection[str] | None,
    file: BinaryIO,
    log: _Log,
) -> None:
    time = _seconds(record)
    file.write(writing.beginning(time))
    hparams = writing.flat_hparams({**record.config.kwargs, **record.start_kwargs})
    if hparams:
        file.write(writing.hparams_record(time, hparams))
    for info in store.series([record.sim_id]):
        if wanted is None or info.key in wanted:
            series, _ = store.read_scalars(record.sim_id, info.key)
            file.write(writing.scalar_records(info.key, series))
            log.n_points += len(series)
    project = project_of_store(store)
    n_videos = 0
    for item in store.media([record.sim_id]):
        if wanted is not None and item.key not in wanted:
            continue
        if item.kind == "video":
            n_videos += 1
            continue
        try:
            encoded = _encoded(item, media_path(project, item))
        except (UnsafeMediaPathError, OSError) as exc:
            encoded = f"its file cannot be read ({type(exc).__name__})"
        if isinstance(encoded, str):
            log.left_out.append(
                f"{record.name}: the {item.kind} {item.key!r} at step {item.step}: {encoded}."
            )
        else:
            file.write(encoded)
            log.n_media += 1
    if n_videos:
        words = "1 video" if n_videos == 1 else f"{n_videos:,} videos"
        log.left_out.append(f"{record.name}: {words}, as TensorBoard shows none.")


def _encoded(item: MediaItem, path: Path) -> bytes | str:
    """Encode a recorded file; or say why it cannot be."""
    info, time = item.info, item.time.timestamp()
    if item.kind == HISTOGRAM:
        bins = read_bins(path)
        if bins is None:
            return "its numbers cannot be read"
        return writing.histogram_record(item.key, item.step, time, np.stack(bins, axis=1))
    data = path.read_bytes()
    if item.kind == "image":
        width, height = _whole(info.get("width")), _whole(info.get("height"))
        return writing.image_record(item.key, item.step, time, data, width=width, height=height)
    if item.kind == "audio":
        if path.suffix.lower() != ".wav":
            return "TensorBoard plays WAV only"
        rate = _whole(info.get("sample_rate"))
        return writing.audio_record(
            item.key,
            item.step,
            time,
            data,
            sample_rate=rate,
            n_channels=_whole(info.get("n_channels")) or 1,
            n_frames=round(rate * float(info.get("duration_s") or 0.0)),
        )
    return writing.text_record(item.key, item.step, time, data.decode("utf-8", "replace"))


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0
