from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import traitlets

from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.records import now_utc
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import NewSimulation
from gymdash_jupyter.widgets import card_output, status_rows
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.status_panel import PAGE, StatusPanel
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ERROR = SimStatus(SimStatusCode.FAIL, None, SimStatusSubcode.ERROR, "boom", "Traceback: line 41")
STOPPED = SimStatus(SimStatusCode.FAIL, None, SimStatusSubcode.STOPPED, "Stopped as asked")
GOOD = SimStatus(SimStatusCode.SUCCESS, None, 0, "Finished")


@pytest.fixture
def project(tmp_path) -> Project:
    return Project.open(tmp_path / "p")


@pytest.fixture
def make(project, monkeypatch) -> Iterator[Callable[..., StatusPanel]]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    monkeypatch.setattr(card_output, "_READ_EVERY_S", 0.0)
    made: list[StatusPanel] = []

    def panel(**traits: Any) -> StatusPanel:
        made.append(StatusPanel(project, **traits))
        return made[-1]

    yield panel
    for each in made:
        each.close()
        wait_until(lambda each=each: not each._loop.is_running, what="end of the loop")


class Sim:
    def __init__(self, project: Project, name: str = "one") -> None:
        self.project = project
        self.sim_id: UUID = uuid4()
        config = SimulationStartConfig(name=name, sim_key="ppo")
        project.store.create(NewSimulation(self.sim_id, config, now_utc(), "ppo", "Ppo", "here"))

    def say(self, *said: str | SimStatus) -> None:
        statuses = [
            SimStatus(SimStatusCode.INFO, None, 0, each) if isinstance(each, str) else each
            for each in said
        ]
        self.project.store.add_statuses(self.sim_id, statuses)

    def print(self, text: str) -> None:
        path = self.project.sim_folder(self.sim_id) / "output.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(text)


def texts(page: dict[str, Any]) -> list[str]:
    return [row["text"] for row in page["rows"]]


def looking(panel: StatusPanel) -> PanelBrowser:
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("look")
    return browser


# Statuses


def test_a_page_holds_what_was_said_and_whose_it_is(make, project):
    sim = Sim(project, "<b>one</b>")
    sim.say("Set up", ERROR)
    first, second = PanelBrowser(make()).ask("page")["rows"]
    assert (first["text"], first["kind"], first["has_trace"]) == ("Set up", "info", False)
    assert (second["text"], second["kind"], second["has_trace"]) == ("boom", "error", True)
    whose = {"id": str(sim.sim_id), "name": "<b>one</b>", "colour": 0, "state": "created"}
    assert second["sim"] == whose


def test_pages_from_the_newest_to_the_oldest_hold_all_once(make, project):
    sim = Sim(project)
    n = 2 * PAGE + 50
    sim.say(*[f"status {i}" for i in range(n)])
    browser = PanelBrowser(make())
    pages = [browser.ask("page", before=None)]
    while pages[-1]["next"] is not None:
        pages.append(browser.ask("page", before=pages[-1]["next"]))
    found = [text for page in reversed(pages) for text in texts(page)]
    assert found == [f"status {i}" for i in range(n)]
    assert len(pages[0]["rows"]) == PAGE


def test_a_filtered_list_is_found_over_many_that_do_not_fit(make, project, monkeypatch):
    monkeypatch.setattr(status_rows, "_CHUNK", 10)
    sim = Sim(project)
    sim.say(*[f"{'Good' if i % 7 == 0 else 'bad'} {i}" for i in range(100)])
    browser = PanelBrowser(make())
    page = browser.ask("page", filter="GOOD", kinds=[])
    assert texts(page) == [f"Good {i}" for i in range(0, 100, 7)]
    assert page["next"] is None
    assert (page["filter"], page["kinds"], page["n_sims"]) == ("GOOD", [], 0)


def test_a_search_gives_up_after_a_while_and_goes_on_when_asked(make, project, monkeypatch):
    monkeypatch.setattr(status_rows, "_CHUNK", 10)
    monkeypatch.setattr(status_rows, "_MOST_SEARCHED", 30)
    sim = Sim(project)
    sim.say("needle", *["hay"] * 50)
    browser = PanelBrowser(make(filter="needle"))
    page = browser.ask("page")
    assert page["rows"] == []
    assert texts(browser.ask("page", before=page["next"])) == ["needle"]


def test_the_filter_looks_at_words_names_and_traces(make, project):
    one, two = Sim(project, "alpha"), Sim(project, "beta")
    one.say("Set up", ERROR)
    two.say("alphabet")
    panel = make()
    browser = PanelBrowser(panel)
    panel.filter = "ALPHA"
    assert texts(browser.ask("page")) == ["Set up", "boom", "alphabet"]
    panel.filter = "line 41"
    assert texts(browser.ask("page")) == ["boom"]


def test_only_the_wanted_kinds_are_given(make, project):
    Sim(project).say("Set up", ERROR, STOPPED, GOOD)
    panel = make(kinds=["error", "success"])
    assert texts(PanelBrowser(panel).ask("page")) == ["boom", "Finished"]
    panel.kinds = ["stopped"]
    assert texts(PanelBrowser(panel).ask("page")) == ["Stopped as asked"]
    with pytest.raises(traitlets.TraitError, match="kinds"):
        panel.kinds = ["bad"]


