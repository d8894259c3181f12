"""How much of a disk each simulation takes. Links are never followed: a project may come from somebody else."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from gymdash_jupyter.resource_usage.machine import disk_space

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gymdash_jupyter.resource_usage.values import DiskSpace
    from gymdash_jupyter.states import SimState

KINDS: Final = ("media", "models", "logs", "other")
"""Of files: pictures, videos and the like; saved models; what trainings print and log; the rest."""

_MODEL_ENDINGS: Final = frozenset(
    {".zip", ".pt", ".pth", ".ckpt", ".safetensors", ".onnx", ".pkl", ".npz"}
)
_SETTLED_NS: Final = 2_000_000_000
"""A folder that changed later than this before it was read may change again within the same tick of its clock."""


@dataclass(frozen=True)
class FolderUsage:
    """What a folder takes.

    Attributes:
        bytes_by_kind: Size of its files by kind; see ``KINDS``.
        n_files: How many files there are.
    """

    bytes_by_kind: Mapping[str, int]
    n_files: int

    @property
    def total_bytes(self) -> int:
        """Size of all its files."""
        return sum(self.bytes_by_kind.values())


@dataclass(frozen=True)
class DiskUsage:
    """What a project takes.

    Attributes:
        simulations: Each simulation that has a folder, largest first.
        database_bytes: The database, its log included.
        resources_bytes: What simulations share.
        leftover_bytes: Folders of simulations that are not in the project any more.
        other_bytes: Everything else in the project's folder.
        n_files: How many files there are in all.
        space: The file system.
        took_s: How long it took to find out.
    """

    simulations: Mapping[UUID, FolderUsage]
    database_bytes: int
    resources_bytes: int
    leftover_bytes: int
    other_bytes: int
    n_files: int
    space: DiskSpace
    took_s: float

    @property
    def total_bytes(self) -> int:
        """Size of all files of the project."""
        sims = sum(each.total_bytes for each in self.simulations.values())
        return (
            sims
            + self.database_bytes
            + self.resources_bytes
            + self.leftover_bytes
            + self.other_bytes
        )

    def __repr__(self) -> str:
        return (
            f"<DiskUsage: {self.total_bytes / 1e6:,.1f} MB in {self.n_files:,} files, {len(self.simulations)} "
            f"simulations, {self.space.free_bytes / 1e9:,.1f} GB free>"
        )


class KnowsStates(Protocol):
    """A store, as far as files matter."""

    def states(self, sim_ids: Collection[UUID]) -> dict[UUID, SimState]:
        """Give the states of those of these simulations that exist."""


@dataclass
class _Folder:
    """One folder as it was found, without those inside it."""

    changed_ns: int
    sizes: dict[str, int] = field(default_factory=dict)
    n_files: int = 0
    folders: list[str] = field(default_factory=list)

    def add(self, kind: str, size: int) -> None:
        self.sizes[kind] = self.sizes.get(kind, 0) + size
        self.n_files += 1


@dataclass
class _Sum:
    sizes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    n_files: int = 0

    def add(self, folder: _Folder) -> None:
        for kind, size in folder.sizes.items():
            self.sizes[kind] += size
        self.n_files += folder.n_files

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


class DiskScan:
    """Measure a project, and remember folders of simulations that have ended. Any thread may call it.

    A remembered folder is looked into again when something was added to it or taken from it; that a file in it grew
    would not be seen, but nothing writes there any more.

    Args:
        folder: The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # one measures at a time
        self._known: dict[str, _Folder] = {}

    def usage(self, store: KnowsStates) -> DiskUsage:
        """Measure everything now.

        Args:
            store: Knows which simulations there are.
        """
        with self._lock:
            return self._usage(store)

    def _usage(self, store: KnowsStates) -> DiskUsage:
        began = time.monotonic()
        sims_folder = self._folder / "sims"
        ids, strangers = _named_by_id(sims_folder)
        states = store.states(list(ids))
        before, self._known = self._known, {}
        simulations: dict[UUID, FolderUsage] = {}
        leftover = _Sum()
        for sim_id, path in ids.items():
            state = states.get(sim_id)
            found = leftover if state is None else _Sum()
            is_quiet = state is not None and state.is_terminal
            self._measure(path, found, before if is_quiet else None)
            if state is not None:
                simulations[sim_id] = FolderUsage(found.sizes, found.n_files)
        database, resources, other = _Sum(), _Sum(), _Sum()
        # Where sims is a link to a larger disk, only what has the name of a simulation is looked at there.
        for path in [] if sims_folder.is_symlink() else strangers:
            self._measure(path, other, None)
        self._measure(str(self._folder / "db"), database, None)
        self._measure(str(self._folder / "resources"), resources, None)
        self._measure_rest(other)
        by_size = sorted(simulations.items(), key=lambda each: -each[1].total_bytes)
        parts = (database, resources, leftover, other)
        return DiskUsage(
            simulations=dict(by_size),
            database_bytes=database.total,
            resources_bytes=resources.total,
            leftover_bytes=leftover.total,
            other_bytes=other.total,
            n_files=sum(each.n_files for _, each in by_size) + sum(p.n_files for p in parts),
            space=disk_space(self._folder),
            took_s=time.monotonic() - began,
        )

    def _measure_rest(self, into: _Sum) -> None:
        top = _read(str(self._folder), "")
        if top is None:
            return
        top.folders = [
            each for each in top.folders if PurePath(each).name not in ("db", "resources", "sims")
        ]
        into.add(top)
        for each in top.folders:
            self._measure(each, into, None)

    def _measure(self, path: str, into: _Sum, before: Mapping[str, _Folder] | None) -> None:
        """Add up a folder with all inside it; what ``before`` knows of one that did not change is believed."""
        waiting = [(path, "")]
        while waiting:
            each, top = waiting.pop()
            folder = None if before is None else _unchanged(each, before.get(each))
            if folder is None:
                folder = _read(each, top)
            if folder is None:
                continue
            if before is not None and time.time_ns() - folder.changed_ns > _SETTLED_NS:
                self._known[each] = folder
            into.add(folder)
            waiting += [(inner, top or PurePath(inner).name) for inner in folder.folders]


