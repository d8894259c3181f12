"""Fixtures of the browser tests: ``lab``, ``browser``, ``open_notebook`` and ``open_for_all``.

They live as long as this folder's tests: Playwright keeps an event loop running in the main
thread, and tests elsewhere may want their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.ending import end_simulations
from tests.browser.lab import Lab, Notebook, Theme

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OpenNotebook = Callable[..., Notebook]

PICTURES = Path(__file__).parents[2] / "build" / "browser_failures"

OPENED = pytest.StashKey[list[Notebook]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Tell with a failure what the browser complained of, and keep a picture of each open notebook."""
    report = yield
    if report.failed and report.when != "teardown":
        for number, notebook in enumerate(item.session.stash.get(OPENED, [])):
            picture = PICTURES / f"{_file_name(item)}-{number}.png"
            report.sections.append((f"notebook {number}", _described(notebook, picture)))
    return report


def _described(notebook: Notebook, picture: Path) -> str:
    from playwright.sync_api import Error

    try:
        taken = str(notebook.screenshot(picture))
    except Error as exc:  # the page has crashed, or is closed: the test's own error matters more
        taken = f"none: {exc}"
    return "\n".join(["console:", *notebook.complaints, f"picture: {taken}"])


def _file_name(node: pytest.Item | pytest.Collector) -> str:
    return re.sub(r"\W+", "-", node.name.removesuffix(".py")).strip("-")


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
    with _notebooks(lab, browser, request.node) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def open_for_all(
    lab: Lab, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[OpenNotebook]:
    """Give what ``open_notebook`` gives, for notebooks that all tests of a file use, each its own cells.

    To open one takes longer than most tests need it for. Not beside ``open_notebook``, which shuts all kernels down.
    """
    with _notebooks(lab, browser, request.node) as open_one:
        yield open_one


@contextmanager
def _notebooks(
    lab: Lab, browser: Browser, node: pytest.Item | pytest.Collector
) -> Iterator[OpenNotebook]:
    opened = node.session.stash[OPENED] = []

    def open_one(
        cells: list[str], *, theme: Theme = "light", width: int = 1400, height: int = 1000
    ) -> Notebook:
        path = lab.write_notebook(f"{_file_name(node)}/{len(opened)}/test.ipynb", cells)
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        notebook = Notebook(page, lab, path)
        opened.append(notebook)
        notebook.open(theme)
        return notebook

    with ExitStack() as afterwards:  # the last first; each is done, also when another fails
        yield open_one
        for notebook in opened:
            afterwards.callback(end_simulations, notebook.path.parent)
        afterwards.callback(lab.shut_down_kernels)
        for notebook in opened:
            afterwards.callback(notebook.page.context.close)
        opened.clear()
