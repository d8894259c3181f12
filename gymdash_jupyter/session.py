"""What a person at a notebook calls: the current project's tracker, frames, figures and cards, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter import current
from gymdash_jupyter.current import current_project
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.project import DEFAULT_FOLDER, Project
from gymdash_jupyter.running import tracker_for
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.importing import Imported, WrittenLogs
    from gymdash_jupyter.resource_usage import ResourceUsage
    from gymdash_jupyter.rollouts import Rollout
    from gymdash_jupyter.widgets import CardActions, LiveCard
    from gymdash_jupyter.widgets.dashboard import Dashboard
    from gymdash_jupyter.widgets.live_table import LiveTable


def open_project(
    path: str | os.PathLike[str] = DEFAULT_FOLDER, read_only: bool = False
) -> Project:
    """Open a project, making its folder if it is not there, and make it the current one.

    Simulations that dead processes left as running become ``lost``.

    Args:
        path: The project's folder.
        read_only: Change nothing in it; it must be there.

    Raises:
        ProjectFolderError: The folder cannot be a project.
        ProjectDatabaseError: Its database is not one, or was written by a newer version.
    """
    return current.open_project(path, read_only)


def show_media(
    keys: Any = None, sims: Any = None, *, last: int = 3, max_mb: float | None = None
) -> None:
    """Play recorded media below the cell: of each series the ``last`` ones; see ``players.show_media``."""
    from gymdash_jupyter.players import MAX_MB
    from gymdash_jupyter.players import show_media as play

    most = MAX_MB if max_mb is None else max_mb
    play(current_project().store, keys, sims, last=last, max_mb=most)


def import_tensorboard(
    folder: str | os.PathLike[str], name: str | None = None, tags: str | Iterable[str] = ()
) -> Imported:
    """Import TensorBoard's logs: each folder with event files becomes a simulation of the current project.

    With every point, image, sound, text and histogram, and the hyperparameters that the files name. Importing a folder
    again adds what is new; nothing comes twice. See ``importing.import_tensorboard``.

    Args:
        folder: What you would give to ``tensorboard --logdir``.
        name: Display name, and the beginning of those of the folders below; None takes the folders' own.
        tags: Put on all of these simulations.

    Returns:
        The simulations and what was new; can be given as ``sims=`` to everything that takes simulations.
    """
    from gymdash_jupyter.importing import import_tensorboard as bring

    return bring(current_project(), folder, name, tags)


def to_tensorboard(
    folder: str | os.PathLike[str], sims: Any = None, keys: Any = None
) -> WrittenLogs:
    """Write simulations as event files for TensorBoard, a subfolder each; see ``importing.to_tensorboard``."""
    from gymdash_jupyter.importing import to_tensorboard as write

    return write(current_project().store, folder, sims, keys)


def resource_usage() -> ResourceUsage:
    """Tell what is in use now: CPU, memory, disk, GPUs, and the processes of the current project's simulations.

    Takes a tenth of a second, over which it is measured how busy everything is.
    """
    from gymdash_jupyter.resource_usage import ResourceSampler

    project = current_project()
    return ResourceSampler(project.store, project.folder).sample_after(0.1)


def load_model(sim: Any, which: str | None = None, *, trust: bool = False) -> BaseAlgorithm:
    """Load a model that a stable-baselines3 simulation kept; see ``models.load_model``."""
    from gymdash_jupyter.models import load_model as load

    return load(project_of(sim), sim, which, trust=trust)


def rollout(sim: Any, episodes: int = 1, **options: Any) -> Rollout:
    """Let a model that a simulation kept play, and film it; see ``rollouts.rollout``."""
    from gymdash_jupyter.rollouts import rollout as play

    return play(project_of(sim), sim, episodes, **options)


def report(
    sims: Any,
    path: str | os.PathLike[str],
    title: str | None = None,
    keys: Any = None,
    *,
    max_megabytes: float = 25,
) -> Path:
    """Write a report on simulations: one HTML file, to be sent, printed and kept; see ``report.write_report``.

    Args:
        sims: Which simulations, at most 500; None for all.
        path: Where to write it; ``.html`` is added to a name without it. A file that is there is written over.
        title: Its heading; None for one that says what it is about.
        keys: Which series are drawn: a key, a pattern such as ``"rollout/*"``, or a list; None for the nine that people
            look at first.
        max_megabytes: How much room media may take in the file, from 0 (none).

    Returns:
        The file, as an absolute path.
    """
    from gymdash_jupyter.report import write_report

    return write_report(current_project(), sims, path, title, keys, max_megabytes=max_megabytes)


def watch(sim_or_group_or_ids: Any = None) -> LiveCard:
    """Show simulations live, also those that ended or are executed elsewhere.

    Args:
        sim_or_group_or_ids: A simulation, a group, an id, ids; None for all that have not ended,
            or the newest one.

    Returns:
        One card; as a cell's value it is shown.
    """
    from gymdash_jupyter.widgets import LiveCard

    mine = tracker_for(project_of(sim_or_group_or_ids))
    project = mine.project  # binds it: from now on deaths are noticed, also when nobody waits
    if sim_or_group_or_ids is None:
        records = project.store.simulations()
        ids = [r.sim_id for r in records if not r.state.is_terminal] or [
            r.sim_id for r in records[-1:]
        ]
    else:
        ids = resolve_sims(project.store, sim_or_group_or_ids)
    if not ids:
        msg = f"There is nothing to watch in the project at {project.folder} yet. Start something: gd.run(...)."
        raise InvalidArgumentError(msg)
    actions = None if project.is_read_only else _card_actions(mine)
    return LiveCard(project.store, ids, actions=actions, project=project)


def _card_actions(mine: SimulationTracker) -> CardActions:
    """Let a card do what a tracker can."""
    from gymdash_jupyter.widgets import CardActions

    return CardActions(
        stop=mine.cancel,
        reply=lambda sim_id, channel, value: mine.query(sim_id, **{channel: value})[channel],
        dismiss=lambda request_id: mine.project.store.close_requests([request_id]),
        actions=lambda sim_id: mine.get_sim(sim_id).actions(),
        ask=lambda sim_id, name, arguments: mine.get_sim(sim_id).ask(name, **arguments),
    )


def show_table(what: Any, *, rows: int = 10_000, interval_s: float = 1.0) -> LiveTable:
    """Show a DataFrame as a table to sort, search, filter and select in, or one that follows the project.

    ``gd.show_table(gd.simulations)`` or ``gd.show_table(lambda: gd.scalars("loss", sims).tail(100))`` is made anew when
    the project has changed, and keeps order, searches, page and selection. ``table.selected`` are the selected rows,
    which can be given as ``sims=``; ``table.close()`` leaves a picture of it.

    Args:
        what: A DataFrame or Series, or a function without arguments that makes one.
        rows: How many rows are shown at most; the table says so where there are more.
        interval_s: How many seconds there are at least between two calls of the function.

    Returns:
        The table; as a cell's value it is shown.

    Raises:
        InvalidArgumentError: It is no frame and makes none, or a number is out of range.
        MissingDependencyError: itables is not installed: ``pip install 'gymdash-jupyter[tables]'``.
    """
    from gymdash_jupyter.widgets.live_table import LiveTable

    store = current_project().store if callable(what) else None
    return LiveTable(what, store, rows=rows, interval_s=interval_s)


def dashboard(project: Any = None, sims: Any = None, **traits: Any) -> Dashboard:
    """Show a project: its simulations, their charts, media, questions, statuses, and what they use.

    Args:
        project: A project or its folder; None for the current one.
        sims: What is selected at first: simulations, groups, ids; None for what still goes on, or for
            what was selected when it was left.
        **traits: Values of the dashboard's traits, such as ``tab="media"``.

    Returns:
        The dashboard; as a cell's value it is shown. Its panels are its attributes.
    """
    from gymdash_jupyter.widgets.dashboard import Dashboard

    return Dashboard(project, sims, **traits)


def show(subject: Any) -> None:
    """Display a simulation or a group as its live card; one that no project knows as text."""
    from IPython.display import display

    if not _is_in_project(subject):
        display({"text/plain": repr(subject)}, raw=True)
        return
    display(watch(subject))


def _is_in_project(subject: Any) -> bool:
    sims: Iterable[Any] = subject.sims if isinstance(subject, SimulationGroup) else [subject]
    return all(getattr(sim, "_controller", None) is not None for sim in sims)


def project_of(subject: Any) -> Project:
    """Give the project that a simulation belongs to, which need not be the current one."""
    first = subject.sims[0] if isinstance(subject, SimulationGroup) and subject.sims else subject
    controller = getattr(first, "_controller", None)
    return controller.project if isinstance(controller, SimulationTracker) else current_project()
