from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import numpy as np
import pytest
import traitlets

import gymdash_jupyter as gd
from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.liveness import own_identity
from gymdash_jupyter.records import Batch, MediaItem, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.system_panel import SystemPanel
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS = {
    "gd.prune_media()": {"keep": "first_last_best"},
    "gd.prune_media(keep=3)": {"keep": 3},
    "gd.prune_media(keep=0, older_than=7 * 86400)": {"keep": 0, "older_than": 604800},
    "gd.prune_media(older_than=3600)": {"older_than": 3600},
}


@pytest.fixture
def project(tmp_path) -> Project:
    return Project.open(tmp_path / "p")


@pytest.fixture
def make(project, monkeypatch) -> Iterator[Callable[..., SystemPanel]]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    made: list[SystemPanel] = []

    def panel(project=project, **traits) -> SystemPanel:
        made.append(SystemPanel(project, **traits))
        return made[-1]

    yield panel
    for each in made:
        each.close()
        wait_until(lambda each=each: not each._loop.is_running, what="end of the loop")


def simulation(project: Project, name: str = "one", *, n_media: int = 0, state=None) -> UUID:
    sim_id = uuid4()
    config = SimulationStartConfig(name=name, sim_key="ppo")
    project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
    owner = own_identity()
    for move in (SimState.SETTING_UP, SimState.RUNNING, state):
        if move is not None:
            project.store.move(Move(sim_id, move, now_utc(), owner=owner, launcher="thread"))
    folder = project.sim_folder(sim_id)
    (folder / "media").mkdir(parents=True)
    (folder / "notes.txt").write_bytes(b"x" * 50)
    items = []
    for n in range(n_media):
        (folder / f"media/{n}.mp4").write_bytes(b"x" * 100)
        when = now_utc() - timedelta(hours=1)
        items.append(MediaItem(sim_id, "film", n, "video", f"media/{n}.mp4", when))
    project.store.write([Batch(sim_id, media=items)])
    return sim_id


def test_samples_come_with_their_history_while_somebody_looks(make, project):
    sim_id = simulation(project, "<b>one</b>")
    panel = make()
    browser = PanelBrowser(panel)
    browser.show()
    told, (history,) = browser.wait_for("usage")
    assert len(told["cores"]) == os.cpu_count()
    assert told["memory"]["total"] > told["memory"]["used"] > 0
    (process,) = told["processes"]
    assert process["pid"] == os.getpid()
    assert process["sims"] == [{"id": str(sim_id), "name": "<b>one</b>", "colour": 0}]
    assert told["is_new"] is True
    first = np.frombuffer(history).reshape(-1, told["columns"])
    more, (newer,) = browser.wait_for("usage", 2)
    assert more["is_new"] is False
    added = np.frombuffer(newer).reshape(-1, more["columns"])
    assert added[:, 0].min() > first[:, 0].max()


def test_nothing_is_measured_while_nobody_looks(make):
    panel = make()
    assert not panel._monitor.is_running
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("usage")
    assert panel._monitor.is_running
    panel._monitor._patience_s = 0.6
    browser.look_away()
    wait_until(lambda: not panel._monitor.is_running, what="rest")


def test_two_panels_of_a_project_measure_once(make):
    assert make()._monitor is make()._monitor


def test_simulations_are_listed_with_their_sizes(make, project):
    small = simulation(project, "small", state=SimState.SUCCEEDED)
    large = simulation(project, "large", n_media=3, state=SimState.SUCCEEDED)
    told = PanelBrowser(make()).ask("disk")
    assert [(row["id"], row["total"], row["media"]) for row in told["rows"]] == [
        (str(large), 350, 300),
        (str(small), 50, 0),
    ]
    assert (told["n_simulations"], told["not_listed"], told["largest"]) == (2, 0, 350)
    assert told["total"] == told["database"] + 400


@pytest.mark.parametrize(
    ("sort", "names"),
    [("size", ["b", "a", "c"]), ("name", ["a", "b", "c"]), ("newest", ["c", "b", "a"])],
)
def test_the_list_is_sorted_as_the_trait_says(make, project, sort, names):
    for name, n_media in (("a", 2), ("b", 3), ("c", 1)):
        simulation(project, name, n_media=n_media)
    told = PanelBrowser(make(sort=sort)).ask("disk")
    assert [row["name"] for row in told["rows"]] == names


def test_of_many_simulations_the_others_are_one_sum(make, project, monkeypatch):
    monkeypatch.setattr("gymdash_jupyter.widgets.system_panel.MOST_LISTED", 2)
    for n in range(4):
        simulation(project, n_media=n)
    told = PanelBrowser(make()).ask("disk")
    assert [row["total"] for row in told["rows"]] == [350, 250]
    assert (told["n_simulations"], told["not_listed"]) == (4, 200)


def test_an_unknown_sort_is_refused(make):
    with pytest.raises(traitlets.TraitError, match="sort"):
        make(sort="colour")


def test_a_plan_changes_nothing_and_pruning_does_what_it_said(make, project):
    sim_id = simulation(project, "one", n_media=5, state=SimState.SUCCEEDED)
    browser = PanelBrowser(make())
    plan = browser.ask("prune_plan", keep=2, older_than=None, sims=None)
    assert (plan["n"], plan["n_kept"], plan["bytes"]) == (3, 2, 300)
    assert plan["some"] == [{"name": "one", "n": 3, "bytes": 300}]
    assert len(project.store.media()) == 5
    done = browser.ask("prune", keep=2, older_than=None, sims=[str(sim_id)])
    assert done["n"] == 3
    assert [item.step for item in project.store.media()] == [3, 4]


@pytest.mark.parametrize("call", CALLS)
def test_what_it_does_is_said_in_python_that_does_the_same(make, project, call):
    simulation(project, n_media=6, state=SimState.SUCCEEDED)
    plan = PanelBrowser(make()).ask("prune_plan", **CALLS[call])
    assert plan["call"] == call
    done = gd.prune_media(**CALLS[call], project=project, dry_run=True)
    assert len(done.removed) == plan["n"]


def test_one_simulation_is_meant_by_the_beginning_of_its_id(make, project):
    sim_id = simulation(project, n_media=3)
    simulation(project, n_media=3)
    plan = PanelBrowser(make()).ask("prune_plan", keep=1, sims=[str(sim_id)])
    assert plan["call"] == f"gd.prune_media(['{str(sim_id)[:8]}'], keep=1)"
    assert plan["n"] == 2
    assert (
        len(gd.prune_media([str(sim_id)[:8]], keep=1, project=project, dry_run=True).removed) == 2
    )


def test_in_a_project_for_reading_nothing_is_pruned(make, project):
    simulation(project, n_media=3)
    panel = make(Project.open(project.folder, read_only=True))
    assert panel.is_read_only
    said, _ = PanelBrowser(panel).ask_whole("prune", keep=0)
    assert "reading only" in said["error"]
    assert len(project.store.media()) == 3


def test_the_static_picture_escapes_names(make, project):
    simulation(project, "<script>alert(1)</script>", n_media=1)
    html = make()._static_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
