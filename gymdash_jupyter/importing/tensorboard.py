"""Import TensorBoard's logs: each folder with event files becomes one simulation of a project.

The simulation of a folder has an id that follows from the folder's path, and what it has is compared with what the
files hold. So an import may be repeated, also after it was killed, and adds what is new and nothing twice.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, ReadOnlyProjectError
from gymdash_jupyter.importing.answers import Imported, content_words
from gymdash_jupyter.importing.found import Found, read_all
from gymdash_jupyter.importing.hyperparameters import ADDED, AddedFolders
from gymdash_jupyter.importing.new_points import new_points
from gymdash_jupyter.importing.pieces import PieceKeeper
from gymdash_jupyter.importing.telling import Progress
from gymdash_jupyter.importing.times import moment
from gymdash_jupyter.importing.turns import only_import
from gymdash_jupyter.media.histograms import HISTOGRAM
from gymdash_jupyter.records import Batch, ScalarSeries, now_utc
from gymdash_jupyter.running import tracker_for
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.streams.tensorboard import EventFolder, event_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.store import ProjectStore

SIM_KEY: Final = "tensorboard"
"""Sim key of what was imported; nothing is registered under it, so it cannot be started."""

_IDENTITY: Final = UUID("6f0e5b0e-3a0c-5c0a-9f0e-7d5b1d1f6a11")
_POINTS_A_BATCH: Final = 4_000_000
_MOST_PROBLEMS: Final = 20
"""How many problems of one folder become statuses; the answer names all."""


def import_tensorboard(
    project: Project,
    folder: str | os.PathLike[str],
    name: str | None = None,
    tags: str | Iterable[str] = (),
) -> Imported:
    """Import a folder of TensorBoard's logs into a project.

    Each folder with event files, at or below the given one, becomes a simulation that has succeeded: with every point
    in the order of the files (also what TensorBoard hides after a restart), images, sounds, texts and histograms, the
    hyperparameters that the files name as its kwargs (also those of torch's ``add_hparams``, and CleanRL's table of
    them), and the first and last moment of the log as its start and end. Simulations with equal hyperparameters but
    for the seed are a group; where the files name none, each stands alone, and figures join what you say with ``by``.

    Importing a folder again adds what is new since; nothing comes twice, and media that were pruned stay away. A folder
    that was moved or renamed is another one. Files that are still written may be imported;
    of damaged ones what comes before the damage is kept. What cannot be read is said in ``problems`` of the answer.

    Args:
        project: Where to.
        folder: What you would give to ``tensorboard --logdir``.
        name: Display name of the folder's own simulation, and the beginning of those of the folders below it; None
            takes the folder's name and the paths within it.
        tags: Put on all of these simulations.

    Returns:
        The simulations and what was new.

    Raises:
        InvalidArgumentError: It is no folder, or neither it nor a folder below it holds event files; or a name or tag
            is no such text. Nothing is imported.
        ReadOnlyProjectError: The project is open for reading only.
        StoreBusyError: Another process holds the project's database; importing again completes what was begun.
    """
    if project.is_read_only:
        msg = (
            f"The project {project.folder} is open for reading only. To import into it, open it with "
            "gd.open_project(folder)."
        )
        raise ReadOnlyProjectError(msg, path=project.folder)
    root = _root(folder)
    tags = [tags] if isinstance(tags, str) else list(tags)
    tracker = tracker_for(project)
    tracker.tag([], add=tags)  # a wrong tag is refused before anything is done
    if name is not None and not (isinstance(name, str) and name.strip()):
        msg = f"A name is a text of at least one letter, or None; got {name!r}."
        raise InvalidArgumentError(msg)
    folders = event_folders(root)
    if not folders:
        msg = (
            f"Neither {root} nor a folder below it holds event files (their names contain 'tfevents'). Give the folder "
            "that you would give to tensorboard --logdir."
        )
        raise InvalidArgumentError(msg, folder=root)
    with only_import(project.db_folder):
        done = list(_import_all(project, root, folders, name))
    ids = [one.sim_id for one in done]
    if tags:
        tracker.tag(ids, add=tags)
    return Imported(
        root,
        tuple(tracker.get_sim(sim_id) for sim_id in ids),
        n_new=sum(one.is_new for one in done),
        n_points=sum(one.n_points for one in done),
        n_media=sum(one.n_media for one in done),
        n_histograms=sum(one.n_histograms for one in done),
        problems=tuple(problem for one in done for problem in one.problems),
    )


def id_of_folder(folder: Path) -> UUID:
    """Give the id of the simulation that a folder becomes: always the same for the same real path."""
    return uuid5(_IDENTITY, _as_text(folder.resolve()))


@dataclass(frozen=True)
class _Done:
    sim_id: UUID
    is_new: bool
    n_points: int
    n_media: int
    n_histograms: int
    problems: tuple[str, ...]


def _root(folder: object) -> Path:
    if not isinstance(folder, (str, os.PathLike)) or folder == "":
        msg = f"import_tensorboard() takes the path of a folder; got {folder!r}."
        raise InvalidArgumentError(msg)
    root = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100 - links keep the name that was given
    if root.is_dir():
        return root
    found = f"it is a file; give its folder, {root.parent}" if root.is_file() else "there is none"
    msg = f"There is no folder to import at {root}: {found}."
    raise InvalidArgumentError(msg, folder=root)


def _name_of(folder: Path, root: Path, name: str | None) -> str:
    inside = folder.relative_to(root).as_posix()
    if name is None:
        words = inside if inside != "." else root.name or str(root)
    else:
        words = name if inside == "." else f"{name}/{inside}"
    return _as_text(words)


def _as_text(path: str | Path) -> str:
    # A name of the file system need not be UTF-8; what a project holds is.
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _import_all(
    project: Project, root: Path, folders: list[Path], name: str | None
) -> Iterator[_Done]:
    progress = Progress(len(folders))
    added = AddedFolders(folders)
    n_points = 0
    try:
        for i, folder in enumerate(folders, 1):
            words = _name_of(folder, root, name)
            progress.tell(i, words, n_points)
            done = _import_one(project, folder, words, added)
            n_points += done.n_points
            yield done
    finally:
        progress.end()


def _import_one(project: Project, folder: Path, name: str, added: AddedFolders) -> _Done:
    store, sim_id = project.store, id_of_folder(folder)
    state = store.states([sim_id]).get(sim_id)
    stored = [] if state is None else store.media([sim_id])
    keeper = PieceKeeper(sim_id, project.sim_folder(sim_id), stored)
    files = EventFolder(folder)
    found = read_all(files, keeper)
    first, last = map(moment, found.span or (folder.stat().st_mtime,) * 2)
    values = dict(files.hparams or found.table or added.values(folder))
    if state is None:
        # Without values nothing but the name says which of them repeat one another.
        kind = ADDED if folder in added else None if values else name
        config = SimulationStartConfig(name=name, sim_key=SIM_KEY, sim_type=kind, kwargs=values)
        store.create(NewSimulation(sim_id, config, first, SIM_KEY, "TensorBoard", ""))
        new = dict(found.series)
    else:
        new = _new_series(store, sim_id, found.series)
    n_points = sum(map(len, new.values()))
    n_histograms = sum(item.kind == HISTOGRAM for item in keeper.items)
    problems = [_as_text(problem) for problem in (*found.problems, *keeper.problems)]
    if state is not None and values and not store.simulation(sim_id).config.kwargs:
        problems.append(
            f"{_as_text(folder)} names hyperparameters that it did not when it was first imported. Delete the "
            "simulation and import again to have them as its kwargs."
        )
    news = content_words(point=n_points, file=len(keeper.items))
    said = {row.status.details for row in store.statuses([sim_id])}
    words = _words(_as_text(folder), found, news, problems, is_first=not said)
    statuses = [
        SimStatus(SimStatusCode.INFO, now_utc(), details=each)
        for each in words
        if each not in said
    ]
    *before, rest = _batches(new)
    for some in before:
        store.write([Batch(sim_id, scalars=some)])
    batch = Batch(sim_id, scalars=rest, media=keeper.items, statuses=statuses)
    _write_and_end(store, state, batch, first, last)
    n_media = len(keeper.items) - n_histograms
    return _Done(sim_id, state is None, n_points, n_media, n_histograms, tuple(problems))


def _words(
    folder: str, found: Found, news: str, problems: list[str], *, is_first: bool
) -> list[str]:
    """Say what becomes of a folder, for the simulation's statuses."""
    if is_first:
        words = [f"Imported from {folder}: {found.words}."]
    else:
        words = [f"Imported again from {folder}: {news} new."] if news else []
    return words + problems[:_MOST_PROBLEMS]


