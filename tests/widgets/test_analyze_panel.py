from __future__ import annotations

import io
import os
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
import pytest
import traitlets
from matplotlib.colors import to_hex

from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.plots.look import SERIES_COLORS
from gymdash_jupyter.records import (
    Batch,
    MediaItem,
    ProcessIdentity,
    Progress,
    ScalarSeries,
    now_utc,
)
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statistics import ema, moving_average
from gymdash_jupyter.store import Move, NewSimulation
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.analyze_panel import AnalyzePanel
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OWNER = ProcessIdentity("tests", os.getpid(), "1", "here")
KEY = "rollout/ep_rew_mean"
LOSS = "train/loss"
ROWS = ("x", "y", "smoothed", "low", "high")


class Recorded:
    """A project whose numbers a test writes by hand."""

    def __init__(self, folder: Path) -> None:
        self.project = Project.open(folder)
        self.store = self.project.store

    def simulation(self, name: str = "one", *, is_running: bool = True, **kwargs: Any) -> UUID:
        sim_id = uuid4()
        config = SimulationStartConfig(name=name, sim_key="ppo", kwargs=kwargs)
        self.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
        if is_running:
            for state in (SimState.SETTING_UP, SimState.RUNNING):
                self.move(sim_id, state)
        return sim_id

    def move(self, sim_id: UUID, state: SimState) -> None:
        self.store.move(Move(sim_id, state, now_utc(), owner=OWNER, launcher="process"))

    def end(self, sim_id: UUID, state: SimState) -> None:
        self.store.finish(Batch(sim_id), Move(sim_id, state, now_utc(), owner=OWNER))

    def add(
        self, sim_id: UUID, values: Any, steps: Any = None, times: Any = None, key: str = KEY
    ) -> None:
        values = np.asarray(values, np.float64)
        steps = np.arange(len(values)) if steps is None else np.asarray(steps)
        times = 1e9 + np.arange(len(values)) if times is None else np.asarray(times, np.float64)
        points = ScalarSeries(steps.astype(np.int64), times, values)
        self.store.write([Batch(sim_id, scalars={key: points})], owner=OWNER)

    def seeds(self, values: list[Any], **kwargs: Any) -> list[UUID]:
        found = []
        for seed, each in enumerate(values):
            found.append(self.simulation(f"seed-{seed}", seed=seed, **kwargs))
            self.add(found[-1], each)
        return found


class AnalyzeBrowser(PanelBrowser):
    """A browser that keeps charts as the real one does."""

    def show_detail(self, *, width: int = 400, **more: Any) -> None:
        self.show(charts=[{"id": "detail", "width": width}], **more)

    def charts(self, chart: str = "detail") -> list[dict[str, Any]]:
        return [content for content, _ in self._of("chart") if content["chart"] == chart]

    def lines(self) -> list[dict[str, Any]]:
        return self._of("lines")[-1][0]["lines"]

    def curves(self, chart: str = "detail") -> dict[str, dict[str, np.ndarray]]:
        """What the chart holds of each line: its rows by name."""
        held: dict[str, dict[str, np.ndarray]] = {}
        for content, buffers in self._of("chart"):
            if content["chart"] != chart:
                continue
            if content["is_new"]:
                held = {}
            arrays = {name: np.frombuffer(b) for name, b in zip(ROWS, buffers, strict=True)}
            start = 0
            for part in content["parts"]:
                end = start + part["count"]
                new = {name: row[start:end] for name, row in arrays.items()}
                old = held.get(part["line"], {})
                if not part["is_all"]:
                    new = {n: np.concatenate([old.get(n, row[:0]), row]) for n, row in new.items()}
                held[part["line"]] = new
                start = end
        return held

    def wait_until_done(
        self, chart: str = "detail", lines: int = 1
    ) -> dict[str, dict[str, np.ndarray]]:
        def is_done() -> bool:
            charts = self.charts(chart)
            return bool(charts) and charts[-1]["is_done"] and len(self.curves(chart)) >= lines

        wait_until(is_done, what=f"all lines of {chart}")
        return self.curves(chart)

    def wait_for_curves(self, is_right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        wait_until(lambda: is_right(self.curves()), what="the right curves")
        return self.curves()

    def table(self) -> dict[str, dict[str, Any]]:
        """The newest table by line."""
        self.wait_for("table")
        content, (buffer,) = self._of("table")[-1]
        numbers = np.frombuffer(buffer).reshape(-1, 5)
        names = ("last", "low", "high", "best", "at")
        return {
            row["line"]: row | dict(zip(names, each.tolist(), strict=True))
            for row, each in zip(content["rows"], numbers, strict=True)
        }


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path / "p")


