"""The media panel in a real JupyterLab behind a base URL: two videos in step, slider, filter, files, new media."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import Lab, Notebook
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np
import gymdash_jupyter as gd
project = gd.open_project()

class Filmed(gd.Simulation):
    def _run(self, frames=30, steps=(10, 20), **kwargs):
        for step in steps:
            clip = self.recorder.clip("film", fps=20)
            for n in range(frames):
                frame = np.full((48, 72, 3), 255, np.uint8)
                frame[:, : 1 + n] = (200, 60, 20)
                clip.add(frame)
            clip.close(step, episode=step, **{"return": step * 1.5})
        self.recorder.image("map", np.random.rand(40, 60, 3), 20)
        self.recorder.text("notes", "<b>It</b> falls.\\nTo the right.", 20)
        self.recorder.audio("hum", np.sin(np.arange(4000) / 5), 20, sample_rate=8000)

def film(name, **kwargs):
    config = gd.SimulationStartConfig(name=name, sim_key="filmed")
    _, sim = gd.tracker().start_sim(Filmed(config), launcher="thread", **kwargs)
    sim.wait(60)
    return sim

one, two = film("short"), film("long", frames=60)
bad = film("broken")
for path in (project.folder / "sims" / str(bad.sim_id) / "media/film").glob("[0-9]*"):
    path.write_bytes(b"not a video")
"""

TIMES = "videos => videos.map(video => video.currentTime)"
PAUSED = "videos => videos.map(video => video.paused)"

ONE_WAITS = """() => {
  const badge = document.querySelector(".gd-thumb:has(video) .gd-play").innerText;
  const { playing } = document.querySelector(".gd-mediapanel").dataset;
  return playing === "playing" && badge === "0:02 / 0:02";
}"""


@pytest.fixture
def notebook(browser: Browser, tmp_path: Path) -> Iterator[Notebook]:
    context = browser.new_context(viewport={"width": 1400, "height": 1100})
    lab = Lab(tmp_path, base_url="/user/ann/")
    cells = [
        SETUP,
        "panel = gd.MediaPanel()\npanel",
        "print(panel.at_step, panel.kind, panel.frame()['step'].tolist())",
        "new = film('later', steps=(5, 30)); panel.show(one.sim_id, 'film', 10)",
        "panel.close()",
    ]
    try:
        opened = Notebook(context.new_page(), lab, lab.write_notebook("test.ipynb", cells))
        opened.open()
        yield opened
    finally:
        context.close()
        lab.stop()


def test_media_are_looked_through_behind_a_base_url(notebook: Notebook) -> None:
    addresses: list[str] = []
    notebook.page.on("request", lambda request: addresses.append(request.url))
    notebook.run(0)
    notebook.run(1)
    panel = notebook.output(1).locator(".gd-mediapanel")
    panel.locator(".gd-tile img:visible").nth(5).wait_for()  # three videos, three images
    videos_play_in_step(panel)
    slider_and_kinds_choose(notebook, panel)
    files_open_large(notebook, panel)
    file_is_kept(notebook, panel)
    new_ones_appear(notebook, panel)
    notebook.run(4)  # closes it: pictures stay
    notebook.output(1).locator(".gds img").first.wait_for()
    base = notebook._lab.url + "/"
    assert [url for url in addresses if not url.startswith((base, "blob:", "data:"))] == []
    assert notebook.complaints == []


def videos_play_in_step(panel: Locator) -> None:
    play = panel.locator(".gd-playall")
    play.click()
    videos = panel.locator(".gd-tile video")

    def are_in_step() -> bool:
        first, second = videos.evaluate_all(TIMES)
        return min(first, second) > 0.4 and abs(first - second) < 0.2

    wait_until(lambda: videos.count() == 2, what="both videos")
    wait_until(are_in_step, what="both to play in step")
    panel.get_by_text("The browser cannot play it").wait_for()
    play.click()
    wait_until(lambda: all(videos.evaluate_all(PAUSED)), what="both to stand still")
    play.click()
    panel.page.wait_for_function(ONE_WAITS)  # looks at both each frame: this lasts 1.5 s only
    wait_until(lambda: panel.get_attribute("data-playing") == "ended", what="the end of all")
    assert badges(panel) == ["0:02 / 0:02", "0:03 / 0:03"]
    panel.get_by_role("button", name="Stop").click()
    assert videos.count() == 0


def slider_and_kinds_choose(notebook: Notebook, panel: Locator) -> None:
    panel.get_by_role("slider", name="Step").press("ArrowLeft")
    panel.get_by_text("6 videos, 3 shown at 10").wait_for()
    panel.get_by_role("radio", name="Video 6").click()
    heads = panel.locator(".gd-sectionhead b")
    wait_until(lambda: heads.all_inner_texts() == ["film"], what="the videos' section alone")

    def said() -> str:
        notebook.run(2)
        return notebook.text(2)

    # What the page says takes another way to the kernel than a cell does, and may come later.
    wait_until(lambda: said() == "10 video [10, 10, 10]", what="the choice in the kernel")
    panel.get_by_role("slider", name="Step").press("End")
    panel.get_by_role("radio", name="All").click()


def files_open_large(notebook: Notebook, panel: Locator) -> None:
    panel.locator(".gd-tile[aria-label^='image']").first.click()
    image = panel.locator(".gd-viewstage img:not(.is-old)")
    wait_until(lambda: image.evaluate("image => image.naturalWidth") == 60, what="the image")
    notebook.page.keyboard.press("Escape")
    panel.locator(".gd-sectionhead").filter(has_text="notes").scroll_into_view_if_needed()
    row = panel.locator(".gd-textrow").first  # made when it comes near
    row.scroll_into_view_if_needed()
    row.get_by_text("<b>It</b> falls. To the right.").wait_for()
    row.click()
    text, words = panel.locator(".gd-viewtext"), "<b>It</b> falls.\nTo the right."
    wait_until(lambda: text.inner_text() == words, what="the whole text")
    notebook.page.keyboard.press("Escape")


def file_is_kept(notebook: Notebook, panel: Locator) -> None:
    panel.locator(".gd-tile[aria-label*='long']").first.click()
    panel.locator(".gd-viewstage video").wait_for()
    with notebook.page.expect_download() as download:
        panel.get_by_role("button", name="Download").click()
    kept = Path(download.value.path()).read_bytes()
    recorded = notebook.path.parent.glob(f"**/film/{download.value.suggested_filename}")
    assert kept in [path.read_bytes() for path in recorded]
    panel.locator(".gd-viewer").press("ArrowLeft")
    panel.locator(".gd-viewer").get_by_text("1 of 2").wait_for()
    panel.locator(".gd-viewer").press("Escape")


def new_ones_appear(notebook: Notebook, panel: Locator) -> None:
    panel.get_by_role("button", name="map 3 images").click()
    wait_until(lambda: panel.locator(".gd-tile").count() == 3, what="the fold")
    notebook.run(3)
    panel.locator(".gd-viewer").get_by_text("step 10").wait_for()  # opened from Python
    panel.get_by_role("button", name="Close").click()
    panel.get_by_text("8 videos, 4 shown").wait_for()
    assert panel.locator(".gd-tile[aria-label*='later']").count() == 1


def badges(panel: Locator) -> list[str]:
    """Read the times on those tiles that have a video."""
    return panel.locator(".gd-thumb:has(video) .gd-play").all_inner_texts()
