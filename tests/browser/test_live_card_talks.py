"""Talking to simulations through their card in a real JupyterLab, while another cell is busy; media in the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

SETUP = """
import time
from typing import Annotated
import numpy as np
from pydantic import Field
import gymdash_jupyter as gd
gd.open_project()

class Talking(gd.Simulation):
    @gd.action
    def evaluate(self, episodes: Annotated[int, Field(ge=1, le=100)] = 5) -> dict:
        "Play without learning."
        return {"episodes": episodes}

    def _run(self, asks=False, films=False, **kwargs):
        if asks:
            self.interactor.add_control_request("custom_query", "How fast?", "speed", "note")
        if films:
            frames = np.zeros((30, 48, 64, 3), np.uint8)
            frames[:, :, 20:40] = 200
            self.recorder.video("episode_video", frames, 5, fps=15, episode=3)
            for step in range(10):
                self.recorder.scalar("loss", 1.0, step)
        while not self.interactor.set_out_if_in("stop_simulation", True):
            is_asked, value = self.interactor.get_in("custom_query")
            if is_asked and not (isinstance(value, dict) and "action" in value):
                self.interactor.set_out("custom_query", "thanks")
                self.add_status(gd.SimStatus(gd.SimStatusCode.INFO, details=f"took {value}"))
            self.base_step()
            time.sleep(0.02)
"""

BUSY = "print('begun')\nend = time.time() + 120\nwhile time.time() < end: pass"


CELLS = [
    SETUP,
    "gd.tracker().start_sim(Talking, asks=True)[1]",
    BUSY,
    "gd.run(Talking)",
    BUSY,
    "s = gd.tracker().start_sim(Talking, films=True)[1]; s",
]


@pytest.fixture(scope="module")
def notebook(open_for_all: OpenNotebook) -> Notebook:
    opened = open_for_all(CELLS)
    opened.run(0)
    return opened


def test_question_is_answered_while_a_cell_runs(notebook: Notebook) -> None:
    notebook.run(1)
    output = notebook.output(1)
    output.get_by_label("speed").wait_for()
    notebook.start(2)
    notebook.output(2).get_by_text("begun").wait_for()
    output.get_by_label("speed").fill("[1,")
    output.get_by_role("button", name="Reply").click()
    output.get_by_text("Not valid JSON").wait_for()
    output.get_by_label("speed").fill("0.5")
    output.get_by_label("note").fill("be quick")
    output.get_by_role("button", name="Reply").click()
    output.get_by_text("took {'speed': 0.5, 'note': 'be quick'}").wait_for()
    output.get_by_label("speed").wait_for(state="detached")
    assert not notebook.is_done(2)
    assert notebook.complaints == []
    notebook.interrupt_kernel()
    notebook.wait_done(2, may_fail=True)


def test_action_is_asked_and_answered_while_a_cell_runs(notebook: Notebook) -> None:
    notebook.run(3)
    notebook.start(4)
    output = notebook.output(3)
    output.get_by_role("button", name="Evaluate").click()
    output.get_by_label("episodes").fill("0")
    output.locator(".gd-form .is-main").click()
    output.get_by_text("Must be a whole number 1 to 100.").wait_for()
    output.get_by_label("episodes").fill("7")
    output.locator(".gd-form .is-main").click()
    output.get_by_text('{"episodes": 7}').wait_for()
    assert not notebook.is_done(4)
    output.get_by_role("button", name="Stop", exact=True).click()
    output.locator(".gds-facts").get_by_text("Cancelled").wait_for()
    assert notebook.complaints == []
    notebook.interrupt_kernel()
    notebook.wait_done(4, may_fail=True)


def test_video_is_shown_and_played_in_the_card(notebook: Notebook) -> None:
    notebook.run(5)
    output = notebook.output(5)
    # The card has grown below what is seen since it was begun, and only what is seen is fetched.
    output.locator(".gd-thumb").first.scroll_into_view_if_needed()
    output.locator(".gd-thumb img").wait_for()
    assert "episode 3" in output.locator(".gd-clipcard").inner_text()
    output.locator(".gd-mark").click()
    video = output.locator(".gd-player video")
    video.wait_for()
    wait_until(
        lambda: bool(video.evaluate("v => v.videoWidth === 64 && v.currentTime > 0")),
        what="the video to play",
    )
    assert notebook.complaints == []
