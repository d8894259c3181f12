from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pytest

from gymdash_jupyter import Project, Simulation, SimulationRegistry, SimulationTracker
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.records import Batch, ControlRequest, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.simulations_panel import SimulationsPanel
from tests.waiting import wait_until
from tests.widgets.conftest import OWNER, Written
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(tmp_path / "p")


@pytest.fixture
def make_panel(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., SimulationsPanel]]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    made: list[SimulationsPanel] = []

    def make(subject: object = project, **traits: Any) -> SimulationsPanel:
        made.append(SimulationsPanel(subject, **traits))
        return made[-1]

    yield make
    for each in made:
        each.close()
        wait_until(lambda each=each: not each._loop.is_running, what="end of the refresh loop")


@pytest.fixture
def write(project: Project) -> Callable[..., Written]:
    def written(name: str = "one", state: SimState = SimState.RUNNING) -> Written:
        return Written(project.store, name, state)

    return written


def _rows(message: tuple[dict[str, Any], list[bytes]]) -> dict[str, dict[str, Any]]:
    """Read a message of rows by what its documentation says, by id."""
    content, (ids, numbers, words) = message
    n = content["count"]
    columns = np.frombuffer(numbers).reshape(len(content["numbers"]), n)
    texts = json.loads(words)
    rows = {}
    for i in range(n):
        row: dict[str, Any] = {
            name: None if np.isnan(column[i]) else float(column[i])
            for name, column in zip(content["numbers"], columns, strict=True)
        }
        row["state"] = content["states"][int(row["state"])]
        row["name"] = texts["name"][i]
        for name in ("type", "launcher", "activity", "note", "tags"):
            row[name] = texts[name]["values"][texts[name]["at"][i]]
        rows[str(UUID(bytes=ids[i * 16 : i * 16 + 16]))] = row
    return rows


def _show(panel: SimulationsPanel, **shown: Any) -> PanelBrowser:
    browser = PanelBrowser(panel)
    browser.show(**shown)
    browser.wait_for("rows")
    return browser


def test_all_simulations_come_in_one_message(make_panel, write):
    first, second = write("a", SimState.CREATED), write("b")
    second.progress(25, 100)
    rows = _rows(_show(make_panel()).wait_for("rows"))
    assert list(rows) == [str(first.sim_id), str(second.sim_id)]
    row = rows[str(second.sim_id)]
    assert (row["name"], row["state"], row["type"]) == ("b", "running", "ppo")
    assert (row["current"], row["total"], row["number"], row["colour"]) == (25, 100, 2, 1)


def test_afterwards_only_what_changed_is_sent(make_panel, write):
    sims = [write(f"s{i}") for i in range(5)]
    browser = _show(make_panel())
    sims[3].progress(1, 10)
    content, buffers = browser.wait_for("rows", 2)
    assert not content["is_all"]
    assert list(_rows((content, buffers))) == [str(sims[3].sim_id)]


def test_what_is_deleted_is_told_and_no_longer_selected(make_panel, write):
    gone, kept = write("a", SimState.RUNNING), write("b")
    gone.end(SimState.SUCCEEDED)
    panel = make_panel()
    panel.select([gone.sim_id, kept.sim_id])
    panel.focused = str(gone.sim_id)
    browser = _show(panel)
    panel.tracker.delete(gone.sim_id)
    assert browser.wait_for("rows", 2)[0]["gone"] == [str(gone.sim_id)]
    wait_until(lambda: panel.selection == [str(kept.sim_id)], what="a selection without it")
    wait_until(lambda: panel.focused == "", what="focus on nothing")


def test_values_of_configs_come_after_the_rows(make_panel, write):
    write("a")
    _, (ids, texts) = _show(make_panel()).wait_for("configs")
    assert len(ids) == 16
    assert json.loads(texts) == ["env=CartPole-v1"]


