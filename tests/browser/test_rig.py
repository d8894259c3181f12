"""The rig itself: what every other browser test relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = pytest.mark.browser

BUSY = "print('begun')\nimport time; time.sleep(60)"
BUTTON = """
import ipywidgets, time
button, label = ipywidgets.Button(description="press"), ipywidgets.Label("waiting")
button.on_click(lambda _: setattr(label, "value", "pressed"))
ipywidgets.VBox([button, label])
"""


CELLS = ["1 + 1", "1 / 0", BUSY, "import os; os.getpid()", BUTTON]


@pytest.fixture(scope="module")
def notebook(open_for_all: OpenNotebook) -> Notebook:
    return open_for_all(CELLS, theme="dark")


def test_a_cell_runs_and_its_output_is_seen(notebook: Notebook) -> None:
    notebook.run(0)
    assert notebook.text(0) == "2"
    notebook.output(0).get_by_text("2", exact=True).wait_for()


def test_a_cell_that_raises_fails_the_wait(notebook: Notebook) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run(1)


def test_a_running_cell_is_not_done(notebook: Notebook) -> None:
    notebook.start(2)
    notebook.output(2).get_by_text("begun").wait_for()
    assert not notebook.is_done(2)
    notebook.interrupt_kernel()
    notebook.wait_done(2, may_fail=True)


def test_a_cell_can_run_again_after_a_restart(notebook: Notebook) -> None:
    notebook.run(3)
    first = notebook.text(3)
    notebook.restart_kernel()
    notebook.run(3)
    assert notebook.text(3) != first


def test_a_widget_is_drawn_and_answers(notebook: Notebook) -> None:
    notebook.run(4)
    notebook.output(4).get_by_role("button", name="press").click()
    notebook.output(4).get_by_text("pressed").wait_for()


def test_the_dark_theme_is_applied(notebook: Notebook) -> None:
    assert notebook.page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
