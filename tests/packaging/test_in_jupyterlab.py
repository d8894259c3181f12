"""What an installed wheel shows in the JupyterLab beside it, without anything being enabled by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.lab import Lab, Notebook

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.environments import FreshEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

RUN_ONE = """
import gymdash_jupyter as gd

class Quick(gd.Simulation):
    def _run(self, **kwargs):
        self.recorder.scalar("reward", 1.0, step=1)

sim = gd.run(Quick, {name!r}, launcher="thread")
sim.wait()
sim
"""


def test_the_sidebar_and_a_card_work_in_a_jupyterlab_with_the_wheel(
    installed: FreshEnvironment, tmp_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    lab = Lab(tmp_path, installed=installed)
    try:
        installed.run("-c", RUN_ONE.format(name="made-before"), cwd=lab.root)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            path = lab.write_notebook("test.ipynb", [RUN_ONE.format(name="made-here")])
            notebook = Notebook(browser.new_page(), lab, path)
            notebook.open()
            sidebar = open_sidebar(notebook)
            sidebar.get_by_role("button", name=".gymdash-projects").click()
            sidebar.get_by_text("made-before").wait_for(timeout=60_000)
            assert sessions_of(lab) == ["gymdash", "notebook"]
            notebook.run(0)
            notebook.output(0).locator(".gymdash-live-card").get_by_text("made-here").wait_for()
            assert notebook.complaints == []
            browser.close()
    finally:
        lab.stop()
    assert complaints_of(lab) == []


def open_sidebar(notebook: Notebook) -> Locator:
    """Click GymDash's icon; give what it opens."""
    notebook.page.get_by_role("tab", name="GymDash").click()
    return notebook.page.locator("#gymdash-sidebar")


def sessions_of(lab: Lab) -> list[str]:
    return sorted(session["type"] for session in lab.request("GET", "sessions"))


def complaints_of(lab: Lab) -> list[str]:
    """Find what the server and its kernels printed as errors."""
    lines = lab.log_path.read_text().splitlines()
    return [line for line in lines if re.match(r"\[E |Traceback|\w*Error:", line)]