def _new_series(
    store: ProjectStore, sim_id: UUID, series: Mapping[str, ScalarSeries]
) -> dict[str, ScalarSeries]:
    """Give the points that a simulation does not have yet."""
    table = store.read_table([sim_id])
    ends = zip(table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True)
    stored = {
        info.key: ScalarSeries(table.steps[a:b], table.times[a:b], table.values[a:b])
        for info, (a, b) in zip(table.series, ends, strict=True)
    }
    compared = {
        key: new_points(one, stored[key]) if key in stored else one for key, one in series.items()
    }
    return {key: one for key, one in compared.items() if len(one)}


def _batches(series: Mapping[str, ScalarSeries]) -> list[dict[str, ScalarSeries]]:
    """Share series out to transactions that are not too large; at least one, and the last may be empty."""
    batches: list[dict[str, ScalarSeries]] = [{}]
    n = 0
    for key, one in series.items():
        if n and n + len(one) > _POINTS_A_BATCH:
            batches.append({})
            n = 0
        batches[-1][key] = one
        n += len(one)
    return batches


def _write_and_end(
    store: ProjectStore, state: SimState | None, batch: Batch, first: datetime, last: datetime
) -> None:
    """Write the last batch, and end the simulation if it has not."""
    if state is not None and state.is_terminal:
        if not batch.is_empty:
            store.write([batch])
        store.postpone_end(batch.sim_id, last)
        return
    # Whoever is killed before this leaves a simulation that is created and has some of its points.
    for step in (SimState.SETTING_UP, SimState.RUNNING):
        store.move(Move(batch.sim_id, step, first))
    store.finish(batch, Move(batch.sim_id, SimState.SUCCEEDED, last))