@pytest.fixture
def make(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    panels: list[AnalyzePanel] = []

    def made(*args: Any, **more: Any) -> AnalyzePanel:
        more = {"smoothing": 0, **more}
        panels.append(AnalyzePanel(recorded.project, *args, **more))
        return panels[-1]

    yield made
    for panel in panels:
        panel.close()
        wait_until(lambda each=panel: not each._loop.is_running, what="end of the refresh loop")


@pytest.fixture
def look(make) -> Callable[..., AnalyzeBrowser]:
    def looked(*args: Any, lines: int = 1, width: int = 400, **more: Any) -> AnalyzeBrowser:
        browser = AnalyzeBrowser(make(*args, **more))
        browser.show_detail(width=width, tables=[KEY])
        browser.wait_until_done(lines=lines)
        return browser

    return looked


# Points


def test_a_chart_gets_every_point_with_steps_that_float32_would_lose(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.5, 2.5, 3.5], [2**24, 2**24 + 1, 2**24 + 2])
    (curve,) = look().curves().values()
    assert curve["x"].tolist() == [2**24, 2**24 + 1, 2**24 + 2]
    assert curve["y"].tolist() == [1.5, 2.5, 3.5]
    assert len(curve["smoothed"]) == len(curve["low"]) == 0


@pytest.mark.parametrize("kind", ["ema", "window"])
def test_lines_are_smoothed_over_all_points_before_they_are_thinned(recorded, look, kind):
    sim_id = recorded.simulation()
    values = np.random.default_rng(0).normal(size=20_000)
    recorded.add(sim_id, values)
    browser = look(smoothing=0.9, smoothing_kind=kind, smoothing_window=30, smoothing_passes=2)
    (curve,) = browser.curves().values()
    assert 100 < len(curve["x"]) <= 1600
    whole = ema(values, 0.9) if kind == "ema" else moving_average(values, 30, 2)
    np.testing.assert_allclose(curve["smoothed"], whole[curve["x"].astype(int)], atol=1e-9)


@pytest.mark.parametrize("kind", ["ema", "window"])
def test_only_new_points_come_and_make_the_same_curve(recorded, look, kind):
    sim_id = recorded.simulation()
    values = np.random.default_rng(1).normal(size=300)
    recorded.add(sim_id, values[:200])
    browser = look(
        group_by="none", smoothing=0.8, smoothing_kind=kind, smoothing_window=7, smoothing_passes=3
    )
    for i in range(200, 300, 20):
        recorded.add(sim_id, values[i : i + 20], range(i, i + 20))
        browser.wait_for_curves(lambda c, n=i + 20: len(c[str(sim_id)]["x"]) == n)
    sent = sum(part["count"] for chart in browser.charts() for part in chart["parts"])
    assert sent == 300
    curve = browser.curves()[str(sim_id)]
    whole = ema(values, 0.8) if kind == "ema" else moving_average(values, 7, 3)
    np.testing.assert_allclose(curve["smoothed"], whole, atol=1e-9)


