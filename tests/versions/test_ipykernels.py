"""Panels in notebooks whose kernel is an older or newer ipykernel, while a cell keeps it busy.

From 7.1 on ipykernel has subshells, threads beside the main one in which it takes up what a panel says. (So has 7.0,
in which threads can send nothing to a panel: our metadata refuse it.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from tests.browser.busy_kernel import BUSY, SETUP, end_busy, keep_busy, notice
from tests.browser.lab import Lab, Notebook
from tests.environments import FreshEnvironment, fresh_environment, install, requirements_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

LOWEST = "lowest"
WITHOUT_SUBSHELLS = (LOWEST, "==6.*")
WITH_SUBSHELLS = ("==7.1.*", "==7.2.*", "==7.3.*", "==7.4.*", "")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> FreshEnvironment:
    """An environment with the newest of everything; each test puts its ipykernel into it."""
    return fresh_environment(tmp_path_factory.mktemp("ipykernels") / "env", wheel)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, environment: FreshEnvironment) -> Iterator[Lab]:
    """Its JupyterLab, whose kernels are programs of their own."""
    server = Lab(tmp_path_factory.mktemp("lab"), installed=environment)
    yield server
    server.stop()


@pytest.fixture
def notebook(
    request: pytest.FixtureRequest,
    environment: FreshEnvironment,
    wheel: Path,
    lab: Lab,
    browser: Browser,
) -> Iterator[Notebook]:
    """A notebook with a card of a running simulation, and a busy kernel of the version that is asked for."""
    wanted = request.param if request.param != LOWEST else f"=={lowest(wheel)}"
    install(environment, f"ipykernel{wanted}")
    cells = [SETUP, "gd.run(Walk)", BUSY, "import ipykernel; print(ipykernel.__version__)"]
    path = lab.write_notebook(f"{request.node.callspec.indices['notebook']}/test.ipynb", cells)
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    opened = Notebook(page, lab, path)
    opened.open()
    opened.run(3)
    assert opened.text(3) == environment.version("ipykernel")
    opened.run(0)
    opened.run(1)
    opened.output(1).get_by_role("button", name="Stop", exact=True).wait_for()
    keep_busy(opened, 2)
    yield opened
    page.context.close()
    lab.shut_down_kernels()


def lowest(wheel: Path) -> str:
    """Read from the wheel's metadata from which ipykernel on it works."""
    asked = next(
        each for each in map(Requirement, requirements_of(wheel)) if each.name == "ipykernel"
    )
    return next(each.version for each in asked.specifier if each.operator == ">=")


@pytest.mark.parametrize("notebook", WITH_SUBSHELLS, indirect=True)
def test_a_click_reaches_a_busy_kernel(notebook: Notebook) -> None:
    card = notebook.output(1)
    card.get_by_role("button", name="Stop", exact=True).click()
    card.get_by_text("Cancelled").first.wait_for()
    end_busy(notebook, 2)


@pytest.mark.parametrize("notebook", WITHOUT_SUBSHELLS, indirect=True)
def test_a_card_says_that_its_kernel_is_busy_and_a_click_is_kept(notebook: Notebook) -> None:
    card = notebook.output(1)
    card.get_by_role("button", name="Stop", exact=True).click()
    notice(card).get_by_text("The kernel is busy with a cell and answers afterwards.").wait_for()
    end_busy(notebook, 2)
    card.get_by_text("Cancelled").first.wait_for()