def test_a_simulation_that_asks_is_marked(make_panel, project, write):
    sim = write("a")
    browser = _show(make_panel())
    request = ControlRequest("r", sim.sim_id, "custom_query", "What?", (), now_utc())
    project.store.write([Batch(sim.sim_id, requests=[request])], owner=OWNER)
    assert _rows(browser.wait_for("rows", 2))[str(sim.sim_id)]["requests"] == 1
    project.store.close_requests(["r"])
    assert _rows(browser.wait_for("rows", 3))[str(sim.sim_id)]["requests"] == 0


def test_newest_statuses_come_for_rows_on_the_screen_only(make_panel, write):
    seen, unseen = write("a"), write("b")
    for sim in (seen, unseen):
        sim.say("hello")
    browser = _show(make_panel(), visible=[str(seen.sim_id)])
    assert list(browser.wait_for("latest")[0]["items"]) == [str(seen.sim_id)]


def test_details_follow_the_focus(make_panel, write):
    sim, other = write("a"), write("b")
    panel = make_panel(focused=str(sim.sim_id))
    browser = _show(panel)
    details = browser.wait_for("details")[0]["details"]
    assert details["sim"]["name"] == "a"
    assert details["config"] == [
        {"name": "env", "text": "CartPole-v1", "is_number": False, "is_described": False}
    ]
    panel.focused = str(other.sim_id)
    wait_until(
        lambda: browser._of("details")[-1][0]["details"]["sim"]["name"] == "b", what="the other"
    )


def test_labels_are_the_tracker_s_calls_and_show_at_once(make_panel, project, write):
    sim = write("a")
    browser = _show(make_panel())
    ids = [str(sim.sim_id)]
    browser.ask("rename", ids=ids, name="better")
    browser.ask("tag", ids=ids, add=["x", "y"])
    browser.ask("tag", ids=ids, remove=["x"])
    browser.ask("note", ids=ids, text="why")
    browser.ask("colour", ids=ids, index=5)
    record = project.store.simulation(sim.sim_id)
    assert (record.name, record.tags, record.note, record.colour) == ("better", ("y",), "why", 5)
    wait_until(lambda: _rows(browser._of("rows")[-1])[ids[0]]["colour"] == 5, what="the colour")
    assert _rows(browser._of("rows")[-1])[ids[0]]["tags"] == ["y"]


def test_a_stop_reaches_all_that_are_asked(make_panel, write):
    waiting, created = write("a", SimState.CREATED), write("b", SimState.CREATED)
    browser = _show(make_panel())
    ids = [str(each.sim_id) for each in (waiting, created)]
    assert browser.ask("stop", ids=ids)["n_done"] == 2
    states = browser.panel.store.states([waiting.sim_id, created.sim_id])
    assert set(states.values()) == {SimState.CANCELLED}


def test_what_would_be_deleted_is_measured(make_panel, project, write):
    ended, running = write("a"), write("b")
    ended.end(SimState.SUCCEEDED)
    folder = project.sim_folder(ended.sim_id) / "deep"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x" * 1234)
    ids = [str(each.sim_id) for each in (ended, running)]
    found = _show(make_panel()).ask("measure", ids=ids)
    assert found == {"bytes": 1234, "is_all": True, "active": ["b"], "n_active": 1}


def test_deleting_leaves_those_that_still_run_and_names_them(make_panel, project, write):
    ended, running = write("a"), write("b")
    ended.end(SimState.SUCCEEDED)
    ids = [str(each.sim_id) for each in (ended, running)]
    done = _show(make_panel()).ask("delete", ids=ids)
    assert done == {"n_deleted": 1, "active": ["b"], "n_active": 1}
    assert [record.name for record in project.store.simulations()] == ["b"]


def test_deleting_may_stop_first(make_panel, project, write):
    sim = write("a", SimState.CREATED)
    _show(make_panel()).ask("delete", ids=[str(sim.sim_id)], stop_first=True, is_all=True)
    assert project.store.simulations() == []
    assert [call.name for call in project.store.api_calls()] == ["cancel", "delete"]


