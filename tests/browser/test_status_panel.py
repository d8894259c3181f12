"""The status panel in a real JupyterLab: what was said, what was asked, what is printed."""

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
from gymdash_jupyter.output import OutputLog
project = gd.open_project("project")
end = threading.Event()

class Failing(gd.Simulation):
    def _run(self):
        end.wait()
        raise ValueError("bad <i>value</i>")

def say(sim, *words):
    sim_id = sim.sim_id
    statuses = [gd.SimStatus(gd.SimStatusCode.INFO, details=each) for each in words]
    project.store.add_statuses(sim_id, statuses)

one = gd.run(Failing, name="<b>one</b>", launcher="thread")
two = gd.run(Failing, name="two", launcher="thread")
out = OutputLog(f"{one.sim_path}/output.log").stream()
for step in range(100):
    print(f"step {step}", file=out)
say(two, *[f"news {i}" for i in range(450)])
panel = gd.StatusPanel(project)
panel
"""

NEWS = "say(one, 'the latest'); print('one more line', file=out)"
END = "end.set()\none.wait()\ntwo.wait()"
REFUSED = """
try:
    gd.tracker().query(one.sim_id, no_such_channel=1)
except Exception as exc:
    print(type(exc).__name__)
"""
LOOK = "print(panel.filter, panel.kinds, panel.shown_output == str(one.sim_id))"
IS_AT_END = "e => e.scrollHeight - e.scrollTop - e.clientHeight < 2"


def test_statuses_calls_and_output_as_a_person_uses_them(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([PANEL, NEWS, END, LOOK, REFUSED])
    notebook.run(0)
    panel = notebook.output(0).locator(".gymdash-status-panel")
    rows = panel.get_by_role("list", name="Statuses").get_by_role("listitem")
    rows.first.get_by_text("news 449").wait_for()
    wait_until(lambda: rows.count() == 200, what="the newest statuses")

    # older ones by scrolling, all of them once
    scroll = panel.get_by_role("region", name="Statuses")

    def scrolled() -> int:
        scroll.evaluate("e => { e.scrollTop = e.scrollHeight }")
        return rows.count()

    wait_until(lambda: scrolled() >= 450, what="all statuses")
    assert panel.get_by_text("news 7", exact=True).count() == 1
    scroll.evaluate("e => { e.scrollTop = 0 }")

    # what comes is on top at once
    notebook.run(1)
    rows.first.get_by_text("the latest").wait_for()
    assert panel.locator("b, i:not(.gd-swatch)").count() == 0

    # the output of one, followed until somebody scrolls up
    rows.first.get_by_role("button", name="<b>one</b>").click()
    text = panel.locator(".gd-output")
    text.get_by_text("one more line").wait_for()
    wait_until(lambda: text.evaluate(IS_AT_END), what="the end in sight")
    text.evaluate("e => { e.scrollTop = 0 }")
    follow = panel.get_by_role("button", name="Follow")
    follow.wait_for()
    notebook.run(1)
    panel.get_by_text("newer lines at the end").wait_for()
    assert text.evaluate("e => e.scrollTop") == 0
    follow.click()
    wait_until(lambda: text.evaluate(IS_AT_END), what="the end in sight again")

    # errors only, with their trace, by keyboard
    notebook.run(2)
    panel.get_by_label("Kind of statuses").select_option("error")
    wait_until(lambda: rows.count() == 2, what="the errors")
    panel.get_by_label("Filter by text or name").fill("two")
    wait_until(lambda: rows.count() == 1, what="the error of one of them")
    rows.first.get_by_role("button", name="Trace").focus()
    notebook.page.keyboard.press("Enter")
    trace = panel.get_by_role("region", name="Trace of two")
    trace.get_by_text("ValueError: bad <i>value</i>").wait_for()
    assert serious_violations(notebook.page, ".gymdash-status-panel") == []
    notebook.run(3)
    notebook.output(3).get_by_text("two ['error'] True").wait_for()

    # calls, refused ones with the reason
    panel.get_by_label("Filter by text or name").fill("")
    panel.get_by_role("button", name="Calls").click()
    calls = panel.get_by_role("list", name="Calls").get_by_role("listitem")
    wait_until(lambda: calls.count() == 2, what="two starts")
    notebook.run(4)
    wait_until(lambda: calls.count() == 3, what="the query")
    calls.first.get_by_text("Refused").wait_for()
    assert serious_violations(notebook.page, ".gymdash-status-panel") == []
    assert notebook.complaints == []
