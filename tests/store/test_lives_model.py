"""Any sequence of moves by anybody keeps the table of allowed moves, the rule of the owner and the queue."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from gymdash_jupyter.records import Batch, ProcessIdentity
from gymdash_jupyter.states import ACTIVE_STATES, ALLOWED_MOVES, SETTLED_STATES, SimState, flags_of
from gymdash_jupyter.store import Move, open_store
from tests.store.makers import OWNER, STRANGER, created, later, status

OWNERS = st.sampled_from([None, OWNER, STRANGER])


class LivesMachine(RuleBasedStateMachine):
    """Simulations that several processes queue, move, order to be killed, settle, finish and delete."""

    sims = Bundle("sims")

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_store(self.folder / "simulations.db")
        self.states: dict[UUID, SimState] = {}
        self.owners: dict[UUID, ProcessIdentity | None] = {}
        self.statuses: dict[UUID, int] = {}
        self.queue: list[UUID] = []
        self.to_be_killed: set[UUID] = set()
        self.killed: set[UUID] = set()
        self.clock = 0

    @rule(target=sims)
    def create(self) -> UUID:
        sim_id = created(self.store, created=later(self.clock))
        self.states[sim_id], self.owners[sim_id], self.statuses[sim_id] = SimState.CREATED, None, 0
        return sim_id

    @rule(
        sim_id=sims,
        goal=st.sampled_from(SimState),
        owner=OWNERS,
        taken_from=OWNERS,
        is_finished=st.booleans(),
    )
    def move(
        self,
        sim_id: UUID,
        goal: SimState,
        owner: ProcessIdentity | None,
        taken_from: ProcessIdentity | None,
        is_finished: bool,
    ) -> None:
        if sim_id not in self.states:
            return
        self.clock += 1
        move = Move(sim_id, goal, later(self.clock), owner=owner, taken_from=taken_from)
        expected = self._may_move(sim_id, goal, taken_from or owner)
        if is_finished and goal.is_terminal:
            moved = self.store.finish(Batch(sim_id), move)
        else:
            moved = self.store.move(move, statuses=[status()])
            self.statuses[sim_id] += moved
        assert moved is expected
        if moved:
            self._moved(sim_id, goal)
            if goal in {SimState.QUEUED, SimState.SETTING_UP} and owner is not None:
                self.owners[sim_id] = owner

    @rule(sim_id=sims, owner=OWNERS)
    def enqueue(self, sim_id: UUID, owner: ProcessIdentity | None) -> None:
        if sim_id not in self.states:
            return
        expected = self.states[sim_id] is SimState.CREATED
        self.clock += 1
        queued = self.store.enqueue(
            sim_id, time=later(self.clock), launcher="process", start_kwargs={}, owner=owner
        )
        assert queued is expected
        if queued:
            self._moved(sim_id, SimState.QUEUED)
            self.owners[sim_id] = owner
            self.queue.append(sim_id)

    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        if not self.queue:
            return
        first = data.draw(st.lists(st.sampled_from(self.queue), unique=True))
        self.store.reorder_queue(first)
        self.queue = first + [sim_id for sim_id in self.queue if sim_id not in first]

    @rule(sim_id=sims)
    def order_to_kill(self, sim_id: UUID) -> None:
        if sim_id in self.states and not self.states[sim_id].is_terminal:
            self.store.ask(sim_id, "stop_simulation", True, is_forced=True)
            self.to_be_killed.add(sim_id)

    @rule(sim_id=sims, owner=st.sampled_from([OWNER, STRANGER]), knows_stopped=st.booleans())
    def settle(self, sim_id: UUID, owner: ProcessIdentity, knows_stopped: bool) -> None:
        expected = self.states.get(sim_id) in SETTLED_STATES and self.owners[sim_id] == owner
        stopped = status("killed") if knows_stopped else None
        assert self.store.settle(sim_id, owner, status(), stopped=stopped) is expected
        if expected:
            is_killed = knows_stopped and sim_id in self.to_be_killed
            self._moved(sim_id, SimState.CANCELLED if is_killed else SimState.LOST)
            self.statuses[sim_id] += 1
            if is_killed:
                self.killed.add(sim_id)

    @rule(sim_id=sims)
    def delete(self, sim_id: UUID) -> None:
        expected = [sim_id] if sim_id in self.states else []
        assert self.store.delete([sim_id]) == expected
        self.states.pop(sim_id, None)
        if sim_id in self.queue:
            self.queue.remove(sim_id)

    @invariant()
    def store_and_model_agree(self) -> None:
        records = {record.sim_id: record for record in self.store.simulations()}
        assert {sim_id: record.state for sim_id, record in records.items()} == self.states
        for sim_id, record in records.items():
            stored = (record.is_done, record.cancelled, record.failed, record.force_stopped)
            was_killed = sim_id in self.killed
            assert stored == tuple(flags_of(self.states[sim_id], was_killed=was_killed))
            assert (record.ended is not None) is self.states[sim_id].is_terminal
            assert record.owner == self.owners[sim_id]
        counts = dict.fromkeys(self.states, 0)
        for row in self.store.statuses():
            counts[row.sim_id] += 1
        assert counts == {sim_id: self.statuses[sim_id] for sim_id in self.states}

    @invariant()
    def queue_and_model_agree(self) -> None:
        assert [entry.sim_id for entry in self.store.queue()] == self.queue
        assert {entry.sim_id: entry.owner for entry in self.store.queue()} == {
            sim_id: self.owners[sim_id] for sim_id in self.queue
        }

    @invariant()
    def who_may_be_settled_is_known(self) -> None:
        assert {one.sim_id: one.owner for one in self.store.unsettled()} == {
            sim_id: self.owners[sim_id]
            for sim_id, state in self.states.items()
            if state in SETTLED_STATES and self.owners[sim_id] is not None
        }
        n_active = self.store.n_active("process") + self.store.n_active("")
        assert n_active == sum(state in ACTIVE_STATES for state in self.states.values())

    def _moved(self, sim_id: UUID, goal: SimState) -> None:
        if self.states[sim_id] is SimState.QUEUED and sim_id in self.queue:
            self.queue.remove(sim_id)
        self.states[sim_id] = goal
        if goal.is_terminal:
            self.to_be_killed.discard(sim_id)  # the command is answered

    def _may_move(self, sim_id: UUID, goal: SimState, mover: ProcessIdentity | None) -> bool:
        state, stored = self.states[sim_id], self.owners[sim_id]
        if goal not in ALLOWED_MOVES[state]:
            return False
        if state is SimState.LOST:
            return stored is not None and mover == stored
        return mover is None or stored is None or mover == stored

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


TestLives = LivesMachine.TestCase
TestLives.settings = settings(max_examples=25, stateful_step_count=40, derandomize=True)
