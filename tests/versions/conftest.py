"""What the tests of versions share: one wheel, and browsers that look at other JupyterLabs than ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import FLAGS, find_chromium
from tests.environments import built_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return built_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium; closed early, since Playwright keeps an event loop in the main thread."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium: run `python -m tests.browser.chromium` to install one.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
