"""What every store must do with commands and control requests; a part of ``store_cases``."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from gymdash_jupyter.errors import SimulationEndedError, UnknownSimulationError
from gymdash_jupyter.records import Answer, Batch, Command
from gymdash_jupyter.store import ProjectStore
from tests.store.makers import NOON, created, ended, later, question, running


class ConversationCases:
    """The suite of what is asked; ``StoreCases`` is made of it."""

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

    def test_a_request_waits_until_it_is_closed(self, store: ProjectStore) -> None:
        one, two = running(store), running(store)
        store.write([Batch(one, requests=[question(one, "r1", 2), question(one, "r2", 1)])])
        store.write([Batch(two, requests=[question(two, "r3", 3)])])
        assert [request.request_id for request in store.control_requests()] == ["r2", "r1", "r3"]
        tick = store.tick()
        store.close_requests(["r1", "unknown"])
        store.write([Batch(two, closed_requests=["r3"])])
        assert [request.request_id for request in store.control_requests()] == ["r2"]
        assert [
            request.request_id for request in store.control_requests([two], open_only=False)
        ] == ["r3"]
        assert {record.sim_id for record in store.changes(tick).simulations} == {one, two}
