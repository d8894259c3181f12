"""Creates, starts, queues, queries and cancels simulations of one project."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gymdash_jupyter.calls import Call
from gymdash_jupyter.channels import STOP
from gymdash_jupyter.errors import (
    CannotTravelError,
    InvalidArgumentError,
    LaunchError,
    SimulationEndedError,
    SimulationStateError,
    did_you_mean,
)
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.ids import to_uuid, to_uuids
from gymdash_jupyter.interactions import InteractionDesk, words_for_restart
from gymdash_jupyter.launch import (
    LAUNCHERS,
    Execution,
    Launcher,
)
from gymdash_jupyter.making import (
    Startable,
    check_start,
    make,
    make_again,
    telling_of_exports,
    words_for,
)
from gymdash_jupyter.project_queue import PROJECT_QUEUE_LAUNCHER, maker_of
from gymdash_jupyter.queue import SimulationQueue, checked_places
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import ACTIVE_STATES, SimState
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.verdict import cancelled

if TYPE_CHECKING:
    from gymdash_jupyter.interaction_models import SimulationRestartConfig
    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import ProcessIdentity
    from gymdash_jupyter.watching import Id, Ids, _Bound


class SimulationTracker(InteractionDesk):
    """Take care of simulations in one project.

    Any number of trackers, in any number of processes, may work on one project: each executes what
    it started, and sees, asks and stops the others' simulations through the project. Every method
    may be called from any thread.

    Args:
        launcher: Where simulations execute unless a call says otherwise.
        project: The project; None means the one that is current when it is first needed.
        max_running: How many simulations may run before queued ones wait; see the property.
    """

    no_id = UUID(int=0)
    """GymDash's id of no simulation, for code that compares with it; nothing here returns it."""

    def __init__(
        self,
        launcher: str = "thread",
        *,
        project: Project | None = None,
        max_running: int | None = None,
    ) -> None:
        super().__init__(project)
        self._launchers: dict[str, Launcher] = {}
        self._launcher = self._launcher_named(launcher)
        places = checked_places(1 if max_running is None else max_running)
        self._wanted_places = None if self._launcher.is_here else max_running
        self._queue = SimulationQueue(self._launch, places if self._launcher.is_here else 1)

    @property
    def max_running(self) -> int:
        """How many simulations may run at a time before queued ones wait; those started without the queue count too.

        A tracker whose simulations execute in threads has its own places, 1 unless it is set. For
        one whose simulations execute in processes these are the project's: as many as this machine
        lets us use CPUs, unless somebody sets it, for all trackers. None takes that back.
        """
        return (
            self._queue.max_running if self._launcher.is_here else self._bind().queue.max_running
        )

    @max_running.setter
    def max_running(self, n: int | None) -> None:
        if self._launcher.is_here:
            self._queue.max_running = checked_places(n)
        else:
            self._bind().queue.max_running = n

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
        simulation, sim_key = self._make(x)
        return self._enter(simulation, sim_key)

    def start_sim(
        self, x: Startable, /, *, launcher: str | None = None, **start_kwargs: Any
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
            simulation, sim_key = self._make(x)
            check_start(simulation, start_kwargs)
            is_new = simulation.sim_id not in self._executions
            sim_id, simulation = self._enter(simulation, sim_key)
            call.details["sim_id"] = str(sim_id)
            execution = self._executions[sim_id]
            self._queue.remove(execution)
            try:
                if not execution.is_here and execution.launcher is None:
                    self._launch_queued(execution, launcher, start_kwargs)
                else:
                    self._launch(execution, chosen, start_kwargs)
            except (CannotTravelError, LaunchError):
                if is_new:
                    self._leave(sim_id)
                raise
        return sim_id, simulation

    def queue_sim(
        self, x: Startable, /, *, launcher: str | None = None, **start_kwargs: Any
    ) -> tuple[UUID, Simulation]:
        """Create a simulation, if it is not, and start it when those before it have left a place.

        First in, first out, as many at a time as ``max_running`` says; to start one that waits lets
        it jump the queue, and cancelling removes it. One that executes in a process waits in the
        project's queue, which goes on when this process has ended; one in a thread waits in this
        tracker's.

        Arguments, returns and errors as in ``start_sim``, and:

        Raises:
            CannotTravelError: It can only execute in this process; it is not in the project.
        """
        with Call(self.project.store, "queue", words_for(x)) as call:
            chosen = self._launcher if launcher is None else self._launcher_named(launcher)
            maker = None if chosen.is_here else maker_of(x)
            simulation, sim_key = self._make(x)
            check_start(simulation, start_kwargs)
            if chosen.is_here:
                sim_id, simulation = self._enter(simulation, sim_key)
                call.details["sim_id"] = str(sim_id)
                self._queue_here(self._executions[sim_id], chosen, start_kwargs)
                return sim_id, simulation
            queue = self._bind().queue
            prepared = queue.prepare(simulation, maker, start_kwargs)
            is_new = simulation.sim_id not in self._executions
            sim_id, simulation = self._enter(simulation, sim_key)
            call.details["sim_id"] = str(sim_id)
            try:
                queue.add(self._executions[sim_id], prepared, start_kwargs)
            except LaunchError:
                if is_new:
                    self._leave(sim_id)
                raise
        return sim_id, simulation

    def queued(self) -> list[UUID]:
        """List what waits, next one first: in the project's queue, then in this tracker's own."""
        return [*self._bind().queue.ids, *self._queue.ids]

    def reorder_queue(self, ids: Ids) -> None:
        """Put these simulations first in their queue, in this order; the others keep theirs behind them.

        Raises:
            InvalidArgumentError: One of them does not wait; nothing changes.
            UnknownSimulationError: One of them does not exist; nothing changes.
        """
        keys = to_uuids(ids)
        own = set(self._queue.ids)
        self._bind().queue.reorder([key for key in keys if key not in own])
        self._queue.reorder([key for key in keys if key in own])

    def create_simulations(self, xs: SimulationGroup | Iterable[Startable]) -> SimulationGroup:
        """Create several simulations as a group; a group that is given comes back as it is."""
        if isinstance(xs, SimulationGroup):
            return xs
        return self._enter_all(_checked_list(xs), None)

    def start_sims(
        self,
        xs: SimulationGroup | Iterable[Startable],
        /,
        *,
        launcher: str | None = None,
        **start_kwargs: Any,
    ) -> SimulationGroup:
        """Start several simulations, all with the same start kwargs, as a group; see ``start_sim``."""
        if isinstance(xs, SimulationGroup):
            group = xs
            for simulation in group.sims:
                check_start(simulation, start_kwargs)
        else:
            group = self._enter_all(_checked_list(xs), start_kwargs)
        for simulation in group.sims:
            self.start_sim(simulation, launcher=launcher, **start_kwargs)
        return group

    def restart_sim(
        self, sim_id: Id | SimulationRestartConfig, /, **kwargs: Any
    ) -> tuple[UUID, Simulation]:
        """Start a new simulation with the config and start kwargs of an old one.

        Args:
            sim_id: The old one; or GymDash's ``SimulationRestartConfig``, whose kwargs go over those of the old one.
            **kwargs: Kwargs of the config to change, and of the start where they were given there.

        Raises:
            InvalidArgumentError: The project holds only a description of a kwarg; the message says
                which to give.
        """
        old_id, kwargs = words_for_restart(sim_id, kwargs)
        old = self.get_sim(old_id)
        record = self.project.store.simulation(old.sim_id)
        config = old.config.with_kwargs(**kwargs)
        start_kwargs = {name: kwargs.get(name, v) for name, v in old.start_kwargs.items()}
        with Call(self.project.store, "restart", {"sim_id": str(old.sim_id)}) as call:
            at_hand = old if isinstance(old, Simulation) else None
            made_by = f"{record.sim_module_name}.{record.sim_type_name}"
            with telling_of_exports(self.project.folder, made_by):
                simulation, sim_key = make_again(at_hand, config, record, start_kwargs)
            check_start(simulation, start_kwargs)
            new_id, simulation = self._enter(simulation, sim_key, parent_id=old.sim_id)
            call.details["new_sim_id"] = str(new_id)
            try:
                self._launch(self._executions[new_id], self._launcher, start_kwargs)
            except (CannotTravelError, LaunchError):
                self._leave(new_id)
                raise
        return new_id, simulation

    # Ending and removing

    def cancel(self, sim_id: Id, force: bool = False) -> None:
        """Ask a simulation to stop, without waiting. One that waits in the queue or was never started ends at once.

        Args:
            sim_id: Which one, wherever it is executed. For one that has ended this does nothing.
            force: Whether to end it without its help; what that means depends on where it is executed (in a thread,
                StopSimException is raised in it).
        """
        key = to_uuid(sim_id)
        execution = self._executed_here(key)
        states = self.project.store.states([key]) if execution is None else {}
        state = states.get(key) if execution is None else execution.simulation.state
        if state is not None and state.is_terminal:
            return
        with Call(self.project.store, "cancel", {"sim_id": str(key), "force": bool(force)}):
            if execution is None:
                self._check_known([key])
                self._cancel_elsewhere(key, is_forced=bool(force))
                handle = self._executions.get(key)
                if handle is not None:  # one that waited has ended now
                    handle.refresh_state()
            elif not self._cancel_waiting(execution):
                asked = now_utc()
                execution.simulation.interactor.set_in(STOP, True)
                self._bind().relay.note_stop_asked(execution, asked)
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
        executions = list(self._executions.values())
        n_running = sum(not execution.simulation.is_done for execution in executions)
        return f"<SimulationTracker of {len(executions)} simulations, {n_running} not done>"

    # Inside

    def _make(self, x: Startable) -> tuple[Simulation, str]:
        with telling_of_exports(self.project.folder):
            return make(x)

    def _bind(self) -> _Bound:
        with self._lock:
            bound = super()._bind()
            places, self._wanted_places = self._wanted_places, None
            if places is not None:
                bound.queue.max_running = places
            return bound

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
            project, relay, *_ = self._bind()
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

    def _leave(self, sim_id: UUID) -> None:
        """Undo ``_enter`` for one that could not be started at all: as if it had not been asked for."""
        with self._lock:
            execution = self._executions.pop(sim_id)
            execution.simulation._bind(None, None)
            self.project.store.delete([sim_id])
            shutil.rmtree(self.project.sim_folder(sim_id), ignore_errors=True)

    def _enter_all(
        self, xs: Iterable[Startable], start_kwargs: dict[str, Any] | None
    ) -> SimulationGroup:
        # All of them are made and checked before any is in the project.
        made = [self._make(x) for x in xs]
        if len({id(simulation) for simulation, _ in made}) < len(made):
            msg = "A simulation runs once, and one of these is given twice. Give its config twice instead."
            raise InvalidArgumentError(msg)
        for simulation, _ in made:
            if start_kwargs is not None:
                check_start(simulation, start_kwargs)
        return SimulationGroup([self._enter(simulation, sim_key) for simulation, sim_key in made])

    def _queue_here(
        self, execution: Execution, launcher: Launcher, kwargs: dict[str, Any]
    ) -> None:
        self._queue.add(execution, launcher, kwargs)
        if execution.launcher is None:
            sim_id = execution.simulation.sim_id
            self._bind().ends.watch(sim_id, lambda: self._ended_elsewhere(execution))

    def _launch_queued(
        self, execution: Execution, launcher: str | None, kwargs: dict[str, Any]
    ) -> None:
        """Start one that waits in the project's queue, out of its turn."""
        chosen = self._launcher_named(launcher or PROJECT_QUEUE_LAUNCHER)
        if chosen.is_here:
            msg = (
                f"{execution.simulation!r} was queued to be executed in a process, so it cannot be started with "
                f"launcher={launcher!r}. Leave that out, or cancel it and start its config again."
            )
            raise SimulationStateError(msg, sim_id=execution.simulation.sim_id)
        execution.refresh_state()
        owner = self.project.store.simulation(execution.simulation.sim_id).owner
        self._launch(execution, chosen, kwargs, taken_from=owner)

    def _launch(
        self,
        execution: Execution,
        launcher: Launcher,
        kwargs: dict[str, Any],
        *,
        taken_from: ProcessIdentity | None = None,
    ) -> None:
        simulation = execution.simulation
        simulation._must_be(SimState.CREATED, SimState.QUEUED)
        self.project.sim_folder(simulation.sim_id).mkdir(parents=True, exist_ok=True)
        if launcher.is_here:
            self._queue.take_place(execution)
        try:
            execution.launch(launcher, kwargs, taken_from=taken_from)
        except BaseException:
            if execution.launcher is None:  # else somebody has started it, and it keeps its place
                self._queue.leave(execution)
            raise

    def _cancel_waiting(self, execution: Execution) -> bool:
        self._queue.remove(execution)
        return execution.launcher is None and execution.simulation._end_before_run(cancelled())

    def _cancel_elsewhere(self, key: UUID, *, is_forced: bool) -> None:
        store = self.project.store
        record = store.simulation(key)
        if record.state not in ACTIVE_STATES:
            # Nobody executes it, so nobody would answer. The tracker in whose queue it is notices.
            # Where somebody starts it just now, also another tracker of this process, this is refused.
            waits_for = record.owner or self._bind().relay.identity
            move = Move(key, SimState.CANCELLED, now_utc(), owner=waits_for, must_be_waiting=True)
            statuses = [replace(status, time=move.time) for status in cancelled().closing]
            if store.move(move, statuses=statuses):
                return
        try:
            store.ask(key, STOP, True, is_forced=is_forced)
            if is_forced:
                self._bind().forcing.order(key)
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

    def _launcher_named(self, name: str) -> Launcher:
        if name not in LAUNCHERS:
            msg = f"There is no launcher {name!r}.{did_you_mean(name, LAUNCHERS)} Launchers: {', '.join(LAUNCHERS)}."
            raise InvalidArgumentError(msg, launcher=name)
        if name not in self._launchers:
            self._launchers[name] = LAUNCHERS[name]()
        return self._launchers[name]


def _checked_list(xs: Any) -> Iterable[Startable]:
    if isinstance(xs, str) or not isinstance(xs, Iterable):
        msg = f"Give a list of sim keys, configs or simulations, or a group; got {type(xs).__name__}: {xs!r}."
        raise InvalidArgumentError(msg)
    return xs
