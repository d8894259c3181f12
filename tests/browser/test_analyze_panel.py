"""The analyze panel in a real JupyterLab, as a person uses it: look, brush, read, hide, group, take along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

PROJECT = """
import os, time, uuid
import numpy as np
import gymdash_jupyter as gd
from gymdash_jupyter.records import Batch, ProcessIdentity, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation

project = gd.open_project()
owner = ProcessIdentity("tests", os.getpid(), "1", "here")
steps = np.arange(0, 100_001, 500)
times = np.linspace(time.time() - 600, time.time(), len(steps))
for rate in (0.0003, 0.001):
    for seed in range(3):
        sim_id, rng = uuid.uuid4(), np.random.default_rng(seed)
        config = gd.SimulationStartConfig(
            name=f"<b>ppo-{rate}-s{seed}</b>", sim_key="ppo", kwargs={"learning_rate": rate, "seed": seed}
        )
        project.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
        for state in (SimState.SETTING_UP, SimState.RUNNING):
            project.store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
        reward = 1 + steps * rate * 10 + rng.normal(0, 5, len(steps)) ** 2
        loss = np.exp(-steps / 30_000) + rng.normal(0, 0.01, len(steps)) ** 2
        points = {"rollout/ep_rew_mean": reward, "train/loss": loss}
        batch = Batch(sim_id, scalars={k: ScalarSeries(steps, times, v) for k, v in points.items()})
        project.store.write([batch], owner=owner)
        project.store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, now_utc(), owner=owner))
panel = gd.AnalyzePanel()
panel
"""

SAY = "print(panel.between, panel.log_y, len(panel.hidden), panel.group_by, panel.detail_key)"

INK = """name => {
  const canvas = document.querySelector(`.gymdash-analyze-panel ${name} canvas`);
  if (!canvas?.width) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte !== 0);
}"""


def _said(notebook: Notebook) -> str:
    notebook.run(1)
    return notebook.text(1)


def _drag(page: Page, area: Locator, start: float, end: float) -> None:
    box = area.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + end) / 2 * box["width"], y)
    page.mouse.move(box["x"] + end * box["width"], y)
    page.mouse.up()


def _download(page: Page, kind: str) -> str:
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_panel_is_looked_at_as_a_person_does(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([PROJECT, SAY], height=1800)  # so that small charts are on screen
    page = notebook.page
    notebook.run(0)
    panel = page.locator(".gymdash-analyze-panel")
    rows = panel.locator("tr[data-line]")
    page.wait_for_function(INK, arg=".gd-focus")
    page.wait_for_function(INK, arg=".gd-keychart")
    wait_until(lambda: rows.count() == 2, what="a row for each learning rate")
    rows.first.locator("td").nth(2).get_by_text(".").wait_for()
    assert rows.first.locator("td").nth(1).inner_text() == "3"

    # Point at the detail: the place in words, and a line in the small charts, too.
    plots = panel.locator(".gd-focus .u-over")
    plots.nth(1).hover()
    tip = panel.locator(".gd-focus .gd-tip:visible")
    tip.get_by_text("step").first.wait_for()
    assert tip.locator(".gd-swatch").count() == 2
    panel.locator(".gd-keychart .gd-cursor:visible").first.wait_for()
    panel.locator(".gd-focus .gd-chart").nth(1).focus()
    before = tip.inner_text()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: tip.inner_text() != before, what="the next point")

    # The brush, by pointer and by keyboard.
    _drag(page, panel.locator(".gd-brush"), 0.25, 0.75)
    panel.get_by_text("steps 25").wait_for()
    edge = panel.get_by_role("slider", name="Beginning of the shown part")
    edge.focus()
    page.keyboard.press("ArrowRight")
    panel.get_by_text("steps 26").wait_for()
    wait_until(lambda: "[26" in _said(notebook), what="the kernel to know the range")
    plots.nth(1).dblclick()
    panel.get_by_role("button", name="Reset zoom").wait_for(state="hidden")

    # Hide a line, let y be logarithmic, look at another key.
    rows.first.locator(".gd-legendline").click()
    panel.get_by_role("button", name="Log y").click()
    panel.locator("[data-key='train/loss'] .gd-keyname").click()
    panel.get_by_role("button", name="Key of the chart: train/loss").wait_for()
    wait_until(
        lambda: _said(notebook) == "None True 1 config train/loss", what="the kernel to know"
    )
    rows.first.locator("[aria-pressed='false']").wait_for()
    svg = _download(page, "SVG")
    assert svg.count("<path") > 4

    # Each simulation alone; its name is text.
    panel.get_by_role("button", name="Group by").click()
    panel.get_by_role("option", name="none").click()
    wait_until(lambda: rows.count() == 6, what="a row for each simulation")
    assert rows.first.locator(".gd-legendline").inner_text().startswith("<b>ppo")
    assert "train/loss" in _download(page, "CSV")
    svg = _download(page, "SVG")
    assert "<b>" not in svg
    assert "&#60;b&#62;ppo-" in svg
    assert notebook.complaints == []
