"""The rig itself: what every other browser test relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

BUTTON = """
import ipywidgets, time
button, label = ipywidgets.Button(description="press"), ipywidgets.Label("waiting")
button.on_click(lambda _: setattr(label, "value", "pressed"))
ipywidgets.VBox([button, label])
"""


def test_a_cell_runs_and_its_output_is_seen(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["1 + 1"])
    notebook.run(0)
    assert notebook.text(0) == "2"
    assert notebook.output(0).inner_text().split()[-1] == "2"


def test_a_cell_that_raises_fails_the_wait(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["1 / 0"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run(0)


def test_a_running_cell_is_not_done(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["print('begun')\nimport time; time.sleep(60)"])
    notebook.start(0)
    notebook.output(0).get_by_text("begun").wait_for()
    assert not notebook.is_done(0)
    notebook.interrupt_kernel()
    notebook.wait_done(0, may_fail=True)


def test_a_cell_can_run_again_after_a_restart(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["import os; os.getpid()"])
    notebook.run(0)
    first = notebook.text(0)
    notebook.restart_kernel()
    notebook.run(0)
    assert notebook.text(0) != first


def test_a_widget_is_drawn_and_answers(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([BUTTON])
    notebook.run(0)
    notebook.output(0).get_by_role("button", name="press").click()
    notebook.output(0).get_by_text("pressed").wait_for()


def test_the_dark_theme_is_applied(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["1"], theme="dark")
    assert notebook.page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
