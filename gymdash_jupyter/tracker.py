"""Creates, starts, queues, queries and cancels simulations of one project."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gymdash_jupyter.calls import Call
from gymdash_jupyter.ends import Ends
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    SimulationEndedError,
    SimulationStateError,
    UnknownSimulationError,
    did_you_mean,
)
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.ids import to_uuid, to_uuids
from gymdash_jupyter.interactor import STOP
from gymdash_jupyter.launch import (
    LAUNCHERS,
    DeathWatch,
    Execution,
    Launcher,
    Relay,
    settle_dead,
)
from gymdash_jupyter.making import Startable, check_start, make, make_again, words_for
from gymdash_jupyter.project import Project, current_project
from gymdash_jupyter.queries import QUIET, deadline_of, query_own, query_stored
from gymdash_jupyter.queue import SimulationQueue
from gymdash_jupyter.records import ACTIVE_STATES, MediaItem, SimState, now_utc
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.stored import StoredSimulation
from gymdash_jupyter.verdict import cancelled

if TYPE_CHECKING:
    from gymdash_jupyter.callbacks import Callback

logger = logging.getLogger(__name__)

_WAIT_INTERVAL_S = 0.05
_BREATH_S = 0.001

Id = UUID | str | Simulation | StoredSimulation
Ids = Id | Collection[Id] | SimulationGroup


class _Bound(NamedTuple):
    """What a tracker has once it knows its project."""

    project: Project
    relay: Relay
    ends: Ends


class SimulationTracker:
    """Take care of simulations in one project.

    Any number of trackers, in any number of processes, may work on one project: each executes what
    it started, and sees, asks and stops the others' simulations through the project. Every method
    may be called from any thread.

    Args:
        launcher: Where simulations execute unless a call says otherwise.
        project: The project; None means the one that is current when it is first needed.
        max_running: How many simulations of this tracker may run before queued ones wait.
    """

    no_id = UUID(int=0)
    """GymDash's id of no simulation, for code that compares with it; nothing here returns it."""

    def __init__(
        self, launcher: str = "thread", *, project: Project | None = None, max_running: int = 1
    ) -> None:
        self._launchers: dict[str, Launcher] = {}
        self._launcher = self._launcher_named(launcher)
        self._given_project = project
        self._bound: _Bound | None = None
        self._executions: dict[UUID, Execution] = {}
        self._lock = threading.RLock()  # guards the dict above
        self._queue = SimulationQueue(self._launch, max_running)

    @property
    def project(self) -> Project:
        """The project it works on."""
        return self._bind().project

    @property
    def max_running(self) -> int:
        """How many simulations of this tracker may run before queued ones wait."""
        return self._queue.max_running

    @max_running.setter
    def max_running(self, n: int) -> None:
        self._queue.max_running = n

    # Creating and starting

    def create_simulation(self, x: Startable) -> tuple[UUID, Simulation]:
        """Create a simulation without starting it.

        Args:
            x: A sim key, a config (its ``sim_key`` says the type), a simulation that was made by
                hand, or a class.

        Returns:
            The id and the simulation.

        Raises:
            UnknownSimulationTypeError: No such sim key.
            InvalidArgumentError: It is none of these.
            SimulationStateError: The simulation belongs to another tracker or has run.
        """
        simulation, sim_key = make(x)
        return self._enter(simulation, sim_key)

    def start_sim(
        self, x: Startable, *, launcher: str | None = None, **start_kwargs: Any
    ) -> tuple[UUID, Simulation]:
        """Create a simulation, if it is not, and start it.

        Args:
            x: As in ``create_simulation``.
            launcher: Where it executes; None means as this tracker does.
            **start_kwargs: Given to ``_setup`` and ``_run``.

        Returns:
            The id and the simulation, at once.

        Raises:
            InvalidArgumentError: ``_setup`` or ``_run`` does not take these kwargs; nothing was
                started.
            SimulationStateError: It has been started before.
        """
        with Call(self.project.store, "start", words_for(x)) as call:
            chosen = self._launcher if launcher is None else self._launcher_named(launcher)
            simulation, sim_key = make(x)
            check_start(simulation, start_kwargs)
            sim_id, simulation = self._enter(simulation, sim_key)
            call.details["sim_id"] = str(sim_id)
            self._queue.remove(self._executions[sim_id])
            self._launch(self._executions[sim_id], chosen, start_kwargs)
        return sim_id, simulation

    def queue_sim(
        self, x: Startable, *, launcher: str | None = None, **start_kwargs: Any
    ) -> tuple[UUID, Simulation]:
        """Create a simulation, if it is not, and start it when those before it have left a place.

        First in, first out. Up to ``max_running`` simulations of this tracker run at a time, those
        that ``start_sim`` started included; to start one that waits lets it jump the queue.
        Arguments, returns and errors as in ``start_sim``.
        """
        with Call(self.project.store, "queue", words_for(x)) as call:
            chosen = self._launcher if launcher is None else self._launcher_named(launcher)
            simulation, sim_key = make(x)
            check_start(simulation, start_kwargs)
            sim_id, simulation = self._enter(simulation, sim_key)
            call.details["sim_id"] = str(sim_id)
            execution = self._executions[sim_id]
            self._queue.add(execution, chosen, start_kwargs)
            if execution.launcher is None:
                self._bind().ends.watch(sim_id, lambda: self._ended_elsewhere(execution))
        return sim_id, simulation

    def create_simulations(self, xs: SimulationGroup | Iterable[Startable]) -> SimulationGroup:
        """Create several simulations as a group; a group that is given comes back as it is."""
        if isinstance(xs, SimulationGroup):
            return xs
        if isinstance(xs, str) or not isinstance(xs, Iterable):
            msg = f"Give a list of sim keys, configs or simulations, or a group; got {type(xs).__name__}: {xs!r}."
            raise InvalidArgumentError(msg)
        made = [make(x) for x in xs]  # all of them, before any is in the project
        return SimulationGroup([self._enter(simulation, sim_key) for simulation, sim_key in made])

    def start_sims(
        self,
        xs: SimulationGroup | Iterable[Startable],
        *,
        launcher: str | None = None,
        **start_kwargs: Any,
    ) -> SimulationGroup:
        """Start several simulations, all with the same start kwargs, as a group; see ``start_sim``."""
        group = self.create_simulations(xs)
        for simulation in group.sims:
            check_start(simulation, start_kwargs)
        for simulation in group.sims:
            self.start_sim(simulation, launcher=launcher, **start_kwargs)
        return group

    def restart_sim(self, sim_id: Id, **kwargs: Any) -> tuple[UUID, Simulation]:
        """Start a new simulation with the config and start kwargs of an old one.

        Args:
            sim_id: The old one.
            **kwargs: Kwargs of the config to change.

        Raises:
            InvalidArgumentError: The project holds only a description of a kwarg; the message says
                which to give.
        """
        old = self.get_sim(sim_id)
        record = self.project.store.simulation(old.sim_id)
        config = old.config.with_kwargs(**kwargs)
        start_kwargs = {name: v for name, v in old.start_kwargs.items() if name not in kwargs}
        with Call(self.project.store, "restart", {"sim_id": str(old.sim_id)}) as call:
            at_hand = old if isinstance(old, Simulation) else None
            simulation, sim_key = make_again(at_hand, config, record.sim_key, start_kwargs)
            check_start(simulation, start_kwargs)
            new_id, simulation = self._enter(simulation, sim_key, parent_id=old.sim_id)
            call.details["new_sim_id"] = str(new_id)
            self._launch(self._executions[new_id], self._launcher, start_kwargs)
        return new_id, simulation

    # Looking

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
        deaths = DeathWatch(self.project.store)
        while not self.all_done(keys) and (deadline is None or time.monotonic() < deadline):
            deaths.look()
            time.sleep(_WAIT_INTERVAL_S)
        stored = self._check_known([key for key in keys if key not in self._executions])
        own = {
            key: self._executions[key].simulation.state for key in keys if key in self._executions
        }
        return {key: own[key] if key in own else stored[key] for key in keys}

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

    # Wishes

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
        execution = self._executions.get(key)
        if channels.keys() <= QUIET:
            return self._query(key, execution, timeout_s, channels)
        open_requests = self.project.store.control_requests([key])
        is_reply = any(request.channel in channels for request in open_requests)
        details = {"sim_id": str(key), "channels": dict(channels)}
        with Call(self.project.store, "reply" if is_reply else "query", details):
            return self._query(key, execution, timeout_s, channels)

    def cancel(self, sim_id: Id, force: bool = False) -> None:
        """Ask a simulation to stop, without waiting. One that waits in the queue or was never started ends at once.

        Args:
            sim_id: Which one, wherever it is executed. For one that has ended this does nothing.
            force: Whether to end it without its help; what that means depends on where it is executed (in a thread,
                StopSimException is raised in it).
        """
        key = to_uuid(sim_id)
        execution = self._executions.get(key)
        states = self.project.store.states([key]) if execution is None else {}
        state = states.get(key) if execution is None else execution.simulation.state
        if state is not None and state.is_terminal:
            return
        with Call(self.project.store, "cancel", {"sim_id": str(key), "force": bool(force)}):
            if execution is None:
                self._check_known([key])
                self._cancel_elsewhere(key, is_forced=bool(force))
            elif not self._cancel_waiting(execution):
                execution.simulation.interactor.set_in(STOP, True)
                self._bind().relay.note_stop_asked(execution)
                if force:
                    execution.force_stop()

    def delete(self, ids: Ids) -> None:
        """Remove simulations with all their data and files.

        Raises:
            SimulationStateError: One of them has not ended; nothing was removed.
            UnknownSimulationError: One of them does not exist; nothing was removed.
        """
        keys = to_uuids(ids)
        with Call(self.project.store, "delete", {"sim_ids": [str(key) for key in keys]}):
            self._check_deletable(keys)
            for key in self.project.store.delete(keys):
                with self._lock:
                    self._executions.pop(key, None)
                shutil.rmtree(self.project.sim_folder(key), ignore_errors=True)

    def delete_all(self) -> None:
        """Remove all simulations of the project with all their data and files; errors as in ``delete``."""
        self.delete([record.sim_id for record in self.project.store.simulations()])

    def __repr__(self) -> str:
        n_running = sum(not e.simulation.is_done for e in self._executions.values())
        return f"<SimulationTracker of {len(self._executions)} simulations, {n_running} not done>"

    # Inside

    def _bind(self) -> _Bound:
        with self._lock:
            if self._bound is None:
                project = self._given_project or current_project()
                if not project.is_read_only:
                    settle_dead(project.store)
                self._bound = _Bound(project, Relay(project.store), Ends(project.store, self._own))
            return self._bound

    def _enter(
        self, simulation: Simulation, sim_key: str, parent_id: UUID | None = None
    ) -> tuple[UUID, Simulation]:
        with self._lock:
            sim_id = simulation.sim_id
            if sim_id in self._executions:
                return sim_id, simulation
            if simulation._controller is not None or simulation.state is not SimState.CREATED:
                msg = f"{simulation!r} belongs to another tracker or has run already; start a new one from its config."
                raise SimulationStateError(msg, sim_id=sim_id)
            project, relay, _ = self._bind()
            new = NewSimulation(
                sim_id=sim_id,
                config=simulation.config,
                created=simulation._created,
                sim_key=sim_key,
                sim_type_name=type(simulation).__name__,
                sim_module_name=type(simulation).__module__,
                parent_id=parent_id,
            )
            project.store.create(new)
            execution = Execution(simulation, relay)
            simulation.set_project_info(
                str(project.sims_folder), str(project.resources_folder), sim_id
            )
            simulation._bind(execution, self)
            self._executions[sim_id] = execution
            return sim_id, simulation

    def _launch(self, execution: Execution, launcher: Launcher, kwargs: dict[str, Any]) -> None:
        simulation = execution.simulation
        simulation._must_be(SimState.CREATED, SimState.QUEUED)
        self.project.sim_folder(simulation.sim_id).mkdir(parents=True, exist_ok=True)
        self._queue.take_place(execution)
        try:
            execution.launch(launcher, kwargs)
        except BaseException:
            if (
                execution.launcher is None
            ):  # else somebody else has started it, and it keeps its place
                self._queue.leave(execution)
            raise

    def _cancel_waiting(self, execution: Execution) -> bool:
        self._queue.remove(execution)
        return execution.launcher is None and execution.simulation._end_before_run(cancelled())

    def _cancel_elsewhere(self, key: UUID, *, is_forced: bool) -> None:
        store = self.project.store
        if store.states([key]).get(key) not in ACTIVE_STATES:
            # Nobody executes it, so nobody would answer. The tracker in whose queue it is notices.
            move = Move(key, SimState.CANCELLED, now_utc())
            statuses = [replace(status, time=move.time) for status in cancelled().closing]
            if store.move(move, statuses=statuses):
                return
        try:
            store.ask(key, STOP, True, is_forced=is_forced)
        except SimulationEndedError:
            if not store.simulation(key).state.is_terminal:  # it is GymDash's own
                raise

    def _ended_elsewhere(self, execution: Execution) -> None:
        self._queue.remove(execution)
        execution.ended_elsewhere()

    def _check_deletable(self, keys: list[UUID]) -> None:
        states = self._check_known(keys)
        active = [
            key
            for key in keys
            if (states[key] in ACTIVE_STATES or states[key] is SimState.QUEUED)
            # What GymDash itself left as running can never be settled, only deleted.
            and not self.project.store.simulation(key).is_foreign
        ]
        if active:
            n = "1 simulation has" if len(active) == 1 else f"{len(active)} simulations have"
            msg = (
                f"{n} not ended, so none of {len(keys)} was deleted; the first is {active[0]} ({states[active[0]]}). "
                "Cancel and wait first: tracker.cancel(id); tracker.wait(id)."
            )
            raise SimulationStateError(msg, sim_ids=active)

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

    def _launcher_named(self, name: str) -> Launcher:
        if name not in LAUNCHERS:
            msg = f"There is no launcher {name!r}.{did_you_mean(name, LAUNCHERS)} Launchers: {', '.join(LAUNCHERS)}."
            raise InvalidArgumentError(msg, launcher=name)
        if name not in self._launchers:
            self._launchers[name] = LAUNCHERS[name]()
        return self._launchers[name]
