"""Looking at a project's simulations and asking them things, wherever they are executed.

``ProjectWatcher`` is the half of a tracker that changes nothing but what it asks for.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gymdash_jupyter.calls import Call
from gymdash_jupyter.current import current_project
from gymdash_jupyter.ends import Ends
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.ids import to_uuid, to_uuids
from gymdash_jupyter.launch import DeathWatch, Execution, Forcing, Relay, settle_dead
from gymdash_jupyter.project import Project
from gymdash_jupyter.project_queue import ProjectQueue
from gymdash_jupyter.queries import QUIET, deadline_of, query_own, query_stored
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.stored import StoredSimulation

if TYPE_CHECKING:
    from gymdash_jupyter.callbacks import Callback
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.states import SimState

_WAIT_INTERVAL_S = 0.05
_BREATH_S = 0.001

Id = UUID | str | Simulation | StoredSimulation
Ids = Id | Collection[Id] | SimulationGroup


class _Bound(NamedTuple):
    """What a tracker has once it knows its project."""

    project: Project
    relay: Relay
    ends: Ends
    deaths: DeathWatch | None  # nobody settles in a project that is read only
    forcing: Forcing
    queue: ProjectQueue


class ProjectWatcher(ABC):
    """Look at the simulations of one project, ask them things, and hear when they end.

    Args:
        project: The project; None means the one that is current when it is first needed.
    """

    def __init__(self, project: Project | None = None) -> None:
        if project is not None and not isinstance(project, Project):
            msg = f"project takes what gd.open_project(path) returns; got {type(project).__name__}: {project!r}."
            raise InvalidArgumentError(msg)
        self._given_project = project
        self._bound: _Bound | None = None
        self._executions: dict[UUID, Execution] = {}
        self._lock = threading.RLock()  # guards the dict above

    @property
    def project(self) -> Project:
        """The project it works on."""
        return self._bind().project

    def get_sim(self, sim_id: Id) -> Simulation | StoredSimulation:
        """Give a simulation of this tracker, or a view of one that is executed elsewhere.

        Raises:
            UnknownSimulationError: The project has none with this id.
        """
        key = to_uuid(sim_id)
        execution = self._executions.get(key)
        if execution is not None:
            return execution.simulation
        self._check_known([key])
        return StoredSimulation(key, self.project, self)

    def media(self, sim_id: Id) -> list[MediaItem]:
        """List the images, videos, sounds and texts that a simulation recorded.

        Raises:
            UnknownSimulationError: The project has none with this id.
        """
        key = to_uuid(sim_id)
        self._check_known([key])
        return self.project.store.media([key])

    def all_done(self, ids: Ids) -> bool:
        """Whether all of these are done; true for none at all. Cheap for simulations of this tracker.

        Raises:
            UnknownSimulationError: The project has no simulation with one of these ids.
        """
        elsewhere = []
        is_done = True
        for key in to_uuids(ids):
            execution = self._executions.get(key)
            if execution is None:
                elsewhere.append(key)
            elif is_done and not execution.simulation.is_done:
                # People ask this in a loop that does nothing else; a moment without the GIL lets
                # what they wait for go on.
                is_done = execution.simulation.wait(_BREATH_S)
        if elsewhere:
            states = self._check_known(elsewhere)
            is_done = is_done and all(states[key].is_terminal for key in elsewhere)
        return is_done

    def any_running(self, ids: Ids) -> bool:
        """Whether one of these is not done; created and queued ones count as running. Exactly not ``all_done``."""
        return not self.all_done(ids)

    def wait(self, ids: Ids, timeout_s: float | None = None) -> dict[UUID, SimState]:
        """Wait until all of these are done, at most some seconds.

        Returns:
            Their states then, by id; those that are not done in time have a state that is not
            terminal.

        Raises:
            UnknownSimulationError: The project has no simulation with one of these ids.
            InvalidArgumentError: The time is no number of seconds.
        """
        keys = to_uuids(ids)
        deadline = deadline_of(timeout_s)
        for key in keys:
            execution = self._executions.get(key)
            if execution is not None:
                execution.simulation.wait(
                    None if deadline is None else max(0.0, deadline - time.monotonic())
                )
        while not self.all_done(keys) and (deadline is None or time.monotonic() < deadline):
            time.sleep(_WAIT_INTERVAL_S)
        executions = self._executions.copy()  # somebody may remove one meanwhile
        stored = self._check_known([key for key in keys if key not in executions])
        return {
            key: executions[key].simulation.state if key in executions else stored[key]
            for key in keys
        }

    def on_all_done(self, ids: Ids, callback: Callback) -> UUID:
        """Call a function, without arguments, when all of these have ended, however; now, if they have.

        Returns:
            An id for ``add_on_all_done``.
        """
        return self._bind().ends.call_when_all(self._known(ids), callback)

    def add_on_all_done(self, callback_id: UUID | str, callback: Callback) -> None:
        """Call one more function at the moment that ``on_all_done`` waits for.

        Raises:
            InvalidArgumentError: No ``on_all_done`` of this tracker returned this id.
        """
        self._bind().ends.add(to_uuid(callback_id), callback)

    def on_any_done(self, ids: Ids, callback: Callback, every_time: bool = False) -> UUID:
        """Call a function, without arguments, when one of these has ended: the first, or every time.

        Returns:
            An id of this request.
        """
        ends = self._bind().ends
        return ends.call_when_any(self._known(ids), callback, every_time=every_time)

    def query(self, sim_id: Id, timeout_s: float | None = 10, **channels: Any) -> dict[str, Any]:
        """Ask a simulation something and wait for the answers.

        Args:
            sim_id: Which one, wherever it is executed.
            timeout_s: How long to wait, in seconds; None waits until it answers or ends.
            **channels: What to ask, by channel: ``progress=True``, ``custom_query={...}``,
            ``is_done=True``...

        Returns:
            The answers by channel. ``progress`` is (current, total).

        Raises:
            QueryTimeoutError: Not all were answered in time; those that were are its ``answers``.
            SimulationEndedError: It ended before it answered.
            UnknownChannelError: It has no such channel.
        """
        key = to_uuid(sim_id)
        execution = self._executed_here(key)
        if channels.keys() <= QUIET:
            return self._query(key, execution, timeout_s, channels)
        open_requests = self.project.store.control_requests([key])
        is_reply = any(request.channel in channels for request in open_requests)
        details = {"sim_id": str(key), "channels": dict(channels)}
        with Call(self.project.store, "reply" if is_reply else "query", details):
            return self._query(key, execution, timeout_s, channels)

    @abstractmethod
    def cancel(self, sim_id: Id, force: bool = False) -> None:
        """Ask a simulation to stop, without waiting."""

    # Inside

    def _bind(self) -> _Bound:
        with self._lock:
            if self._bound is None:
                project = self._given_project or current_project()
                store = project.store
                queue = ProjectQueue(project)
                deaths = None
                if not project.is_read_only:
                    settle_dead(store)
                    deaths = DeathWatch(store)
                    deaths.start()
                    queue.adopt()
                self._bound = _Bound(
                    project, Relay(store), Ends(store, self._own), deaths, Forcing(store), queue
                )
            return self._bound

    def _query(
        self,
        key: UUID,
        execution: Execution | None,
        timeout_s: float | None,
        channels: dict[str, Any],
    ) -> dict[str, Any]:
        if execution is not None:
            return query_own(execution.simulation, timeout_s, channels)
        self._check_known([key])
        return query_stored(self.project.store, key, timeout_s, channels)

    def _executed_here(self, key: UUID) -> Execution | None:
        """Give a simulation that is, or would be, executed in this process; those elsewhere are asked by the store."""
        execution = self._executions.get(key)
        return execution if execution is not None and execution.is_here else None

    def _own(self, sim_id: UUID) -> Simulation | None:
        execution = self._executions.get(sim_id)
        return None if execution is None else execution.simulation

    def _known(self, ids: Ids) -> list[UUID]:
        keys = to_uuids(ids)
        self._check_known([key for key in keys if key not in self._executions])
        return keys

    def _check_known(self, keys: list[UUID]) -> dict[UUID, SimState]:
        states = self.project.store.states(keys) if keys else {}
        for key in keys:
            if key not in states:
                msg = f"No simulation has the id {key} in the project at {self.project.folder}."
                raise UnknownSimulationError(msg, sim_id=key)
        return states
