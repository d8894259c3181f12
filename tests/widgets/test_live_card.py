from __future__ import annotations

import json
import threading
from uuid import uuid4

import numpy as np
import pytest

from gymdash_jupyter.errors import (
    InvalidArgumentError,
    MissingDependencyError,
    UnknownSimulationError,
)
from gymdash_jupyter.records import Batch, ControlRequest, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode
from gymdash_jupyter.widgets import CardActions, LiveCard, bundles
from tests.waiting import wait_until
from tests.widgets.conftest import OWNER, Browser


def test_card_knows_its_simulation_at_once(write, make_card):
    sim = write("ppo-s0")
    sim.progress(25, 100)
    shown = make_card(sim).simulations[0]
    assert shown["name"] == "ppo-s0"
    assert (shown["type"], shown["env"], shown["launcher"]) == ("ppo", "CartPole-v1", "process")
    assert (shown["state"], shown["current"], shown["total"]) == ("running", 25, 100)


def test_card_of_unknown_simulation_is_an_error(store):
    with pytest.raises(UnknownSimulationError):
        LiveCard(store, [uuid4()])


def test_card_of_nothing_is_an_error(store):
    with pytest.raises(InvalidArgumentError, match="at least one"):
        LiveCard(store, [])


def test_missing_bundle_says_what_to_do(write, store, monkeypatch, tmp_path):
    sim = write()
    monkeypatch.setattr(bundles, "_FOLDER", tmp_path)
    bundles.bundle_text.cache_clear()
    with pytest.raises(MissingDependencyError, match="make install"):
        LiveCard(store, [sim.sim_id])
    bundles.bundle_text.cache_clear()


def test_card_reads_nothing_while_nobody_sees_it(write, make_card):
    card = make_card(write())
    assert not card._loop.is_running


def test_shown_series_comes_whole_then_in_pieces(write, make_card):
    sim = write()
    sim.record("loss", [1.0, 2.0])
    browser = Browser(make_card(sim))
    browser.show("loss")
    browser.wait_for("series")
    sim.record("loss", [3.0], steps=[2])
    message, buffers = browser.wait_for("series", 2)
    assert not message["parts"][0]["is_all"]
    np.testing.assert_array_equal(np.frombuffer(buffers[1]), [3.0])
    np.testing.assert_array_equal(browser.points(), [1, 2, 3])


def test_series_that_begins_later_comes_too(write, make_card):
    sim = write()
    browser = Browser(make_card(sim))
    browser.show("loss")
    browser.wait_for("series")  # says that there is nothing
    sim.record("loss", [1.0])
    wait_until(lambda: list(browser.points()) == [1.0], what="the first point")
    assert browser.card.series_keys == ["loss"]


def test_values_that_are_not_finite_arrive_as_they_are(write, make_card):
    sim = write()
    sim.record("loss", [1.0, np.nan, np.inf])
    browser = Browser(make_card(sim))
    browser.show("loss", tabs=["loss"])
    browser.wait_for("values")
    np.testing.assert_array_equal(browser.points(), [1.0, np.nan, np.inf])
    json.dumps(browser.card.simulations, allow_nan=False)


def test_steps_that_go_back_are_sent_again_in_order(write, make_card):
    sim = write()
    sim.record("loss", [1.0, 2.0], steps=[10, 20])
    browser = Browser(make_card(sim))
    browser.show("loss")
    browser.wait_for("series")
    sim.record("loss", [3.0], steps=[15])
    message, _ = browser.wait_for("series", 2)
    assert message["parts"][0]["is_all"]
    np.testing.assert_array_equal(browser.points(0), [10, 15, 20])


def test_long_series_is_thinned_and_says_so(write, make_card):
    sim = write()
    sim.record("loss", np.arange(100_000.0))
    browser = Browser(make_card(sim))
    browser.show("loss", width=400)
    message, _ = browser.wait_for("series")
    part = message["parts"][0]
    assert part["total"] == 100_000
    assert part["count"] <= 4 * 400


def test_thinned_series_stays_bounded_while_it_grows(write, make_card):
    sim = write()
    sim.record("loss", np.arange(5_000.0))
    browser = Browser(make_card(sim))
    browser.show("loss", width=200)
    browser.wait_for("series")
    for i in range(5):
        steps = range(5_000 * (i + 1), 5_000 * (i + 2))
        sim.record("loss", np.ones(5_000), steps=steps)
        browser.wait_for("series", i + 2)
        assert len(browser.points()) <= 4 * 200 * 1.5


def test_zoom_into_a_thinned_series_brings_its_points(write, make_card):
    sim = write()
    sim.record("loss", np.arange(100_000.0))
    browser = Browser(make_card(sim))
    browser.show("loss")
    browser.wait_for("series")
    browser.show("loss", between=[100, 110])
    browser.wait_for("series", 2)
    np.testing.assert_array_equal(browser.points(0), np.arange(99, 112))


