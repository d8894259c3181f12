"""What a simulation prints, seen in its card in a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

CARD = """
import threading
import gymdash_jupyter as gd
from gymdash_jupyter.output import OutputLog
gd.open_project("project")
end = threading.Event()

class Talking(gd.Simulation):
    def _run(self):
        end.wait()
        raise ValueError("bad")

sim = gd.run(Talking, launcher="thread")
log = OutputLog(f"{sim.sim_path}/output.log")
out = log.stream()
for step in range(100):
    print(f"step {step} <b>bold</b>", file=out)
sim
"""

LINES = """
for i in range(100, 120):
    print(f"step {i}", file=out)
"""

IS_AT_END = (
    "e => e.scrollHeight > e.clientHeight && e.scrollHeight - e.scrollTop - e.clientHeight < 2"
)


def test_output_is_opened_by_keyboard_and_followed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CARD, LINES, "end.set()\nsim.wait()", "gd.watch(sim)"])
    notebook.run(0)
    card = notebook.output(0).locator(".gymdash-live-card")
    fold = card.get_by_role("button", name="Output", exact=True)
    fold.wait_for()
    assert fold.get_attribute("aria-expanded") == "false"
    fold.focus()
    notebook.page.keyboard.press("Enter")
    text = card.locator(".gd-output")
    text.get_by_text("step 99 <b>bold</b>").wait_for()
    assert text.locator("b").count() == 0
    wait_until(lambda: text.evaluate(IS_AT_END), what="the end of the output in sight")

    notebook.run(1)
    text.get_by_text("step 119").wait_for()
    wait_until(lambda: text.evaluate(IS_AT_END), what="the new end in sight")

    text.evaluate("e => { e.scrollTop = 0 }")
    notebook.run(1)
    card.get_by_text("newer lines at the end").wait_for()
    assert text.evaluate("e => e.scrollTop") == 0

    notebook.run(2)  # the card becomes a picture
    notebook.output(0).get_by_text("Output, the last 20 lines").click()
    notebook.output(0).locator(".gds-output pre").get_by_text("step 119").wait_for()

    notebook.run(3)  # a live one of what has failed
    failed = notebook.output(3).locator(".gymdash-live-card")
    failed.get_by_role("button", name="Output", exact=True).click()
    failed.locator(".gd-output").get_by_text("step 119").wait_for()
    assert failed.locator(".gd-note.is-error + .gd-outputs").count() == 1
    assert notebook.complaints == []
