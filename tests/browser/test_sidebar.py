"""The sidebar in JupyterLab's left area: which kernel it shows, and that it survives what happens to kernels."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil
import pytest

import gymdash_jupyter as gd
from tests.browser.conftest import OpenNotebook
from tests.browser.lab import Lab, Notebook
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

BUSY = "import os, time\nwhile not os.path.exists('go_on'): time.sleep(0.02)"


@pytest.fixture
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    """A JupyterLab without any notebook, the sidebar in front."""
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    try:
        open_lab(page, lab)
        yield page
    finally:
        page.context.close()
        lab.shut_down_kernels()


def open_lab(page: Page, lab: Lab) -> None:
    """Load JupyterLab with nothing open, the sidebar in front."""
    # A workspace of its own: JupyterLab sends a second page on the same one elsewhere.
    page.goto(f"{lab.url}/lab/workspaces/{uuid4()}")
    show_sidebar(page)


def show_sidebar(page: Page) -> None:
    """Wait for JupyterLab and open the sidebar."""
    page.wait_for_function("() => window.jupyterapp?.shell", timeout=60_000)
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    page.evaluate("() => window.jupyterapp.shell.activateById('gymdash-sidebar')")


def reload(page: Page, folder: Path) -> None:
    """Load the page again once JupyterLab has saved which project is open, which it does a moment later."""
    workspace = page.url.rpartition("/")[2]
    wait_until(
        lambda: (
            str(folder)
            in page.evaluate(
                "async id => JSON.stringify(await window.jupyterapp.serviceManager.workspaces.fetch(id))",
                workspace,
            )
        ),
        what="the project in the saved workspace",
    )
    page.reload()
    show_sidebar(page)


def sidebar(page: Page) -> Locator:
    """Find the sidebar."""
    return page.locator("#gymdash-sidebar")


def shows(page: Page, text: str, timeout_s: float = 60) -> None:
    """Wait until the sidebar shows a text."""
    found = sidebar(page).get_by_text(text).locator("visible=true").first
    found.wait_for(timeout=timeout_s * 1000)


def open_project(page: Page, folder: Path) -> None:
    """Open a project in a kernel of its own, as the button with its name does."""
    page.evaluate(
        "project => { void window.jupyterapp.commands.execute('gymdash-jupyter:open-project', {project}); }",
        str(folder),
    )


def open_file(page: Page, path: str) -> None:
    """Open a notebook beside others, or turn to it, and wait for its kernel."""
    page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", path)
    page.wait_for_function(
        "() => ['idle', 'busy'].includes("
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status)",
        timeout=60_000,
    )


def kernel_process(lab: Lab) -> psutil.Process:
    """Find the process of the server's only kernel."""
    (session,) = lab.request("GET", "sessions")
    kernel_id = session["kernel"]["id"]

    def find() -> psutil.Process | None:
        for process in psutil.process_iter(["cmdline"]):
            words: list[Any] = process.info["cmdline"] or []
            if any(kernel_id in word for word in words):
                return process
        return None

    return wait_until(find, what="the kernel's process")


def test_a_project_is_shown_without_a_notebook_and_after_reload_and_a_killed_kernel(
    lab: Lab, page: Page
) -> None:
    folder = lab.root / "sidebar" / "alone"
    gd.SimulationTracker(project=gd.Project.open(folder)).create_simulation("custom_control")
    open_project(page, folder)
    shows(page, "custom_control")
    first = kernel_process(lab)

    reload(page, folder)
    shows(page, "custom_control")
    assert kernel_process(lab).pid == first.pid

    panel = sidebar(page).locator(".gymdash-sidebar-panel")
    panel.evaluate("panel => { panel.dataset.isOld = 'yes'; }")
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: kernel_process(lab).pid != first.pid, what="another process")
    sidebar(page).locator("[data-is-old]").wait_for(state="detached")
    shows(page, "custom_control")
    sidebar(page).get_by_role("button", name="Start", exact=True).first.click()
    shows(page, "Start simulations")


def test_two_pages_share_the_projects_kernel_and_hear_that_it_was_closed(
    lab: Lab, page: Page
) -> None:
    folder = lab.root / "sidebar" / "shared"
    gd.Project.open(folder)
    other = page.context.new_page()
    open_lab(other, lab)
    for each in (page, other):
        open_project(each, folder)
    for each in (page, other):
        shows(each, "No simulations in this project yet.")
    assert len(lab.request("GET", "sessions")) == 1

    page.evaluate("() => window.jupyterapp.commands.execute('gymdash-jupyter:close-project')")
    shows(page, "Begin in a notebook")
    wait_until(lambda: not lab.request("GET", "sessions"), what="the kernel to end")
    shows(other, "The project's kernel has ended.")


def test_a_folder_without_a_project_is_said_and_left_alone(lab: Lab, page: Page) -> None:
    folder = lab.root / "sidebar" / "nothing"
    open_project(page, folder)
    shows(page, f"There is no project in {folder}: it does not exist.")
    assert not folder.exists()
    wait_until(lambda: not lab.request("GET", "sessions"), what="the kernel to end")


def test_the_sidebar_follows_the_active_notebook_while_its_cell_runs_and_after_a_restart(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    first: Notebook = open_notebook(
        ["import gymdash_jupyter as gd; p = gd.open_project('project-one')", BUSY]
    )
    second = lab.write_notebook(
        f"{first.path.parent.relative_to(lab.root).as_posix()}/second.ipynb",
        ["import gymdash_jupyter as gd; p = gd.open_project('project-two')"],
    )
    page = first.page
    show_sidebar(page)
    first.run(0)
    shows(page, "/project-one")
    shows(page, "No simulations in this project yet.")

    open_file(page, second.relative_to(lab.root).as_posix())
    shows(page, "Begin in a notebook")
    first.start(0)  # the cell of the notebook in front
    shows(page, "/project-two")
    shows(page, "No simulations in this project yet.")

    open_file(page, first.path.relative_to(lab.root).as_posix())
    shows(page, "/project-one")
    first.start(1)
    try:
        sidebar(page).get_by_role("button", name="Start", exact=True).first.click()
        shows(page, "Start simulations")
        assert not first.is_done(1)
    finally:
        (first.path.parent / "go_on").touch()
    first.wait_done(1)

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    shows(page, "Begin in a notebook")
    first.run(0)
    shows(page, "No simulations in this project yet.")
