"""What every store must do with simulations and their lives; a part of ``store_cases``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.records import Answer, Batch, MediaItem, ResourceSample
from gymdash_jupyter.states import ALLOWED_MOVES, SimState, flags_of
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, ProjectStore
from tests.store.makers import (
    NOON,
    OWNER,
    STRANGER,
    batch,
    created,
    ended,
    in_state,
    later,
    new_simulation,
    question,
    queued,
    running,
    series,
    status,
)


class LifeCases:
    """The suite of lives; ``StoreCases`` is made of it."""

    def test_created_simulation_comes_back_as_it_was_given(self, store: ProjectStore) -> None:
        config = SimulationStartConfig(
            name="Kuh", sim_key="dqn", sim_family="rl", kwargs={"lr": 0.1, "net": [64]}
        )
        parent = created(store)
        new = new_simulation(config=config, sim_key="real", parent_id=parent)
        store.create(new)
        record = store.simulation(new.sim_id)
        assert (record.name, record.config, record.sim_key, record.parent_id) == (
            "Kuh",
            config,
            "real",
            parent,
        )
        assert (record.state, record.created, record.started, record.ended) == (
            SimState.CREATED,
            NOON,
            None,
            None,
        )
        assert (record.sim_type_name, record.sim_module_name) == (
            new.sim_type_name,
            new.sim_module_name,
        )
        assert (record.start_kwargs, record.owner, record.result, record.is_foreign) == (
            {},
            None,
            None,
            False,
        )

    def test_create_refuses_an_id_that_is_taken(self, store: ProjectStore) -> None:
        sim_id = created(store)
        with pytest.raises(InvalidArgumentError, match="in the project already"):
            store.create(new_simulation(sim_id))

    def test_create_keeps_a_description_of_what_json_cannot_hold(
        self, store: ProjectStore
    ) -> None:
        config = SimulationStartConfig(
            name="n", sim_key="k", kwargs={"schedule": lambda x: x, "lr": 0.5}
        )
        sim_id = created(store, config=config)
        kwargs = store.simulation(sim_id).config.kwargs
        assert is_described(kwargs["schedule"])
        assert kwargs["lr"] == 0.5

    def test_every_allowed_move_happens_and_no_other(self, store: ProjectStore) -> None:
        for start, goals in ALLOWED_MOVES.items():
            for goal in SimState:
                sim_id = in_state(store, start)
                moved = store.move(Move(sim_id, goal, later(9), owner=OWNER))
                assert moved is (goal in goals), (start, goal)
                assert store.states([sim_id]) == {sim_id: goal if moved else start}

    def test_flags_follow_the_state(self, store: ProjectStore) -> None:
        for state in SimState:
            record = store.simulation(in_state(store, state))
            stored = (record.is_done, record.cancelled, record.failed, record.force_stopped)
            assert stored == tuple(flags_of(state)), state

    def test_cancelled_that_had_to_be_killed_is_force_stopped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.move(Move(sim_id, SimState.CANCELLED, later(3), owner=OWNER, was_killed=True))
        record = store.simulation(sim_id)
        assert (record.is_done, record.cancelled, record.failed, record.force_stopped) == (
            True,
            True,
            True,
            True,
        )

    def test_move_keeps_the_first_start_and_the_last_end(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.move(Move(sim_id, SimState.PAUSED, later(5), owner=OWNER))
        store.move(Move(sim_id, SimState.RUNNING, later(6), owner=OWNER))
        store.move(Move(sim_id, SimState.SUCCEEDED, later(7), owner=OWNER))
        record = store.simulation(sim_id)
        assert (record.started, record.ended) == (later(2), later(7))
        assert record.started.tzinfo is UTC

    def test_move_stores_owner_launcher_and_start_kwargs(self, store: ProjectStore) -> None:
        sim_id = created(store)
        kwargs = {"total_timesteps": 1000, "callback": print}
        store.move(
            Move(
                sim_id,
                SimState.SETTING_UP,
                NOON,
                owner=OWNER,
                launcher="process",
                start_kwargs=kwargs,
            )
        )
        record = store.simulation(sim_id)
        assert (record.owner, record.launcher) == (OWNER, "process")
        assert record.start_kwargs["total_timesteps"] == 1000
        assert is_described(record.start_kwargs["callback"])

    def test_move_by_another_owner_changes_nothing(self, store: ProjectStore) -> None:
        sim_id = running(store)
        before = store.tick()
        assert not store.move(
            Move(sim_id, SimState.FAILED, later(3), owner=STRANGER), statuses=[status()]
        )
        assert store.states([sim_id]) == {sim_id: SimState.RUNNING}
        assert store.statuses([sim_id]) == []
        assert store.tick() == before

    def test_move_without_an_owner_looks_at_the_state_only(self, store: ProjectStore) -> None:
        assert store.move(Move(running(store), SimState.FAILED, later(3)))

    def test_the_owner_hands_a_queued_simulation_over(self, store: ProjectStore) -> None:
        sim_id = queued(store, owner=OWNER)
        move = Move(sim_id, SimState.SETTING_UP, later(3), owner=STRANGER, taken_from=OWNER)
        assert store.move(move)
        assert store.simulation(sim_id).owner == STRANGER
        assert not store.move(Move(sim_id, SimState.RUNNING, later(4), owner=OWNER))
        assert store.move(Move(sim_id, SimState.RUNNING, later(4), owner=STRANGER))

    def test_nobody_takes_a_simulation_from_who_does_not_own_it(self, store: ProjectStore) -> None:
        sim_id = queued(store, owner=OWNER)
        move = Move(sim_id, SimState.SETTING_UP, later(3), owner=OWNER, taken_from=STRANGER)
        assert not store.move(move)
        assert (store.simulation(sim_id).state, store.simulation(sim_id).owner) == (
            SimState.QUEUED,
            OWNER,
        )

    def test_anybody_takes_a_simulation_without_an_owner_and_once(
        self, store: ProjectStore
    ) -> None:
        sim_id = queued(store)
        taken = Move(sim_id, SimState.SETTING_UP, later(3), owner=STRANGER, taken_from=OWNER)
        assert store.move(taken)
        assert not store.move(taken)
        assert store.simulation(sim_id).owner == STRANGER

    def test_move_of_an_unknown_simulation_raises(self, store: ProjectStore) -> None:
        with pytest.raises(UnknownSimulationError, match="No simulation has the id"):
            store.move(Move(uuid4(), SimState.QUEUED, NOON))

    def test_move_adds_its_statuses_with_it(self, store: ProjectStore) -> None:
        sim_id = created(store)
        store.move(Move(sim_id, SimState.QUEUED, NOON), statuses=[status("one"), status("two")])
        assert [row.status.details for row in store.statuses([sim_id])] == ["one", "two"]

    @pytest.mark.parametrize("owner", [None, STRANGER])
    def test_only_the_owner_brings_a_lost_one_back(self, store: ProjectStore, owner: Any) -> None:
        sim_id = running(store)
        store.settle(sim_id, OWNER, status())
        assert not store.move(Move(sim_id, SimState.RUNNING, later(8), owner=owner))
        assert store.move(Move(sim_id, SimState.RUNNING, later(9), owner=OWNER))
        record = store.simulation(sim_id)
        assert (record.state, record.started, record.ended) == (SimState.RUNNING, later(2), None)
        assert (record.is_done, record.failed, record.force_stopped) == (False, False, False)

    def test_settle_happens_once(self, store: ProjectStore) -> None:
        sim_id = running(store)
        assert store.settle(sim_id, OWNER, status("gone"))
        assert not store.settle(sim_id, OWNER, status("gone again"))
        assert store.states([sim_id]) == {sim_id: SimState.LOST}
        assert [row.status.details for row in store.statuses([sim_id])] == ["gone"]
        assert store.simulation(sim_id).ended == NOON

    def test_settle_by_many_threads_happens_once(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        sim_id = running(store)
        stores = [store, open_again(), open_again()]
        start, won = threading.Barrier(12), []

        def settle(number: int) -> None:
            start.wait()
            if stores[number % 3].settle(sim_id, OWNER, status(f"by {number}")):
                won.append(number)

        threads = [threading.Thread(target=settle, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert [row.status.details for row in store.statuses()] == [f"by {won[0]}"]

    def test_settle_leaves_other_owners_and_other_states_alone(self, store: ProjectStore) -> None:
        waiting, done, busy = created(store), ended(store), running(store)
        assert not store.settle(waiting, OWNER, status())
        assert not store.settle(done, OWNER, status())
        assert not store.settle(busy, STRANGER, status())
        assert not store.settle(uuid4(), OWNER, status())
        assert store.statuses() == []

    @pytest.mark.parametrize("is_queued", [False, True])
    def test_who_was_ordered_to_be_killed_settles_as_cancelled(
        self, store: ProjectStore, is_queued: bool
    ) -> None:
        sim_id = queued(store, owner=OWNER) if is_queued else running(store)
        asked = store.ask(sim_id, "stop_simulation", True, is_forced=True)
        killed = SimStatus(SimStatusCode.FAIL, later(7), SimStatusSubcode.STOPPED, "killed")
        assert store.settle(sim_id, OWNER, status("lost"), stopped=killed)
        record = store.simulation(sim_id)
        assert (record.state, record.ended) == (SimState.CANCELLED, later(7))
        assert (record.is_done, record.cancelled, record.failed, record.force_stopped) == (
            True,
            True,
            True,
            True,
        )
        assert not store.settle(sim_id, OWNER, status("lost"), stopped=killed)
        assert not store.settle(sim_id, OWNER, status("lost"))
        assert [row.status for row in store.statuses([sim_id])] == [killed]
        assert store.answer_of(asked) == Answer(None, "the simulation has ended")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda store, sim_id: None,
            lambda store, sim_id: store.ask(sim_id, "stop_simulation", True),
            lambda store, sim_id: store.ask(sim_id, "progress", None, is_forced=True),
            lambda store, sim_id: store.withdraw(
                store.ask(sim_id, "stop_simulation", True, is_forced=True)
            ),
            lambda store, sim_id: store.ask(
                running(store), "stop_simulation", True, is_forced=True
            ),
        ],
        ids=["nothing", "gently", "another channel", "withdrawn", "another one"],
    )
    def test_who_was_not_ordered_to_be_killed_settles_as_lost(
        self, store: ProjectStore, ask: Any
    ) -> None:
        sim_id = running(store)
        ask(store, sim_id)
        assert store.settle(sim_id, OWNER, status("lost"), stopped=status("killed"))
        assert store.states([sim_id]) == {sim_id: SimState.LOST}
        assert [row.status.details for row in store.statuses([sim_id])] == ["lost"]

    def test_who_answered_a_forced_stop_and_was_killed_settles_as_cancelled(
        self, store: ProjectStore
    ) -> None:
        sim_id = running(store)
        store.answer(store.ask(sim_id, "stop_simulation", True, is_forced=True), Answer(True))
        assert store.settle(sim_id, OWNER, status("lost"), stopped=status("killed"))
        record = store.simulation(sim_id)
        assert (record.state, record.force_stopped) == (SimState.CANCELLED, True)

    def test_without_a_status_for_it_nobody_settles_as_cancelled(
        self, store: ProjectStore
    ) -> None:
        sim_id = running(store)
        store.ask(sim_id, "stop_simulation", True, is_forced=True)
        assert store.settle(sim_id, OWNER, status("lost"))
        assert store.states([sim_id]) == {sim_id: SimState.LOST}

    def test_finish_writes_the_last_batch_and_ends(self, store: ProjectStore) -> None:
        sim_id = running(store)
        last = Batch(sim_id, {"loss": series([1.0, 2.0])}, statuses=[status("bye")])
        assert store.finish(
            last, Move(sim_id, SimState.SUCCEEDED, later(5), owner=OWNER, result={"best": 7})
        )
        record = store.simulation(sim_id)
        assert (record.state, record.ended, record.result) == (
            SimState.SUCCEEDED,
            later(5),
            {"best": 7},
        )
        assert store.read_scalars(sim_id, "loss")[1] == 2
        assert store.latest_statuses([sim_id])[sim_id].details == "bye"

    def test_finish_that_comes_too_late_still_writes_its_batch(self, store: ProjectStore) -> None:
        sim_id = ended(store, SimState.CANCELLED)
        assert not store.finish(
            batch(sim_id, loss=[3.0]), Move(sim_id, SimState.FAILED, later(9), owner=OWNER)
        )
        assert store.read_scalars(sim_id, "loss")[1] == 1
        assert store.simulation(sim_id).ended == later(3)

    def test_finish_that_comes_too_late_says_nothing_more_on_the_end(
        self, store: ProjectStore
    ) -> None:
        sim_id = created(store)
        first = [status("stopped by one")]
        assert store.move(Move(sim_id, SimState.CANCELLED, NOON), statuses=first)
        too_late = Batch(sim_id, statuses=[status("stopped by another")])
        assert not store.finish(too_late, Move(sim_id, SimState.CANCELLED, later(1)))
        assert [row.status for row in store.statuses([sim_id])] == first

    def test_a_move_of_what_waits_leaves_alone_what_executes(self, store: ProjectStore) -> None:
        for state in (SimState.CREATED, SimState.QUEUED, SimState.SETTING_UP, SimState.RUNNING):
            sim_id = in_state(store, state)
            waits = state in (SimState.CREATED, SimState.QUEUED)
            cancel = Move(sim_id, SimState.CANCELLED, NOON, owner=OWNER, must_be_waiting=True)
            assert store.move(cancel) == waits

    @pytest.mark.parametrize("by_settling", [False, True])
    def test_the_end_leaves_nobody_waiting(self, store: ProjectStore, by_settling: bool) -> None:
        sim_id = running(store)
        asked = store.ask(sim_id, "progress", None)
        store.write([Batch(sim_id, requests=[question(sim_id, "r1")])], owner=OWNER)
        if by_settling:
            store.settle(sim_id, OWNER, status())
        else:
            store.finish(Batch(sim_id), Move(sim_id, SimState.FAILED, later(3), owner=OWNER))
        assert store.answer_of(asked) == Answer(None, "the simulation has ended")
        assert store.control_requests() == []
        assert [request.is_open for request in store.control_requests(open_only=False)] == [False]

    def test_result_that_is_too_large_is_described(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.finish(
            Batch(sim_id),
            Move(sim_id, SimState.SUCCEEDED, NOON, owner=OWNER, result="x" * (2**20 + 1)),
        )
        result = store.simulation(sim_id).result
        assert is_described(result)
        assert "too large" in str(result)

    def test_result_of_a_megabyte_is_kept(self, store: ProjectStore) -> None:
        sim_id = running(store)
        result = "x" * (2**20 - 2)
        store.finish(
            Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, NOON, owner=OWNER, result=result)
        )
        assert store.simulation(sim_id).result == result

    def test_delete_removes_everything_and_says_what_was_there(self, store: ProjectStore) -> None:
        gone, stays = running(store), running(store)
        asked = store.ask(gone, "progress", None)
        for sim_id in (gone, stays):
            item = MediaItem(sim_id, "video", 1, "video", "a.mp4", NOON)
            store.write(
                [
                    Batch(
                        sim_id,
                        {"k": series([1.0])},
                        [status()],
                        requests=[question(sim_id)],
                        media=[item],
                        resources=[ResourceSample(1.75e9, 1.0, 4096)],
                    )
                ]
            )
        assert store.delete([gone, uuid4(), gone]) == [gone]
        assert [record.sim_id for record in store.simulations()] == [stays]
        assert [info.sim_id for info in store.series()] == [stays]
        assert [row.sim_id for row in store.statuses()] == [stays]
        assert [item.sim_id for item in store.media()] == [stays]
        assert [request.sim_id for request in store.control_requests()] == [stays]
        assert list(store.resources()) == [stays]
        assert store.commands([gone]) == []
        assert store.answer_of(asked) == Answer(None, "the simulation was deleted")
        assert store.states([gone, stays]) == {stays: SimState.RUNNING}
        assert len(store.read_table().steps) == 1

    def test_deleted_id_may_be_created_again(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        tick = store.tick()
        store.delete([sim_id])
        store.create(new_simulation(sim_id))
        assert store.series() == []
        changes = store.changes(tick)
        assert [record.sim_id for record in changes.simulations] == [sim_id]
        assert changes.deleted == []

    def test_an_end_can_only_become_later(self, store: ProjectStore) -> None:
        done, goes_on = ended(store), running(store)
        before, tick = store.simulation(done), store.tick()
        assert before.ended is not None
        store.postpone_end(done, before.ended - timedelta(seconds=1))
        store.postpone_end(goes_on, later(99))
        store.postpone_end(uuid4(), later(99))
        assert not store.changes(tick).simulations
        store.postpone_end(done, before.ended + timedelta(seconds=60))
        after = store.simulation(done)
        assert after.ended == before.ended + timedelta(seconds=60)
        assert (after.state, after.started) == (before.state, before.started)
        assert [record.sim_id for record in store.changes(tick).simulations] == [done]
        assert store.simulation(goes_on).ended is None

    # Lists

    def test_simulations_are_listed_by_creation(self, store: ProjectStore) -> None:
        order = [later(30), later(10), later(20), later(10)]
        ids = [created(store, created=time) for time in order]
        assert [record.sim_id for record in store.simulations()] == [
            ids[1],
            ids[3],
            ids[2],
            ids[0],
        ]

    def test_simulations_by_flags(self, store: ProjectStore) -> None:
        busy, good = running(store, created=later(1)), ended(store, created=later(2))
        bad = ended(store, SimState.FAILED, created=later(3))

        def ids(flags: dict[str, bool], mode: Any = "OR") -> list[UUID]:
            return [record.sim_id for record in store.simulations(flags, mode=mode)]

        assert ids({}) == [busy, good, bad]
        assert ids({"is_done": True}) == [good, bad]
        assert ids({"is_done": False, "failed": True}) == [busy, bad]
        assert ids({"is_done": True, "failed": False}, "AND") == [good]
        assert ids({"cancelled": True}) == []

    def test_simulations_by_an_unknown_flag_or_mode_raise(self, store: ProjectStore) -> None:
        with pytest.raises(InvalidArgumentError, match="can be filtered by is_done"):
            store.simulations({"is_dun": True})
        with pytest.raises(InvalidArgumentError, match="mode 'XOR'"):
            store.simulations({"is_done": True}, mode="XOR")

    def test_an_unknown_simulation_raises(self, store: ProjectStore) -> None:
        sim_id = uuid4()
        with pytest.raises(UnknownSimulationError, match=str(sim_id)):
            store.simulation(sim_id)

    def test_ids_by_prefix_in_any_case(self, store: ProjectStore) -> None:
        one = created(store, sim_id=UUID("abcdef00-0000-4000-8000-000000000001"))
        two = created(store, sim_id=UUID("abcde100-0000-4000-8000-000000000002"))
        assert set(store.ids_matching("ABCDE")) == {one, two}
        assert store.ids_matching("abcdef") == [one]
        assert store.ids_matching("%") == []

    def test_states_of_those_that_exist(self, store: ProjectStore) -> None:
        one, two = created(store), running(store)
        assert store.states([one, two, uuid4()]) == {one: SimState.CREATED, two: SimState.RUNNING}
