"""The file that ``gd.report`` writes, in Chromium: videos play, nothing is asked of the network, a phone shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.project import Project
from gymdash_jupyter.report import write_report
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from tests.browser.accessibility import serious_violations
from tests.report.projects import trained

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "a-very-long-name-without-any-place-to-break-" * 4


class Filmed(Simulation):
    """Records a video of one second."""

    def _run(self) -> None:
        frames = np.zeros((30, 64, 96, 3), np.uint8)
        frames[:, :, :, 0] = np.arange(30)[:, None, None] * 8
        self.recorder.video("episode", frames, 10, fps=30)
        self.recorder.scalars({"reward": 1.0, LONG: 2.0}, 10)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    pytest.importorskip("av")
    project = Project.open(tmp_path / "project")
    tracker = SimulationTracker(project=project)
    kwargs = {LONG: LONG, "lr": 0.1}
    sim = tracker.start_sim(Filmed(SimulationStartConfig(name=LONG, sim_key="f", kwargs=kwargs)))[
        1
    ]
    assert sim.wait(60)
    for i in range(3):
        trained(project, f"s{i}", {"lr": i, **{f"setting_{n}": i for n in range(12)}}, place=i)
    return write_report(project, None, tmp_path / "r.html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport={"width": 390, "height": 844})
    yield made
    made.close()


def test_a_report_plays_its_videos_and_asks_nothing_of_the_network(
    page: Page, report: Path
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    facts = page.evaluate(
        "(v => [v.duration, v.videoWidth, v.error])(document.querySelector('video'))"
    )
    assert facts[0] == pytest.approx(1.0, abs=0.05)
    assert facts[1:] == [96, None]
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert said == []  # a broken policy would be told here


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_a_report_is_never_wider_than_its_window(page: Page, report: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_for_everybody_in_both_schemes(page: Page, report: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert serious_violations(page, "body") == []
