"""What the sidebar says of projects that it cannot show, and of a JupyterLab without widgets."""

from __future__ import annotations

import json
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

import gymdash_jupyter as gd
from tests.browser.lab import Lab
from tests.browser.rows import click_in_row
from tests.browser.sidebar import Sidebar, own_kernels
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """An empty page of a browser profile of its own."""
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    yield context.new_page()
    context.close()
    lab.shut_down_kernels()


def _project(folder: Path) -> Path:
    project = gd.Project.open(folder)
    gd.SimulationTracker(project=project).create_simulation("custom_control")
    project.store.close()
    return folder


def _sidebar(page: Page, lab: Lab, project: Path) -> Sidebar:
    page.goto(f"{lab.url}/lab?reset")
    sidebar = Sidebar(page).open()
    sidebar.open_project(project)
    return sidebar


def test_a_project_outside_of_the_root_is_shown_and_its_database_may_vanish(
    page: Page, lab: Lab, tmp_path: Path
) -> None:
    project = _project(tmp_path / "elsewhere")
    sidebar = _sidebar(page, lab, project)
    row = sidebar.row("custom_control")
    click_in_row(row, "More")
    page.get_by_role("menuitem", name="Open folder").click()
    page.get_by_text("This folder is outside of JupyterLab's root").first.wait_for()

    shutil.rmtree(project / "db")
    sidebar.body.get_by_text("simulations.db is gone").first.wait_for()
    row.wait_for()  # the last picture stays


def test_a_project_of_a_newer_version_is_said_to_be_one(page: Page, lab: Lab) -> None:
    project = _project(lab.root / "newer")
    with sqlite3.connect(project / "db/simulations.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    sidebar = _sidebar(page, lab, project)
    sidebar.body.get_by_role("alert").get_by_text("a newer gymdash_jupyter wrote it").wait_for()
    wait_until(lambda: own_kernels(lab) == [], what="the end of the kernel that nobody needs")


def test_a_jupyterlab_without_widgets_is_said_to_have_none(page: Page, tmp_path: Path) -> None:
    settings = tmp_path / "server/config/labconfig/page_config.json"
    settings.parent.mkdir(parents=True)
    without = {"disabledExtensions": {"@jupyter-widgets/jupyterlab-manager": True}}
    settings.write_text(json.dumps(without), encoding="utf-8")
    server = Lab(tmp_path / "server")
    try:
        sidebar = _sidebar(page, server, _project(server.root / "x"))
        sidebar.body.get_by_text("JupyterLab cannot show widgets").wait_for()
    finally:
        server.stop()