def test_points_that_go_back_are_drawn_in_the_order_of_their_steps(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0, 2.0, 3.0], [0, 10, 20])
    browser = look(group_by="none")
    recorded.add(sim_id, [9.0], [5])
    curves = browser.wait_for_curves(lambda c: len(c[str(sim_id)]["x"]) == 4)
    assert curves[str(sim_id)]["x"].tolist() == [0, 5, 10, 20]
    assert curves[str(sim_id)]["y"].tolist() == [1, 9, 2, 3]


def test_a_zoomed_chart_gets_every_point_of_its_range_and_one_beyond(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, np.sin(np.arange(50_000)))
    browser = look(group_by="none", width=100)
    assert len(browser.curves()[str(sim_id)]["x"]) <= 400
    browser.panel.zoom(1000, 1200)
    curves = browser.wait_for_curves(lambda c: c[str(sim_id)]["x"][0] == 999)
    assert curves[str(sim_id)]["x"].tolist() == list(range(999, 1202))
    assert browser.charts()[-1]["between"] == [1000, 1200]


def test_who_does_not_fit_y_learns_between_which_values_all_lines_lie(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, np.arange(50_000.0))
    browser = look(group_by="none", width=100)
    browser.panel.zoom(1000, 1200)
    wait_until(lambda: browser.charts()[-1]["between"] is not None, what="the zoomed chart")
    assert browser.charts()[-1]["extent"] is None
    browser.panel.fits_y = False
    wait_until(lambda: browser.charts()[-1]["extent"] == [0, 49_999], what="the extent")


def test_relative_and_wall_time_are_counted_from_start_and_epoch(recorded, look):
    sim_id = recorded.simulation()
    started = recorded.store.simulation(sim_id).started.timestamp()
    recorded.add(sim_id, [1.0, 2.0], [10, 20], [started + 5, started + 7])
    browser = look(group_by="none", x="relative")
    np.testing.assert_allclose(browser.curves()[str(sim_id)]["x"], [5, 7], atol=1e-3)
    browser.panel.x = "wall"
    curves = browser.wait_for_curves(lambda c: c and c[str(sim_id)]["x"][0] > 1e8)
    np.testing.assert_allclose(curves[str(sim_id)]["x"], [started + 5, started + 7])
    assert browser.charts()[-1]["x"] == "wall"


def test_how_far_x_will_reach_is_said_while_something_runs(recorded, look):
    sim_id = recorded.simulation()
    recorded.store.write([Batch(sim_id, progress=Progress(50, 200, "", 1e9))], owner=OWNER)
    recorded.add(sim_id, np.zeros(50))
    browser = look()
    assert browser.charts()[-1]["end"] == 200
    recorded.end(sim_id, SimState.SUCCEEDED)
    wait_until(lambda: browser.charts()[-1]["end"] is None, what="a chart without a planned end")


# What is read


def reads(store, monkeypatch) -> list[str]:
    seen: list[str] = []
    read = store.read_scalars

    def spied(sim_id, key, *, after=0):
        seen.append(key)
        return read(sim_id, key, after=after)

    monkeypatch.setattr(store, "read_scalars", spied)
    return seen


def test_nothing_is_read_for_charts_that_nobody_sees(recorded, make, monkeypatch):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0])
    recorded.add(sim_id, [1.0], key=LOSS)
    seen = reads(recorded.store, monkeypatch)
    browser = AnalyzeBrowser(make())
    browser.show(charts=[], tables=[])
    browser.wait_for("keys")
    browser.show(charts=[{"id": f"key:{LOSS}", "width": 200}])
    browser.wait_until_done(f"key:{LOSS}")
    assert seen == [LOSS]


