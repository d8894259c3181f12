"""A person opens the quickstart, trains from a cell and watches under it."""

from __future__ import annotations

import json
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
    ended = notebook.output(1).get_by_text("Succeeded", exact=True)
    ended.wait_for(timeout=300_000)
    for cell in range(2, len(sources)):
        notebook.run(cell, 120)
    assert "lift off" in notebook.text(sources.index(next(s for s in sources if "wait([" in s)))
    again = card_of(notebook, len(sources) - 1)
    again.get_by_text("Succeeded", exact=True).wait_for()
    wait_until(lambda: ink(again) > first_ink, what="a finished simulation's curve to be drawn")
    assert notebook.complaints == []
