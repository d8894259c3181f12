"""Register, start, watch and talk to long-running simulations from a notebook.

This is the door: everything public is here, and everything is loaded when it is first used, so
that importing the package costs little and does nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "Action": "actions",
    "ActionRefusedError": "errors",
    "AnalyzePanel": "widgets",
    "CannotTravelError": "errors",
    "CompatError": "errors",
    "ControlPanel": "widgets",
    "Dashboard": "widgets",
    "ExportError": "errors",
    "GymDashError": "errors",
    "InvalidArgumentError": "errors",
    "InvalidSimulationTypeError": "errors",
    "LaunchError": "errors",
    "MediaError": "errors",
    "MediaPanel": "widgets",
    "MissingConfigError": "errors",
    "MissingDependencyError": "errors",
    "NewerProjectError": "errors",
    "NoProjectError": "errors",
    "PresetTakenError": "errors",
    "Project": "project",
    "ProjectDatabaseError": "errors",
    "ProjectError": "errors",
    "ProjectFolderError": "errors",
    "ProjectManager": "current",
    "QueryError": "errors",
    "QueryTimeoutError": "errors",
    "ReadOnlyProjectError": "errors",
    "RecordVideo": "video",
    "RegistryPanel": "widgets",
    "SidebarPanel": "widgets",
    "SimState": "states",
    "SimStatus": "statuses",
    "SimStatusCode": "statuses",
    "SimStatusSubcode": "statuses",
    "Simulation": "simulation",
    "SimulationEndedError": "errors",
    "SimulationExporter": "export",
    "SimulationGroup": "groups",
    "SimulationRegistry": "registry",
    "SimulationStartConfig": "config",
    "SimulationStateError": "errors",
    "SimulationTracker": "tracker",
    "SimulationTypeTakenError": "errors",
    "SimulationsPanel": "widgets",
    "StartPanel": "widgets",
    "StatusPanel": "widgets",
    "StopSimException": "errors",
    "StoreBusyError": "errors",
    "SystemPanel": "widgets",
    "TrackCallback": "tracking",
    "TrackEpisodes": "tracking",
    "TrackedSimulation": "tracking",
    "UnknownChannelError": "errors",
    "UnknownPresetError": "errors",
    "UnknownSimulationError": "errors",
    "UnknownSimulationTypeError": "errors",
    "UnsafeMediaPathError": "errors",
    "UntrustedModelError": "errors",
    "UserFolderError": "errors",
    "action": "actions",
    "add_gymdash_arguments": "start",
    "api_calls": "session_frames",
    "compare": "session_frames",
    "control_requests": "session_frames",
    "dashboard": "session",
    "environment": "session_frames",
    "episodes": "session_frames",
    "figure_style": "plots",
    "histograms": "session_frames",
    "import_tensorboard": "session",
    "load_model": "session",
    "media": "session_frames",
    "open_project": "session",
    "plot_curves": "session_figures",
    "plot_episodes": "session_figures",
    "plot_final_scores": "session_figures",
    "plot_histograms": "session_figures",
    "plot_media": "session_figures",
    "plot_media_timeline": "session_figures",
    "plot_parallel": "session_figures",
    "plot_performance_profiles": "session_figures",
    "plot_probability_of_improvement": "session_figures",
    "plot_resources": "session_figures",
    "plot_sample_efficiency": "session_figures",
    "plot_scalars": "session_figures",
    "plot_scores": "session_figures",
    "plot_sweep": "session_figures",
    "prune_media": "pruning",
    "report": "session",
    "read_frame": "session_frames",
    "resource_usage": "session",
    "resources": "session_frames",
    "rollout": "session",
    "run": "running",
    "scalars": "session_frames",
    "scores": "session_frames",
    "show_media": "session",
    "show_table": "session",
    "simulations": "session_frames",
    "start": "start",
    "statuses": "session_frames",
    "sweep": "sweeping",
    "to_tensorboard": "session",
    "track": "tracking",
    "to_csv": "session_frames",
    "to_json": "session_frames",
    "to_parquet": "session_frames",
    "tracker": "running",
    "warm_up": "running",
    "watch": "session",
}
_MODULES = ("compat",)

__all__ = sorted([*_WHERE, *_MODULES, "__version__"])  # noqa: PLE0605 - the table is the one list of names

if TYPE_CHECKING:
    from gymdash_jupyter import compat as compat
    from gymdash_jupyter.actions import Action as Action
    from gymdash_jupyter.actions import action as action
    from gymdash_jupyter.config import SimulationStartConfig as SimulationStartConfig
    from gymdash_jupyter.current import ProjectManager as ProjectManager
    from gymdash_jupyter.errors import ActionRefusedError as ActionRefusedError
    from gymdash_jupyter.errors import CannotTravelError as CannotTravelError
    from gymdash_jupyter.errors import CompatError as CompatError
    from gymdash_jupyter.errors import ExportError as ExportError
    from gymdash_jupyter.errors import GymDashError as GymDashError
    from gymdash_jupyter.errors import InvalidArgumentError as InvalidArgumentError
    from gymdash_jupyter.errors import InvalidSimulationTypeError as InvalidSimulationTypeError
    from gymdash_jupyter.errors import LaunchError as LaunchError
    from gymdash_jupyter.errors import MediaError as MediaError
    from gymdash_jupyter.errors import MissingConfigError as MissingConfigError
    from gymdash_jupyter.errors import MissingDependencyError as MissingDependencyError
    from gymdash_jupyter.errors import NewerProjectError as NewerProjectError
    from gymdash_jupyter.errors import NoProjectError as NoProjectError
    from gymdash_jupyter.errors import PresetTakenError as PresetTakenError
    from gymdash_jupyter.errors import ProjectDatabaseError as ProjectDatabaseError
    from gymdash_jupyter.errors import ProjectError as ProjectError
    from gymdash_jupyter.errors import ProjectFolderError as ProjectFolderError
    from gymdash_jupyter.errors import QueryError as QueryError
    from gymdash_jupyter.errors import QueryTimeoutError as QueryTimeoutError
    from gymdash_jupyter.errors import ReadOnlyProjectError as ReadOnlyProjectError
    from gymdash_jupyter.errors import SimulationEndedError as SimulationEndedError
    from gymdash_jupyter.errors import SimulationStateError as SimulationStateError
    from gymdash_jupyter.errors import SimulationTypeTakenError as SimulationTypeTakenError
    from gymdash_jupyter.errors import StopSimException as StopSimException
    from gymdash_jupyter.errors import StoreBusyError as StoreBusyError
    from gymdash_jupyter.errors import UnknownChannelError as UnknownChannelError
    from gymdash_jupyter.errors import UnknownPresetError as UnknownPresetError
    from gymdash_jupyter.errors import UnknownSimulationError as UnknownSimulationError
    from gymdash_jupyter.errors import UnknownSimulationTypeError as UnknownSimulationTypeError
    from gymdash_jupyter.errors import UnsafeMediaPathError as UnsafeMediaPathError
    from gymdash_jupyter.errors import UntrustedModelError as UntrustedModelError
    from gymdash_jupyter.errors import UserFolderError as UserFolderError
    from gymdash_jupyter.export import SimulationExporter as SimulationExporter
    from gymdash_jupyter.groups import SimulationGroup as SimulationGroup
    from gymdash_jupyter.plots import figure_style as figure_style
    from gymdash_jupyter.project import Project as Project
    from gymdash_jupyter.pruning import prune_media as prune_media
    from gymdash_jupyter.registry import SimulationRegistry as SimulationRegistry
    from gymdash_jupyter.running import run as run
    from gymdash_jupyter.running import tracker as tracker
    from gymdash_jupyter.running import warm_up as warm_up
    from gymdash_jupyter.session import dashboard as dashboard
    from gymdash_jupyter.session import import_tensorboard as import_tensorboard
    from gymdash_jupyter.session import load_model as load_model
    from gymdash_jupyter.session import open_project as open_project
    from gymdash_jupyter.session import report as report
    from gymdash_jupyter.session import resource_usage as resource_usage
    from gymdash_jupyter.session import rollout as rollout
    from gymdash_jupyter.session import show_media as show_media
    from gymdash_jupyter.session import show_table as show_table
    from gymdash_jupyter.session import to_tensorboard as to_tensorboard
    from gymdash_jupyter.session import watch as watch
    from gymdash_jupyter.session_figures import plot_curves as plot_curves
    from gymdash_jupyter.session_figures import plot_episodes as plot_episodes
    from gymdash_jupyter.session_figures import plot_final_scores as plot_final_scores
    from gymdash_jupyter.session_figures import plot_histograms as plot_histograms
    from gymdash_jupyter.session_figures import plot_media as plot_media
    from gymdash_jupyter.session_figures import plot_media_timeline as plot_media_timeline
    from gymdash_jupyter.session_figures import plot_parallel as plot_parallel
    from gymdash_jupyter.session_figures import (
        plot_performance_profiles as plot_performance_profiles,
    )
    from gymdash_jupyter.session_figures import (
        plot_probability_of_improvement as plot_probability_of_improvement,
    )
    from gymdash_jupyter.session_figures import plot_resources as plot_resources
    from gymdash_jupyter.session_figures import plot_sample_efficiency as plot_sample_efficiency
    from gymdash_jupyter.session_figures import plot_scalars as plot_scalars
    from gymdash_jupyter.session_figures import plot_scores as plot_scores
    from gymdash_jupyter.session_figures import plot_sweep as plot_sweep
    from gymdash_jupyter.session_frames import api_calls as api_calls
    from gymdash_jupyter.session_frames import compare as compare
    from gymdash_jupyter.session_frames import control_requests as control_requests
    from gymdash_jupyter.session_frames import environment as environment
    from gymdash_jupyter.session_frames import episodes as episodes
    from gymdash_jupyter.session_frames import histograms as histograms
    from gymdash_jupyter.session_frames import media as media
    from gymdash_jupyter.session_frames import read_frame as read_frame
    from gymdash_jupyter.session_frames import resources as resources
    from gymdash_jupyter.session_frames import scalars as scalars
    from gymdash_jupyter.session_frames import scores as scores
    from gymdash_jupyter.session_frames import simulations as simulations
    from gymdash_jupyter.session_frames import statuses as statuses
    from gymdash_jupyter.session_frames import to_csv as to_csv
    from gymdash_jupyter.session_frames import to_json as to_json
    from gymdash_jupyter.session_frames import to_parquet as to_parquet
    from gymdash_jupyter.simulation import Simulation as Simulation
    from gymdash_jupyter.start import add_gymdash_arguments as add_gymdash_arguments
    from gymdash_jupyter.start import start as start
    from gymdash_jupyter.states import SimState as SimState
    from gymdash_jupyter.statuses import SimStatus as SimStatus
    from gymdash_jupyter.statuses import SimStatusCode as SimStatusCode
    from gymdash_jupyter.statuses import SimStatusSubcode as SimStatusSubcode
    from gymdash_jupyter.sweeping import sweep as sweep
    from gymdash_jupyter.tracker import SimulationTracker as SimulationTracker
    from gymdash_jupyter.tracking import TrackCallback as TrackCallback
    from gymdash_jupyter.tracking import TrackedSimulation as TrackedSimulation
    from gymdash_jupyter.tracking import TrackEpisodes as TrackEpisodes
    from gymdash_jupyter.tracking import track as track
    from gymdash_jupyter.video import RecordVideo as RecordVideo
    from gymdash_jupyter.widgets import AnalyzePanel as AnalyzePanel
    from gymdash_jupyter.widgets import ControlPanel as ControlPanel
    from gymdash_jupyter.widgets import Dashboard as Dashboard
    from gymdash_jupyter.widgets import MediaPanel as MediaPanel
    from gymdash_jupyter.widgets import RegistryPanel as RegistryPanel
    from gymdash_jupyter.widgets import SidebarPanel as SidebarPanel
    from gymdash_jupyter.widgets import SimulationsPanel as SimulationsPanel
    from gymdash_jupyter.widgets import StartPanel as StartPanel
    from gymdash_jupyter.widgets import StatusPanel as StatusPanel
    from gymdash_jupyter.widgets import SystemPanel as SystemPanel


class _Door(ModuleType):
    """Keep public functions in view that share their name with the room they live beside (``tracker``, ``start``)."""

    def __setattr__(self, name: str, value: object) -> None:
        # Importing a submodule binds it to its package; ``from gymdash_jupyter.tracker import
        # ...`` does not need that.
        if not (name in _WHERE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        # To another process travels the name, as for any module; pickle knows only plain ones.
        return importlib.import_module, (__name__,)


sys.modules[__name__].__class__ = _Door


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        found = getattr(importlib.import_module(f"gymdash_jupyter.{_WHERE[name]}"), name)
    elif name in _MODULES:
        found = importlib.import_module(f"gymdash_jupyter.{name}")
    else:
        msg = f"module 'gymdash_jupyter' has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)


def _settle_in_kernel() -> None:
    """In a live kernel, show simulations as their live cards and greet the sidebar; elsewhere do nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return
    formatter = shell.display_formatter.ipython_display_formatter
    for module, name in (
        ("simulation", "Simulation"),
        ("groups", "SimulationGroup"),
        ("stored", "StoredSimulation"),
    ):
        formatter.for_type_by_name(f"gymdash_jupyter.{module}", name, _show)
    from gymdash_jupyter.sidebar_link import greet

    greet(__version__)


def _show(subject: object) -> None:
    from gymdash_jupyter.session import show

    show(subject)


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook the magic ``%gymdash``; called by ``%load_ext gymdash_jupyter``."""
    from gymdash_jupyter.magics import load_ipython_extension as load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take it away again."""
    from gymdash_jupyter.magics import unload_ipython_extension as unload

    unload(shell)


_settle_in_kernel()