def test_a_series_is_read_once_for_all_of_its_charts_and_the_table(recorded, make, monkeypatch):
    recorded.add(recorded.simulation(), np.zeros(5000))
    seen = reads(recorded.store, monkeypatch)
    browser = AnalyzeBrowser(make())
    charts = [{"id": name, "width": 300} for name in ("overview", "detail", f"key:{KEY}")]
    browser.show(charts=charts, tables=[KEY])
    browser.wait_until_done(f"key:{KEY}")
    browser.table()
    browser.panel.smoothing = 0.5
    browser.panel.zoom(5, 10)
    wait_until(lambda: browser.charts()[-1]["between"] is not None, what="the zoomed chart")
    assert seen == [KEY]


def test_lines_appear_one_by_one_when_reading_takes_long(recorded, make, monkeypatch):
    sims = [recorded.simulation(f"s{n}", lr=n) for n in range(4)]
    for sim_id in sims:
        recorded.add(sim_id, [1.0, 2.0])
    read = recorded.store.read_scalars

    def slow(*args, **more):
        time.sleep(0.12)
        return read(*args, **more)

    monkeypatch.setattr(recorded.store, "read_scalars", slow)
    browser = AnalyzeBrowser(make())
    browser.show_detail()
    assert len(browser.wait_until_done(lines=4)) == 4
    charts = browser.charts()
    assert [chart["is_done"] for chart in charts[:-1]] == [False] * (len(charts) - 1)
    assert len(charts) >= 3
    assert [chart["is_new"] for chart in charts] == [True] + [False] * (len(charts) - 1)


def test_a_chart_that_left_the_screen_comes_anew(recorded, look):
    recorded.add(recorded.simulation(), [1.0, 2.0])
    browser = look()
    browser.show(charts=[])
    wait_until(lambda: not browser.panel._views._views["v"].memo["charts"], what="letting go")
    browser.show_detail()
    wait_until(lambda: len(browser.charts()) == 2, what="the chart again")
    assert browser.charts()[-1]["is_new"]
    assert browser.charts()[-1]["parts"][0]["is_all"]


# Groups


def test_seeds_become_one_line_with_mean_and_band(recorded, look):
    recorded.seeds([[0.0, 2.0, 4.0], [2.0, 4.0, 8.0]], lr=0.1)
    browser = look()
    (line,) = browser.lines()
    assert (line["n"], line["of"], line["is_live"]) == (2, 2, True)
    curve = browser.curves()[line["id"]]
    assert curve["y"].tolist() == [1, 3, 6]
    assert (curve["low"] < curve["y"]).all()
    assert (curve["high"] > curve["y"]).all()


@pytest.mark.parametrize(
    ("statistic", "expected"), [("mean", 27.0), ("median", 3.0), ("iqm", 3.0)]
)
def test_the_statistic_is_the_chosen_one(recorded, look, statistic, expected):
    recorded.seeds([[v, v] for v in (1.0, 2.0, 3.0, 4.0, 125.0)], lr=0.1)
    (curve,) = look(statistic=statistic).curves().values()
    assert curve["y"].tolist() == [expected, expected]


def test_each_simulation_has_its_line_in_the_colour_of_its_group(recorded, look):
    recorded.seeds([[0.0], [2.0]], lr=0.1)
    recorded.seeds([[0.0], [2.0]], lr=0.2)
    browser = look(statistic="each", lines=4)
    lines = browser.lines()
    assert [line["colour"] for line in lines] == [0, 0, 2, 2]
    assert [line["group"] for line in lines] == ["lr 0.1"] * 2 + ["lr 0.2"] * 2
    assert all(np.isnan(c["low"]).all() for c in browser.curves().values())


def test_a_line_of_several_goes_only_as_far_as_all_that_were_not_broken_off(recorded, look):
    fast, slow, broken = recorded.seeds([np.zeros(100), np.zeros(60), np.zeros(10)], lr=0.1)
    recorded.end(broken, SimState.FAILED)
    browser = look()
    (line_id,) = browser.curves()
    assert browser.curves()[line_id]["x"][-1] == 59
    recorded.add(slow, np.zeros(20), range(60, 80))
    browser.wait_for_curves(lambda c: c[line_id]["x"][-1] == 79)
    wait_until(lambda: browser.table()[line_id]["n"] == 2, what="a table of two that go on")
    assert browser.table()[line_id]["of"] == 3
    recorded.end(slow, SimState.CANCELLED)
    browser.wait_for_curves(lambda c: c[line_id]["x"][-1] == 99)
    assert fast


