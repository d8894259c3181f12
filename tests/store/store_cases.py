"""What every store must do, whatever it is made of: the contract as tests.

A store joins by a subclass with two fixtures: ``store``, an open store of an empty project, and ``open_again``, which
opens one more store on the same project.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from gymdash_jupyter.errors import GymDashError
from gymdash_jupyter.records import Answer, Batch, MediaItem, Progress
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, ProjectStore
from tests.store.conversation_cases import ConversationCases
from tests.store.label_cases import LabelCases
from tests.store.life_cases import LifeCases
from tests.store.makers import NOON, OWNER, batch, created, later, question, running, status
from tests.store.queue_cases import QueueCases
from tests.store.recorded_cases import NUMBERS, RecordedCases
from tests.store.resource_cases import ResourceCases


class StoreCases(
    LifeCases, RecordedCases, QueueCases, ConversationCases, LabelCases, ResourceCases
):
    """The suite; see the module's docstring."""

    # Calls

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

    def test_calls_have_numbers_that_grow(self, store: ProjectStore) -> None:
        for name in ("start", "cancel", "delete"):
            store.log_call(name, 0, {})
        first, second, third = store.api_calls()
        assert [call.name for call in store.api_calls(after=first.call_id)] == ["cancel", "delete"]
        assert store.api_calls(newest=2) == [second, third]

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
            lambda store, sim_id: store.write([Batch(sim_id, requests=[question(sim_id)])]),
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
