"""A training goes on while the notebook's kernel is interrupted and restarted, in a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

OPEN = """
import gymdash_jupyter as gd
gd.open_project("project")
"""

TRAIN = """
sim = gd.run("stable_baselines", name="ppo", env="CartPole-v1", num_steps=300_000, eval_every=0,
             algorithm_kwargs={"n_steps": 256})
sim
"""

BUSY = """
import time
print("begun")
time.sleep(600)
"""

CURVE = "episode/return"  # of CartPole: whole numbers


class Training:
    """What the project says of its only simulation, read beside the notebook's kernel."""

    def __init__(self, notebook: Notebook) -> None:
        self._store = Project.open(notebook.path.parent / "project").store
        (record,) = self._store.simulations()
        self._sim_id = record.sim_id

    @property
    def state(self) -> SimState:
        return self._store.simulation(self._sim_id).state

    @property
    def n_steps(self) -> float:
        progress = self._store.simulation(self._sim_id).progress
        return (progress and progress.current) or 0

    def curve(self) -> list[tuple[int, float]]:
        series, _ = self._store.read_scalars(self._sim_id, CURVE)
        return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))

    def go_on(self) -> None:
        before = self.n_steps
        wait_until(lambda: self.n_steps > before, 60, what="further steps of the training")


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook whose first two cells have started a training; its third keeps the kernel busy, its last watches."""
    opened = open_notebook([OPEN, TRAIN, BUSY, "gd.watch()"])
    opened.run(0)
    opened.run(1)
    return opened


def card_in(notebook: Notebook, cell: int) -> Locator:
    card = notebook.output(cell).locator("article.gd-card")
    card.wait_for(timeout=30_000)
    return card


def shown_steps(card: Locator) -> int:
    """Read how many steps a card says."""
    facts = card.locator(".gd-facts").inner_text().replace("\u00a0", " ")
    before, _, _ = facts.partition(" of 300,000 steps")
    number = before.split()[-1].replace(",", "")
    return int(number) if number.isdigit() else 0


def wait_live(card: Locator) -> None:
    first = wait_until(lambda: shown_steps(card), 60, what="steps in the card")
    wait_until(lambda: shown_steps(card) > first, 60, what="more steps in the card")


def points_from_left(card: Locator, n: int) -> list[tuple[int, float]]:
    """Walk with the keyboard through the first points of a card's chart, and read them."""
    chart, table = card.locator(".gd-chart"), card.locator(".gd-tip")
    chart.focus()
    keyboard = chart.page.keyboard

    def is_at_the_first() -> bool:
        keyboard.press("Escape")
        keyboard.press("ArrowRight")
        return "step" in table.inner_text()

    wait_until(is_at_the_first, what="a chart with points")
    points = []
    for i in range(n):
        if i:
            keyboard.press("ArrowRight")
        words = table.inner_text().replace(",", "").split()
        points.append((int(words[words.index("step") + 1]), float(words[words.index("raw") + 1])))
    return points


def test_training_outlives_a_restart_and_is_watched_again_whole(notebook: Notebook) -> None:
    training = Training(notebook)
    wait_live(card_in(notebook, 1))
    before = wait_until(lambda: len(c := training.curve()) > 20 and c, 60, what="a curve")

    notebook.restart_kernel()
    card_in(notebook, 1).get_by_text("as of").wait_for()  # the old card says that it is old
    training.go_on()
    notebook.run(0)
    notebook.run(3)
    card = card_in(notebook, 3)
    wait_live(card)
    points = points_from_left(card, 5)
    assert points[0] == before[0]
    assert set(points) <= set(training.curve())

    card.get_by_role("button", name="Stop", exact=True).click()
    notebook.output(3).locator(".gds-facts").get_by_text("Cancelled").wait_for()
    assert training.state is SimState.CANCELLED
    assert notebook.complaints == []


def test_training_goes_on_when_the_kernel_is_interrupted(notebook: Notebook) -> None:
    training = Training(notebook)
    wait_until(lambda: training.n_steps, 60, what="the first step")
    notebook.start(2)
    wait_until(lambda: "begun" in notebook.text(2), what="a busy kernel")
    notebook.interrupt_kernel()
    notebook.wait_done(2, may_fail=True)
    assert "KeyboardInterrupt" in str(notebook.outputs(2))
    training.go_on()
    wait_live(card_in(notebook, 1))
    assert training.state is SimState.RUNNING
