"""A folder that GymDash 0.1.4 wrote, in a real dashboard: its curves, its videos playing, and nothing in it changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.foreign.conftest import ORIGINAL, content_of

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IS_PLAYABLE = "() => [...document.querySelectorAll('video')].some(video => video.readyState >= 2)"


def test_its_curves_and_videos_are_shown(open_notebook: OpenNotebook, tmp_path: Path) -> None:
    folder = tmp_path / "from_gymdash"
    shutil.copytree(ORIGINAL, folder)
    before = content_of(folder)
    begin = (
        "import gymdash_jupyter as gd\n"
        f"gd.open_project({str(folder)!r}, read_only=True)\n"
        "dashboard = gd.dashboard()\ndashboard"
    )
    notebook = open_notebook([begin, "dashboard.close()"], width=1600)
    notebook.run(0)
    shows_all(notebook)
    notebook.run(1)
    assert content_of(folder) == before


def shows_all(notebook: Notebook) -> None:
    dashboard = notebook.page.locator(".gymdash-dashboard-panel")
    for name in ("cartpole", "numbers", "stopped", "still running"):
        dashboard.get_by_text(name, exact=True).first.wait_for()
    dashboard.get_by_text("my_number").first.wait_for()
    dashboard.get_by_role("tab", name="Media").click()
    dashboard.locator(".gd-tile img:visible").nth(3).wait_for()  # one a simulation and key
    dashboard.get_by_text("Video 6").click()
    dashboard.locator(".gd-tile img:visible").first.click()
    notebook.page.wait_for_function(IS_PLAYABLE)
