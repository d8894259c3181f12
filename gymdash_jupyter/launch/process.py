"""Execute each simulation in a process of its own, which outlives this one.

A worker is a fresh interpreter in a session of its own. It owns its simulation, writes to the
project itself and takes wishes from there; an interrupt or the end of the notebook's kernel does
not reach it. This process only keeps the handle up to date (``attending``).
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gymdash_jupyter.launch.attending import Attendance
from gymdash_jupyter.launch.contract import IN_PROCESSES, Launcher, Place
from gymdash_jupyter.launch.orders import order_for
from gymdash_jupyter.launch.parcel import pack
from gymdash_jupyter.launch.spawning import spawn
from gymdash_jupyter.launch.warm_start.warm import warm_worker
from gymdash_jupyter.liveness import identity_of
from gymdash_jupyter.output import OUTPUT_FILE, OutputLog
from gymdash_jupyter.project import project_of_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

    from gymdash_jupyter.launch.attending import Worker
    from gymdash_jupyter.launch.execution import Execution
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import ProcessIdentity

WORKER_MODULE = "gymdash_jupyter.launch.worker"


class SpawnedWorker:
    """A worker that is a child of this process; see ``attending.Worker``.

    Args:
        process: The child, with pipes to its standard input and from its standard output.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101
        self.identity: ProcessIdentity = identity_of(process.pid)
        self.inward: IO[bytes] = process.stdin
        self.outward: IO[bytes] = process.stdout
        self._process = process

    def wait(self) -> int | None:
        """Wait for its end and give its exit code."""
        return self._process.wait()


@dataclass(frozen=True, eq=False)
class _WaitingWorker(Place):
    """A worker that waits for its parcel."""

    attendance: Attendance
    parcel: bytes


class ProcessLauncher(Launcher):
    """Execute each simulation in a process of its own."""

    name: ClassVar[str] = IN_PROCESSES
    is_here: ClassVar[bool] = False

    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> Place:
        """See ``Launcher.reserve``."""
        simulation = execution.simulation
        parcel = pack(simulation, kwargs)
        project = project_of_store(execution.store)
        worker: Worker = warm_worker(project, simulation, kwargs) or start_worker(
            project, str(simulation.sim_id)
        )
        attendance = Attendance(worker, simulation, execution.following, execution.store)
        return _WaitingWorker(worker.identity, attendance, parcel)

    def release(self, place: Place) -> None:
        """See ``Launcher.release``."""
        _waiting(place).attendance.dismiss()

    def start(self, execution: Execution, kwargs: Mapping[str, Any], place: Place) -> None:  # noqa: ARG002 - they are in the parcel
        """See ``Launcher.start``."""
        waiting = _waiting(place)
        project = project_of_store(execution.store)
        order = order_for(project, execution.simulation.sim_id, waiting.owner)
        try:
            waiting.attendance.begin(order, waiting.parcel)
        except RuntimeError as exc:  # no thread can be started
            waiting.attendance.abandon(exc)
            raise

    def force_stop(self, execution: Execution) -> None:
        """See ``Launcher.force_stop``; the worker does it, and who asked for it kills (``forcing``)."""


def _waiting(place: Place) -> _WaitingWorker:
    assert isinstance(place, _WaitingWorker), "it was reserved by this launcher"  # noqa: S101
    return place


def start_worker(project: Project, sim_id: str) -> SpawnedWorker:
    """Start a worker that waits for its order and its parcel.

    Raises:
        LaunchError: The system cannot start one more process.
    """
    log = OutputLog(project.sims_folder / sim_id / OUTPUT_FILE)
    try:
        # The arguments are for people who list processes.
        process = spawn(
            WORKER_MODULE,
            str(project.folder),
            sim_id,
            folder=project.folder,
            stdout=subprocess.PIPE,
            stderr=log.fileno(),
        )
    finally:
        log.close()
    return SpawnedWorker(process)