def test_grouping_by_a_value_joins_what_is_equal_there(recorded, look):
    recorded.seeds([[1.0], [3.0]], lr=0.1, gamma=0.9)
    recorded.seeds([[5.0]], lr=0.1, gamma=0.8)
    browser = look(lines=2)
    assert [line["of"] for line in browser.lines()] == [2, 1]
    browser.panel.group_by = ["lr"]
    wait_until(lambda: [line["of"] for line in browser.lines()] == [3], what="one line of three")
    (line,) = browser.lines()
    curves = browser.wait_for_curves(lambda c: line["id"] in c)
    assert curves[line["id"]]["y"].tolist() == [3.0]
    paths = browser._of("lines")[-1][0]["paths"]
    assert paths == [{"path": "gamma", "values": 2}]


def test_a_second_seed_turns_a_line_of_one_into_a_joined_one(recorded, look):
    (first,) = recorded.seeds([[1.0, 1.0]], lr=0.1)
    browser = look()
    (line_id,) = browser.curves()
    other = recorded.simulation("seed-1", seed=1, lr=0.1)
    recorded.add(other, [3.0, 3.0])
    curves = browser.wait_for_curves(lambda c: c[line_id]["y"].tolist() == [2.0, 2.0])
    assert np.isfinite(curves[line_id]["low"]).all()
    assert first != other


# Which simulations and keys


def test_without_a_choice_the_newest_50_are_shown_and_it_is_said(recorded, look):
    sims = [recorded.simulation(f"s{n}", lr=n, is_running=False) for n in range(53)]
    recorded.add(sims[-1], [1.0])
    browser = look()
    said = browser._of("lines")[-1][0]
    assert said["notice"] == "The newest 50 of 53 simulations are shown."
    assert [line["sims"][0] for line in said["lines"]] == [str(s) for s in sims[3:]]
    new = recorded.simulation("new", lr=-1)
    wait_until(lambda: browser.lines()[-1]["sims"] == [str(new)], what="the new simulation")
    assert len(browser.lines()) == 50


def test_chosen_simulations_are_shown_and_deleted_ones_go(recorded, look):
    one, two, three = (recorded.simulation(name, lr=name) for name in ("one", "two", "three"))
    for sim_id in (one, two, three):
        recorded.add(sim_id, [1.0])
    browser = look(sims=[two, one], lines=2)
    assert [line["name"] for line in browser.lines()] == ["one", "two"]
    recorded.end(one, SimState.SUCCEEDED)
    recorded.store.delete([one])
    wait_until(lambda: [x["name"] for x in browser.lines()] == ["two"], what="the rest")
    browser.panel.sims = [str(three)]
    wait_until(lambda: [x["name"] for x in browser.lines()] == ["three"], what="the new choice")


def test_keys_are_grouped_by_their_beginning_and_may_be_chosen(recorded, make):
    sim_id = recorded.simulation()
    for key in (LOSS, "train/kl", KEY, "fps", "a/b/c"):
        recorded.add(sim_id, [1.0], key=key)
    browser = AnalyzeBrowser(make())
    browser.show(charts=[])
    told = browser.wait_for("keys")[0]
    assert {g["name"]: sorted(g["keys"]) for g in told["groups"]} == {
        "": ["fps"],
        "rollout": [KEY],
        "train": ["train/kl", LOSS],
        "a": ["a/b/c"],
    }
    assert told["groups"][0]["name"] == ""
    browser.panel.only_keys = ["train/*", KEY]
    told = browser.wait_for("keys", 2)[0]
    assert [key for group in told["groups"] for key in group["keys"]] == [LOSS, "train/kl", KEY]


