"""Start simulations in the current project, one line each; and find the tracker that a project has in this process."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from gymdash_jupyter import current
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.current import current_project
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.launch.warm_start import warm
from gymdash_jupyter.making import config_for, telling_of_exports
from gymdash_jupyter.project import Project
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class _Trackers:
    """This process's tracker of each project; replaced as a whole by tests."""

    def __init__(self) -> None:
        self._begin_life()

    def _begin_life(self) -> None:
        self.by_folder: dict[Path, SimulationTracker] = {}
        self.lock = threading.Lock()
        self._pid = os.getpid()

    def of(self, project: Project) -> SimulationTracker:
        """Give the tracker of a project, making it the first time."""
        if (
            os.getpid() != self._pid
        ):  # those of the parent of a forked process execute nothing here
            self._begin_life()
        with self.lock:
            found = self.by_folder.get(project.folder)
            if found is None or found.project.store is not project.store:
                found = SimulationTracker("process", project=project)
                self.by_folder[project.folder] = found
            return found


_trackers = _Trackers()


def tracker() -> SimulationTracker:
    """Give this process's tracker for the current project; the default project is opened if none is.

    It executes simulations in processes of their own, unless a call says otherwise.
    """
    return _trackers.of(current_project())


def tracker_for(x: object = None) -> SimulationTracker:
    """Give this process's tracker for what a person means by a project.

    Args:
        x: A project, its folder, a tracker, or None for the current project.

    Raises:
        InvalidArgumentError: It is none of these.
        ProjectFolderError: The folder cannot be a project.
    """
    if isinstance(x, SimulationTracker):
        return x
    if x is None:
        return tracker()
    if isinstance(x, Project):
        return _trackers.of(x)
    if isinstance(x, (str, os.PathLike)):
        return _trackers.of(current.open_project(x))
    msg = f"A project, its folder or a tracker was expected; got {type(x).__name__}: {x!r}."
    raise InvalidArgumentError(msg)


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
