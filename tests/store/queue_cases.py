"""What every store must do with the project's queue, its keeper and environments: part of the contract as tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.records import Keeper, QueueEntry, Unsettled
from gymdash_jupyter.states import ALLOWED_MOVES, SETTLED_STATES, SimState
from gymdash_jupyter.store import Move, ProjectStore
from tests.store.makers import (
    NOON,
    OWNER,
    STRANGER,
    created,
    ended,
    in_state,
    later,
    new_simulation,
    queued,
    running,
    status,
)


def waiting(store: ProjectStore) -> list[UUID]:
    """Give the ids in the queue."""
    return [entry.sim_id for entry in store.queue()]


class QueueCases:
    """The suite of the queue; ``StoreCases`` is made of it."""

    # The queue

    def test_what_is_queued_waits_in_order(self, store: ProjectStore) -> None:
        ids = [queued(store) for _ in range(3)]
        assert waiting(store) == ids
        assert store.states(ids) == dict.fromkeys(ids, SimState.QUEUED)

    def test_a_queue_entry_comes_back_as_it_was_given(self, store: ProjectStore) -> None:
        sim_id = created(store)
        order = '{"name": "🤖 \ud800 nul\x00"}'
        assert store.enqueue(
            sim_id,
            time=later(1),
            launcher="process",
            start_kwargs={"total_timesteps": 1000, "callback": print},
            owner=OWNER,
            order=order,
            signature="0a1b",
        )
        assert store.queue() == [QueueEntry(sim_id, order, "0a1b", OWNER, "process")]
        record = store.simulation(sim_id)
        assert (record.state, record.owner, record.launcher) == (
            SimState.QUEUED,
            OWNER,
            "process",
        )
        assert record.start_kwargs["total_timesteps"] == 1000
        assert is_described(record.start_kwargs["callback"])

    def test_only_a_created_simulation_is_queued(self, store: ProjectStore) -> None:
        for state in SimState:
            sim_id = in_state(store, state)
            before = (store.simulation(sim_id), waiting(store), store.tick())
            is_queued = store.enqueue(sim_id, time=NOON, launcher="process", start_kwargs={})
            assert is_queued is (state is SimState.CREATED), state
            if not is_queued:
                assert (store.simulation(sim_id), waiting(store), store.tick()) == before

    def test_queueing_an_unknown_simulation_raises(self, store: ProjectStore) -> None:
        with pytest.raises(UnknownSimulationError, match="No simulation has the id"):
            store.enqueue(uuid4(), time=NOON, launcher="process", start_kwargs={})
        assert store.queue() == []

    @pytest.mark.parametrize(
        "goal", sorted(ALLOWED_MOVES[SimState.QUEUED]), ids=lambda goal: goal.value
    )
    def test_every_move_out_of_queued_leaves_the_queue(
        self, store: ProjectStore, goal: SimState
    ) -> None:
        stays, goes, stays_too = queued(store), queued(store), queued(store)
        assert store.move(Move(goes, goal, later(2), owner=OWNER))
        assert waiting(store) == [stays, stays_too]

    def test_a_refused_move_leaves_the_queue_as_it_is(self, store: ProjectStore) -> None:
        sim_id = queued(store, owner=OWNER)
        assert not store.move(Move(sim_id, SimState.SETTING_UP, later(2), owner=STRANGER))
        assert waiting(store) == [sim_id]

    def test_settling_leaves_the_queue(self, store: ProjectStore) -> None:
        sim_id = queued(store, owner=OWNER)
        assert store.settle(sim_id, OWNER, status())
        assert store.queue() == []

    def test_deleting_leaves_the_queue(self, store: ProjectStore) -> None:
        gone, stays = queued(store), queued(store)
        store.delete([gone])
        assert waiting(store) == [stays]
        store.create(new_simulation(gone))
        assert waiting(store) == [stays]

    def test_a_simulation_that_waits_in_memory_is_not_in_the_queue(
        self, store: ProjectStore
    ) -> None:
        assert store.move(Move(created(store), SimState.QUEUED, NOON, owner=OWNER))
        assert store.queue() == []

    def test_who_comes_after_others_left_is_last(self, store: ProjectStore) -> None:
        ids = [queued(store) for _ in range(5)]
        for sim_id in ids[:3]:
            store.move(Move(sim_id, SimState.CANCELLED, NOON))
        last = queued(store)
        assert waiting(store) == [*ids[3:], last]

    # Its order

    def test_reordered_come_first_and_the_others_keep_their_order(
        self, store: ProjectStore
    ) -> None:
        a, b, c, d, e = (queued(store) for _ in range(5))
        store.reorder_queue([d, b])
        assert waiting(store) == [d, b, a, c, e]
        f = queued(store)
        assert waiting(store) == [d, b, a, c, e, f]
        store.reorder_queue([])
        assert waiting(store) == [d, b, a, c, e, f]

    def test_reordering_refuses_what_is_unknown_and_changes_nothing(
        self, store: ProjectStore
    ) -> None:
        first, second = queued(store), queued(store)
        tick = store.tick()
        with pytest.raises(UnknownSimulationError, match="No simulation has the id"):
            store.reorder_queue([second, uuid4()])
        assert (waiting(store), store.tick()) == ([first, second], tick)

    def test_reordering_refuses_what_does_not_wait_and_changes_nothing(
        self, store: ProjectStore
    ) -> None:
        first, second, busy = queued(store), queued(store), running(store)
        tick = store.tick()
        with pytest.raises(InvalidArgumentError, match=r"does not wait in it; it is running"):
            store.reorder_queue([second, busy])
        with pytest.raises(InvalidArgumentError, match="given twice"):
            store.reorder_queue([second, second])
        assert (waiting(store), store.tick()) == ([first, second], tick)

    def test_viewers_see_who_has_another_place(self, store: ProjectStore) -> None:
        first, second, third = queued(store), queued(store), queued(store)
        tick = store.tick()
        store.reorder_queue([second])
        changes = store.changes(tick)
        assert [record.sim_id for record in changes.simulations] == [first, second]
        assert waiting(store) == [second, first, third]

    def test_viewers_see_what_is_queued(self, store: ProjectStore) -> None:
        sim_id = created(store)
        tick = store.tick()
        store.enqueue(sim_id, time=NOON, launcher="process", start_kwargs={})
        assert [record.state for record in store.changes(tick).simulations] == [SimState.QUEUED]

    # How many at once

    def test_max_running_is_nothing_until_somebody_sets_it(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        assert store.max_running() is None
        open_again().set_max_running(2)
        assert store.max_running() == 2
        store.set_max_running(5)
        assert open_again().max_running() == 5
        store.set_max_running(None)
        assert open_again().max_running() is None

    @pytest.mark.parametrize("n", [0, -1, True, 1.5, "2"])
    def test_max_running_refuses_what_is_no_number_of_places(
        self, store: ProjectStore, n: Any
    ) -> None:
        with pytest.raises(InvalidArgumentError, match="a whole number from 1 up"):
            store.set_max_running(n)
        assert store.max_running() is None

    def test_setting_max_running_moves_the_clock(self, store: ProjectStore) -> None:
        tick = store.tick()
        store.set_max_running(2)
        assert store.tick() > tick

    def test_active_are_those_of_the_launcher_that_set_up_run_or_pause(
        self, store: ProjectStore
    ) -> None:
        for state in SimState:
            in_state(store, state, launcher="process")
        running(store)
        assert store.n_active("process") == 3
        assert store.n_active("thread") == 0

    # Its keeper

    def test_nobody_keeps_the_queue_of_a_new_project(self, store: ProjectStore) -> None:
        assert store.keeper() is None

    def test_a_keeper_is_seen_by_all(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        keeper = Keeper(OWNER, "127.0.0.1:4711")
        assert store.become_keeper(keeper, replaced=None)
        assert open_again().keeper() == keeper

    def test_a_keeper_is_replaced_only_by_who_knows_it(self, store: ProjectStore) -> None:
        new = Keeper(STRANGER, "new")
        assert not store.become_keeper(new, replaced=OWNER)
        assert store.become_keeper(Keeper(OWNER, "old"), replaced=None)
        assert not store.become_keeper(new, replaced=None)
        assert not store.become_keeper(new, replaced=STRANGER)
        assert store.keeper() == Keeper(OWNER, "old")
        assert store.become_keeper(new, replaced=OWNER)
        assert store.keeper() == new

    def test_a_keeper_resigns_when_nothing_waits(self, store: ProjectStore) -> None:
        running(store)
        assert store.move(Move(created(store), SimState.QUEUED, NOON, owner=OWNER))
        store.become_keeper(Keeper(OWNER), replaced=None)
        assert store.resign_keeper(OWNER)
        assert store.keeper() is None
        assert not store.resign_keeper(OWNER)

    def test_a_keeper_does_not_resign_while_something_waits(self, store: ProjectStore) -> None:
        store.become_keeper(Keeper(OWNER), replaced=None)
        sim_id = queued(store)
        assert not store.resign_keeper(OWNER)
        assert store.keeper() == Keeper(OWNER)
        store.delete([sim_id])
        assert store.resign_keeper(OWNER)

    def test_nobody_resigns_for_another(self, store: ProjectStore) -> None:
        store.become_keeper(Keeper(OWNER), replaced=None)
        assert not store.resign_keeper(STRANGER)
        assert store.keeper() == Keeper(OWNER)

    # What is to be settled

    def test_unsettled_is_what_waits_or_executes_and_has_an_owner(
        self, store: ProjectStore
    ) -> None:
        ids = {state: in_state(store, state) for state in SimState}
        queued(store)  # without an owner
        unsettled = store.unsettled()
        assert {one.sim_id for one in unsettled} == {ids[state] for state in SETTLED_STATES}
        assert {one.state for one in unsettled} == SETTLED_STATES

    def test_unsettled_says_what_is_needed_to_settle(self, store: ProjectStore) -> None:
        sim_id = running(store, owner=STRANGER, launcher="process")
        assert store.unsettled() == [
            Unsettled(sim_id, "first", SimState.RUNNING, STRANGER, "process")
        ]

    def test_unsettled_are_listed_by_creation(self, store: ProjectStore) -> None:
        youngest = running(store, created=later(3))
        oldest = running(store, created=later(1))
        middle = queued(store, created=later(2), owner=OWNER)
        assert [one.sim_id for one in store.unsettled()] == [oldest, middle, youngest]

    # Environments

    def test_an_environment_comes_back_as_it_was_given(self, store: ProjectStore) -> None:
        sim_id, without = running(store), running(store)
        facts = {"python": "3.11.9", "packages": {"numpy": "2.1.0"}, "git": None, "n_cpu": 2}
        store.set_environment(sim_id, facts)
        assert store.environments([sim_id, without, uuid4()]) == {sim_id: facts}

    def test_the_last_environment_wins(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.set_environment(sim_id, {"python": "3.11.9", "git": "abc"})
        store.set_environment(sim_id, {"python": "3.12.0"})
        assert store.environments() == {sim_id: {"python": "3.12.0"}}

    def test_environments_are_those_asked_for_by_creation(self, store: ProjectStore) -> None:
        young, old = running(store, created=later(5)), running(store)
        for sim_id in (young, old):
            store.set_environment(sim_id, {"id": str(sim_id)})
        assert list(store.environments()) == [old, young]
        assert list(store.environments([young])) == [young]
        assert store.environments([]) == {}

    def test_what_json_cannot_hold_of_an_environment_is_described(
        self, store: ProjectStore
    ) -> None:
        sim_id = running(store)
        store.set_environment(sim_id, {"f": print})
        assert is_described(store.environments()[sim_id]["f"])

    def test_an_environment_of_a_simulation_that_is_gone_is_dropped(
        self, store: ProjectStore
    ) -> None:
        sim_id = ended(store)
        store.set_environment(sim_id, {"python": "3.11.9"})
        store.delete([sim_id])
        tick = store.tick()
        store.set_environment(sim_id, {"python": "3.11.9"})
        assert store.environments() == {}
        assert store.tick() == tick
