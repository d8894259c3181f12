"""Any sequence of moves by anybody keeps the table of allowed moves and the rule of the owner."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from gymdash_jupyter.records import (
    ALLOWED_MOVES,
    SETTLED_STATES,
    Batch,
    ProcessIdentity,
    SimState,
    flags_of,
)
from gymdash_jupyter.store import Move, open_store
from tests.store.makers import OWNER, STRANGER, created, later, status

OWNERS = st.sampled_from([None, OWNER, STRANGER])


class LivesMachine(RuleBasedStateMachine):
    """Simulations that several processes move, settle, finish and delete."""

    sims = Bundle("sims")

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_store(self.folder / "simulations.db")
        self.states: dict[UUID, SimState] = {}
        self.owners: dict[UUID, ProcessIdentity | None] = {}
        self.statuses: dict[UUID, int] = {}
        self.clock = 0

    @rule(target=sims)
    def create(self) -> UUID:
        sim_id = created(self.store, created=later(self.clock))
        self.states[sim_id], self.owners[sim_id], self.statuses[sim_id] = SimState.CREATED, None, 0
        return sim_id

    @rule(sim_id=sims, goal=st.sampled_from(SimState), owner=OWNERS, is_finished=st.booleans())
    def move(
        self, sim_id: UUID, goal: SimState, owner: ProcessIdentity | None, is_finished: bool
    ) -> None:
        if sim_id not in self.states:
            return
        self.clock += 1
        move = Move(sim_id, goal, later(self.clock), owner=owner)
        expected = self._may_move(sim_id, goal, owner)
        if is_finished and goal.is_terminal:
            moved = self.store.finish(Batch(sim_id), move)
        else:
            moved = self.store.move(move, statuses=[status()])
            self.statuses[sim_id] += moved
        assert moved is expected
        if moved:
            self.states[sim_id] = goal
            if goal in {SimState.QUEUED, SimState.SETTING_UP} and owner is not None:
                self.owners[sim_id] = owner

    @rule(sim_id=sims, owner=st.sampled_from([OWNER, STRANGER]))
    def settle(self, sim_id: UUID, owner: ProcessIdentity) -> None:
        expected = self.states.get(sim_id) in SETTLED_STATES and self.owners[sim_id] == owner
        assert self.store.settle(sim_id, owner, status()) is expected
        if expected:
            self.states[sim_id] = SimState.LOST
            self.statuses[sim_id] += 1

    @rule(sim_id=sims)
    def delete(self, sim_id: UUID) -> None:
        expected = [sim_id] if sim_id in self.states else []
        assert self.store.delete([sim_id]) == expected
        self.states.pop(sim_id, None)

    @invariant()
    def store_and_model_agree(self) -> None:
        records = {record.sim_id: record for record in self.store.simulations()}
        assert {sim_id: record.state for sim_id, record in records.items()} == self.states
        for sim_id, record in records.items():
            stored = (record.is_done, record.cancelled, record.failed, record.force_stopped)
            assert stored == tuple(flags_of(self.states[sim_id]))
            assert (record.ended is not None) is self.states[sim_id].is_terminal
            assert record.owner == self.owners[sim_id]
        counts = dict.fromkeys(self.states, 0)
        for row in self.store.statuses():
            counts[row.sim_id] += 1
        assert counts == {sim_id: self.statuses[sim_id] for sim_id in self.states}

    def _may_move(self, sim_id: UUID, goal: SimState, owner: ProcessIdentity | None) -> bool:
        state, stored = self.states[sim_id], self.owners[sim_id]
        if goal not in ALLOWED_MOVES[state]:
            return False
        if state is SimState.LOST:
            return stored is not None and owner == stored
        return owner is None or stored is None or owner == stored

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


TestLives = LivesMachine.TestCase
TestLives.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, derandomize=True
)
