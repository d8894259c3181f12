"""What every store must do, whatever it is made of: the contract as tests.

A store joins by a subclass with two fixtures: ``store``, an open store of an empty project, and ``open_again``, which
opens one more store on the same project.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    GymDashError,
    InvalidArgumentError,
    SimulationEndedError,
    UnknownSimulationError,
)
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.records import (
    Answer,
    Batch,
    Command,
    ControlRequest,
    MediaItem,
    Progress,
    ResourceSample,
    ScalarSeries,
)
from gymdash_jupyter.states import ALLOWED_MOVES, TERMINAL_STATES, SimState, flags_of
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, ProjectStore
from tests.store.label_cases import LabelCases
from tests.store.makers import (
    NOON,
    OWNER,
    STRANGER,
    batch,
    created,
    ended,
    later,
    new_simulation,
    queued,
    running,
    series,
    status,
)
from tests.store.queue_cases import QueueCases
from tests.store.resource_cases import ResourceCases

ODD_TEXTS = [
    "",
    "rollout/ep_rew_mean",
    "zeile\nzwei\ttab",
    "nul\x00inside",
    "lone \ud800 surrogate",
    "caf\udce9",
    "🤖 naïve — λ",
    "a" * 2**20,
]
NUMBERS = [0.0, -0.0, 1e-308, 5e-324, 1.7e308, math.inf, -math.inf, math.nan, 0.1]


class StoreCases(QueueCases, LabelCases, ResourceCases):
    """The suite; see the module's docstring."""

    # A simulation's life

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
                sim_id = self._in_state(store, start)
                moved = store.move(Move(sim_id, goal, later(9), owner=OWNER))
                assert moved is (goal in goals), (start, goal)
                assert store.states([sim_id]) == {sim_id: goal if moved else start}

    def test_flags_follow_the_state(self, store: ProjectStore) -> None:
        for state in SimState:
            record = store.simulation(self._in_state(store, state))
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

    @pytest.mark.parametrize("by_settling", [False, True])
    def test_the_end_leaves_nobody_waiting(self, store: ProjectStore, by_settling: bool) -> None:
        sim_id = running(store)
        asked = store.ask(sim_id, "progress", None)
        store.write([Batch(sim_id, requests=[_request(sim_id, "r1")])], owner=OWNER)
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
                        requests=[_request(sim_id)],
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

    # Batches

    def test_a_batch_is_read_back_whole(self, store: ProjectStore) -> None:
        sim_id = running(store)
        item = MediaItem(
            sim_id, "episode", 7, "video", "media/a.mp4", later(4), {"episode": 3, "width": 600}
        )
        request = _request(sim_id)
        progress = Progress(5.0, 10.0, "learning", 1.75e9)
        store.write(
            [Batch(sim_id, {"a": series([1.0])}, [status()], progress, [request], (), [item])],
            owner=OWNER,
        )
        record = store.simulation(sim_id)
        assert record.progress == progress
        assert store.media() == [item]
        assert store.control_requests() == [request]
        assert [row.status for row in store.statuses()] == [status()]
        assert [
            (info.key, info.n, info.last_step, info.last_value) for info in store.series()
        ] == [("a", 1, 0, 1.0)]

    def test_each_batch_counts_one_heartbeat(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        store.write([Batch(one), batch(two, k=[1.0])], owner=OWNER)
        store.write([Batch(one)], owner=OWNER)
        assert (store.simulation(one).heartbeat, store.simulation(two).heartbeat) == (2, 1)

    def test_a_heartbeat_alone_is_no_change(self, store: ProjectStore) -> None:
        sim_id = running(store)
        tick = store.tick()
        store.write([Batch(sim_id)], owner=OWNER)
        assert store.tick() == tick

    def test_a_batch_of_a_simulation_that_is_gone_is_dropped(self, store: ProjectStore) -> None:
        stays = running(store)
        store.write([batch(uuid4(), k=[1.0]), batch(stays, k=[2.0])])
        assert [info.sim_id for info in store.series()] == [stays]

    def test_a_batch_of_another_owner_is_dropped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])], owner=STRANGER)
        assert store.series() == []
        assert store.simulation(sim_id).heartbeat == 0

    def test_a_bad_batch_writes_nothing_of_its_neighbours(self, store: ProjectStore) -> None:
        sim_id = running(store)
        bad = ScalarSeries(np.arange(3), np.zeros(2), np.zeros(3))
        with pytest.raises(InvalidArgumentError, match="as many steps as times"):
            store.write([batch(sim_id, good=[1.0]), Batch(sim_id, {"bad": bad})])
        assert store.series() == []

    @pytest.mark.parametrize(
        "steps", [np.array([2**63], np.uint64), np.array([0.5]), np.array([2**70], object)]
    )
    def test_a_step_that_is_no_int64_is_refused(self, store: ProjectStore, steps: Any) -> None:
        sim_id = running(store)
        with pytest.raises(InvalidArgumentError, match="fit into int64"):
            store.write([Batch(sim_id, {"k": ScalarSeries(steps, np.zeros(1), np.zeros(1))})])

    @pytest.mark.parametrize("step", [-(2**63), 2**63 - 1, 0, -1])
    def test_the_outermost_steps_are_exact(self, store: ProjectStore, step: int) -> None:
        sim_id = running(store)
        store.write(
            [Batch(sim_id, {"k": ScalarSeries(np.array([step]), np.zeros(1), np.zeros(1))})]
        )
        assert store.read_scalars(sim_id, "k")[0].steps.tolist() == [step]
        assert store.series()[0].last_step == step

    def test_nan_and_infinities_are_exact_in_log_and_chunks(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=NUMBERS)])
        logged = store.read_scalars(sim_id, "k")[0].values
        store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, NOON, owner=OWNER))
        folded = store.read_scalars(sim_id, "k")[0].values
        assert logged.tobytes() == folded.tobytes() == np.array(NUMBERS).tobytes()

    @pytest.mark.parametrize("number", NUMBERS)
    def test_last_value_is_the_last_value(self, store: ProjectStore, number: float) -> None:
        store.write([batch(running(store), k=[number])])
        last = store.series()[0].last_value
        assert last == number or (math.isnan(last) and math.isnan(number))

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_any_text_is_a_key(self, store: ProjectStore, text: str) -> None:
        sim_id = running(store)
        item = MediaItem(sim_id, text, 1, "image", f"media/{text}.png", NOON)
        store.write([Batch(sim_id, {text: series([1.0])}, media=[item])])
        store.write([Batch(sim_id, {text: series([2.0])})])
        assert [(info.key, info.n) for info in store.series()] == [(text, 2)]
        assert store.read_scalars(sim_id, text)[0].values.tolist() == [1.0, 2.0]
        assert len(store.read_table(keys=[text]).values) == 2
        assert store.media(keys=[text]) == [item]

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_any_text_may_be_said(self, store: ProjectStore, text: str) -> None:
        readable = text.encode("utf-8", "replace").decode()
        sim_id = running(
            store, config=SimulationStartConfig(name=text, sim_key=text), sim_key=text
        )
        asked = store.ask(sim_id, text, text)
        request = ControlRequest(text, sim_id, text, text, ("a", "b"), NOON)
        store.write(
            [
                Batch(
                    sim_id,
                    statuses=[status(text)],
                    progress=Progress(1, 2, text, 3.0),
                    requests=[request],
                )
            ]
        )
        assert store.commands([sim_id]) == [Command(asked, sim_id, text, readable)]
        assert store.answer(asked, Answer(text, text))
        assert store.answer_of(asked) == Answer(readable, readable)
        record = store.simulation(sim_id)
        assert (record.name, record.sim_key, record.config.name) == (readable, text, readable)
        assert record.progress is not None
        assert record.progress.status == readable
        assert store.statuses()[0].status.details == readable
        found = store.control_requests()[0]
        assert (found.request_id, found.channel, found.details) == (text, text, readable)
        store.close_requests([text])
        assert store.control_requests() == []

    def test_arrays_may_be_strided_views(self, store: ProjectStore) -> None:
        sim_id = running(store)
        numbers = np.arange(10.0)
        points = ScalarSeries(np.arange(20)[::4], numbers[::2], numbers[::-2])
        store.write([Batch(sim_id, {"k": points})])
        found, _ = store.read_scalars(sim_id, "k")
        assert (found.steps.tolist(), found.times.tolist()) == (
            [0, 4, 8, 12, 16],
            [0.0, 2.0, 4.0, 6.0, 8.0],
        )
        assert found.values.tolist() == [9.0, 7.0, 5.0, 3.0, 1.0]

    def test_a_series_without_points_does_not_begin(self, store: ProjectStore) -> None:
        store.write([batch(running(store), k=[])])
        assert store.series() == []

    # Reading scalars

    def test_cursor_goes_on_where_it_stopped(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0, 2.0])])
        first, cursor = store.read_scalars(sim_id, "k")
        store.write([batch(sim_id, k=[3.0]), batch(sim_id, other=[9.0])])
        second, cursor = store.read_scalars(sim_id, "k", after=cursor)
        third, cursor = store.read_scalars(sim_id, "k", after=cursor)
        assert (first.values.tolist(), second.values.tolist(), third.values.tolist()) == (
            [1.0, 2.0],
            [3.0],
            [],
        )
        assert cursor == 3

    def test_cursor_beyond_the_end_reads_nothing(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        points, cursor = store.read_scalars(sim_id, "k", after=10)
        assert (len(points), cursor) == (0, 10)

    def test_series_that_has_not_begun_reads_empty(self, store: ProjectStore) -> None:
        points, cursor = store.read_scalars(running(store), "k")
        assert (len(points), cursor) == (0, 0)
        assert (points.steps.dtype, points.values.dtype) == (np.int64, np.float64)

    def test_reading_scalars_of_an_unknown_simulation_raises(self, store: ProjectStore) -> None:
        with pytest.raises(UnknownSimulationError):
            store.read_scalars(uuid4(), "k")

    def test_what_is_read_is_a_copy(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        points, _ = store.read_scalars(sim_id, "k")
        points.values[0] = 5.0
        assert store.read_scalars(sim_id, "k")[0].values.tolist() == [1.0]

    def test_many_flushes_come_back_in_order_at_every_cursor(self, store: ProjectStore) -> None:
        sim_id = running(store)
        fast, slow = [], []
        for number in range(30):
            values = [float(number * 1000 + point) for point in range(997)]
            fast += values
            slow += [float(number)]
            store.write([Batch(sim_id, {"fast": series(values), "slow": series([float(number)])})])
        for after in (0, 1, 4095, 4096, 4097, 9999, 29908, 29909, 29910):
            points, cursor = store.read_scalars(sim_id, "fast", after=after)
            assert (points.values.tolist(), cursor) == (fast[after:], 29910)
        assert store.read_scalars(sim_id, "slow")[0].values.tolist() == slow

    def test_table_holds_every_series_by_creation_then_key(self, store: ProjectStore) -> None:
        second = running(store, created=later(50))
        first = running(store, created=later(40))
        store.write([batch(second, b=[5.0]), batch(first, b=[3.0, 4.0], a=[1.0, 2.0])])
        store.write([batch(first, a=[2.5])])
        table = store.read_table()
        assert [(info.sim_id, info.key) for info in table.series] == [
            (first, "a"),
            (first, "b"),
            (second, "b"),
        ]
        assert table.starts.tolist() == [0, 3, 5, 6]
        assert table.values.tolist() == [1.0, 2.0, 2.5, 3.0, 4.0, 5.0]
        assert (table.steps.dtype, table.times.dtype, table.starts.dtype) == (
            np.int64,
            np.float64,
            np.int64,
        )

    def test_table_of_some_simulations_and_keys(self, store: ProjectStore) -> None:
        one, two = running(store, created=later(1)), running(store, created=later(2))
        store.write([batch(one, a=[1.0], b=[2.0]), batch(two, a=[3.0], b=[4.0])])
        assert store.read_table([two]).values.tolist() == [3.0, 4.0]
        assert store.read_table(keys=["a", "zzz"]).values.tolist() == [1.0, 3.0]
        assert store.read_table([one], ["b"]).values.tolist() == [2.0]
        assert store.read_table([], None).starts.tolist() == [0]

    def test_table_of_an_empty_project(self, store: ProjectStore) -> None:
        table = store.read_table()
        assert (len(table.series), table.starts.tolist(), len(table.values)) == (0, [0], 0)

    # Commands and requests

    def test_a_command_is_answered_once(self, store: ProjectStore) -> None:
        asked = store.ask(running(store), "custom_query", {"lr": 0.1})
        assert store.answer_of(asked) is None
        assert store.answer(asked, Answer({"ok": True}))
        assert not store.answer(asked, Answer("again"))
        assert not store.withdraw(asked)
        assert store.answer_of(asked) == Answer({"ok": True})

    def test_a_withdrawn_command_is_not_answered(self, store: ProjectStore) -> None:
        sim_id = running(store)
        asked = store.ask(sim_id, "custom_query", 1)
        assert store.withdraw(asked)
        assert not store.withdraw(asked)
        assert not store.answer(asked, Answer(1))
        assert store.commands([sim_id]) == []
        assert store.answer_of(asked) == Answer(None, "the question was withdrawn")

    def test_commands_wait_in_order_of_asking(self, store: ProjectStore) -> None:
        one, two = running(store), created(store)
        ids = [
            store.ask(one, "a", 1),
            store.ask(two, "b", 2),
            store.ask(one, "c", 3, is_forced=True),
        ]
        store.answer(ids[0], Answer(None))
        assert store.commands([one, two]) == [
            Command(ids[1], two, "b", 2),
            Command(ids[2], one, "c", 3, True),
        ]
        assert store.commands([one], after=ids[2]) == []
        assert store.commands([]) == []

    def test_nobody_can_ask_what_has_ended_or_never_was(self, store: ProjectStore) -> None:
        with pytest.raises(SimulationEndedError, match="has ended and is succeeded"):
            store.ask(ended(store), "progress", None)
        with pytest.raises(UnknownSimulationError):
            store.ask(uuid4(), "progress", None)

    def test_asking_to_stop_is_stamped_the_first_time(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.ask(sim_id, "progress", None)
        assert store.simulation(sim_id).stop_asked is None
        tick = store.tick()
        store.ask(sim_id, "stop_simulation", True)
        first = store.simulation(sim_id).stop_asked
        store.ask(sim_id, "stop_simulation", True, is_forced=True)
        store.note_stop_asked(sim_id, NOON)
        assert first is not None
        assert store.simulation(sim_id).stop_asked == first
        assert [record.sim_id for record in store.changes(tick).simulations] == [sim_id]

    def test_a_stop_can_be_noted_without_a_command(self, store: ProjectStore) -> None:
        sim_id, done = created(store), ended(store)
        store.note_stop_asked(sim_id, later(5))
        store.note_stop_asked(done, later(5))
        store.note_stop_asked(uuid4(), later(5))
        assert store.simulation(sim_id).stop_asked == later(5)
        assert store.simulation(done).stop_asked is None
        assert store.commands([sim_id]) == []

    def test_a_stop_can_be_noted_after_the_end_that_it_brought_about(
        self, store: ProjectStore
    ) -> None:
        done, tick = ended(store), store.tick()
        end = store.simulation(done).ended
        assert end is not None
        store.note_stop_asked(done, end - timedelta(seconds=1))
        assert store.simulation(done).stop_asked == end - timedelta(seconds=1)
        assert [record.sim_id for record in store.changes(tick).simulations] == [done]

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

    def test_a_request_waits_until_it_is_closed(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        store.write([Batch(one, requests=[_request(one, "r1", 2), _request(one, "r2", 1)])])
        store.write([Batch(two, requests=[_request(two, "r3", 3)])])
        assert [request.request_id for request in store.control_requests()] == ["r2", "r1", "r3"]
        tick = store.tick()
        store.close_requests(["r1", "unknown"])
        store.write([Batch(two, closed_requests=["r3"])])
        assert [request.request_id for request in store.control_requests()] == ["r2"]
        assert [
            request.request_id for request in store.control_requests([two], open_only=False)
        ] == ["r3"]
        assert {record.sim_id for record in store.changes(tick).simulations} == {one, two}

    def test_calls_are_listed_with_their_details(self, store: ProjectStore) -> None:
        store.log_call("start", 0, {"sim_key": "ppo"})
        store.log_call("cancel", 1, ["no such simulation", None])
        calls = store.api_calls()
        assert [(call.name, call.code, call.details) for call in calls] == [
            ("start", 0, {"sim_key": "ppo"}),
            ("cancel", 1, ["no such simulation", None]),
        ]
        assert calls[0].time <= calls[1].time
        assert calls[0].time.tzinfo is UTC

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

    def test_statuses_come_in_order_behind_a_number(self, store: ProjectStore) -> None:
        one, two = created(store), ended(store)
        store.add_statuses(one, [status("a"), status("b")])
        store.add_statuses(two, [status("c")])
        store.add_statuses(uuid4(), [status("lost")])
        rows = store.statuses()
        assert [row.status.details for row in rows] == ["a", "b", "c"]
        assert [row.status.details for row in store.statuses(after=rows[0].status_id)] == [
            "b",
            "c",
        ]
        assert [row.status.details for row in store.statuses([two])] == ["c"]
        assert store.statuses([]) == []

    def test_statuses_come_in_pages_from_the_newest_on(self, store: ProjectStore) -> None:
        one, two = created(store), created(store)
        store.add_statuses(one, [status(name) for name in "abcd"])
        store.add_statuses(two, [status("x")])
        page = store.statuses([one], newest=2)
        assert [row.status.details for row in page] == ["c", "d"]
        older = store.statuses([one], before=page[0].status_id, newest=3)
        assert [row.status.details for row in older] == ["a", "b"]
        assert [row.status.details for row in store.statuses(newest=2)] == ["d", "x"]
        assert store.statuses(newest=0) == []

    def test_calls_have_numbers_that_grow(self, store: ProjectStore) -> None:
        for name in ("start", "cancel", "delete"):
            store.log_call(name, 0, {})
        first, second, third = store.api_calls()
        assert [call.name for call in store.api_calls(after=first.call_id)] == ["cancel", "delete"]
        assert store.api_calls(newest=2) == [second, third]

    def test_a_status_comes_back_as_it_was(self, store: ProjectStore) -> None:
        sim_id = created(store)
        error = SimStatus(
            SimStatusCode.FAIL, later(0.5), SimStatusSubcode.ERROR, "boom", "Traceback ..."
        )
        store.add_statuses(sim_id, [error])
        assert store.statuses()[0].status == error
        assert store.latest_statuses([sim_id, uuid4()]) == {sim_id: error}

    def test_latest_status_is_the_one_added_last(self, store: ProjectStore) -> None:
        sim_id = created(store)
        old = SimStatus(
            SimStatusCode.INFO, later(-100), details="added last, but says an earlier time"
        )
        store.add_statuses(sim_id, [status("first"), old])
        assert store.latest_statuses([sim_id]) == {sim_id: old}

    def test_deleted_media_are_gone_and_viewers_hear_of_it(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        items = [
            MediaItem(sim_id, "episode", step, "video", f"media/{step}.mp4", NOON)
            for sim_id in (one, two)
            for step in (1, 2)
        ]
        for sim_id in (one, two):
            own = [item for item in items if item.sim_id == sim_id]
            store.write([Batch(sim_id, media=own)])
        tick = store.tick()
        assert store.delete_media(items[:1]) == 1
        assert store.media() == items[1:]
        assert [record.sim_id for record in store.changes(tick).simulations] == [one]
        tick = store.tick()
        assert store.delete_media(items[:1]) == 0
        assert store.tick() == tick

    def test_media_by_creation_key_and_order(self, store: ProjectStore) -> None:
        two, one = running(store, created=later(2)), running(store, created=later(1))
        items = [
            MediaItem(one, key, step, "image", f"{key}{step}.png", NOON)
            for key, step in [("b", 1), ("a", 9), ("a", 2)]
        ]
        other = MediaItem(two, "a", 1, "image", "x.png", NOON)
        store.write([Batch(two, media=[other]), Batch(one, media=items)])
        assert store.media() == [items[1], items[2], items[0], other]
        assert store.media([two]) == [other]
        assert store.media(keys=["b"]) == [items[0]]

    # Ticks

    def test_nothing_changed_gives_nothing(self, store: ProjectStore) -> None:
        running(store)
        changes = store.changes(store.tick())
        assert (list(changes.simulations), list(changes.series), list(changes.deleted)) == (
            [],
            [],
            [],
        )
        assert changes.tick == store.tick()

    def test_changes_since_the_beginning_give_everything(self, store: ProjectStore) -> None:
        one, two = running(store, created=later(1)), created(store, created=later(2))
        store.write([batch(one, b=[1.0], a=[1.0])])
        changes = store.changes(0)
        assert [record.sim_id for record in changes.simulations] == [one, two]
        assert [info.key for info in changes.series] == ["a", "b"]
        assert changes.simulations[0] == store.simulation(one)

    def test_points_change_their_series_only(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, a=[1.0], b=[1.0])])
        tick = store.tick()
        store.write([batch(sim_id, b=[2.0])])
        changes = store.changes(tick)
        assert list(changes.simulations) == []
        assert [(info.key, info.n, info.last_value) for info in changes.series] == [("b", 2, 2.0)]

    @pytest.mark.parametrize(
        "act",
        [
            lambda store, sim_id: store.move(Move(sim_id, SimState.PAUSED, NOON, owner=OWNER)),
            lambda store, sim_id: store.add_statuses(sim_id, [status()]),
            lambda store, sim_id: store.write([Batch(sim_id, progress=Progress(1, 2, "", 3.0))]),
            lambda store, sim_id: store.write([Batch(sim_id, requests=[_request(sim_id)])]),
            lambda store, sim_id: store.write(
                [Batch(sim_id, media=[MediaItem(sim_id, "k", 1, "i", "p", NOON)])]
            ),
            lambda store, sim_id: store.settle(sim_id, OWNER, status()),
            lambda store, sim_id: store.finish(
                Batch(sim_id), Move(sim_id, SimState.FAILED, NOON, owner=OWNER)
            ),
            lambda store, sim_id: store.set_environment(sim_id, {"python": "3.11.9"}),
        ],
        ids=["move", "status", "progress", "request", "media", "settle", "finish", "environment"],
    )
    def test_what_a_viewer_wants_to_see_is_a_change(self, store: ProjectStore, act: Any) -> None:
        running(store)
        sim_id = running(store)
        tick = store.tick()
        act(store, sim_id)
        changes = store.changes(tick)
        assert [record.sim_id for record in changes.simulations] == [sim_id]
        assert changes.tick > tick
        assert changes.simulations[0].tick > tick

    def test_deletions_are_told_to_those_who_knew(self, store: ProjectStore) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=[1.0])])
        tick = store.tick()
        store.delete([sim_id])
        changes = store.changes(tick)
        assert (list(changes.simulations), list(changes.series), list(changes.deleted)) == (
            [],
            [],
            [sim_id],
        )
        assert list(store.changes(changes.tick).deleted) == []
        assert list(store.changes(0).deleted) == []

    def test_a_tick_that_has_not_come_yet_gives_everything(self, store: ProjectStore) -> None:
        sim_id = running(store)
        assert [record.sim_id for record in store.changes(10**9).simulations] == [sim_id]

    # Several stores and threads

    def test_two_stores_see_each_other_at_once(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        other = open_again()
        sim_id = running(store)
        other.write([batch(sim_id, k=[1.0])], owner=OWNER)
        assert store.read_scalars(sim_id, "k")[1] == 1
        asked = store.ask(sim_id, "progress", None)
        other.answer(asked, Answer(5))
        assert store.answer_of(asked) == Answer(5)

    def test_many_threads_write_and_read_one_store(self, store: ProjectStore) -> None:
        ids = [running(store) for _ in range(8)]
        errors: list[BaseException] = []

        def work(sim_id: UUID) -> None:
            try:
                for number in range(40):
                    store.write([batch(sim_id, k=[float(number)])], owner=OWNER)
                    assert store.read_scalars(sim_id, "k", after=number)[0].values.tolist() == [
                        float(number)
                    ]
            except BaseException as exc:  # noqa: BLE001 - told to the main thread
                errors.append(exc)

        threads = [threading.Thread(target=work, args=(sim_id,)) for sim_id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert [info.n for info in store.series()] == [40] * 8

    def test_closing_twice_is_harmless_and_using_it_afterwards_an_error(
        self, store: ProjectStore
    ) -> None:
        store.close()
        store.close()
        with pytest.raises(GymDashError, match="is closed"):
            store.tick()
        with pytest.raises(GymDashError, match="is closed"):
            store.log_call("start", 0, None)

    def test_what_one_store_wrote_another_opens(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        sim_id = running(store)
        store.write([batch(sim_id, k=NUMBERS)])
        before = (store.simulation(sim_id), store.series(), store.statuses())
        store.close()
        again = open_again()
        assert (again.simulation(sim_id), again.series(), again.statuses())[0] == before[0]
        assert again.read_scalars(sim_id, "k")[0].values.tobytes() == np.array(NUMBERS).tobytes()

    def _in_state(self, store: ProjectStore, state: SimState, *, launcher: str = "") -> UUID:
        """Give a simulation in this state, owned by OWNER where it has an owner."""
        if state is SimState.CREATED:
            return created(store)
        if state in {SimState.QUEUED, SimState.SETTING_UP}:
            sim_id = created(store)
            assert store.move(Move(sim_id, state, NOON, owner=OWNER, launcher=launcher))
            return sim_id
        sim_id = running(store, launcher=launcher)
        if state is SimState.LOST:
            assert store.settle(sim_id, OWNER, status())
        elif state in TERMINAL_STATES or state is SimState.PAUSED:
            assert store.move(Move(sim_id, state, later(3), owner=OWNER))
        return sim_id


def _request(sim_id: UUID, request_id: str = "", seconds: float = 0) -> ControlRequest:
    return ControlRequest(
        request_id or f"request of {sim_id}",
        sim_id,
        "custom_query",
        "Which learning rate?",
        ("lr",),
        later(seconds),
    )
