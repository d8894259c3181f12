"""A simulation that never looks whether it should stop, and one that fails, as a person sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

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


@pytest.fixture(scope="module")
def notebook(open_for_all: OpenNotebook) -> Notebook:
    opened = open_for_all([OPEN, "gd.run(Deaf)", "gd.run(Broken)"], theme="dark")
    opened.run(0)
    return opened


def test_one_that_does_not_answer_is_stopped_by_force(notebook: Notebook) -> None:
    notebook.run(1)
    output = notebook.output(1)
    output.get_by_text("Running", exact=True).wait_for()
    output.get_by_role("button", name="Stop").click()
    output.get_by_text("Not answering", exact=True).wait_for()
    output.get_by_role("button", name="Force stop").click()
    output.get_by_text("Cancelled", exact=True).wait_for()


def test_words_of_an_error_are_text(notebook: Notebook) -> None:
    notebook.run(2)
    output = notebook.output(2)
    output.get_by_text("Failed", exact=True).first.wait_for()
    output.get_by_text("<b>the learning rate</b> is not a number").first.wait_for()
    assert (
        output.locator("b", has_text="the learning rate").filter(has_not_text="<b>").count() == 0
    )
