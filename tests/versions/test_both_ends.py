"""The package with the lowest versions that its metadata allow, and with the newest that the index serves.

Lowest are those that we ask for ourselves; what they need in turn is as new as it can be.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from tests.browser.busy_kernel import BUSY, SETUP, end_busy, keep_busy, notice
from tests.browser.lab import Lab, Notebook
from tests.environments import FreshEnvironment, fresh_environment, requirements_of
from tests.versions.core_suite import run_core_suite, tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

Ends = dict[str, FreshEnvironment]


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Ends:
    """Both environments."""
    folder = tmp_path_factory.mktemp("ends")
    lowest = fresh_environment(folder / "lowest", wheel, resolution="lowest-direct", with_=tools())
    newest = fresh_environment(folder / "newest", wheel, with_=tools())
    return {"lowest": lowest, "newest": newest}


@pytest.fixture
def notebook(
    ends: Ends, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A notebook in the JupyterLab of one end, with a simulation's card, a dashboard and a busy cell."""
    lab = Lab(tmp_path, installed=ends[request.param])
    cells = [SETUP, "gd.run(Walk)", "gd.dashboard()", BUSY]
    path = lab.write_notebook("test.ipynb", cells)
    page = browser.new_context(viewport={"width": 1400, "height": 1400}).new_page()
    notebook = Notebook(page, lab, path)
    try:
        notebook.open()
        yield notebook
        page.context.close()
        lab.shut_down_kernels()
    finally:
        lab.stop()


def look_at_both(notebook: Notebook) -> None:
    """Run the notebook's cells until its kernel is busy, and see the card and the dashboard."""
    notebook.run(0)
    notebook.run(1)
    notebook.output(1).get_by_role("button", name="Stop", exact=True).wait_for()
    notebook.run(2)
    notebook.output(2).get_by_role("tab", name="Analyze").wait_for()
    notebook.output(2).get_by_role("option").get_by_text("Walk").first.wait_for()
    keep_busy(notebook, 3)


def test_the_ends_are_far_apart(ends: Ends, wheel: Path) -> None:
    asked = {Requirement(each).name for each in requirements_of(wheel)}
    same = {name for name in asked if ends["lowest"].version(name) == ends["newest"].version(name)}
    assert same == set()


@pytest.mark.parametrize("end", ["lowest", "newest"])
def test_the_core_of_the_suite_passes(ends: Ends, end: str, tmp_path: Path) -> None:
    assert " passed" in run_core_suite(ends[end], tmp_path)


@pytest.mark.browser
@pytest.mark.parametrize("notebook", ["newest"], indirect=True)
def test_the_newest_show_card_and_dashboard_and_answer_while_busy(notebook: Notebook) -> None:
    look_at_both(notebook)
    card = notebook.output(1)
    card.get_by_role("button", name="Stop", exact=True).click()
    card.get_by_text("Cancelled").first.wait_for()
    end_busy(notebook, 3)


@pytest.mark.browser
@pytest.mark.parametrize("notebook", ["lowest"], indirect=True)
def test_the_lowest_show_card_and_dashboard_and_answer_after_the_cell(
    notebook: Notebook,
) -> None:
    look_at_both(notebook)
    card = notebook.output(1)
    card.get_by_role("button", name="Stop", exact=True).click()
    notice(card).get_by_text("The kernel is busy with a cell and answers afterwards.").wait_for()
    end_busy(notebook, 3)
    card.get_by_text("Cancelled").first.wait_for()
