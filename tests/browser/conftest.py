"""Fixtures of the browser tests: ``lab``, ``browser`` and ``open_notebook``.

They live as long as this folder's tests: Playwright keeps an event loop running in the main
thread, and tests elsewhere may want their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.lab import Lab, Notebook, Theme

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OpenNotebook = Callable[..., Notebook]

PICTURES = Path(__file__).parents[2] / "build" / "browser_failures"

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let the fixtures know that their test failed."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all browser tests."""
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all browser tests."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium: run `python -m tests.browser.chromium` to install one.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_notebook(
    lab: Lab, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[OpenNotebook]:
    """Give a function that opens a new notebook: ``open_notebook(["1 + 1"], theme="dark")``.

    Each notebook has a folder, a browser profile and a kernel of its own. After a failed test
    its picture lies in ``build/browser_failures/``; at the end all kernels are shut down.
    """
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    opened: list[Notebook] = []

    def open_one(
        cells: list[str], *, theme: Theme = "light", width: int = 1400, height: int = 1000
    ) -> Notebook:
        path = lab.write_notebook(f"{name}/{len(opened)}/test.ipynb", cells)
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        notebook = Notebook(page, lab, path)
        opened.append(notebook)
        notebook.open(theme)
        return notebook

    yield open_one
    for number, notebook in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            picture = notebook.screenshot(PICTURES / f"{name}-{number}.png")
            print(f"picture: {picture}")
            print("console:", *notebook.complaints, sep="\n  ")
        notebook.page.context.close()
    lab.shut_down_kernels()