def _named_by_id(sims_folder: Path) -> tuple[dict[UUID, str], list[str]]:
    """List the folders of simulations by id, and the other ones."""
    ids: dict[UUID, str] = {}
    strangers: list[str] = []
    try:
        with os.scandir(sims_folder) as entries:
            folders = [each for each in entries if each.is_dir(follow_symlinks=False)]
    except OSError:
        return ids, strangers
    for entry in folders:
        try:
            ids[UUID(entry.name)] = entry.path
        except ValueError:
            strangers.append(entry.path)
    return ids, strangers


def _unchanged(path: str, known: _Folder | None) -> _Folder | None:
    if known is None:
        return None
    try:
        return known if os.lstat(path).st_mtime_ns == known.changed_ns else None
    except OSError:
        return None


def _read(path: str, top: str) -> _Folder | None:
    """Read one folder; ``top`` is the folder of a simulation that it lies in."""
    try:
        folder = _Folder(
            os.lstat(path).st_mtime_ns
        )  # before its entries, so that a change between is noticed
        if os.path.islink(path):  # noqa: PTH114 - thousands of times
            return None
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folder.folders.append(entry.path)
                else:
                    folder.add(_kind(entry.name, top), _size(entry))
    except OSError:  # gone meanwhile, or not ours to read
        return None
    return folder


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _kind(name: str, top: str) -> str:
    if top == "media":
        return "media"
    if top == "tb" or name == "output.log" or "tfevents" in name:
        return "logs"
    return "models" if os.path.splitext(name)[1].lower() in _MODEL_ENDINGS else "other"  # noqa: PTH122 - as above