def test_values_for_a_restart_say_where_simulations_differ(make_panel, write):
    ids = [str(write(name).sim_id) for name in "ab"]
    (env,) = _show(make_panel()).ask("kwargs", ids=ids)
    assert (env["name"], env["values"], env["n_values"]) == ("env", ["CartPole-v1"], 1)


class Short(Simulation):
    def _run(self, **kwargs: Any) -> None:
        self.result = self.config.kwargs["seed"]


def test_a_restart_takes_the_changed_values(make_panel, project):
    SimulationRegistry.register("short", Short, replace=True)
    config = SimulationStartConfig(name="s", sim_key="short", kwargs={"seed": 1, "other": 2})
    tracker = SimulationTracker("thread", project=project)
    sim_id, _ = tracker.start_sim(config)
    tracker.wait(sim_id, timeout_s=20)
    browser = _show(make_panel(tracker))
    (new_id,) = browser.ask("restart", ids=[str(sim_id)], kwargs={"seed": 5})["ids"]
    tracker.wait(new_id, timeout_s=20)
    record = project.store.simulation(UUID(new_id))
    assert record.config.kwargs == {"seed": 5, "other": 2}
    assert (record.result, record.parent_id) == (5, sim_id)


def test_what_cannot_be_done_is_said(make_panel, write):
    sim = write("a")
    browser = _show(make_panel())
    said, _ = browser.ask_whole("rename", ids=[str(sim.sim_id)], name=" ")
    assert "name is a text of 1 to 200 letters" in said["error"]
    said, _ = browser.ask_whole("stop", ids=[])
    assert "Nothing was chosen" in said["error"]


def test_selecting_takes_what_people_have_and_gives_ids(make_panel, write):
    a, b = write("a"), write("b")
    panel = make_panel()
    panel.select([str(b.sim_id)[:8], a.sim_id])
    assert panel.selected == [b.sim_id, a.sim_id]
    panel.select()
    assert panel.selected == [a.sim_id, b.sim_id]
    panel.select([])
    assert panel.selected == []


def test_selecting_what_is_not_there_is_refused(make_panel):
    with pytest.raises(UnknownSimulationError):
        make_panel().select("00000000-0000-0000-0000-000000000001")


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("selection", ["ppo"], "use select"),
        ("focused", "ppo", "the id of a simulation"),
        ("states", ["runing"], "Did you mean 'running'"),
        ("sort", "-nmae", "Did you mean 'name'"),
    ],
)
def test_wrong_settings_say_what_is_right(make_panel, trait, value, words):
    with pytest.raises(InvalidArgumentError, match=words):
        make_panel(**{trait: value})


def test_ends_of_selected_simulations_are_told_while_nobody_looks(make_panel, write):
    sim, other = write("a"), write("b")
    panel = make_panel(notify=True)
    panel.select(sim.sim_id)
    browser = PanelBrowser(panel)
    other.end(SimState.SUCCEEDED)
    sim.end(SimState.FAILED)
    (item,) = browser.wait_for("ended")[0]["items"]
    assert (item["name"], item["state"]) == ("a", "failed")
    assert browser.kinds().count("ended") == 1


def test_ends_are_not_told_unless_somebody_wants_it(make_panel, write):
    sim, wanted = write("a"), write("b")
    panel = make_panel()
    panel.select([sim.sim_id, wanted.sim_id])
    browser = PanelBrowser(panel)
    sim.end(SimState.SUCCEEDED)
    panel.notify = True
    wanted.end(SimState.SUCCEEDED)
    assert browser.wait_for("ended")[0]["items"][0]["name"] == "b"


def test_the_static_picture_escapes_names_and_shows_selected_ones_first(make_panel, write):
    write("new")
    old = write("<script>alert(1)</script>")
    panel = make_panel()
    panel.select(old.sim_id)
    html = panel._static_html()
    assert "<script>" not in html
    assert html.index("&lt;script&gt;") < html.index("new")
