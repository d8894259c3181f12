"""The sidebar's column in a cell of a real JupyterLab: unfolded, narrow and wide, stopped, asked, hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import serious_violations
from tests.browser.rows import click_in_row
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

BEGIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import gymdash_jupyter as gd
from tests.browser.mixed_project import begin, end
sims = begin()
sidebar = gd.SidebarPanel(layout={{"width": "300px"}})
sidebar
"""
NOBODY_LOOKS = """
from tests.waiting import wait_until
panels = [sidebar, *sidebar._made.values()]
wait_until(lambda: not any(panel._views.are_seen for panel in panels), 30, what="no view seen")
"""
END = "sidebar.close()\nend(sims)"

OVERFLOW = """panel => [...panel.querySelectorAll("*")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width > 0 && box.right > panel.getBoundingClientRect().right + 1;
}).map((each) => each.className)"""


def test_a_person_uses_the_column(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([BEGIN, NOBODY_LOOKS, END])
    notebook.run(0)
    column = notebook.output(0).locator(".gymdash-sidebar-panel")
    column.get_by_text("walker-overnight").or_(column.get_by_text("2 more")).first.wait_for()

    # What has ended is folded; the button says how much, and unfolds it.
    rest = column.get_by_role("button", name="2 more")
    assert column.get_by_text("walker-overnight").count() == 0
    rest.click()
    column.get_by_text("walker-overnight").wait_for()
    assert "today" in column.get_by_role("listbox").inner_text()
    column.get_by_role("button", name="Fewer").click()
    rest.wait_for()

    # The machine: no table of the disk, but what is free.
    column.get_by_role("meter", name="CPU").wait_for()
    column.get_by_text("free", exact=False).wait_for()
    assert column.locator(".gd-disktable, .gd-processes").count() == 0

    _looks_right(notebook, column)

    # A row's action, in the place of its word.
    row = column.get_by_role("option", name="dqn-setting-up")
    click_in_row(row, "Stop")
    column.get_by_role("heading", name="System").hover()
    row.get_by_text("Cancelled").wait_for()

    # A question: further fields unfold; when nobody waits any more the section goes.
    assert not column.get_by_label("stop_if_worse").is_visible()
    column.get_by_role("button", name="1 more field").click()
    column.get_by_label("stop_if_worse").wait_for()
    column.get_by_role("button", name="Dismiss").click()
    column.get_by_role("heading", name="Control requests").wait_for(state="hidden")

    # Hidden as JupyterLab hides a sidebar, nothing comes; shown again, it goes on.
    _sleeps_while_hidden(notebook, column)

    # Start takes the place of the sections.
    column.get_by_role("button", name="Start", exact=True).click()
    column.get_by_role("option", name="stable_baselines_like").wait_for()
    column.get_by_role("button", name="Close", exact=True).click()
    column.get_by_role("meter", name="CPU").wait_for()
    assert notebook.complaints == []
    notebook.run(2)


def _looks_right(notebook: Notebook, column: Locator) -> None:
    found = []
    for theme in ("light", "dark"):
        notebook.set_theme(theme)
        found += serious_violations(notebook.page, ".gymdash-sidebar-panel")
    assert found == []
    for width in (250, 500):
        column.locator("..").evaluate("(e, w) => { e.style.width = `${w}px`; }", width)
        wait_until(lambda width=width: column.bounding_box()["width"] == width, what="that width")
        wait_until(lambda: not column.evaluate(OVERFLOW), what="everything to fit into it")


def _sleeps_while_hidden(notebook: Notebook, column: Locator) -> None:
    place, line = column.locator(".."), column.locator(".gd-shareline path").first
    place.evaluate("e => e.classList.add('lm-mod-hidden')")
    notebook.run(1)
    place.evaluate("e => e.classList.remove('lm-mod-hidden')")
    column.scroll_into_view_if_needed()  # the notebook may stand at the cell below, which ran
    drawn = line.get_attribute("d")
    wait_until(lambda: line.get_attribute("d") != drawn, what="the next second")
