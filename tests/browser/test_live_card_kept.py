"""What is left of live cards in a saved notebook, seen in a real JupyterLab without their kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np, time
import gymdash_jupyter as gd
gd.open_project()

class Short(gd.Simulation):
    def _run(self, fails=False, **kwargs):
        for step in range(200):
            self.recorder.scalar("rollout/ep_rew_mean", step + np.random.randn(), step)
            self.recorder.scalar("train/loss", 1 / (step + 1), step)
            time.sleep(0.003)
        if fails:
            raise ValueError("<b>bad</b>")
"""

MEGABYTE = 1_000_000


def test_ended_cards_can_be_read_without_a_kernel(open_notebook: OpenNotebook) -> None:
    cells = [
        SETUP,
        "gd.run(Short, name='as a value')",
        "display(gd.watch(gd.tracker().start_sim(Short, fails=True)[0]))",
        "gd.tracker().start_sims([Short(gd.SimulationStartConfig(name=n, sim_key='s')) for n in 'ab'])",
    ]
    notebook = open_notebook(cells)
    notebook.run_all()
    for cell in (1, 2, 3):
        notebook.output(cell).locator(".gds").wait_for()
    saved = notebook.save()
    kinds = [[list(out["data"]) for out in cell["outputs"]] for cell in saved["cells"]]
    assert kinds == [[], *[[["text/html", "text/plain"]]] * 3]
    notebook._lab.shut_down_kernels()
    notebook.reload()
    text = notebook.output(1).locator(".gds").inner_text()
    assert "as a value" in text
    assert "Succeeded" in text
    assert notebook.output(1).locator("svg .gds-line").count() == 1
    assert "<b>bad</b>" in notebook.output(2).locator(".gds").inner_text()
    assert "2 succeeded" in notebook.output(3).locator(".gds").inner_text()
    assert notebook.complaints == []


def test_card_of_what_ended_long_ago_is_live_while_there_is_a_kernel(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook(
        [SETUP, "s = gd.run(Short); s.wait()", "c = gd.watch(s); c", "c.close()"]
    )
    for cell in (0, 1, 2):
        notebook.run(cell)
    notebook.output(2).locator(".gymdash-live-card .u-over").wait_for()
    notebook.run(3)
    notebook.output(2).locator(".gds").wait_for()


def test_twenty_cards_leave_less_than_two_megabytes(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, "for i in range(20): display(gd.run(Short, name=f's{i}'))"])
    notebook.run_all()
    pictures = notebook.output(1).locator(".gds")
    wait_until(lambda: pictures.count() == 20, 60, what="twenty pictures", interval_s=0.2)
    notebook.save()
    assert notebook.path.stat().st_size < 2 * MEGABYTE
    print(f"20 cards leave {notebook.path.stat().st_size} bytes")
