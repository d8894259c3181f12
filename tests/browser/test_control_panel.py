"""The control panel in a real JupyterLab, used the way a person does, while a cell is busy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

PANEL = """
import threading, time
from typing import Annotated
from pydantic import Field
import gymdash_jupyter as gd
project = gd.open_project("p")

class Player(gd.Simulation):
    @gd.action
    def evaluate(self, episodes: Annotated[int, Field(ge=1, le=100)] = 5) -> dict:
        "Play without learning."
        return {"episodes": episodes, "mean": 462.0123}

    def _run(self, **kwargs):
        while not self.interactor.set_out_if_in("stop_simulation", True):
            self.base_step()
            time.sleep(0.02)

asking = gd.run("custom_control", "asker", launcher="thread", interactive=True, poll_period=0.02,
                total_runtime=600)
players = [gd.run(Player, f"player-{i}", launcher="thread") for i in range(2)]
panel = gd.ControlPanel()
panel
"""

BUSY = "print('begun')\nend = time.time() + 120\nwhile time.time() < end: time.sleep(0)"

SHOWN = """
print([asking._plan.poll_period, asking._plan.total_runtime])
print([(e.kind, e.name) for e in panel.history])
print(panel.presets("custom_query").names())
"""


def test_a_question_is_answered_and_actions_are_asked_while_a_cell_runs(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook([PANEL, BUSY, SHOWN])
    notebook.run(0)
    panel = notebook.output(0).locator(".gymdash-control-panel")
    panel.get_by_text("Control requests").wait_for()
    notebook.start(1)
    notebook.output(1).get_by_text("begun").wait_for()

    # The question stands open, with its words and with what is known of its values.
    question = panel.get_by_label("asker waits for a reply")
    question.locator("p").get_by_text("It has not begun.").wait_for()
    question.get_by_text("now 0.02").wait_for()
    question.get_by_text(re.compile(r"waiting \d")).wait_for()

    # What is wrong is said at its field, and nothing is sent.
    question.get_by_label("poll_period").fill("fast")
    question.get_by_role("button", name="Reply and continue").click()
    question.get_by_text("1 value to correct").wait_for()
    question.get_by_label("poll_period").fill("0.03")

    # A preset keeps the values; loading it fills them in again.
    question.get_by_role("button", name="Save").click()
    naming = panel.get_by_label("Name of the preset")
    naming.fill("slower")
    naming.press("Enter")
    question.get_by_role("button", name=re.compile("Preset slower")).wait_for()
    question.get_by_label("poll_period").fill("")
    question.get_by_role("button", name=re.compile("Preset")).click()
    panel.get_by_role("button", name="Load slower").click()
    # It fills in all fields, so also one that was filled in too early.
    wait_until(lambda: question.get_by_label("poll_period").input_value() == "0.03", what="it")
    question.get_by_label("continue").fill("true")
    question.get_by_role("button", name="Reply and continue").click()
    panel.get_by_text("No simulation waits for a reply.").wait_for()
    history = panel.get_by_role("log")
    history.get_by_text("poll_period 0.03, continue true").wait_for()

    # An action is done by all who offer it; a value that cannot be is not sent.
    evaluate = panel.get_by_role("form", name="Evaluate")
    evaluate.get_by_label("episodes").fill("0")
    evaluate.get_by_role("button").click()
    evaluate.get_by_text("Must be a whole number 1 to 100.").wait_for()
    evaluate.get_by_label("episodes").fill("7")
    evaluate.get_by_label("episodes").press("Enter")
    evaluate.get_by_text("Both answered.").wait_for()
    answers = history.get_by_text("episodes 7, mean 462.0")
    wait_until(lambda: answers.count() == 2, what="both answers in the history")

    # A channel that nobody has is an error of each, in the history.
    panel.get_by_role("button", name="New query").click()
    panel.get_by_label("channel").fill("no_such_channel")
    panel.get_by_role("button", name="Ask 3 simulations").click()
    history.locator(".gd-ctl-exchange", has=notebook.page.locator(".is-error")).nth(2).wait_for()

    assert not notebook.is_done(1)
    notebook.interrupt_kernel()
    notebook.wait_done(1, may_fail=True)
    notebook.run(2)
    said = notebook.text(2)
    assert "[0.03, 600" in said
    assert said.count("('ask', 'evaluate')") == 2
    assert "['slower']" in said
    assert notebook.complaints == []
