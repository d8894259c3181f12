"""Chromium plays what is recorded, as the notebook gets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.players import bundles
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from gymdash_jupyter.video import encoder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

STATE = """video => ({
    ready: video.readyState, time: video.currentTime, error: video.error && video.error.message,
    width: video.videoWidth, height: video.videoHeight, duration: video.duration,
})"""


PLAYS = """() => {
  const video = document.querySelector('video');
  return video.currentTime > 0.5 && !video.paused;
}"""


class Filmed(Simulation):
    """Record two seconds of a bar that moves, and a sound."""

    def _run(self) -> None:
        clip = self.recorder.clip("film", fps=30)
        for n in range(60):
            frame = np.full((201, 301, 3), 255, np.uint8)
            frame[:, : 5 * n] = (200, 60, 20)
            clip.add(frame)
        clip.close(60)
        self.recorder.audio("beep", np.sin(np.arange(8000) / 5), 60, sample_rate=8000)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context().new_page()
    yield opened
    opened.context.close()


def recorded(tmp_path: Path) -> list[str]:
    project = Project.open(tmp_path / "project")
    config = SimulationStartConfig(name="filmed", sim_key="filmed")
    SimulationTracker(project=project).start_sim(Filmed(config))[1].wait(30)
    return [bundle["text/html"] for bundle in bundles(project.store) if "text/html" in bundle]


@pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
def test_chromium_plays_a_recorded_video(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    av = pytest.importorskip("av")
    monkeypatch.setattr(av, "codecs_available", {codec})
    encoder._codec.cache_clear()
    try:
        page.set_content("\n".join(recorded(tmp_path)))
    finally:
        encoder._codec.cache_clear()
    video = page.locator("video")
    page.wait_for_function("document.querySelector('video').readyState === 4")
    first = video.evaluate(STATE)
    assert first["error"] is None
    assert (first["width"], first["height"]) == (302, 202)
    assert first["duration"] == pytest.approx(2, abs=0.1)
    video.evaluate("video => video.play()")
    page.wait_for_function(PLAYS)


def test_chromium_plays_a_recorded_sound(page: Page, tmp_path: Path) -> None:
    page.set_content("\n".join(recorded(tmp_path)))
    page.wait_for_function("document.querySelector('audio').readyState === 4")
    assert page.locator("audio").evaluate("sound => sound.duration") == pytest.approx(1, abs=0.01)