def test_only_chosen_simulations_are_shown(make, project):
    one, two = Sim(project), Sim(project)
    one.say("of one")
    two.say("of two")
    panel = make(sims=[one])
    assert panel.sims == [str(one.sim_id)]
    assert texts(PanelBrowser(panel).ask("page")) == ["of one"]
    panel.show_sims(None)
    assert texts(PanelBrowser(panel).ask("page")) == ["of one", "of two"]


def test_what_comes_is_sent_to_who_looks(make, project):
    sim = Sim(project)
    sim.say("old")
    browser = looking(make())
    assert texts(browser.ask("page")) == ["old"]
    sim.say("new", GOOD)
    assert texts(browser.wait_for("added")[0]) == ["new", "Finished"]
    sim.say("newer")
    assert texts(browser.wait_for("added", 2)[0]) == ["newer"]


def test_nothing_is_lost_between_a_page_and_what_comes(make, project):
    sim = Sim(project)
    browser = looking(make())
    for i in range(20):
        sim.say(f"status {i}")
    have = {row["number"] for row in browser.ask("page")["rows"]}

    def all_of_them() -> set[int]:
        got = [content for content, _ in list(browser.got) if content["kind"] == "added"]
        return have | {row["number"] for page in got for row in page["rows"]}

    wait_until(lambda: len(all_of_them()) == 20, what="all statuses in the browser")


def test_what_does_not_fit_the_filter_is_not_sent(make, project):
    sim = Sim(project)
    browser = looking(make(kinds=["error"]))
    sim.say("news")
    sim.say(ERROR)
    assert texts(browser.wait_for("added")[0]) == ["boom"]


def test_deleted_simulations_are_told(make, project):
    sim = Sim(project)
    browser = looking(make())
    project.store.delete([sim.sim_id])
    assert browser.wait_for("gone")[0]["sims"] == [str(sim.sim_id)]


def test_a_trace_is_given_when_it_is_asked_for(make, project):
    Sim(project).say(ERROR)
    browser = PanelBrowser(make())
    number = browser.ask("page")["rows"][0]["number"]
    assert browser.ask("trace", number=number) == "Traceback: line 41"
    assert browser.ask("trace", number=number + 1) == ""


def test_a_renamed_simulation_has_its_new_name(make, project):
    sim = Sim(project, "old")
    sim.say("words")
    browser = looking(make())
    assert browser.ask("page")["rows"][0]["sim"]["name"] == "old"
    project.store.rename(sim.sim_id, "new")
    wait_until(lambda: browser.ask("page")["rows"][0]["sim"]["name"] == "new", what="the new name")


# Calls


def test_calls_are_given_behind_a_number_and_refused_ones_are_marked(make, project):
    sim = Sim(project, "alpha")
    project.store.log_call("start", 0, {"sim_id": str(sim.sim_id), "name": "x", "sim_key": "ppo"})
    wrong = {"sim_ids": [str(sim.sim_id), "b"], "error": "SimulationStateError: runs"}
    project.store.log_call("delete", 1, wrong)
    browser = PanelBrowser(make())
    start, delete = browser.ask("calls", after=0)
    assert (start["name"], start["is_refused"], start["sim"]["name"]) == ("start", False, "alpha")
    assert start["text"] == "name=x, sim_key=ppo"
    assert (delete["is_refused"], delete["n_sims"]) == (True, 2)
    assert delete["error"] == "SimulationStateError: runs"
    assert browser.ask("calls", after=start["number"]) == [delete]


@pytest.mark.parametrize("details", ["words", None, ["a"], {"sim_id": "no id"}, {"sim_id": 3}])
def test_calls_that_others_wrote_are_shown_whatever_they_hold(make, project, details):
    project.store.log_call("query", 0, details)
    (call,) = PanelBrowser(make()).ask("calls")
    assert (call["name"], call["sim"]) == ("query", None)


# Output


def test_the_output_of_one_simulation_is_followed(make, project):
    sim = Sim(project, "alpha")
    sim.print("first\n")
    panel = make()
    browser = looking(panel)
    panel.show_output(sim)
    told = browser.wait_for("output")[0]
    assert (told["sim"]["name"], told["text"]) == ("alpha", "first")
    sim.print("second\n")
    assert browser.wait_for("output", 2)[0]["text"] == "first\nsecond"
    panel.show_output(None)
    assert panel.shown_output == ""


def test_simulations_that_printed_something_are_listed_newest_first(make, project):
    sims = [Sim(project, name) for name in "abc"]
    for sim in (sims[0], sims[2]):
        sim.print("words\n")
    panel = make()
    assert [each["name"] for each in PanelBrowser(panel).ask("outputs")] == ["c", "a"]
    panel.show_sims(sims[:2])
    assert [each["name"] for each in PanelBrowser(panel).ask("outputs")] == ["a"]


def test_an_output_is_meant_by_an_id(make):
    with pytest.raises(InvalidArgumentError, match="ids as text"):
        make(shown_output="alpha")
    with pytest.raises(UnknownSimulationError):
        make(sims=[str(uuid4())])


def test_the_static_picture_escapes_what_was_said(make, project):
    Sim(project, "<i>").say("<script>alert(1)</script>")
    html = make()._static_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;" in html