def test_the_panel_chooses_a_key_until_somebody_does(recorded, make):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0], key="time/fps")
    panel = make()
    browser = AnalyzeBrowser(panel)
    browser.show_detail()
    wait_until(lambda: panel.detail_key == panel.overview_key == "time/fps", what="the only key")
    recorded.add(sim_id, [1.0], key=KEY)
    wait_until(lambda: panel.detail_key == KEY, what="the key that people look at first")
    panel.detail_key = "not/yet"
    recorded.add(sim_id, [1.0], key="eval/return")
    browser.wait_for("keys", 3)
    assert panel.detail_key == "not/yet"


# The table


def test_the_table_tells_last_best_and_where_of_recorded_values(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0, 9.0, 9.0, np.nan, 4.0], [0, 10, 20, 30, 40])
    browser = look(group_by="none", smoothing=0.9)
    row = browser.table()[str(sim_id)]
    assert (row["last"], row["best"], row["at"], row["n"]) == (4.0, 9.0, 10.0, 1)
    assert np.isnan([row["low"], row["high"]]).all()


def test_the_best_loss_is_the_least_unless_somebody_says_otherwise(recorded, make):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [5.0, 1.0, 3.0], key=LOSS)
    browser = AnalyzeBrowser(make(group_by="none"))
    browser.show(charts=[], tables=[LOSS])
    assert browser.table()[str(sim_id)]["best"] == 1.0
    browser.panel.best = {"train/*": "max"}
    wait_until(lambda: browser.table()[str(sim_id)]["best"] == 5.0, what="another best")
    assert browser._of("table")[-1][0]["direction"] == "max"


@pytest.mark.parametrize("smoothing", [0, 0.9])
def test_the_table_of_a_group_has_its_statistic_with_a_band(recorded, look, smoothing):
    recorded.seeds([[1.0, 5.0, 3.0], [3.0, 9.0, 7.0]], lr=0.1)
    browser = look(smoothing=smoothing)
    (row,) = browser.table().values()
    assert (row["last"], row["best"], row["at"], row["n"]) == (5.0, 7.0, 1.0, 2)
    assert (row["low"], row["high"]) == (3.0, 7.0)


# Media


def test_media_stand_at_their_step_and_time_with_their_line(recorded, look):
    sims = recorded.seeds([[1.0], [2.0]], lr=0.1)
    record = recorded.store.simulation(sims[1])
    item = MediaItem(sims[1], "film", 70, "video", "media/film/70.mp4", now_utc(), {"return": 3.0})
    recorded.store.write([Batch(sims[1], media=[item])])
    browser = look()
    browser.show_detail(media=True)
    content = browser.wait_for("media")[0]
    (mark,) = content["items"]
    assert (mark["step"], mark["sim_id"], mark["key"]) == (70, str(sims[1]), "film")
    assert mark["line"] == browser.lines()[0]["id"]
    assert mark["wall"] == pytest.approx(item.time.timestamp(), abs=1e-3)
    assert mark["relative"] == pytest.approx(
        (item.time - record.started).total_seconds(), abs=1e-3
    )
    second = MediaItem(sims[0], "film", 90, "video", "media/film/90.mp4", now_utc(), {})
    recorded.store.write([Batch(sims[0], media=[second])])
    content = browser.wait_for("media", 2)[0]
    assert [m["step"] for m in content["items"]] == [90]
    assert (content["is_new"], content["total"]) == (False, 2)


