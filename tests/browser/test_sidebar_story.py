"""The sidebar as a person uses it: a question answered, simulations stopped, a busy notebook, a base URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import serious_violations
from tests.browser.busy_kernel import BUSY, SETUP, end_busy, keep_busy
from tests.browser.ending import end_simulations
from tests.browser.lab import Lab
from tests.browser.rows import click_in_row
from tests.browser.sidebar import Sidebar, begin_project, own_kernels
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

OpenPage = Callable[..., "Page"]


@pytest.fixture
def open_page(lab: Lab, browser: Browser) -> Iterator[OpenPage]:
    """Give a function that opens JupyterLab without a notebook."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})

    def open_one(server: Lab = lab) -> Page:
        page = context.new_page()
        page.goto(f"{server.url}/lab?reset")
        return page

    yield open_one
    context.close()
    lab.shut_down_kernels()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project with two simulations that go on."""
    yield begin_project(tmp_path / "rl")
    end_simulations(tmp_path)


def test_before_any_notebook_is_open(open_page: OpenPage, lab: Lab, project: Path) -> None:
    sidebar = Sidebar(open_page()).open()
    assert own_kernels(lab) == []  # none before somebody wants to see a project

    sidebar.open_project(project)
    sidebar.row("runner").wait_for()
    assert len(own_kernels(lab)) == 1
    label = sidebar.icon.get_attribute
    wait_until(lambda: "1 control request" in label("title"), what="the badge")

    sidebar.body.get_by_label("speed").fill("0.5")
    sidebar.body.get_by_role("button", name="Reply").click()
    sidebar.body.get_by_role("heading", name="Control requests").wait_for(state="hidden")
    wait_until(lambda: "control request" not in label("title"), what="no badge")
    for name in ("walker", "runner"):
        sidebar.stop(name)

    # The dashboard of the project as a tab, from the same kernel.
    sidebar.body.get_by_role("button", name="Open the dashboard").click()
    dashboard = sidebar.page.locator(".gymdash-dashboard-panel")
    dashboard.get_by_role("option", name="runner").wait_for()
    assert len(own_kernels(lab)) == 1
    sidebar.page.locator(".lm-TabBar-tab", has_text="GymDash: rl").locator(
        ".lm-TabBar-tabCloseIcon"
    ).click()

    sidebar.choose("Close")
    wait_until(lambda: own_kernels(lab) == [], what="the kernel's end")


def test_beside_a_notebook(open_notebook: OpenNotebook, lab: Lab) -> None:
    notebook = open_notebook([SETUP, "sim = gd.run(Walk, name='here')\nsim", BUSY])
    notebook.run(0)
    notebook.run(1)
    notebook.output(1).get_by_text("Running").first.wait_for()
    assert notebook.page.locator(".gymdash-sidebar-panel").count() == 0  # nobody looks
    sidebar = Sidebar(notebook.page).open()
    sidebar.row("here").wait_for()
    assert own_kernels(lab) == []

    # A cell keeps the kernel busy: the sidebar goes on.
    keep_busy(notebook, 2)
    sidebar.stop("here")
    end_busy(notebook, 2)

    # The line that watches it, written into the notebook and not run.
    click_in_row(sidebar.row("here"), "More")
    notebook.page.get_by_role("menuitem", name="Insert gd.watch").click()
    notebook.page.locator(".jp-Notebook").get_by_text("gd.watch(").wait_for()

    # What another process starts in this project is shown without a cell.
    begin_project(notebook.path.parent)
    sidebar.row("runner").wait_for()
    assert serious_violations(notebook.page, "#gymdash-sidebar") == []

    # After a reload it is there without a cell, too.
    notebook.reload()
    sidebar.open().row("runner").wait_for()
    for name in ("runner", "walker"):
        sidebar.stop(name)
    assert notebook.complaints == []


def test_under_a_base_url(open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Lab(tmp_path_factory.mktemp("proxied"), base_url="/user/ann/")
    try:
        sidebar = Sidebar(open_page(server)).open()
        project = begin_project(server.root / "rl")
        sidebar.open_project(project.relative_to(server.root))
        sidebar.row("runner").wait_for()
        for name in ("runner", "walker"):
            sidebar.stop(name)
    finally:
        server.stop()
        end_simulations(server.root)