def test_smoothing_is_computed_over_all_points(write, make_card):
    sim = write()
    sim.record("loss", [4.0, 8.0])
    browser = Browser(make_card(sim))
    browser.show("loss", smoothing=0.5)
    browser.wait_for("series")
    np.testing.assert_allclose(browser.points(3), [4.0, 5.0 / 0.75])


def test_another_key_replaces_the_curves(write, make_card):
    sim = write()
    sim.record("a", [1.0])
    sim.record("b", [2.0])
    browser = Browser(make_card(sim))
    browser.show("a")
    browser.wait_for("series")
    browser.show("b")
    message, buffers = browser.wait_for("series", 2)
    assert (message["key"], message["is_new"]) == ("b", True)
    np.testing.assert_array_equal(np.frombuffer(buffers[1]), [2.0])


def test_tabs_get_last_values_and_small_curves(write, make_card):
    sim = write()
    sim.record("a", [1.0, 2.0])
    sim.record("b", [3.0])
    browser = Browser(make_card(sim))
    browser.show("a", tabs=["a"])
    message, buffers = browser.wait_for("values")
    assert dict(zip(message["keys"], np.frombuffer(buffers[0]), strict=True)) == {
        "a": 2.0,
        "b": 3.0,
    }
    assert message["tabs"] == [["a", 2]]
    np.testing.assert_array_equal(np.frombuffer(buffers[1]), [1.0, 2.0])


def test_group_sends_a_part_for_each_simulation(write, make_card):
    one, two = write("one"), write("two")
    one.record("loss", [1.0])
    two.record("loss", [2.0, 3.0])
    card = make_card(one, two, title="seeds")
    browser = Browser(card)
    browser.show("loss")
    message, buffers = browser.wait_for("series")
    assert [(p["sim_id"], p["count"]) for p in message["parts"]] == [
        (str(one.sim_id), 1),
        (str(two.sim_id), 2),
    ]
    np.testing.assert_array_equal(np.frombuffer(buffers[1]), [1, 2, 3])


def test_state_follows_the_store(write, make_card):
    sim = write()
    card = make_card(sim)
    Browser(card).show("")
    sim.end(SimState.SUCCEEDED)
    wait_until(lambda: card.simulations[0]["state"] == "succeeded", what="the state")


def test_deleted_simulation_is_said_to_be(write, make_card, store):
    sim = write()
    card = make_card(sim)
    browser = Browser(card)
    browser.show("")
    browser.wait_for("values")
    store.delete([sim.sim_id])
    wait_until(lambda: card.simulations[0]["state"] == "deleted", what="the state")


def test_unseen_view_gets_nothing_and_everything_afterwards(write, make_card):
    sim = write()
    card = make_card(sim)
    browser = Browser(card)
    browser.show("loss")
    browser.wait_for("series")
    browser.say("seen", is_seen=False)
    wait_until(lambda: not card._loop.is_running, what="the loop's end")
    sim.record("loss", [1.0, 2.0])
    sim.say("while nobody looked")
    assert list(browser.points()) == []
    browser.show("loss")
    wait_until(lambda: list(browser.points()) == [1, 2], what="what was missed")
    assert card.simulations[0]["latest"]["text"] == "while nobody looked"
    assert card.simulations[0]["status_count"] == 1


def test_failure_shows_type_message_and_trace(write, make_card):
    sim = write()
    trace = (
        'Traceback (most recent call last):\n  File "a/b.py", line 7, in f\nValueError: <b>bad</b>'
    )
    sim.say("it failed", SimStatusCode.FAIL, trace)
    sim.end(SimState.FAILED)
    card = make_card(sim)
    error = card.simulations[0]["error"]
    assert (error["type"], error["message"], error["frame"]) == (
        "ValueError",
        "<b>bad</b>",
        "a/b.py:7 in f",
    )
    browser = Browser(card)
    browser.say("trace", id="q1", sim_id=str(sim.sim_id), number=error["number"])
    answer, _ = browser.wait_for("trace")
    assert answer == {"id": "q1", "kind": "trace", "result": trace}


def test_statuses_come_on_demand_newest_first_and_at_most_a_hundred(write, make_card):
    sim = write()
    for i in range(120):
        sim.say(f"number {i}")
    browser = Browser(make_card(sim))
    browser.say("statuses", id="q", sim_id=str(sim.sim_id))
    answer, _ = browser.wait_for("statuses")
    assert [each["text"] for each in answer["result"][:2]] == ["number 119", "number 118"]
    assert len(answer["result"]) == 100
    assert browser.card.simulations[0]["status_count"] == 120


