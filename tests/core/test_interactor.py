"""Channels and control requests: every call, the order of questions, and who gets which answer."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from gymdash_jupyter.channels import CHANNELS, Ask
from gymdash_jupyter.errors import SimulationEndedError, UnknownChannelError
from gymdash_jupyter.interactor import SimulationInteractor
from tests.waiting import wait_until

STOP, QUERY = "stop_simulation", "custom_query"


@pytest.fixture
def box() -> SimulationInteractor:
    return SimulationInteractor()


# Looking and answering


def test_every_simulation_has_the_five_channels(box: SimulationInteractor) -> None:
    assert set(box.channels) == {
        "stop_simulation",
        "progress",
        "progress_status",
        "help_request",
        "custom_query",
    }


@pytest.mark.parametrize("channel", [STOP, "help_request", QUERY])
def test_nothing_is_asked_at_first(box: SimulationInteractor, channel: str) -> None:
    assert box.get_in(channel) == (False, None)


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_has_gone_out_at_first(box: SimulationInteractor, channel: str) -> None:
    assert box.get_out(channel) == (False, None)


@pytest.mark.parametrize("channel", ["progress", "progress_status"])
def test_progress_is_always_asked(box: SimulationInteractor, channel: str) -> None:
    assert box.get_in(channel) == (True, None)


@pytest.mark.parametrize("channel", ["progress", "progress_status"])
def test_progress_stays_asked_after_it_was_answered(
    box: SimulationInteractor, channel: str
) -> None:
    assert box.set_out_if_in(channel, (1, 10))
    assert box.set_out_if_in(channel, (2, 10))
    assert box.get_in(channel)[0]
    assert box.get_out(channel) == (True, (2, 10))


def test_what_is_asked_stays_asked_until_it_is_answered(box: SimulationInteractor) -> None:
    box.set_in(QUERY, {"lr": 1})
    assert [box.get_in(QUERY) for _ in range(3)] == [(True, {"lr": 1})] * 3


def test_an_answer_takes_the_question_down(box: SimulationInteractor) -> None:
    box.set_in(QUERY, 1)
    box.set_out(QUERY, "one")
    assert box.get_in(QUERY) == (False, None)


def test_an_answer_to_what_was_asked_by_hand_can_be_looked_at(box: SimulationInteractor) -> None:
    box.set_in(QUERY, 1)
    box.set_out(QUERY, "one")
    assert box.get_out(QUERY) == (True, "one")


def test_an_answer_that_was_delivered_is_no_longer_out(box: SimulationInteractor) -> None:
    box.set_out(QUERY, "an old word")
    ask = box.ask(QUERY, 1)
    box.set_out(QUERY, "one")
    assert ask.answer == "one"
    assert box.get_out(QUERY) == (False, None)


def test_something_may_go_out_that_nobody_asked(box: SimulationInteractor) -> None:
    box.set_out(QUERY, "news")
    assert box.get_out(QUERY) == (True, "news")


def test_answering_if_asked_tells_whether_it_was(box: SimulationInteractor) -> None:
    assert box.set_out_if_in(QUERY, "one") is False
    assert box.get_out(QUERY) == (False, None)
    box.set_in(QUERY, 1)
    assert box.set_out_if_in(QUERY, "one") is True
    assert box.set_out_if_in(QUERY, "again") is False


def test_asking_if_something_went_out_tells_whether_it_did(box: SimulationInteractor) -> None:
    assert box.set_in_if_out(QUERY, 1) is False
    assert box.get_in(QUERY) == (False, None)
    box.set_out(QUERY, "news")
    assert box.set_in_if_out(QUERY, 1) is True
    assert box.get_in(QUERY) == (True, 1)


def test_answering_if_exactly_this_is_asked(box: SimulationInteractor) -> None:
    box.set_in(QUERY, "a")
    assert box.set_out_if_in_value(QUERY, 1, "b") is False
    assert box.get_in(QUERY) == (True, "a")
    assert box.set_out_if_in_value(QUERY, 1, "a") is True
    assert box.get_out(QUERY) == (True, 1)


def test_asking_if_exactly_this_went_out(box: SimulationInteractor) -> None:
    box.set_out(QUERY, "a")
    assert box.set_in_if_out_value(QUERY, 1, "b") is False
    assert box.get_in(QUERY) == (False, None)
    assert box.set_in_if_out_value(QUERY, 1, "a") is True
    assert box.get_in(QUERY) == (True, 1)


def test_nothing_asked_is_not_the_question_none(box: SimulationInteractor) -> None:
    assert box.set_out_if_in_value(QUERY, 1, None) is False
    assert box.set_in_if_out_value(QUERY, 1, None) is False


def test_comparing_arrays_is_no_error(box: SimulationInteractor) -> None:
    box.set_in(QUERY, np.arange(3))
    assert box.set_out_if_in_value(QUERY, 1, np.arange(3)) is False


def test_comparing_what_cannot_be_compared_is_no_error(box: SimulationInteractor) -> None:
    class Odd:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("no")

    box.set_in(QUERY, Odd())
    assert box.set_out_if_in_value(QUERY, 1, 1) is False


# Unknown channels


def test_looking_at_an_unknown_channel_finds_nothing(box: SimulationInteractor) -> None:
    assert box.get_in("no_such") == (False, None)
    assert box.get_out("no_such") == (False, None)


def test_setting_an_unknown_channel_is_ignored(box: SimulationInteractor) -> None:
    box.set_in("no_such", 1)
    box.set_out("no_such", 1)
    assert "no_such" not in box.channels


@pytest.mark.parametrize(
    "call",
    [
        lambda box: box.set_out_if_in("no_such", 1),
        lambda box: box.set_in_if_out("no_such", 1),
        lambda box: box.set_out_if_in_value("no_such", 1, 1),
        lambda box: box.set_in_if_out_value("no_such", 1, 1),
        lambda box: box.add_control_request("no_such", "hm?"),
    ],
)
def test_an_unknown_channel_says_false(box: SimulationInteractor, call: Any) -> None:
    assert call(box) is False


def test_asking_an_unknown_channel_says_which_there_are(box: SimulationInteractor) -> None:
    with pytest.raises(
        UnknownChannelError,
        match=r"no channel 'custom_qery'.*mean 'custom_query'.*It has: custom_",
    ):
        box.ask("custom_qery", 1)


def test_a_channel_that_was_added_works_like_the_others(box: SimulationInteractor) -> None:
    box.add_channel("learning_rate")
    box.set_in("learning_rate", 0.1)
    assert box.set_out_if_in("learning_rate", "ok")


def test_adding_a_channel_twice_keeps_what_is_asked_there(box: SimulationInteractor) -> None:
    box.add_channel("learning_rate")
    box.set_in("learning_rate", 0.1)
    box.add_channel("learning_rate")
    assert box.get_in("learning_rate") == (True, 0.1)


# Order


def test_questions_are_answered_in_order_each_once(box: SimulationInteractor) -> None:
    asks = [box.ask(QUERY, n) for n in range(3)]
    for _ in range(3):
        box.set_out(QUERY, f"answer to {box.get_in(QUERY)[1]}")
    assert [ask.answer for ask in asks] == ["answer to 0", "answer to 1", "answer to 2"]


def test_one_answer_answers_only_the_first_question(box: SimulationInteractor) -> None:
    first, second = box.ask(QUERY, 1), box.ask(QUERY, 2)
    box.set_out(QUERY, "one")
    assert first.is_answered
    assert not second.is_answered
    assert box.get_in(QUERY) == (True, 2)


@pytest.mark.parametrize("channel", [STOP, "help_request", "progress", "progress_status"])
def test_one_answer_is_enough_for_all_who_ask_the_same(
    box: SimulationInteractor, channel: str
) -> None:
    asks = [box.ask(channel, True) for _ in range(3)]
    box.set_out(channel, "yes")
    assert [ask.answer for ask in asks] == ["yes"] * 3


def test_asking_by_hand_again_replaces_the_question(box: SimulationInteractor) -> None:
    box.set_in(QUERY, 1)
    box.set_in(QUERY, 2)
    assert box.get_in(QUERY) == (True, 2)
    box.set_out(QUERY, "two")
    assert box.get_in(QUERY) == (False, None)


def test_asking_by_hand_does_not_replace_what_others_ask(box: SimulationInteractor) -> None:
    ask = box.ask(QUERY, "theirs")
    box.set_in(QUERY, "mine")
    assert box.get_in(QUERY) == (True, "theirs")
    box.set_out(QUERY, 1)
    assert ask.answer == 1
    assert box.get_in(QUERY) == (True, "mine")


def test_a_question_that_is_withdrawn_does_not_block_the_next(box: SimulationInteractor) -> None:
    first, second = box.ask(QUERY, 1), box.ask(QUERY, 2)
    assert box.withdraw(first)
    box.set_out(QUERY, "two")
    assert second.answer == "two"
    assert not first.is_answered


def test_what_is_answered_cannot_be_withdrawn(box: SimulationInteractor) -> None:
    ask = box.ask(QUERY, 1)
    box.set_out(QUERY, "one")
    assert box.withdraw(ask) is False
    assert ask.answer == "one"


def test_withdrawing_twice_is_harmless(box: SimulationInteractor) -> None:
    ask = box.ask(QUERY, 1)
    assert [box.withdraw(ask), box.withdraw(ask)] == [True, False]


def test_who_waits_wakes_when_the_answer_comes(box: SimulationInteractor) -> None:
    ask = box.ask(QUERY, 1)
    assert ask.wait(0) is False
    answerer = threading.Thread(target=box.set_out, args=(QUERY, "one"))
    answerer.start()
    assert ask.wait(60)
    answerer.join()


def test_who_asked_is_called_once_with_the_answer(box: SimulationInteractor) -> None:
    ended: list[Ask] = []
    box.ask(QUERY, 1, ended.append)
    box.set_out(QUERY, "one")
    box.set_out(QUERY, "more")
    assert [(ask.answer, ask.error) for ask in ended] == [("one", None)]


# Listening


def test_a_listener_hears_all_progress_and_only_answers_elsewhere(
    box: SimulationInteractor,
) -> None:
    heard: list[Any] = []
    box.listen("progress", heard.append)
    box.listen(STOP, heard.append)
    box.set_out("progress", (1, 2))
    box.set_out(STOP, "nobody asked")
    box.set_in(STOP, True)
    box.set_out(STOP, "answer")
    assert heard == [(1, 2), "answer"]


# The end


def test_what_still_waits_at_the_end_gets_no_answer_and_says_why(
    box: SimulationInteractor,
) -> None:
    ask = box.ask(QUERY, 1)
    box.end("It is over.")
    assert ask.wait(0)
    assert isinstance(ask.error, SimulationEndedError)
    assert str(ask.error) == "It is over."


def test_who_asked_to_stop_gets_a_yes_at_the_end(box: SimulationInteractor) -> None:
    ask = box.ask(STOP, True)
    box.end("It is over.")
    assert (ask.answer, ask.error) == (True, None)


def test_asking_after_the_end_is_answered_at_once_with_why_not(box: SimulationInteractor) -> None:
    box.end("It is over.")
    ask = box.ask(QUERY, 1)
    assert ask.wait(0)
    assert str(ask.error) == "It is over."


# Control requests


def test_a_control_request_waits_with_its_question_and_names(box: SimulationInteractor) -> None:
    assert box.add_control_request(QUERY, "Which rate?", "lr", "decay") is True
    (request,) = box.get_all_control_requests()[QUERY]
    assert (request.channel, request.details, request.subkeys) == (
        QUERY,
        "Which rate?",
        ("lr", "decay"),
    )
    assert request.is_open
    assert box.has_requests


def test_requests_are_kept_by_channel_in_order(box: SimulationInteractor) -> None:
    for details in ("a", "b"):
        box.add_control_request(QUERY, details)
    box.add_control_request(STOP, "c")
    found = box.get_all_control_requests()
    assert {channel: [r.details for r in found[channel]] for channel in found} == {
        STOP: ["c"],
        QUERY: ["a", "b"],
    }


def test_answering_what_a_person_sent_closes_the_request(box: SimulationInteractor) -> None:
    box.add_control_request(QUERY, "Which rate?")
    box.set_in(QUERY, {"lr": 1})
    assert box.has_requests, "until the simulation has taken it"
    box.set_out(QUERY, "thanks")
    assert not box.has_requests


def test_saying_something_unasked_leaves_the_request_open(box: SimulationInteractor) -> None:
    box.add_control_request(QUERY, "Which rate?")
    box.set_out(QUERY, "by the way")
    assert box.has_requests


def test_an_answer_closes_only_requests_on_its_channel(box: SimulationInteractor) -> None:
    box.add_control_request(STOP, "Stop?")
    box.set_in(QUERY, 1)
    box.set_out(QUERY, 2)
    assert list(box.get_all_control_requests()) == [STOP]


def test_all_requests_can_be_cleared(box: SimulationInteractor) -> None:
    box.add_control_request(QUERY, "a")
    box.add_control_request(STOP, "b")
    box.clear_all_control_requests()
    assert box.get_all_control_requests() == {}


def test_the_end_closes_all_requests(box: SimulationInteractor) -> None:
    box.add_control_request(QUERY, "a")
    box.end("over")
    assert not box.has_requests


def test_requests_and_closings_wait_until_they_are_stored(box: SimulationInteractor) -> None:
    box.add_control_request(QUERY, "a")
    box.clear_all_control_requests()
    requests, closings = box.unsaved_requests()
    assert closings == [requests[0].request_id]
    box.add_control_request(QUERY, "b")  # comes while the first is being stored
    box.confirm_requests(len(requests), len(closings))
    assert [r.details for r in box.unsaved_requests()[0]] == ["b"]
    assert box.unsaved_requests()[1] == []


# Two threads


def test_every_question_is_answered_once_when_many_ask_at_once(box: SimulationInteractor) -> None:
    n_people, n_each = 4, 500
    stop = threading.Event()
    asks: list[list[Ask]] = [[] for _ in range(n_people)]

    def simulate() -> None:
        while not stop.is_set():
            is_asked, value = box.get_in(QUERY)
            if is_asked:
                box.set_out(QUERY, value)

    def be_curious(person: int) -> None:
        asks[person].extend(box.ask(QUERY, (person, n)) for n in range(n_each))

    simulation = threading.Thread(target=simulate)
    people = [threading.Thread(target=be_curious, args=(person,)) for person in range(n_people)]
    for thread in (simulation, *people):
        thread.start()
    for thread in people:
        thread.join()
    wait_until(lambda: not box.get_in(QUERY)[0], what="all to be answered")
    stop.set()
    simulation.join()
    assert [[ask.answer for ask in mine] for mine in asks] == [
        [(person, n) for n in range(n_each)] for person in range(n_people)
    ]


def test_a_question_is_answered_or_withdrawn_never_both(box: SimulationInteractor) -> None:
    stop = threading.Event()

    def simulate() -> None:
        while not stop.is_set():
            box.set_out_if_in(QUERY, "yes")

    simulation = threading.Thread(target=simulate)
    simulation.start()
    asks = [box.ask(QUERY, n) for n in range(2000)]
    was_withdrawn = [box.withdraw(ask) for ask in asks]
    wait_until(lambda: not box.get_in(QUERY)[0])
    stop.set()
    simulation.join()
    assert [ask.is_answered for ask in asks] == [not withdrawn for withdrawn in was_withdrawn]
