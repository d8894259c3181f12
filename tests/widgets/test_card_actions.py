from __future__ import annotations

import threading
from uuid import uuid4

from gymdash_jupyter.actions import Action
from gymdash_jupyter.widgets import CardActions
from tests.widgets.conftest import Browser


def ignore(*_):
    return None


def asked(write, make_card, kind, **content):
    """Ask a card with the given actions one thing; give its answer."""
    actions = content.pop("actions")
    sim = write()
    browser = Browser(make_card(sim, actions=actions))
    browser.say(kind, id="q", **{"sim_id": str(sim.sim_id), **content})
    return sim, browser.wait_for(kind)[0]


def test_reply_goes_to_the_channel_and_its_answer_comes_back(write, make_card):
    calls = []

    def reply(sim_id, channel, value):
        calls.append((sim_id, channel, value))
        return {"taken": value}

    actions = CardActions(ignore, reply=reply)
    sim, answer = asked(
        write, make_card, "reply", channel="custom_query", value={"a": [1]}, actions=actions
    )
    assert calls == [(sim.sim_id, "custom_query", {"a": [1]})]
    assert answer == {"id": "q", "kind": "reply", "result": {"taken": {"a": [1]}}}


def test_question_is_dismissed_by_its_id(write, make_card):
    calls = []
    actions = CardActions(ignore, dismiss=calls.append)
    asked(write, make_card, "dismiss", request_id="r1", actions=actions)
    assert calls == ["r1"]


def test_offered_actions_come_as_plain_values(write, make_card):
    schema = {"properties": {"n": {"type": "integer"}}, "required": ["n"]}
    actions = CardActions(ignore, actions=lambda _: [Action("evaluate", "Look.", schema)])
    _, answer = asked(write, make_card, "actions", actions=actions)
    assert answer["result"] == [{"name": "evaluate", "words": "Look.", "arguments": schema}]


def test_asking_passes_name_and_arguments(write, make_card):
    calls = []
    actions = CardActions(ignore, ask=lambda *given: calls.append(given) or 7)
    sim, answer = asked(
        write, make_card, "ask", name="set", arguments={"lr": 1.0}, actions=actions
    )
    assert calls == [(sim.sim_id, "set", {"lr": 1.0})]
    assert answer["result"] == 7


def test_refusal_is_answered_with_its_words(write, make_card):
    def ask(*_):
        raise ValueError("not now")

    _, answer = asked(write, make_card, "ask", name="set", actions=CardActions(ignore, ask=ask))
    assert answer == {"id": "q", "kind": "ask", "error": "not now"}


def test_card_without_replies_refuses_them(write, make_card):
    _, answer = asked(write, make_card, "reply", channel="c", actions=CardActions(ignore))
    assert "only shows; it cannot reply" in answer["error"]


def test_simulation_of_another_card_is_not_asked(write, make_card):
    calls = []
    actions = CardActions(ignore, ask=lambda *given: calls.append(given))
    _, answer = asked(write, make_card, "ask", name="x", sim_id=str(uuid4()), actions=actions)
    assert "does not show" in answer["error"]
    assert calls == []


def test_slow_question_delays_neither_stop_nor_reply(write, make_card):
    release = threading.Event()
    actions = CardActions(ignore, reply=ignore, ask=lambda *_: release.wait(60))
    sim = write()
    browser = Browser(make_card(sim, actions=actions))
    browser.say("ask", id="slow", sim_id=str(sim.sim_id), name="x")
    browser.say("reply", id="r", sim_id=str(sim.sim_id), channel="c")
    browser.say("stop", id="s", sim_id=str(sim.sim_id))
    browser.wait_for("stop")
    browser.wait_for("reply")
    assert "ask" not in browser.kinds()
    release.set()
    browser.wait_for("ask")


def test_browser_knows_what_a_card_can_do(write, make_card):
    card = make_card(write(), actions=CardActions(ignore, reply=ignore))
    assert (card.can_stop, card.can_reply, card.can_ask) == (True, True, False)
