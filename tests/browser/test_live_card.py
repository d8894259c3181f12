"""The live card in a real JupyterLab: drawn, live while cells run, quiet, there again after a reload."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

CARD = """
import os, pathlib, threading, time, uuid
import numpy as np
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ProcessIdentity, Progress, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation, open_store
from gymdash_jupyter.widgets import CardActions, LiveCard

store = open_store(pathlib.Path("simulations.db").resolve())
sim_id, owner = uuid.uuid4(), ProcessIdentity("tests", os.getpid(), "1", "here")
config = SimulationStartConfig(name="<b>ppo</b>", sim_key="ppo")
store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
for state in (SimState.SETTING_UP, SimState.RUNNING):
    store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))

def record(step, value):
    points = ScalarSeries(np.array([step]), np.array([time.time()]), np.array([value]))
    progress = Progress(float(step), 100.0, "", time.time())
    store.write([Batch(sim_id, scalars={"loss": points}, progress=progress)], owner=owner)

def stop(sim_id, is_forced):
    store.finish(Batch(sim_id), Move(sim_id, SimState.CANCELLED, now_utc(), owner=owner))

for step in range(10):
    record(step, step / 10)
LiveCard(store, [sim_id], actions=CardActions(stop))
"""

BUSY = """
def grow():
    for step in range(10, 20):
        record(step, step / 10)
        time.sleep(0.1)
threading.Thread(target=grow).start()
print("begun")
end = time.time() + 120
while time.time() < end:
    pass
"""

HAS_INK = """() => {
  const canvas = document.querySelector('.gymdash-live-card canvas');
  if (!canvas?.width) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte !== 0);
}"""


CELLS = [CARD, BUSY, CARD, "record(50, 1.0)"]


@pytest.fixture(scope="module")
def notebook(open_for_all: OpenNotebook) -> Notebook:
    """A notebook with a card in its first cell."""
    opened = open_for_all(CELLS)
    opened.run(0)
    return opened


def _facts(notebook: Notebook, cell: int) -> str:
    text: str = notebook.output(cell).locator(".gymdash-live-card .gd-facts").inner_text()
    return text.replace("\u00a0", " ")


def _look_at(notebook: Notebook, cell: int) -> None:
    """Bring a card into sight, where it is drawn."""
    notebook.output(cell).locator(".gymdash-live-card").scroll_into_view_if_needed()
    notebook.page.wait_for_function(HAS_INK)


def test_card_is_drawn_without_complaints(notebook: Notebook) -> None:
    notebook.page.wait_for_function(HAS_INK)
    assert "Running" in _facts(notebook, 0)
    assert notebook.output(0).locator(".gd-name").inner_text() == "<b>ppo</b>"
    assert notebook.complaints == []


def test_card_follows_the_theme(notebook: Notebook) -> None:
    card = notebook.output(0).locator(".gymdash-live-card")
    light = card.evaluate("e => getComputedStyle(e).backgroundColor")
    notebook.set_theme("dark")
    notebook.page.wait_for_function(
        "was => getComputedStyle(document.querySelector('.gymdash-live-card')).backgroundColor !== was",
        arg=light,
    )
    assert notebook.complaints == []


def test_card_is_live_and_can_stop_while_a_cell_runs(notebook: Notebook) -> None:
    notebook.start(1)
    wait_until(lambda: "19 of 100 steps" in _facts(notebook, 0), what="the newest progress")
    notebook.output(0).get_by_role("button", name="Stop", exact=True).click()
    notebook.output(0).locator(".gds-facts").get_by_text("Cancelled").wait_for()
    assert not notebook.is_done(1)
    notebook.interrupt_kernel()
    notebook.wait_done(1, may_fail=True)


def test_card_is_there_again_after_a_reload(notebook: Notebook) -> None:
    notebook.run(2)
    _look_at(notebook, 2)
    notebook.save()
    notebook.reload()
    _look_at(notebook, 2)
    notebook.run(3)
    wait_until(lambda: "50 of 100 steps" in _facts(notebook, 2), what="the newest progress")
