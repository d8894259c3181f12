"""A tracked loop in a cell: its card is live while the cell runs, and its stop button ends the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

LOOP = """
import time
import numpy as np
import gymdash_jupyter as gd

gd.open_project("project")
with gd.track("my experiment", {"lr": 1e-3, "seed": 0}) as sim:
    display(sim)
    for step in sim.steps(20_000):
        sim.scalar("train/loss", float(np.exp(-step / 300) + 0.05 * np.random.rand()), step)
        if step % 100 == 0:
            sim.log({"eval/return": step / 10}, step)
            sim.status(f"epoch {step // 100}")
        time.sleep(0.01)
print("the cell went on:", sim.state)
"""


def test_the_stop_button_ends_a_loop_in_a_cell(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([LOOP])
    notebook.start(0)
    card = notebook.page.locator(".gymdash-live-card")
    card.get_by_text("Running").wait_for()
    wait_until(lambda: "of 20,000 steps" in card.inner_text().replace("\u00a0", " "))
    notebook.page.get_by_role("button", name="Stop", exact=True).click()
    notebook.wait_done(0)
    assert "the cell went on: cancelled" in notebook.text(0)
    assert notebook.complaints == []
