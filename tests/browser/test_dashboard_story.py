"""A person's half hour with the dashboard: start seeds, watch, answer, ask, compare, play, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

SETUP = '''
import time
import numpy as np
import gymdash_jupyter as gd
gd.open_project()

class Walker(gd.Simulation):
    """Walk until somebody says stop."""

    def create_kwarg_defaults(self):
        return {"speed": 1.0, "seed": 0}

    def _run(self, **kwargs):
        given = self._overwrite_new_kwargs(self.kwarg_defaults, self.config.kwargs)
        rng = np.random.default_rng(given["seed"])
        for step in range(100):
            self.recorder.scalar("walk/distance", step * given["speed"] + rng.normal(), step)
            self.recorder.scalar("walk/energy", 100 - step + rng.normal(), step)
            self.recorder.progress(step + 1, 200)
        clip = self.recorder.clip("walk", fps=20)
        for n in range(30):
            frame = np.full((48, 72, 3), 255, np.uint8)
            frame[:, : 1 + n] = (200, 60, 20)
            clip.add(frame)
        clip.close(99)
        if given["seed"] == 1:
            self.interactor.add_control_request("custom_query", "Left or right?", "side")
        while True:
            triggered, value = self.interactor.get_in("custom_query")
            if triggered and isinstance(value, dict) and "side" in value:
                self.add_status(gd.SimStatus(gd.SimStatusCode.INFO, details=f"goes {value['side']}"))
                self.interactor.set_out("custom_query", {"goes": value["side"]})
            if self.interactor.set_out_if_in("stop_simulation", True):
                return
            self.base_step()
            time.sleep(0.01)

    @gd.action
    def wave(self, times: int = 2) -> str:
        """Wave a hand."""
        return "waves " * times

gd.SimulationRegistry.register("walker", Walker)
gd.tracker().max_running = 3
'''
BUSY = "until = time.time() + 120\nwhile time.time() < until:\n    pass"


def test_start_watch_answer_ask_compare_play_and_stop(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, "dashboard = gd.dashboard()\ndashboard", BUSY], width=1600)
    notebook.run(0)
    notebook.run(1)
    dashboard = notebook.page.locator(".gymdash-dashboard-panel")
    dashboard.evaluate("e => e.scrollIntoView()")  # what nobody sees is not filled
    dashboard.get_by_role(
        "button", name="Copy example code"
    ).wait_for()  # the list knows that it is empty
    start_three_seeds(dashboard)
    notebook.start(2)  # from here on a cell keeps the kernel busy
    answer_the_question(dashboard)
    ask_for_an_action(dashboard)
    compare_the_seeds(notebook.page.mouse, dashboard)
    play_a_video(dashboard)
    assert not notebook.is_done(2)
    stop_all(dashboard)
    assert not notebook.is_done(2)
    assert notebook.complaints == []
    notebook.interrupt_kernel()
    notebook.wait_done(2, may_fail=True)


def start_three_seeds(dashboard: Locator) -> None:
    dashboard.get_by_role("button", name="Start", exact=True).locator("visible=true").click()
    form = dashboard.locator(".gd-dash-page.is-start")
    form.get_by_role("option", name="walker").click()
    form.get_by_label("seed").fill("0..2")
    form.get_by_role("button", name="Start 3 simulations").click()
    dashboard.get_by_text("3 selected").wait_for()
    rows = dashboard.get_by_role("option").filter(has_text="walker")
    wait_until(lambda: rows.count() == 3, what="three rows")
    dashboard.get_by_role("tab", name="Analyze", selected=True).wait_for()
    dashboard.get_by_text("50 %").nth(2).wait_for()


def answer_the_question(dashboard: Locator) -> None:
    tab = dashboard.get_by_role("tab", name="Control")
    wait_until(lambda: "1" in tab.inner_text(), what="the badge")
    tab.click()
    control = dashboard.locator(".gd-dash-page.is-control")
    control.get_by_role("paragraph").filter(has_text="Left or right?").wait_for()
    control.get_by_label("side").first.fill("left")
    control.get_by_role("button", name="Reply and continue").click()
    wait_until(lambda: tab.inner_text().strip() == "Control", what="no badge")
    dashboard.get_by_role("tab", name="Status").click()
    dashboard.locator(".gd-dash-page.is-status").get_by_text("goes left").first.wait_for()


def ask_for_an_action(dashboard: Locator) -> None:
    dashboard.get_by_role("tab", name="Control").click()
    control = dashboard.locator(".gd-dash-page.is-control")
    control.get_by_role("button", name="Wave").click()
    control.get_by_text("waves waves").first.wait_for()


def compare_the_seeds(mouse: object, dashboard: Locator) -> None:
    dashboard.get_by_role("tab", name="Analyze").click()
    analyze = dashboard.locator(".gd-dash-page.is-analyze")
    legend = analyze.locator("table").first
    legend.get_by_role("cell", name="3", exact=True).wait_for()
    chart = analyze.locator(".gd-chart").nth(1)
    chart.locator(".u-over").hover()  # when it has come to rest
    box = chart.bounding_box()
    assert box is not None
    y = box["y"] + 80
    mouse.move(box["x"] + 150, y)  # type: ignore[attr-defined]
    mouse.down()  # type: ignore[attr-defined]
    mouse.move(box["x"] + 450, y, steps=5)  # type: ignore[attr-defined]
    mouse.up()  # type: ignore[attr-defined]
    analyze.get_by_text("Reset zoom").click()


def play_a_video(dashboard: Locator) -> None:
    dashboard.get_by_role("tab", name="Media").click()
    media = dashboard.locator(".gd-dash-page.is-media")
    media.get_by_text("3 videos").first.wait_for()
    media.locator(".gd-playall").click()
    videos = media.locator("video")
    times = "videos => videos.map(video => video.currentTime)"
    wait_until(lambda: videos.count() == 3, what="three videos")
    wait_until(lambda: min(videos.evaluate_all(times)) > 0.3, what="all to play")


def stop_all(dashboard: Locator) -> None:
    dashboard.get_by_role("button", name="Stop", exact=False).first.click()
    cancelled = dashboard.get_by_role("option").filter(has_text="Cancelled")
    wait_until(lambda: cancelled.count() == 3, what="three that were cancelled")
