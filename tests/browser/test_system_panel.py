"""The system panel in a real JupyterLab: what is in use, and making room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import serious_violations
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

PANEL = """
import threading
import gymdash_jupyter as gd
import numpy as np
project = gd.open_project("project")
end = threading.Event()

class Filming(gd.Simulation):
    def _run(self):
        for step in range(6):
            self.recorder.image("frame", np.zeros((8, 8, 3), np.uint8), step)
        if self.config.kwargs.get("stays"):
            end.wait()

done = gd.run(Filming, name="<b>done</b>", launcher="thread")
done.wait()
goes_on = gd.run(Filming, name="goes on", launcher="thread", stays=True)
panel = gd.SystemPanel(project)
panel
"""

NARROW = """
import ipywidgets
ipywidgets.VBox([gd.SystemPanel(project)], layout={"width": "300px"})
"""

LOOK = "print(len(gd.media(sims=done)), len(gd.media(sims=goes_on)), panel.sort)"


def test_use_is_shown_and_old_media_are_pruned(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([PANEL, LOOK, NARROW, "end.set()\ngoes_on.wait()"])
    notebook.run(0)
    panel = notebook.output(0).locator(".gymdash-system-panel")
    cpu = panel.get_by_role("meter", name="CPU")
    cpu.wait_for()
    wait_until(lambda: cpu.get_attribute("aria-valuenow") is not None, what="a first sample")
    panel.locator(".gd-processes").get_by_text("goes on").wait_for()
    path = panel.locator(".gd-shareline path").first
    drawn = path.get_attribute("d")
    wait_until(lambda: path.get_attribute("d") != drawn, what="the next second")

    table = panel.locator(".gd-disktable")
    table.get_by_text("<b>done</b>").wait_for()
    assert table.locator("b").count() == 0
    panel.get_by_label("Sort simulations by disk use").select_option("newest")
    wait_until(
        lambda: "goes on" in table.locator("tbody tr").first.inner_text(), what="the newest first"
    )

    # one simulation, by its row, with the keyboard
    row = table.locator("tr", has_text="<b>done</b>")
    row.get_by_role("button", name="Prune media of <b>done</b>").focus()
    notebook.page.keyboard.press("Enter")
    form = panel.get_by_role("group", name="Prune media")
    form.get_by_text("4 of 6 files would go").wait_for()
    notebook.page.keyboard.press("Escape")
    form.wait_for(state="hidden")

    # all of them; what goes on keeps what is fresh
    panel.get_by_role("button", name="Prune media", exact=True).click()
    form.get_by_label("Keep of each simulation and key").select_option("1")
    form.get_by_text("gd.prune_media(keep=1)").wait_for()
    assert serious_violations(notebook.page, ".gymdash-system-panel") == []
    form.get_by_role("button", name="Remove 5 files").click()
    panel.get_by_text("5 files removed").wait_for()
    notebook.run(1)
    notebook.output(1).get_by_text("1 6 newest").wait_for()

    # a sidebar: the gauges, the rest on demand
    notebook.run(2)
    narrow = notebook.output(2).locator(".gymdash-system-panel")
    narrow.get_by_role("meter", name="RAM").wait_for()
    assert not narrow.locator(".gd-disktable").is_visible()
    narrow.get_by_role("button", name="Processes and files").click()
    narrow.locator(".gd-disktable").get_by_text("goes on").wait_for()
    wait_until(lambda: narrow.evaluate("e => e.scrollWidth <= e.clientWidth"), what="it to fit")
    notebook.run(3)
    assert notebook.complaints == []
