"""A simulation that never looks whether it should stop, and one that fails, as a person sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

OPEN = """
import time
import gymdash_jupyter as gd
gd.open_project("project")

class Deaf(gd.Simulation):
    def _run(self):
        while True:
            time.sleep(0.01)

class Broken(gd.Simulation):
    def _run(self):
        raise ValueError("<b>the learning rate</b> is not a number")
"""


def test_one_that_does_not_answer_is_stopped_by_force(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([OPEN, "sim = gd.run(Deaf)\nsim"])
    notebook.run(0)
    notebook.run(1)
    output = notebook.output(1)
    output.get_by_text("Running", exact=True).wait_for(timeout=15_000)
    output.get_by_role("button", name="Stop").click()
    output.get_by_text("Not answering", exact=True).wait_for(timeout=20_000)
    output.get_by_role("button", name="Force stop").click()
    output.get_by_text("Cancelled", exact=True).wait_for(timeout=15_000)


def test_words_of_an_error_are_text(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([OPEN, "sim = gd.run(Broken)\nsim"], theme="dark")
    notebook.run(0)
    notebook.run(1)
    output = notebook.output(1)
    output.get_by_text("Failed", exact=True).first.wait_for(timeout=15_000)
    output.get_by_text("<b>the learning rate</b> is not a number").first.wait_for(timeout=15_000)
    assert (
        output.locator("b", has_text="the learning rate").filter(has_not_text="<b>").count() == 0
    )
