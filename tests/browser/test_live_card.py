"""A person trains from a cell and watches under it: the quickstart, and the stop button while a cell is busy."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(700)]

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"

OPEN = """
import time
import gymdash_jupyter as gd
gd.open_project("project")

class Steady(gd.Simulation):
    def _run(self):
        step = 0
        while not self.interactor.set_out_if_in("stop_simulation", True):
            time.sleep(0.01)
            step += 1
            self.recorder.scalar("a/value", step % 50, step)
            self.recorder.progress(step, 100_000)

class Deaf(gd.Simulation):
    def _run(self):
        while True:
            time.sleep(0.01)

class Broken(gd.Simulation):
    def _run(self):
        raise ValueError("<b>the learning rate</b> is not a number")
"""

# How far to the right the chart's canvas has ink of a series' colour, in device pixels.
INK = """
canvas => {
  const { width, height } = canvas;
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  let right = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b, a] = pixels.slice(i, i + 4);
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 90) {
      right = Math.max(right, (i / 4) % width);
    }
  }
  return right;
}
"""


def card_of(notebook: Notebook, cell: int) -> Locator:
    card = notebook.output(cell).locator("article.gd-card")
    card.wait_for(timeout=30_000)
    return card


def percent(card: Locator) -> int:
    return int(card.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)


def ink(card: Locator) -> int:
    return int(card.locator(".gd-chart canvas").first.evaluate(INK))


def test_the_quickstart_trains_under_its_cell(open_notebook: OpenNotebook) -> None:
    cells = json.loads(QUICKSTART.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    notebook = open_notebook(sources)
    notebook.run(0)
    notebook.run(1)
    card = card_of(notebook, 1)
    card.get_by_text("Running", exact=True).wait_for(timeout=60_000)
    first_percent = wait_until(lambda: percent(card), 60, what="the bar to move")
    first_ink = wait_until(lambda: ink(card), 60, what="the chart to gain points")
    wait_until(lambda: percent(card) > first_percent, 60, what="the bar to move on")
    wait_until(lambda: ink(card) > first_ink, 60, what="the chart to gain more points")
    card.get_by_text("Succeeded", exact=True).wait_for(timeout=300_000)
    for cell in range(2, len(sources)):
        notebook.run(cell, 120)
    assert "lift off" in notebook.text(sources.index(next(s for s in sources if "wait([" in s)))
    again = card_of(notebook, len(sources) - 1)
    again.get_by_text("Succeeded", exact=True).wait_for()
    wait_until(lambda: ink(again) > first_ink, what="a finished simulation's curve to be drawn")
    assert notebook.complaints == []


def test_stop_works_while_another_cell_sleeps(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(
        [OPEN, "sim = gd.run(Steady)\nsim", "print('asleep')\ntime.sleep(120)"]
    )
    notebook.run(0)
    notebook.run(1)
    card = card_of(notebook, 1)
    wait_until(lambda: ink(card), 30, what="the chart to gain points")
    notebook.start(2)
    notebook.output(2).get_by_text("asleep").wait_for()
    before = ink(card_of(notebook, 1))
    wait_until(lambda: ink(card) != before, 30, what="the chart to go on beside a busy cell")
    card.get_by_role("button", name="Stop").click()
    card.get_by_text("Cancelled", exact=True).wait_for(timeout=10_000)
    assert not notebook.is_done(2)
    database = notebook.path.parent / "project" / "db" / "simulations.db"
    with sqlite3.connect(database) as connection:
        flags = connection.execute("SELECT is_done, cancelled, failed, force_stopped FROM simulations")
        assert flags.fetchall() == [(1, 1, 1, 0)]
    notebook.interrupt_kernel()
    notebook.wait_done(2, may_fail=True)
    assert notebook.complaints == []


def test_one_that_does_not_answer_is_stopped_by_force(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([OPEN, "sim = gd.run(Deaf)\nsim"])
    notebook.run(0)
    notebook.run(1)
    card = card_of(notebook, 1)
    card.get_by_role("button", name="Stop").click()
    card.get_by_text("Not answering", exact=True).wait_for(timeout=20_000)
    card.get_by_role("button", name="Force stop").click()
    card.get_by_text("Cancelled", exact=True).wait_for(timeout=10_000)


def test_an_error_is_shown_as_text_with_its_trace(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([OPEN, "sim = gd.run(Broken)\nsim"], theme="dark")
    notebook.run(0)
    notebook.run(1)
    card = card_of(notebook, 1)
    error = card.get_by_label("Error")
    error.get_by_text("<b>the learning rate</b> is not a number").wait_for()
    assert error.locator("b", has_text="the learning rate").count() == 0
    error.get_by_role("button", name="Trace").click()
    error.get_by_text("Traceback (most recent call last)").wait_for()


def test_a_group_is_one_card_with_a_line_each(open_notebook: OpenNotebook) -> None:
    start = "group = gd.tracker().start_sims([gd.SimulationStartConfig(name=f's{i}', sim_key='Steady') for i in range(3)])"
    notebook = open_notebook([OPEN, f"gd.SimulationRegistry.register(Steady)\n{start}\ngroup"])
    notebook.run(0)
    notebook.run(1)
    card = card_of(notebook, 1)
    for name in ("s0", "s1", "s2"):
        card.get_by_role("listitem").filter(has_text=name).wait_for()
    card.get_by_role("button", name="Stop all").click()
    card.get_by_text("3 cancelled").wait_for(timeout=10_000)


def test_a_card_is_there_again_after_the_kernel_restarts(open_notebook: OpenNotebook) -> None:
    watch = "import gymdash_jupyter as gd\ngd.open_project('project')\ngd.watch()"
    notebook = open_notebook([OPEN, "gd.run(Steady, name='of before')", watch])
    notebook.run(0)
    notebook.run(1)
    wait_until(lambda: ink(card_of(notebook, 1)), 30, what="the chart to gain points")
    notebook.restart_kernel()
    notebook.run(2)
    card = card_of(notebook, 2)
    card.get_by_text("of before").wait_for()
    wait_until(lambda: ink(card), 30, what="what was recorded before to be drawn")
    # The kernel asks its simulations to stop before it goes; one that is killed is lost.
    assert card.get_by_text("Cancelled", exact=True).or_(card.get_by_text("Lost", exact=True)).count()
