from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field

from gymdash_jupyter.actions import action
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, QueryTimeoutError, SimulationStateError
from gymdash_jupyter.project import Project
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.control_panel import ControlPanel
from tests.launch.clean import clean_state
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Talking(Simulation):
    """Asks when it is told to, and does what it is asked; ``held`` keeps it from looking."""

    held: threading.Event | None = None

    @action
    def add(self, a: Annotated[int, Field(ge=0)] = 1, b: float = 0.5) -> dict[str, float]:
        """Add two numbers."""
        return {"sum": a + b}

    @action
    def fail_to_measure(self) -> float:
        """Measure what is not there."""
        return math.nan

    def _run(self, asks: str = "", **kwargs: Any) -> None:
        if asks:
            self.interactor.add_control_request("custom_query", asks, "lr", "nested")
        while not self.interactor.set_out_if_in("stop_simulation", True):
            if self.held is not None:
                self.held.wait()
            is_asked, value = self.interactor.get_in("custom_query")
            if is_asked and not (isinstance(value, dict) and "action" in value):
                self.interactor.set_out("custom_query", {"took": value})
            self.base_step()
            time.sleep(0.005)


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulationTracker]:
    # Whether bundles are built is tested elsewhere.
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    with clean_state(monkeypatch):
        SimulationRegistry.register("talking", Talking)
        yield SimulationTracker(project=Project.open(tmp_path / "p"))


@pytest.fixture
def start(tracker: SimulationTracker) -> Callable[..., Simulation]:
    def started(name: str = "one", **kwargs: Any) -> Simulation:
        asks = kwargs.pop("asks", "")
        config = SimulationStartConfig(name=name, sim_key="talking", kwargs=kwargs)
        simulation = tracker.start_sim(config, asks=asks)[1]
        wait_until(
            lambda: tracker.project.store.simulation(simulation.sim_id).state == "running",
            what="running",
        )
        if asks:
            wait_until(
                lambda: tracker.project.store.control_requests([simulation.sim_id]),
                what="the question to be stored",
            )
        return simulation

    return started


@pytest.fixture
def make(tracker: SimulationTracker) -> Iterator[Callable[..., ControlPanel]]:
    panels: list[ControlPanel] = []

    def made(sims: Any = None, **traits: Any) -> ControlPanel:
        panels.append(ControlPanel(tracker, sims, **traits))
        return panels[-1]

    yield made
    for panel in panels:
        panel.close()
        wait_until(lambda p=panel: not p._loop.is_running, what="end of the refresh loop")


def newest(browser: PanelBrowser, kind: str = "state") -> dict[str, Any]:
    return browser._of(kind)[-1][0]


