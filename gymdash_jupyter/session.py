"""What a person at a notebook calls: the current project's tracker, frames, figures and cards, one line each."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from gymdash_jupyter import current
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.current import current_project
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.launch.warm_start import warm
from gymdash_jupyter.making import config_for, telling_of_exports
from gymdash_jupyter.project import DEFAULT_FOLDER, Project
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.selection import resolve_sims
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd
    from stable_baselines3.common.base_class import BaseAlgorithm

    from gymdash_jupyter.rollouts import Rollout
    from gymdash_jupyter.widgets import CardActions, LiveCard


class _Trackers:
    """This process's tracker of each project; replaced as a whole by tests."""

    def __init__(self) -> None:
        self.by_folder: dict[Path, SimulationTracker] = {}
        self.lock = threading.Lock()

    def of(self, project: Project) -> SimulationTracker:
        """Give the tracker of a project, making it the first time."""
        with self.lock:
            found = self.by_folder.get(project.folder)
            if found is None or found.project.store is not project.store:
                found = SimulationTracker("process", project=project)
                self.by_folder[project.folder] = found
            return found


_trackers = _Trackers()


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


def tracker() -> SimulationTracker:
    """Give this process's tracker for the current project; the default project is opened if none is.

    It executes simulations in processes of their own, unless a call says otherwise.
    """
    return _trackers.of(current_project())


def warm_up(x: str | type[Simulation] = "stable_baselines", /, *, wait: bool = False) -> None:
    """Let simulations of a type start in a fraction of a second from now on, instead of two or three.

    Starts one process in the background, which imports the type and lets it do once what is slow the first time: two
    or three seconds of one core, and some 350 MB of memory. Simulations of the type, or of classes that inherit from
    it, are forked from it then. It ends with this kernel, or after ten minutes without simulations; the next
    ``warm_up`` starts it again. Simulations that run go on.

    What happens in a simulation is the same, warm or cold. Where it might not be, simulations start as without
    ``warm_up``: when a file that was imported has been edited since, or variables that libraries read (such as
    ``OMP_NUM_THREADS``) or ``sys.path`` have changed (``warm_up`` again helps), and when a simulation may use a GPU:
    one that is asked for by ``device``, and one that is there unless ``device="cpu"`` says that it is not wanted. On
    Linux only; elsewhere nothing happens but a warning.

    Args:
        x: A sim key, or a Simulation subclass; of one that was written in a notebook, what it inherits from.
        wait: Whether to return only when it is warm.

    Raises:
        UnknownSimulationTypeError: No such sim key.
        InvalidArgumentError: It is neither, or what makes the type is a function.
        LaunchError: With ``wait``: it could not be warmed up. Without, that is logged.
    """
    found = SimulationRegistry.find(x).load() if isinstance(x, str) else x
    if not (isinstance(found, type) and issubclass(found, Simulation)):
        msg = f"warm_up() takes a Simulation subclass or the sim key of one; got {x!r}, which is {found!r}."
        raise InvalidArgumentError(msg)
    warm.warmth.warm_up(found, wait=wait)


def run(
    x: str | SimulationStartConfig | type[Simulation] | Simulation,
    /,
    name: str | None = None,
    *,
    launcher: str | None = None,
    **kwargs: Any,
) -> Simulation:
    """Start one simulation and return it at once.

    Args:
        x: A sim key, a config, a Simulation subclass, or a simulation that was made by hand.
        name: Display name; None keeps the config's.
        launcher: Where it executes: ``"process"`` (None too), in a process of its own that outlives this one, or
            ``"thread"``, in this one.
        **kwargs: Kwargs of its config, over those of the given or default config.

    Raises:
        UnknownSimulationTypeError: No such sim key.
        InvalidArgumentError: It is none of these, or a name or kwargs were given for one that is
            made already.
        CannotTravelError: It holds something that means something only in this process.
    """
    mine = tracker()
    with telling_of_exports(mine.project.folder):
        subject = _subject(x, name, kwargs)
    return mine.start_sim(subject, launcher=launcher)[1]


