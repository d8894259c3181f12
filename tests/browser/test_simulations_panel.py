"""The list of simulations in a real JupyterLab, used the way a person does: pointer, keys, filter, menus, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.rows import click_in_row
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

PANEL = """
import os, threading, time, uuid
import gymdash_jupyter as gd
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ProcessIdentity, Progress, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, NewSimulation

class Sleeper(gd.Simulation):
    def _run(self, **kwargs):
        while not self.was_cancelled():
            if self.interactor.get_in("stop_simulation")[0]:
                self.set_cancelled()
            self.interactor.set_out_if_in("stop_simulation", True)
            time.sleep(0.02)

gd.SimulationRegistry.register("sleeper", Sleeper)
project = gd.open_project("p")
store, owner = project.store, ProcessIdentity("tests", os.getpid(), "1", "here")

def make(name, **kwargs):
    sim_id = uuid.uuid4()
    config = SimulationStartConfig(name=name, sim_key="ppo", kwargs=kwargs)
    store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
    for state in (SimState.SETTING_UP, SimState.RUNNING):
        store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
    store.finish(Batch(sim_id), Move(sim_id, SimState.SUCCEEDED, now_utc(), owner=owner))

for i in range(200):
    make(f"old-{i:03}", learning_rate=0.001 if i % 2 else 0.0003, seed=i)
make("<img src=x onerror=alert(1)>", seed=1)
running = gd.run("sleeper", "the-runner", launcher="thread")
panel = gd.SimulationsPanel(can_start=True)
panel
"""

ASK = "print(len(panel.selected), [r.name for r in store.simulations() if r.sim_id in panel.selected])"


def test_simulations_are_selected_found_changed_and_deleted(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([PANEL, ASK, "print(store.simulation(panel.selected[0]).tags)"])
    notebook.run(0)
    _row(notebook, "the-runner").wait_for()
    _see_text(notebook)
    _select_by_pointer(notebook)
    _select_by_keys(notebook)
    _find(notebook)
    _until(lambda: _said(notebook, 1) == "1 ['old-007']", "Python to know it")
    _rename_and_tag(notebook)
    assert _said(notebook, 2) == "('best', 'kept')"
    _stop_and_delete(notebook)
    assert _said(notebook, 1).startswith("0 ")
    assert notebook.complaints == []


def _see_text(notebook: Notebook) -> None:
    """A hostile name is text; of 202 rows only those on the screen are there."""
    assert "<img src=x onerror=alert(1)>" in _names(
        notebook.page.locator(".jp-Notebook .gd-sims-row")
    )
    assert _options(notebook).count() < 60


def _select_by_pointer(notebook: Notebook) -> None:
    _row(notebook, "old-199").click()
    _row(notebook, "old-195").click(modifiers=["Shift"])
    _row(notebook, "old-197").click(modifiers=["Control"])
    _selected(notebook, "4 selected")
    start, end = (_row(notebook, name).bounding_box() for name in ("old-198", "old-196"))
    mouse = notebook.page.mouse
    mouse.move(start["x"] + 200, start["y"] + 14)
    mouse.down()
    mouse.move(end["x"] + 200, end["y"] + 14, steps=4)
    mouse.up()
    _selected(notebook, "3 selected")


def _select_by_keys(notebook: Notebook) -> None:
    """Go on where the drag ended, then take all of them."""
    press = notebook.page.keyboard.press
    press("ArrowDown")
    press("Shift+ArrowDown")
    _selected(notebook, "5 selected")
    press("End")
    _row(notebook, "old-000").wait_for()
    press(" ")
    _selected(notebook, "6 selected")
    press("Home")
    press("Control+a")
    _selected(notebook, "202 selected")
    notebook.page.locator(".jp-Notebook .gd-sims-details").get_by_text("the-runner").wait_for()


def _find(notebook: Notebook) -> None:
    """The filter finds values; the box selects what is listed."""
    notebook.page.get_by_role("searchbox").fill("learning_rate=1e-3 seed=7")
    _until(lambda: _options(notebook).count() == 1, "one row")
    box = _bar(notebook).get_by_role("checkbox")
    box.uncheck()
    box.check()
    _until(lambda: "1 selected" in _bar(notebook).inner_text(), "one selected")


def _rename_and_tag(notebook: Notebook) -> None:
    page = notebook.page
    _row(notebook, "old-007").locator(".gd-sims-name").dblclick()
    page.keyboard.type("lucky")
    page.keyboard.press("Enter")
    _row(notebook, "lucky").wait_for()
    _bar(notebook).get_by_role("button", name="Tag").click()
    page.get_by_label("New tag").fill("best, kept")
    page.keyboard.press("Enter")
    _row(notebook, "kept").wait_for()
    page.keyboard.press("Escape")


def _stop_and_delete(notebook: Notebook) -> None:
    """Stop the one that runs from its row, delete it after being asked; then it is not selected any more."""
    page = notebook.page
    page.get_by_role("searchbox").fill("runner")
    runner = _row(notebook, "the-runner")
    click_in_row(runner, "Stop")
    page.get_by_role("searchbox").hover()  # the actions stand in the place of the word
    runner.get_by_text("Cancelled").wait_for()
    runner.locator(".gd-sims-name").click()
    page.keyboard.press("Delete")
    sheet = page.locator(".jp-Notebook .gd-sims-sheet")
    sheet.get_by_role("button", name="Delete 1 simulation").click()
    page.locator(".jp-Notebook").get_by_text("No simulation fits the filter.").wait_for()
    page.get_by_role("button", name="Clear the filter").last.click()
    _until(lambda: "201" in page.locator(".jp-Notebook .gd-sims-title").inner_text(), "201 left")


def _bar(notebook: Notebook) -> Locator:
    return notebook.page.locator(".jp-Notebook .gd-sims-bar")


def _selected(notebook: Notebook, words: str) -> None:
    _bar(notebook).get_by_text(words).wait_for()


def _options(notebook: Notebook) -> Locator:
    return notebook.page.get_by_role("listbox", name="Simulations").get_by_role("option")


def _names(rows: Locator) -> list[str]:
    texts: list[str] = rows.locator(".gd-sims-name").all_inner_texts()
    return texts


def _row(notebook: Notebook, name: str) -> Locator:
    return _options(notebook).filter(has_text=name)


def _said(notebook: Notebook, cell: int) -> str:
    notebook.run(cell)
    return notebook.text(cell)


def _until(condition: Callable[[], bool], what: str) -> None:
    wait_until(condition, what=what)
