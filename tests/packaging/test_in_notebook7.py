"""The sidebar of an installed wheel in Notebook 7: beside a notebook, beside the files, after a reload."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.busy_kernel import BUSY, end_busy, keep_busy
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.lab import Lab, Notebook
from tests.browser.sidebar import Sidebar, begin_project, own_kernels
from tests.environments import Resolution, fresh_environment

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

OPEN = "import time\nimport gymdash_jupyter as gd\ngd.open_project()"

NOT_OURS = ("reading 'schema'", "reading 'last_modified'", "Cannot convert undefined or null")
"""What Notebook's own bundles throw, the first two also where nothing of ours is installed."""


@contextmanager
def notebook_server(
    folder: Path, wheel: Path, version: str, resolution: Resolution
) -> Iterator[Lab]:
    """Serve a Notebook 7 that the wheel was installed beside."""
    installed = fresh_environment(
        folder / "env", wheel, resolution=resolution, with_=[f"notebook{version}"]
    )
    lab = Lab(folder, installed=installed, app="notebook")
    try:
        yield lab
    finally:
        lab.stop()


@contextmanager
def new_page() -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


@pytest.mark.parametrize(
    ("version", "resolution", "has_subshells"),
    [(">=7.3", "highest", True), (">=7.2,<7.3", "lowest-direct", False)],
)
def test_the_sidebar_works_in_a_notebook_7_with_the_wheel(
    wheel: Path, tmp_path: Path, version: str, resolution: Resolution, has_subshells: bool
) -> None:
    with notebook_server(tmp_path, wheel, version, resolution) as lab:
        begin_project(lab.root)
        path = lab.write_notebook("test.ipynb", [OPEN, BUSY])
        with new_page() as page:
            notebook = Notebook(page, lab, path)
            notebook.open()
            sidebar = Sidebar(page)
            show(sidebar)
            sidebar.body.get_by_role("button", name=".gymdash-projects").wait_for()
            notebook.run(0)
            sidebar.row("walker").wait_for(timeout=60_000)

            keep_busy(notebook, 1)
            if has_subshells:
                sidebar.stop("walker")
            else:
                sidebar.body.get_by_text("its kernel does not answer").wait_for(timeout=60_000)
            end_busy(notebook, 1)

            notebook.reload()
            sidebar.row("walker").wait_for(timeout=60_000)
            assert own_kernels(lab) == []
            complaints = notebook.complaints

            sidebar = Sidebar(
                page.context.browser.new_page(viewport={"width": 1400, "height": 900})
            )
            sidebar.page.goto(f"{lab.url}/tree")
            show(sidebar)
            sidebar.body.get_by_role("button", name=".gymdash-projects").click()
            sidebar.row("walker").wait_for(timeout=60_000)
            sidebar.stop("runner")
            if not has_subshells:
                sidebar.stop("walker")
            assert len(own_kernels(lab)) == 1
            assert [
                each for each in complaints if not any(part in each for part in NOT_OURS)
            ] == []


def show(sidebar: Sidebar) -> None:
    """Open the sidebar by the menu: Notebook 7 has no bar with icons."""
    page = sidebar.page
    page.get_by_role("menuitem", name="View").click()
    page.locator(".lm-Menu-item", has_text="Left Sidebar").hover()
    page.locator(".lm-Menu-item", has_text="Show GymDash").click()
    sidebar.body.wait_for()
