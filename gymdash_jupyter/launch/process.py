"""Execute each simulation in a process of its own, which outlives this one.

A worker is a fresh interpreter in a session of its own. It owns its simulation, writes to the
project itself and takes wishes from there; an interrupt or the end of the notebook's kernel does
not reach it. This process only keeps the handle up to date (``attending``).
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, ClassVar

from gymdash_jupyter.launch.attending import Attendance
from gymdash_jupyter.launch.contract import IN_PROCESSES, Launcher
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


class ProcessLauncher(Launcher):
    """Execute each simulation in a process of its own."""

    name: ClassVar[str] = IN_PROCESSES
    is_here: ClassVar[bool] = False

    def __init__(self) -> None:
        self._reserved: dict[Execution, tuple[Worker, Attendance, bytes]] = {}

    def reserve(self, execution: Execution, kwargs: Mapping[str, Any]) -> ProcessIdentity:
        """See ``Launcher.reserve``."""
        simulation = execution.simulation
        parcel = pack(simulation, kwargs)
        project = project_of_store(execution.store)
        worker: Worker = warm_worker(project, simulation, kwargs) or start_worker(
            project, str(simulation.sim_id)
        )
        attendance = Attendance(worker, simulation, execution.following, execution.store)
        self._reserved[execution] = worker, attendance, parcel
        return worker.identity

    def release(self, execution: Execution) -> None:
        """See ``Launcher.release``."""
        _, attendance, _ = self._reserved.pop(execution)
        attendance.dismiss()

    def start(self, execution: Execution, kwargs: Mapping[str, Any]) -> None:  # noqa: ARG002 - they are in the parcel
        """See ``Launcher.start``."""
        worker, attendance, parcel = self._reserved.pop(execution)
        project = project_of_store(execution.store)
        order = order_for(project, execution.simulation.sim_id, worker.identity)
        try:
            attendance.begin(order, parcel)
        except RuntimeError as exc:  # no thread can be started
            attendance.abandon(exc)
            raise

    def force_stop(self, execution: Execution) -> None:
        """See ``Launcher.force_stop``; the worker does it, and who asked for it kills (``forcing``)."""


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