def test_a_picture_of_a_mark_comes_from_its_file(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0])
    path = "media/image/1.png"
    whole = recorded.project.folder / "sims" / str(sim_id) / path
    whole.parent.mkdir(parents=True)
    whole.write_bytes(b"bytes of a picture")
    item = MediaItem(sim_id, "image", 1, "image", path, now_utc(), {})
    recorded.store.write([Batch(sim_id, media=[item])])
    browser = look()
    browser.show_detail(media=True)
    number = browser.wait_for("media")[0]["items"][0]["number"]
    said, (data,) = browser.ask_whole("piece", number=number, offset=0)
    assert (said["result"]["type"], bytes(data)) == ("image/png", b"bytes of a picture")
    assert (
        "no media with the number 7" in browser.ask_whole("piece", number=7, offset=0)[0]["error"]
    )


def test_what_is_to_be_opened_is_told_once_to_who_shows_media(recorded, look):
    recorded.add(recorded.simulation(), [1.0])
    panel = look().panel
    heard: list[Any] = []
    panel.observe(lambda change: heard.append(change["new"]), "open_media")
    panel.has_media_panel = True
    for count in (1, 2):
        panel.open_media = [["id", "film", 7]]
        wait_until(lambda n=count: heard.count([]) == n, what="an emptied wish")
    assert heard == [[["id", "film", 7]], []] * 2


# What can be set


def test_another_x_takes_the_zoom_back(make):
    panel = make(between=(1, 2), x="step")
    assert panel.between == [1, 2]
    panel.x = "wall"
    assert panel.between is None


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("smoothing", 1.0),
        ("smoothing", -0.1),
        ("smoothing_window", 0),
        ("smoothing_passes", 11),
        ("statistic", "mode"),
        ("x", "epoch"),
        ("between", [2.0, 1.0]),
        ("between", [float("nan"), 1.0]),
        ("between", [1.0]),
        ("group_by", []),
        ("best", {"a": "most"}),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(make, name, bad):
    panel = make()
    before = getattr(panel, name)
    with pytest.raises(traitlets.TraitError):
        setattr(panel, name, bad)
    assert getattr(panel, name) == before


def test_a_path_alone_groups_like_a_list_of_it(make):
    assert make(group_by="lr").group_by == ["lr"]


def test_another_colour_is_given_to_all_simulations_of_a_line(recorded, look):
    sims = recorded.seeds([[1.0], [2.0]], lr=0.1)
    browser = look()
    (line,) = browser.lines()
    browser.ask("colour", line=line["id"], index=5)
    assert [recorded.store.simulation(sim_id).colour for sim_id in sims] == [5, 5]
    wait_until(lambda: browser.lines()[0]["colour"] == 5, what="the new colour")
    assert "no line" in browser.ask_whole("colour", line="x", index=1)[0]["error"]


# What is shown, as values


def test_the_frame_holds_what_is_shown_and_no_hidden_line(recorded, make):
    one, two = (recorded.simulation(name) for name in ("one", "two"))
    recorded.add(one, np.arange(10.0))
    recorded.add(two, np.arange(10.0))
    panel = make(group_by="none", smoothing=0.5, hidden=[str(two)])
    panel.zoom(3, 6)
    frame = panel.frame()
    assert list(frame.columns) == ["line", "key", "step", "value", "smoothed", "low", "high"]
    assert frame["step"].tolist() == [3, 4, 5, 6]
    assert set(frame["line"]) == {"one"}
    np.testing.assert_allclose(frame["smoothed"], ema(np.arange(10.0), 0.5)[3:7])
    assert frame["low"].isna().all()


def test_the_frame_of_groups_is_what_the_browser_draws(recorded, look):
    recorded.seeds([np.random.default_rng(n).normal(size=900) for n in range(3)], lr=0.1)
    browser = look(smoothing=0.7, width=900)
    (curve,) = browser.curves().values()
    frame = browser.panel.frame()
    for row, name in zip(ROWS, ("step", "value", "smoothed", "low", "high"), strict=True):
        np.testing.assert_allclose(frame[name], curve[row], rtol=1e-12)


