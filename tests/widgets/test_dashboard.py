from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.widgets import panel as panel_module
from tests.launch.clean import clean_state
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Quick(gd.Simulation):
    def _run(self, **kwargs: object) -> None:
        self.recorder.scalar("loss", 1.0, 0)


class Asking(gd.Simulation):
    def _run(self, **kwargs: object) -> None:
        self.interactor.add_control_request("custom_query", "left or right?")
        while not self.interactor.get_in("stop_simulation")[0]:
            self.base_step()


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gd.Project]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    with clean_state(monkeypatch):
        yield gd.open_project(tmp_path / "project")


@pytest.fixture
def dashboard(project: gd.Project) -> Iterator[gd.Dashboard]:
    made = gd.dashboard()
    yield made
    made.close()


def quick(n: int) -> list[str]:
    tracker = gd.tracker()
    sims = [
        tracker.start_sim(
            Quick(gd.SimulationStartConfig(name=f"q{i}", sim_key="q")), launcher="thread"
        )[1]
        for i in range(n)
    ]
    tracker.wait([sim.sim_id for sim in sims], 20)
    return [str(sim.sim_id) for sim in sims]


def test_panels_follow_what_is_selected_in_the_list(dashboard: gd.Dashboard) -> None:
    chosen = quick(3)[:2]
    dashboard.simulations.selection = chosen
    for panel in (dashboard.analyze, dashboard.media, dashboard.control, dashboard.status):
        assert panel.sims == chosen


def test_a_dashboard_begins_with_what_is_asked_for() -> None:
    ids = quick(2)
    with_first = gd.dashboard(sims=ids[0])
    assert with_first.simulations.selection == [ids[0]]
    with_first.close()


def test_an_unknown_simulation_cannot_be_asked_for() -> None:
    with pytest.raises(UnknownSimulationError):
        gd.dashboard(sims="00000000-0000-0000-0000-000000000001")


def test_only_the_panels_that_are_looked_at_are_made(dashboard: gd.Dashboard) -> None:
    assert sorted(dashboard.panels) == ["analyze", "simulations"]
    dashboard.tab = "status"
    assert "status" in dashboard.panels


def test_the_browser_may_have_all_panels_made(dashboard: gd.Dashboard) -> None:
    browser = PanelBrowser(dashboard)
    browser.ask("prepare")
    assert set(dashboard.panels) == {
        "analyze",
        "control",
        "media",
        "simulations",
        "start",
        "status",
        "system",
    }


def test_how_it_was_left_is_there_in_the_next_kernel(
    dashboard: gd.Dashboard, project: gd.Project
) -> None:
    browser = PanelBrowser(dashboard)
    browser.show()
    dashboard.tab = "media"
    dashboard.list_width = 500
    dashboard.analyze.log_y = True
    dashboard.close()
    again = gd.dashboard(project)
    assert (again.tab, again.list_width, again.analyze.log_y) == ("media", 500, True)
    again.close()


def test_what_was_selected_is_selected_again_where_it_is_still_there(
    dashboard: gd.Dashboard, project: gd.Project
) -> None:
    PanelBrowser(dashboard).show()
    first, second = quick(2)
    dashboard.simulations.selection = [first, second]
    dashboard.close()
    gd.tracker().delete(first)
    again = gd.dashboard(project)
    assert again.simulations.selection == [second]
    again.close()


def test_a_project_that_keeps_nonsense_opens_all_the_same(project: gd.Project) -> None:
    project.store.set_setting(
        "dashboard", {"dashboard": {"tab": "kitchen", "height": "tall"}, "analyze": 3}
    )
    opened = gd.dashboard(project)
    assert opened.tab == "analyze"
    opened.close()


def test_open_control_requests_are_counted(dashboard: gd.Dashboard) -> None:
    browser = PanelBrowser(dashboard)
    browser.show()
    config = gd.SimulationStartConfig(name="asking", sim_key="a")
    sim_id, _ = gd.tracker().start_sim(Asking(config), launcher="thread")
    wait_until(lambda: dashboard.open_requests == 1, what="the badge")
    gd.tracker().cancel(sim_id, force=True)
    wait_until(lambda: dashboard.open_requests == 0, what="no badge")


def test_start_opens_the_form_and_what_was_started_is_selected(dashboard: gd.Dashboard) -> None:
    dashboard.simulations.start_asked += 1
    assert dashboard.is_starting
    ids = quick(2)
    dashboard.start.started = ids
    assert not dashboard.is_starting
    assert dashboard.simulations.selection == ids


def test_size_of_the_project_is_told(dashboard: gd.Dashboard) -> None:
    quick(1)
    assert PanelBrowser(dashboard).ask("size") > 10_000


def test_a_closed_dashboard_leaves_a_picture_in_words_that_are_no_html(
    dashboard: gd.Dashboard,
) -> None:
    tracker = gd.tracker()
    config = gd.SimulationStartConfig(name="<img src=x onerror=alert(1)>", sim_key="q")
    sim_id, _ = tracker.start_sim(Quick(config), launcher="thread")
    tracker.wait([sim_id], 20)
    html = dashboard._static_bundle()["text/html"]
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_widget_state_of_each_panel_is_small(
    dashboard: gd.Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(20)
    PanelBrowser(dashboard).ask("prepare")
    for name in dashboard.panels:
        state = dashboard._panel(name).get_state()
        state.pop("_esm")
        assert len(repr(state)) < 20_000, name
