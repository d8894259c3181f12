from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
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


class Waving(gd.Simulation):
    def _run(self, **kwargs: object) -> None:
        while not self.interactor.get_in("stop_simulation")[0]:
            self.base_step()

    @gd.action
    def wave(self) -> str:
        """Wave."""
        return "waved"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gd.Project]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    with clean_state(monkeypatch):
        yield gd.open_project(tmp_path / "project")


@pytest.fixture
def sidebar(project: gd.Project) -> Iterator[gd.SidebarPanel]:
    made = gd.SidebarPanel()
    yield made
    made.close()


def start(simulation_type: type[gd.Simulation], name: str = "one") -> gd.Simulation:
    config = gd.SimulationStartConfig(name=name, sim_key="it")
    return gd.tracker().start_sim(simulation_type(config), launcher="thread")[1]


def quick(n: int) -> list[str]:
    sims = [start(Quick, f"q{i}") for i in range(n)]
    gd.tracker().wait([sim.sim_id for sim in sims], 20)
    return [str(sim.sim_id) for sim in sims]


def test_its_sections_are_there_at_once_and_narrow(sidebar: gd.SidebarPanel) -> None:
    assert sorted(sidebar.panels) == ["control", "simulations", "system"]
    for panel in (sidebar.control, sidebar.simulations, sidebar.system):
        assert panel.compact
        assert sidebar.panels[panel.stem.removesuffix("_panel")] == f"IPY_MODEL_{panel.model_id}"


def test_panels_alone_are_as_wide_as_before() -> None:
    assert not any(panel().compact for panel in (gd.ControlPanel, gd.SimulationsPanel))
    assert not gd.SystemPanel().compact


def test_it_says_where_its_project_is(sidebar: gd.SidebarPanel, project: gd.Project) -> None:
    folder = str(project.folder)
    assert (sidebar.folder, sidebar.simulations.folder) == (folder, folder)
    assert sidebar.place.endswith("project")


def test_requests_are_counted_while_somebody_looks(sidebar: gd.SidebarPanel) -> None:
    browser = PanelBrowser(sidebar)
    browser.show()
    sim = start(Asking)
    wait_until(lambda: sidebar.open_requests == 1, what="one request")
    gd.tracker().cancel(sim.sim_id)
    wait_until(lambda: sidebar.open_requests == 0, what="none")


def test_its_control_panel_asks_simulations_for_nothing(sidebar: gd.SidebarPanel) -> None:
    whole = gd.ControlPanel()
    sim = start(Waving)
    for panel in (sidebar.control, whole):
        PanelBrowser(panel).show()
    wait_until(lambda: "wave" in _offered(whole), what="what it offers, in the wide panel")
    assert _offered(sidebar.control) == []
    gd.tracker().cancel(sim.sim_id)
    whole.close()


def test_start_takes_the_place_of_the_sections_and_close_brings_them_back(
    sidebar: gd.SidebarPanel,
) -> None:
    sidebar.simulations.start_asked += 1
    assert sidebar.is_starting
    assert "start" in sidebar.panels
    sidebar.start.close_asked += 1
    assert not sidebar.is_starting


def test_what_was_started_is_selected(sidebar: gd.SidebarPanel) -> None:
    sidebar.is_starting = True
    ids = quick(2)
    sidebar.start.started = ids
    assert not sidebar.is_starting
    assert sidebar.simulations.selection == ids


def test_the_form_is_made_before_it_is_wanted(sidebar: gd.SidebarPanel) -> None:
    assert "start" in PanelBrowser(sidebar).ask("prepare")


def test_nothing_starts_in_a_project_for_reading(project: gd.Project) -> None:
    quick(1)
    sidebar = gd.SidebarPanel(gd.Project.open(project.folder, read_only=True))
    sidebar.is_starting = True
    assert not sidebar.is_starting
    assert not sidebar.can_start
    assert not sidebar.simulations.can_start
    assert "start" not in PanelBrowser(sidebar).ask("prepare")
    sidebar.close()


def test_order_is_kept_and_selection_is_not(sidebar: gd.SidebarPanel, project: gd.Project) -> None:
    PanelBrowser(sidebar).show()
    sidebar.simulations.selection = quick(1)
    sidebar.simulations.sort = "name"
    sidebar.close()
    again = gd.SidebarPanel(project)
    assert (again.simulations.sort, again.simulations.selection) == ("name", [])
    again.close()


def test_it_leaves_the_settings_of_the_dashboard_alone(
    sidebar: gd.SidebarPanel, project: gd.Project
) -> None:
    sidebar.simulations.sort = "name"
    sidebar.close()
    dashboard = gd.dashboard(project)
    assert dashboard.simulations.sort == "-created"
    dashboard.close()


def test_a_closed_one_leaves_names_but_no_markup(sidebar: gd.SidebarPanel) -> None:
    sim = start(Quick, "<b>bold</b>")
    assert sim.wait(60)
    html = sidebar._static_html()
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>bold" not in html


def _offered(panel: gd.ControlPanel) -> list[str]:
    return [offer["name"] for offer in panel._state.get("offers", [])]
