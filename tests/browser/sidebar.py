"""The sidebar in a page, used as a person does, and a project that another process began."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.browser.busy_kernel import SETUP
from tests.browser.rows import click_in_row

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Lab

START_TWO = f"""{SETUP}
gd.SimulationRegistry.register("walk", Walk)
for name, asks in (("walker", True), ("runner", False)):
    config = gd.SimulationStartConfig(name=name, sim_key="walk")
    gd.tracker().start_sim(config, asks=asks)
"""


def begin_project(folder: Path) -> Path:
    """Start two simulations that go on until they are stopped, from a process that ends; one of them asks.

    Returns:
        The project's folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-c", START_TWO], cwd=folder, check=True, timeout=120)
    return folder / ".gymdash-projects"


def own_kernels(lab: Lab) -> list[str]:
    """Give the ids of the kernels that the sidebar started."""
    sessions = lab.request("GET", "sessions")
    return [each["kernel"]["id"] for each in sessions if each["name"].startswith("GymDash")]


class Sidebar:
    """The sidebar in a page.

    Attributes:
        icon: Its place in the bar at the left.
        body: All that it shows.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.icon = page.locator(".lm-TabBar-tab[data-id='gymdash-sidebar']")
        self.body = page.locator("#gymdash-sidebar")

    def open(self) -> Sidebar:
        """Click the icon, unless the sidebar is open."""
        self.icon.wait_for(timeout=60_000)
        if not self.body.is_visible():
            self.icon.click()
        self.body.wait_for()
        return self

    def row(self, name: str) -> Locator:
        """Find a simulation's row."""
        return self.body.get_by_role("option", name=name)

    def stop(self, name: str) -> None:
        """Stop a simulation by the button in its row, and see its word change."""
        row = self.row(name)
        click_in_row(row, "Stop")
        self.body.get_by_role("heading", name="Simulations").hover()
        row.get_by_text("Cancelled").wait_for()

    def choose(self, item: str) -> None:
        """Choose from the menu of the project's line."""
        self.body.locator(".gd-shell-project").click()
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def open_project(self, folder: Path) -> None:
        """Name a folder to the list of projects."""
        self.body.get_by_role("button", name="Other folder").click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.locator("input").fill(str(folder))
        dialog.get_by_role("button", name="Open").click()
