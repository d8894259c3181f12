"""Every exception of the package.

::

    GymDashError
    ├── ProjectError
    │   ├── NoProjectError (RuntimeError)
    │   ├── ProjectFolderError (OSError)
    │   ├── ProjectDatabaseError
    │   │   └── NewerProjectError
    │   └── ReadOnlyProjectError (PermissionError)
    ├── StoreBusyError (TimeoutError)
    ├── UnknownSimulationError (KeyError)
    ├── SimulationTypeError
    │   ├── UnknownSimulationTypeError (KeyError)
    │   ├── SimulationTypeTakenError (ValueError)
    │   ├── InvalidSimulationTypeError (TypeError)
    │   ├── MissingConfigError (ValueError)
    │   └── ExportError (ValueError)
    ├── InvalidArgumentError (ValueError, TypeError)
    ├── SimulationStateError (RuntimeError)
    ├── QueryError
    │   ├── QueryTimeoutError (TimeoutError)
    │   ├── UnknownChannelError (KeyError)
    │   ├── ActionRefusedError (ValueError)
    │   └── SimulationEndedError (RuntimeError)
    ├── MediaError
    │   └── UnsafeMediaPathError (ValueError)
    ├── PresetError
    │   ├── UnknownPresetError (KeyError)
    │   └── PresetTakenError (ValueError)
    ├── UntrustedModelError (PermissionError)
    ├── UserFolderError (OSError)
    ├── CannotTravelError (TypeError)
    ├── LaunchError (OSError)
    ├── MissingDependencyError (ImportError)
    └── CompatError (ImportError)
    StopSimException: raised by a simulation to end itself as cancelled; not an error.

A message says what was asked, what was found and what to do; the same facts are attributes of the
exception.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class GymDashError(Exception):
    """Be the base of everything this package raises on purpose.

    Args:
        message: What was asked, what was found, what to do.
        **facts: The same facts as data; each becomes an attribute.
    """

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in facts.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        # KeyError's own __str__ would show the quoted repr of the message.
        return self.message


class ProjectError(GymDashError):
    """A project could not be opened or used."""


class NoProjectError(ProjectError, RuntimeError):
    """Something needs a project and none is open."""


class ProjectFolderError(ProjectError, OSError):
    """The project's folder cannot be one: it is a file, not writable, or missing."""


class ProjectDatabaseError(ProjectError):
    """The project's database is not a database, or is damaged."""


class NewerProjectError(ProjectDatabaseError):
    """A newer version of the package wrote this project's database."""


class ReadOnlyProjectError(ProjectError, PermissionError):
    """Something would write to a project that was opened for reading only."""


class StoreBusyError(GymDashError, TimeoutError):
    """Another process held the project's database for too long."""


class UnknownSimulationError(GymDashError, KeyError):
    """No simulation has this id in the project."""


class SimulationTypeError(GymDashError):
    """A simulation type cannot be registered, found or made."""


class UnknownSimulationTypeError(SimulationTypeError, KeyError):
    """No simulation type is registered under this sim key."""


class SimulationTypeTakenError(SimulationTypeError, ValueError):
    """The sim key belongs to another simulation type."""


class InvalidSimulationTypeError(SimulationTypeError, TypeError):
    """What was given is not a simulation type, or did not make a simulation."""


class MissingConfigError(SimulationTypeError, ValueError):
    """A simulation type without a default config was made without a config."""


class ExportError(SimulationTypeError, ValueError):
    """A simulation type cannot be made known to other processes.

    Attributes:
        key: The sim key.
    """

    key: str


class InvalidArgumentError(GymDashError, ValueError, TypeError):
    """An argument has a wrong name, type or value."""


class SimulationStateError(GymDashError, RuntimeError):
    """The simulation's state does not allow what was asked."""


class QueryError(GymDashError):
    """A query to a simulation got no answer."""


class QueryTimeoutError(QueryError, TimeoutError):
    """The simulation did not answer in time; the query is withdrawn.

    Attributes:
        answers: What was answered before the time ran out, by channel.
        unanswered: Names of the channels that got no answer.
    """

    answers: dict[str, Any]
    unanswered: tuple[str, ...]


class UnknownChannelError(QueryError, KeyError):
    """The simulation has no such channel."""


class ActionRefusedError(QueryError, ValueError):
    """The simulation does not offer the action, or not with these arguments, or not now."""


class SimulationEndedError(QueryError, RuntimeError):
    """The simulation ended before it answered."""


class MediaError(GymDashError):
    """An image, a video or a sound cannot be written, read or shown."""


class UnsafeMediaPathError(MediaError, ValueError):
    """The stored path of a recorded file leads out of its simulation's folder.

    Attributes:
        path: The path as it is stored.
    """

    path: str


class UntrustedModelError(GymDashError, PermissionError):
    """Loading a model would run code from a file that this user did not write.

    Attributes:
        path: The file.
    """

    path: Path


class UserFolderError(GymDashError, OSError):
    """The user's own data folder is missing, not writable, or belongs to somebody else."""


class PresetError(GymDashError):
    """A preset could not be used.

    Attributes:
        kind: What the presets are for.
        name: The name that was asked for.
    """

    kind: str
    name: str


class UnknownPresetError(PresetError, KeyError):
    """No preset has this name."""


class PresetTakenError(PresetError, ValueError):
    """Another preset has this name."""


class CannotTravelError(GymDashError, TypeError):
    """A simulation holds something that means something only in this process, so no other can execute it.

    Attributes:
        sim_type: Name of its class.
        where: What it is, in words, with the name of the attribute or variable.
    """

    sim_type: str
    where: str


class LaunchError(GymDashError, OSError):
    """A process could not be started."""


class MissingDependencyError(GymDashError, ImportError):
    """An optional package is needed; the message says which one and how to install it."""


class CompatError(GymDashError, ImportError):
    """GymDash's import names cannot be provided here."""


class StopSimException(Exception):  # noqa: N818 - GymDash's public name
    """End the simulation that raises it, as cancelled.

    Args:
        message: Why it ends; becomes the details of the closing status.
        errors: Anything the raiser wants to carry along.
    """

    def __init__(self, message: str = "Simulation stopped.", errors: object = None) -> None:
        super().__init__(message)
        self.errors = errors


def did_you_mean(asked: object, known: Iterable[str]) -> str:
    """Say which known name comes nearest to the one that was asked for.

    Args:
        asked: The name that was not found.
        known: The names that exist.

    Returns:
        A sentence with a leading space, such as ``" Did you mean 'ppo'?"``, or an empty string.
    """
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(asked).lower(), names, n=1, cutoff=0.6)
    return f" Did you mean {names[near[0]]!r}?" if near else ""