def _subject(
    x: Any, name: str | None, kwargs: Mapping[str, Any]
) -> Simulation | SimulationStartConfig:
    """Give what ``run`` is to start, as a tracker takes it."""
    if isinstance(x, Simulation):
        if kwargs or name is not None:
            msg = f"{x!r} is made already; give its name and kwargs in its config."
            raise InvalidArgumentError(msg)
        return x
    made_by = None
    if isinstance(x, SimulationStartConfig):
        config = x
    elif isinstance(x, type) and issubclass(x, Simulation):
        made_by, key = x, SimulationRegistry.key_of(x)
        config = (
            config_for(key) if key else SimulationStartConfig(name=x.__name__, sim_key=x.__name__)
        )
    elif isinstance(x, str):
        config = config_for(x).model_copy(update={"sim_key": x})
    else:
        msg = f"run() takes a sim key, a config or a Simulation subclass; got {type(x).__name__}: {x!r}."
        raise InvalidArgumentError(msg)
    config = config.with_kwargs(**kwargs)
    if name is not None:
        config = config.model_copy(update={"name": str(name)})
    return config if made_by is None else made_by(config)


def simulations() -> pd.DataFrame:
    """Give the project's simulations; see ``frames.simulations_frame``."""
    from gymdash_jupyter.frames import simulations_frame

    return simulations_frame(current_project().store)


def statuses(sims: Any = None) -> pd.DataFrame:
    """Give what simulations said about themselves; see ``frames.statuses_frame``."""
    from gymdash_jupyter.frames import statuses_frame

    return statuses_frame(current_project().store, sims)


def api_calls() -> pd.DataFrame:
    """Give the calls to the project; see ``frames.api_calls_frame``."""
    from gymdash_jupyter.frames import api_calls_frame

    return api_calls_frame(current_project().store)


def scalars(keys: Any = None, sims: Any = None, wide: bool = False) -> pd.DataFrame:
    """Give recorded points; see ``frames.scalars_frame``."""
    from gymdash_jupyter.frames import scalars_frame

    return scalars_frame(current_project().store, keys, sims, wide)


def media(keys: Any = None, sims: Any = None) -> pd.DataFrame:
    """Give recorded images, videos, sounds and texts; see ``frames.media_frame``."""
    from gymdash_jupyter.frames import media_frame

    return media_frame(current_project().store, keys, sims)


def environment(sims: Any = None) -> pd.DataFrame:
    """Give versions, machine, code and command of simulations; see ``frames.environments_frame``."""
    from gymdash_jupyter.frames import environments_frame

    return environments_frame(current_project().store, sims)


def compare(sim_a: Any, sim_b: Any) -> pd.DataFrame:
    """Give in what two simulations differ: settings, code, versions; see ``frames.differences_frame``."""
    from gymdash_jupyter.frames import differences_frame

    return differences_frame(_project_of(sim_a).store, sim_a, sim_b)


def plot_scalars(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw recorded points; see ``plots.plot_scalars``."""
    from gymdash_jupyter.plots import plot_scalars as draw

    return draw(current_project().store, keys, sims, **options)


def plot_episodes(sims: Any = None, **options: Any) -> Any:
    """Draw episodes by their number; see ``plots.plot_episodes``."""
    from gymdash_jupyter.plots import plot_episodes as draw

    return draw(current_project().store, sims, **options)


def plot_media(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw recorded images and videos over training; see ``plots.plot_media``."""
    from gymdash_jupyter.plots import plot_media as draw

    return draw(current_project().store, keys, sims, **options)


def show_media(keys: Any = None, sims: Any = None, **options: Any) -> None:
    """Play recorded media below the cell; see ``players.show_media``."""
    from gymdash_jupyter.players import show_media as play

    play(current_project().store, keys, sims, **options)


def load_model(sim: Any, which: str | None = None, *, trust: bool = False) -> BaseAlgorithm:
    """Load a model that a stable-baselines3 simulation kept; see ``models.load_model``."""
    from gymdash_jupyter.models import load_model as load

    return load(_project_of(sim), sim, which, trust=trust)


def rollout(sim: Any, episodes: int = 1, **options: Any) -> Rollout:
    """Let a model that a simulation kept play, and film it; see ``rollouts.rollout``."""
    from gymdash_jupyter.rollouts import rollout as play

    return play(_project_of(sim), sim, episodes, **options)


def watch(sim_or_group_or_ids: Any = None) -> LiveCard:
    """Show simulations live, also those that ended or are executed elsewhere.

    Args:
        sim_or_group_or_ids: A simulation, a group, an id, ids; None for all that have not ended,
            or the newest one.

    Returns:
        One card; as a cell's value it is shown.
    """
    from gymdash_jupyter.widgets import LiveCard

    mine = _trackers.of(_project_of(sim_or_group_or_ids))
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


def _project_of(subject: Any) -> Project:
    """Give the project that a simulation belongs to, which need not be the current one."""
    first = subject.sims[0] if isinstance(subject, SimulationGroup) and subject.sims else subject
    controller = getattr(first, "_controller", None)
    return controller.project if isinstance(controller, SimulationTracker) else current_project()