def test_frames_have_the_unit_of_x(recorded, make):
    sim_id = recorded.simulation()
    recorded.add(sim_id, [1.0], [5], [1e9])
    panel = make(x="wall")
    assert panel.frame()["wall"].tolist() == [pd.Timestamp(1e9, unit="s", tz="UTC")]
    panel.x = "relative"
    assert panel.frame()["relative"].dtype == np.float64


def test_an_empty_project_gives_an_empty_frame_and_a_picture_that_says_so(make):
    panel = make()
    assert panel.frame().empty
    assert panel.frame()["value"].dtype == np.float64
    (ax,) = panel.figure().axes
    assert ax.texts[0].get_text() == "No points recorded yet"
    assert "No numbers recorded" in panel._static_html()


def test_the_csv_of_the_browser_is_the_frame(recorded, look, tmp_path):
    recorded.add(recorded.simulation(), [1.0, 2.0])
    browser = look()
    said, (data,) = browser.ask_whole("csv")
    assert said["result"] == {"name": "rollout-ep-rew-mean.csv", "type": "text/csv"}
    pd.testing.assert_frame_equal(
        pd.read_csv(io.BytesIO(bytes(data))), pd.read_csv(browser.panel.to_csv(tmp_path / "a.csv"))
    )
    assert pd.read_csv(tmp_path / "a.csv")["value"].tolist() == [1.0, 2.0]


def test_the_figure_draws_the_same_numbers_in_the_same_colours(recorded, make):
    sims = recorded.seeds([np.arange(50.0), np.arange(50.0) + 4], lr=0.1)
    alone = recorded.simulation("alone")
    recorded.add(alone, np.arange(50.0) * 2)
    panel = make(smoothing=0.5, log_y=True, between=[10, 40])
    panel.set_colour(str(next(iter(panel.lines()))), 3)
    (ax,) = panel.figure().axes
    frame = panel.frame()
    lines = {line.get_label(): line for line in ax.get_lines()}
    group = lines["lr 0.1 (n = 2)"]
    assert to_hex(group.get_color()) == SERIES_COLORS[3]
    shown = frame[frame["line"] == "lr 0.1"]
    np.testing.assert_array_equal(group.get_ydata(), shown["smoothed"])
    np.testing.assert_array_equal(lines["alone"].get_xdata(), np.arange(10, 41))
    assert ax.get_yscale() == "log"
    assert ax.get_xlim() == (10, 40)
    assert len(ax.collections) == 1
    assert sims


@pytest.mark.parametrize(("form", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_comes_as_a_file(recorded, look, form, begin):
    recorded.add(recorded.simulation(), [1.0, 2.0])
    said, (data,) = look().ask_whole("picture", format=form, keys=None)
    assert said["result"]["name"] == f"rollout-ep-rew-mean.{form}"
    assert bytes(data).startswith(begin)


def test_the_code_makes_the_same_panel(recorded, look, monkeypatch):
    sims = recorded.seeds([[1.0, 2.0], [2.0, 3.0]], lr=0.1)
    settings = {
        "statistic": "iqm",
        "smoothing_kind": "window",
        "smoothing_window": 3,
        "between": [0.0, 1.0],
        "log_y": True,
        "group_by": ["lr"],
    }
    browser = look(sims=sims, **settings)
    scope: dict[str, Any] = {}
    exec(browser.ask("code")["text"], scope)  # noqa: S102 - what it says is what is tested
    again = scope["panel"]
    try:
        assert {name: getattr(again, name) for name in settings} == settings
        pd.testing.assert_frame_equal(again.frame(), browser.panel.frame())
    finally:
        again.close()


def test_a_range_needs_both_ends(make):
    with pytest.raises(InvalidArgumentError, match="two ends"):
        make().zoom(3)


def test_the_static_picture_has_chart_and_table_and_no_html_of_names(recorded, make):
    sim_id = recorded.simulation("<b>bold</b>")
    recorded.add(sim_id, [1.0, 2.5])
    html = make()._static_html()
    assert "<svg" in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "2.50" in html