def test_stop_calls_the_action_in_another_thread(write, make_card):
    calls = []
    actions = CardActions(lambda *given: calls.append((given, threading.current_thread().name)))
    sim = write()
    browser = Browser(make_card(sim, actions=actions))
    browser.say("stop", id="s", sim_id=str(sim.sim_id), is_forced=True)
    answer, _ = browser.wait_for("stop")
    assert answer["result"] is True
    assert calls == [((sim.sim_id, True), "gymdash-actions")]


def test_stop_that_fails_is_answered_with_its_words(write, make_card):
    def stop(sim_id, is_forced):
        raise RuntimeError("the process is not ours")

    sim = write()
    browser = Browser(make_card(sim, actions=CardActions(stop)))
    browser.say("stop", id="s", sim_id=str(sim.sim_id))
    answer, _ = browser.wait_for("stop")
    assert answer == {"id": "s", "kind": "stop", "error": "the process is not ours"}


def test_card_without_actions_stops_nothing(write, make_card):
    sim = write()
    card = make_card(sim)
    browser = Browser(card)
    browser.say("stop", id="s", sim_id=str(sim.sim_id))
    answer, _ = browser.wait_for("stop")
    assert "only shows" in answer["error"]
    assert not card.can_stop


def test_stop_of_a_simulation_of_another_card_is_refused(write, make_card):
    sim = write()
    browser = Browser(make_card(sim, actions=CardActions(lambda *_: None)))
    browser.say("stop", id="s", sim_id=str(uuid4()))
    answer, _ = browser.wait_for("stop")
    assert "does not show" in answer["error"]


def test_asked_to_stop_is_shown(write, make_card, store):
    sim = write()
    moment = now_utc()
    store.note_stop_asked(sim.sim_id, moment)
    shown = make_card(sim).simulations[0]
    assert shown["stop_asked"] == pytest.approx(moment.timestamp(), abs=1e-3)


def test_open_control_request_is_shown_until_it_is_closed(write, make_card, store):
    sim = write()
    request = ControlRequest("r1", sim.sim_id, "custom_query", "Go on?", (), now_utc())
    store.write([Batch(sim.sim_id, requests=[request])], owner=OWNER)
    card = make_card(sim)
    Browser(card).show("")
    shown = card.simulations[0]["requests"]
    assert [(each["channel"], each["details"]) for each in shown] == [("custom_query", "Go on?")]
    store.close_requests(["r1"])
    wait_until(lambda: card.simulations[0]["requests"] == [], what="the question to go")


def test_store_trouble_is_shown_and_ends(write, make_card, store, monkeypatch):
    sim = write()
    card = make_card(sim)
    Browser(card).show("loss")
    with monkeypatch.context() as broken:

        def fail():
            raise OSError("disk gone")

        broken.setattr(store, "tick", fail)
        wait_until(lambda: "disk gone" in card.problem, what="the problem")
        assert card.problem.startswith("The project's database cannot be read: disk gone")
        assert "trying again" in card.problem
    wait_until(lambda: card.problem == "", what="the end of the problem")


def test_nonsense_from_the_browser_is_survived(write, make_card):
    sim = write()
    sim.record("loss", [1.0])
    card = make_card(sim)
    browser = Browser(card)
    for content in (None, [], {}, {"kind": 3}):
        card._on_message(card, content, [])
    browser.say("show", key=7, width="wide", smoothing=None, between=["a"], tabs=3)
    browser.say("dance")
    browser.show("loss")
    browser.wait_for("series")


def test_closed_card_leaves_no_thread(write, make_card):
    card = make_card(write())
    browser = Browser(card)
    browser.show("")
    browser.wait_for("values")
    card.close()
    wait_until(lambda: not card._loop.is_running, what="the loop's end")


def test_plain_text_says_name_state_and_progress(write, make_card):
    sim = write("ppo-s0")
    sim.progress(83_200, 100_000)
    assert repr(make_card(sim)) == "ppo-s0: running, 83 %, 83,200 of 100,000"


def test_keys_that_people_look_at_come_first(write, make_card):
    sim = write()
    for key in ("time/fps", "train/loss", "rollout/ep_rew_mean", "eval/mean_reward", "train/kl"):
        sim.record(key, [1.0])
    assert make_card(sim).series_keys == [
        "rollout/ep_rew_mean",
        "eval/mean_reward",
        "train/loss",
        "train/kl",
        "time/fps",
    ]


def test_a_classifiers_curves_come_before_what_is_measured_once(write, make_card):
    sim = write()
    for key in ("loss/test/test", "acc/test/test", "loss/val", "acc/val", "loss/train"):
        sim.record(key, [1.0])
    assert make_card(sim).series_keys == [
        "acc/val",
        "acc/test/test",
        "loss/train",
        "loss/val",
        "loss/test/test",
    ]
