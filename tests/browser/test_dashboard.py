"""The dashboard in a real JupyterLab: laid out, wide and narrow, for the eye, the keyboard and a screen reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import serious_violations
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook, Theme

pytestmark = pytest.mark.browser

BEGIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import gymdash_jupyter as gd
from tests.browser.mixed_project import begin, end
sims = begin()
dashboard = gd.dashboard(sims=[sim for name, sim in sims.items() if name.startswith("ppo")])
dashboard
"""
BUSY = "import time\nuntil = time.time() + 60\nwhile time.time() < until:\n    pass"
END = "dashboard.close()\nend(sims)"
TABS = ("Analyze", "Media", "Control", "Status", "System")


def _opened(open_notebook: OpenNotebook, theme: Theme = "light") -> tuple[Notebook, Locator]:
    notebook = open_notebook([BEGIN, BUSY, END], theme=theme, width=1600)
    notebook.run(0)
    dashboard = notebook.page.locator(".gymdash-dashboard-panel")
    dashboard.get_by_text("ppo-lr3e-4-s1").first.wait_for()
    return notebook, dashboard


def test_a_person_finds_their_way_about(open_notebook: OpenNotebook) -> None:
    notebook, dashboard = _opened(open_notebook)
    page = notebook.page

    # By keyboard through the tabs; each panel comes, also while a cell keeps the kernel busy.
    dashboard.get_by_role("tab", name="Status").wait_for()
    wait_until(lambda: _made(notebook) == 7, what="all panels to be made", interval_s=0.2)
    notebook.start(1)
    dashboard.get_by_role("tab", name="Analyze").focus()
    for name in TABS[1:]:
        page.keyboard.press("ArrowRight")
        dashboard.get_by_role("tab", name=name, selected=True).wait_for()
        dashboard.locator(f".gd-dash-page.is-{name.lower()} .gd-panel").wait_for()
    assert not notebook.is_done(1)
    dashboard.get_by_role("tab", name="Control").get_by_text("1").wait_for()
    notebook.interrupt_kernel()
    notebook.wait_done(1, may_fail=True)

    # The line between list and tabs.
    divider = dashboard.get_by_role("separator", name="Width of the list")
    before = _width(dashboard)
    box = divider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 104, box["y"] + 300, steps=4)
    page.mouse.up()
    wait_until(lambda: abs(_width(dashboard) - before - 100) <= 2, what="a wider list")
    divider.dblclick()
    wait_until(lambda: _width(dashboard) == 0, what="a folded list")
    divider.focus()
    page.keyboard.press("Enter")
    wait_until(lambda: abs(_width(dashboard) - before - 100) <= 2, what="the list again")

    # Narrow: the list becomes a drawer.
    page.set_viewport_size({"width": 760, "height": 900})
    drawer = dashboard.get_by_role("button", name="Simulations", exact=True)
    drawer.wait_for()
    row = dashboard.get_by_text("sac-lunar-s2").first
    assert not row.is_visible()
    drawer.click()
    row.wait_for()
    dashboard.get_by_role("button", name="Start", exact=True).locator("visible=true").click()
    dashboard.get_by_role("region", name="Start simulations").wait_for()
    row.wait_for(state="hidden")  # the form is not left below the drawer
    dashboard.get_by_role("tab", name="Analyze").click()
    page.set_viewport_size({"width": 1600, "height": 1000})
    assert notebook.complaints == []
    notebook.run(2)
    page.locator(".gymdash-dashboard-panel").wait_for(state="detached")


def test_axe_finds_nothing_serious_in_light_and_dark(open_notebook: OpenNotebook) -> None:
    notebook, dashboard = _opened(open_notebook)
    found = []
    for name in TABS:
        dashboard.get_by_role("tab", name=name).click()
        dashboard.locator(f".gd-dash-page.is-{name.lower()} .gd-panel").wait_for()
        found += _violations(notebook, name)
    dashboard.get_by_role("button", name="Start", exact=True).first.click()
    start = dashboard.locator(".gd-dash-page.is-start")
    start.get_by_role("option", name="stable_baselines", exact=True).click()
    start.get_by_text("learning_rate", exact=True).wait_for()
    found += _violations(notebook, "Start")
    assert sorted(set(found)) == []
    notebook.run(2)


def _violations(notebook: Notebook, name: str) -> list[str]:
    """Look at what is shown in both themes."""
    found = []
    for theme in ("light", "dark"):
        notebook.set_theme(theme)
        found += [
            f"{name}, {theme}: {each}"
            for each in serious_violations(notebook.page, ".gymdash-dashboard-panel")
        ]
    return found


def _width(dashboard: Locator) -> int:
    width: int = dashboard.locator(".gd-dash-list").evaluate("e => e.offsetWidth")
    return width


def _made(notebook: Notebook) -> int:
    """Count the panels that the kernel has told the browser of."""
    made: int = notebook.page.evaluate(
        """async () => {
          const panel = window.jupyterapp.shell.currentWidget;
          const context = panel.context.sessionContext.session.kernel;
          const info = await context.requestCommInfo({target_name: 'jupyter.widget'});
          const open = Object.keys(info.content.comms ?? {}).length;
          return open / 2 - 1;  // each has a layout; the dashboard itself is none of them
        }"""
    )
    return made