def wait_for_state(
    browser: PanelBrowser, holds: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    browser.wait_for("state")
    wait_until(lambda: holds(newest(browser)), what="such a state")
    return newest(browser)


# From Python


def test_a_question_is_answered_and_waits_no_longer(start, make):
    start(asks="How fast?")
    panel = make()
    (request,) = panel.requests
    assert panel.reply(request.request_id, {"lr": 0.1}) == {"took": {"lr": 0.1}}
    wait_until(lambda: not panel.requests, what="no question")
    (exchange,) = panel.history
    assert (exchange.kind, exchange.name, exchange.sim_name) == ("reply", "custom_query", "one")
    assert exchange.answer.value == {"custom_query": {"took": {"lr": 0.1}}}
    with pytest.raises(InvalidArgumentError, match="waits; it was answered"):
        panel.reply(request.request_id, {})


def test_a_reply_goes_to_all_that_run_and_to_who_asks(start, make):
    asking, other, apart = start("asking", asks="?"), start("other"), start("apart")
    panel = make([other])
    answers = panel.reply_to_all(panel.requests[0].request_id, 5)
    assert {sim_id: answer.value for sim_id, answer in answers.items()} == {
        sim.sim_id: {"custom_query": {"took": 5}} for sim in (asking, other)
    }
    assert apart.sim_id not in answers


def test_a_question_that_is_dismissed_waits_no_longer(start, make):
    start(asks="?")
    panel = make()
    panel.dismiss(panel.requests[0].request_id)
    assert panel.requests == []


def test_all_that_run_do_an_action_and_refusals_are_theirs(start, make, tracker):
    one, two = start("one"), start("two")
    ended = start("ended")
    tracker.cancel(ended.sim_id)
    assert ended.wait(60)
    panel = make([one, two, ended])
    answers = panel.ask("add", a=2)
    assert {i: a.value for i, a in answers.items()} == {
        one.sim_id: {"sum": 2.5},
        two.sim_id: {"sum": 2.5},
    }
    refused = panel.ask("add", a=-1)
    assert all("was refused" in answer.error for answer in refused.values())
    assert [bool(e.answer.error) for e in panel.history] == [False, False, True, True]


def test_who_waits_for_a_reply_is_asked_nothing_else(start, make):
    asking, free = start("asking", asks="?"), start("free")
    assert list(make([asking, free]).ask("add")) == [free.sim_id]
    with pytest.raises(SimulationStateError, match="wait for a reply first"):
        make([asking]).ask("add")


def test_there_is_nobody_to_ask_when_none_runs(make):
    with pytest.raises(SimulationStateError, match="nobody to ask"):
        make().query(progress=True)


def test_one_that_does_not_look_keeps_no_other_waiting(start, make, monkeypatch):
    slow, quick = start("slow"), start("quick")
    slow.held = threading.Event()
    panel = make()
    try:
        monkeypatch.setattr(panel.tracker, "query", _impatient(panel.tracker.query))
        answers = panel.query(custom_query="hello")
    finally:
        slow.held.set()
    assert answers[quick.sim_id].value == {"custom_query": {"took": "hello"}}
    assert "did not answer custom_query within 0.3 s" in answers[slow.sim_id].error


def _impatient(query: Callable[..., Any]) -> Callable[..., Any]:
    return lambda sim_id, **channels: query(sim_id, 0.3, **channels)


def test_an_error_of_a_reply_is_the_simulations(start, make, monkeypatch):
    asking = start("asking", asks="?")
    asking.held = threading.Event()
    panel = make()
    try:
        monkeypatch.setattr(panel.tracker, "query", _impatient(panel.tracker.query))
        with pytest.raises(QueryTimeoutError):
            panel.reply(panel.requests[0].request_id, 1)
    finally:
        asking.held.set()
    assert "did not answer" in panel.history[-1].answer.error


def test_only_questions_of_the_chosen_are_shown_when_that_is_wanted(start, make):
    asking, other = start("asking", asks="?"), start("other")
    panel = make([other])
    assert [request.sim_id for request in panel.requests] == [asking.sim_id]
    panel.only_sims = True
    assert panel.requests == []


# In the browser


def test_the_browser_hears_of_questions_with_what_is_known(start, make):
    start("asking", asks="<b>How fast?</b>", lr=0.3, nested={"a": 1})
    panel = make()
    browser = PanelBrowser(panel)
    browser.show()
    state = wait_for_state(browser, lambda said: said["requests"])
    (request,) = state["requests"]
    assert request["details"] == "<b>How fast?</b>"
    assert request["known"] == {"lr": 0.3, "nested": {"a": 1}}
    assert (request["subkeys"], request["name"]) == (["lr", "nested"], "asking")
    assert panel.open_requests == 1


def test_what_a_reply_changed_is_known_for_the_next_question(start, make):
    asking = start("asking", asks="?", lr=0.3)
    panel = make()
    browser = PanelBrowser(panel)
    browser.show()
    state = wait_for_state(browser, lambda said: said["requests"])
    browser.ask("reply", request_id=state["requests"][0]["id"], value={"lr": 0.1})
    asking.interactor.add_control_request("custom_query", "And now?", "lr")
    said = wait_for_state(
        browser, lambda said: [r["details"] for r in said["requests"]] == ["And now?"]
    )
    assert said["requests"][0]["known"] == {"lr": 0.1}


def test_the_browser_hears_what_is_offered_and_by_whom(start, make):
    one, two = start("one"), start("two")
    browser = PanelBrowser(make())
    browser.show()
    state = wait_for_state(
        browser, lambda said: said["offers"] and len(said["offers"][0]["sims"]) == 2
    )
    offers = {offer["name"]: offer for offer in state["offers"]}
    assert offers.keys() == {"add", "fail_to_measure", "help"}
    assert offers["add"]["words"] == "Add two numbers."
    assert offers["add"]["arguments"]["properties"]["a"]["minimum"] == 0
    assert set(offers["add"]["sims"]) == {str(one.sim_id), str(two.sim_id)}


def test_the_browser_hears_of_an_exchange_when_it_begins_and_ends(start, make):
    sim = start("one")
    panel = make()
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("history")
    assert browser.ask("ask", sim_id=str(sim.sim_id), name="fail_to_measure", arguments={})
    wait_until(
        lambda: (exchanges := newest(browser, "history")["exchanges"]) and exchanges[-1]["answer"],
        what="the answer",
    )
    exchange = newest(browser, "history")["exchanges"][-1]
    assert exchange["answer"] == {"value": "nan", "error": ""}  # no NaN goes to a browser
    assert (exchange["what"], exchange["name"], exchange["asked"]) == (
        "fail_to_measure",
        "one",
        {},
    )


def test_all_panels_of_a_tracker_show_one_history(start, make):
    start("one")
    make().ask("add")
    assert [exchange.name for exchange in make().history] == ["add"]


def test_a_choice_is_followed(start, make):
    one, two = start("one"), start("two")
    panel = make([one])
    browser = PanelBrowser(panel)
    browser.show()
    wait_for_state(browser, lambda said: [s["name"] for s in said["simulations"]] == ["one"])
    panel.show_sims([two, one])
    wait_for_state(
        browser, lambda said: [s["name"] for s in said["simulations"]] == ["two", "one"]
    )


def test_who_asks_is_named_also_when_others_are_chosen(start, make):
    start("asking", asks="?")
    others = [start("one"), start("two")]
    panel = make([others[0]])
    browser = PanelBrowser(panel)
    browser.show()
    wait_for_state(browser, lambda said: said["requests"])
    panel.show_sims(others)
    state = wait_for_state(browser, lambda said: len(said["simulations"]) == 2)
    assert [request["name"] for request in state["requests"]] == ["asking"]


def test_a_new_name_is_shown_at_once(start, make, tracker):
    one = start("one")
    browser = PanelBrowser(make())
    browser.show()
    wait_for_state(browser, lambda said: said["simulations"])
    tracker.rename(one.sim_id, "best")
    wait_for_state(browser, lambda said: [s["name"] for s in said["simulations"]] == ["best"])


def test_presets_of_replies_are_kept_in_the_project(start, make, tracker):
    browser = PanelBrowser(make())
    about = {"channel": "custom_query"}
    browser.ask("save_preset", **about, name="slow", value={"lr": 0.1})
    browser.ask("rename_preset", **about, name="slow", new="slower")
    assert browser.ask("presets", **about) == ["slower"]
    assert tracker.project.presets("reply:custom_query").load("slower") == {"lr": 0.1}
    assert browser.ask("load_preset", **about, name="slower") == {"lr": 0.1}
    browser.ask("delete_preset", **about, name="slower")
    with pytest.raises(AssertionError, match="No preset"):
        browser.ask("load_preset", **about, name="slower")


def test_a_panel_of_a_read_only_project_asks_nothing(start, tracker):
    start("one")
    project = Project.open(tracker.project.folder, read_only=True)
    panel = ControlPanel(project)
    browser = PanelBrowser(panel)
    try:
        before = tracker.project.store.api_calls()
        browser.show()
        state = wait_for_state(browser, lambda said: said["simulations"])
        assert state["offers"] == []
        assert tracker.project.store.api_calls() == before
    finally:
        panel.close()


def test_the_static_picture_holds_what_was_said_as_text(start, make):
    start("<i>one</i>", asks="<script>alert(1)</script>")
    html = make()._static_html()
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;one" in html
    assert "<script" not in html
