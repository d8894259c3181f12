from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode
from gymdash_jupyter.widgets import outputs
from gymdash_jupyter.widgets.static_card import static_card
from gymdash_jupyter.widgets.static_chart import StaticLine, chart_svg, round_lines
from tests.waiting import wait_until
from tests.widgets.conftest import Browser

EVIL = '<img src=x onerror="alert(1)">'


class Page:
    """What was displayed, by display id; the newest bundle of each."""

    def __init__(self) -> None:
        self.places: dict[str, dict] = {}
        self.updates = 0

    def display(self, data, *, raw, display_id, update=False) -> None:
        assert raw
        assert update == (display_id in self.places)
        self.places[display_id] = data
        self.updates += update

    @property
    def kinds(self) -> list[list[str]]:
        return [sorted(data) for data in self.places.values()]


@pytest.fixture
def page(monkeypatch):
    made = Page()
    monkeypatch.setattr(outputs, "display", made.display)
    return made


STATIC = ["text/html", "text/plain"]


def test_card_is_replaced_when_its_simulation_ends_seen_or_not(write, make_card, page):
    sim = write()
    card = make_card(sim)
    card._ipython_display_()
    assert "application/vnd.jupyter.widget-view+json" in page.kinds[0]
    sim.end(SimState.SUCCEEDED)
    wait_until(lambda: page.kinds == [STATIC], what="the static picture")
    wait_until(lambda: card.comm is None, what="the end of the widget")
    wait_until(lambda: not card._loop.is_running, what="the loop's end")


def test_words_of_a_card_that_nobody_sees_say_how_it_ended(write, make_card, page):
    sim = write("ppo-s0")
    card = make_card(sim)
    card._ipython_display_()
    sim.end(SimState.SUCCEEDED)
    wait_until(lambda: page.kinds == [STATIC], what="the static picture")
    assert "succeeded" in next(iter(page.places.values()))["text/plain"]
    assert "succeeded" in repr(card)


def test_card_that_is_seen_is_replaced_too(write, make_card, page):
    sim = write()
    card = make_card(sim)
    card._ipython_display_()
    browser = Browser(card)
    browser.show("", page="p")
    browser.wait_for("values")
    sim.end(SimState.FAILED)
    wait_until(lambda: page.kinds == [STATIC], what="the static picture")


def test_card_that_is_shown_twice_is_replaced_twice(write, make_card, page):
    sim = write()
    card = make_card(sim)
    card._ipython_display_()
    card._ipython_display_()
    card.close()
    assert page.kinds == [STATIC, STATIC]
    card.close()
    assert page.updates == 2


def test_card_of_what_has_ended_stays_until_it_is_left_alone(write, make_card, page, monkeypatch):
    sim = write()
    sim.end(SimState.SUCCEEDED)
    card = make_card(sim)
    card._ipython_display_()
    browser = Browser(card)
    browser.show("", page="p", idle_s=0)
    browser.wait_for("values")
    assert "application/vnd.jupyter.widget-view+json" in page.kinds[0]
    assert "text/html" in page.kinds[0]
    monkeypatch.setattr("gymdash_jupyter.widgets.live_card._LEFT_ALONE_S", 0.0)
    wait_until(lambda: page.kinds == [STATIC], what="the static picture")


def test_after_a_reload_the_card_itself_stays(write, make_card, page):
    sim = write()
    card = make_card(sim)
    card._ipython_display_()
    browser = Browser(card)
    browser.show("", page="p")
    browser.wait_for("values")
    browser.say("gone")
    browser.say("show", view="other", key="", tabs=[], page="after the reload")
    browser.wait_for("values", 2)
    sim.end(SimState.SUCCEEDED)
    wait_until(lambda: page.updates == 1, what="the static picture, in vain")
    assert card.comm is not None


def test_card_of_a_deleted_simulation_leaves_its_words(write, make_card, page, store):
    sim = write("ppo-s0")
    card = make_card(sim)
    card._ipython_display_()
    store.delete([sim.sim_id])
    card.close()
    (data,) = page.places.values()
    assert data["text/plain"].startswith("ppo-s0")


def test_picture_says_state_facts_keys_and_last_words(write, store):
    sim = write("ppo-s0")
    sim.record("rollout/ep_rew_mean", [1.0, 3.0, 2.0], steps=[10, 20, 30])
    sim.record("train/loss", [4.0, 0.5, 2.0], steps=[10, 20, 30])
    sim.progress(30, 30)
    sim.say("saved")
    sim.end(SimState.SUCCEEDED)
    html = static_card(store, [sim.sim_id], title=None)
    plain = re.sub(r"<[^>]+>", " ", html)
    assert "Succeeded" in plain
    assert "30 steps" in plain
    assert "saved" in plain
    rows = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", html)]
    assert ["rollout/ep_rew_mean", "2", "3", "20"] in rows
    assert ["train/loss", "2", "0.500", "20"] in rows
    assert html.count('class="gds-line"') == 1


def test_text_from_simulations_is_never_html(write, store):
    sim = write(EVIL)
    sim.record(EVIL, [1.0, 2.0])
    trace = f'Traceback:\n  File "{EVIL}", line 7, in f\nValueError: {EVIL}'
    sim.say(EVIL, SimStatusCode.FAIL, trace)
    sim.end(SimState.FAILED)
    for title in (None, EVIL):
        html = static_card(store, [sim.sim_id], title=title)
        assert "<img" not in html
        assert "&lt;img" in html


def test_picture_of_a_failure_folds_its_trace(write, store):
    sim = write()
    sim.say("bad", SimStatusCode.FAIL, 'Traceback:\n  File "a.py", line 7, in f\nValueError: bad')
    sim.end(SimState.FAILED)
    html = static_card(store, [sim.sim_id], title=None)
    assert "<code>ValueError</code> bad" in html
    assert "<summary>Trace, 3 lines" in html


def test_picture_of_many_points_and_keys_stays_small(write, store):
    sim = write()
    for i in range(30):
        sim.record(f"train/key{i}", np.random.default_rng(i).normal(size=50_000))
    sim.end(SimState.SUCCEEDED)
    assert len(static_card(store, [sim.sim_id], title=None)) < 40_000


def test_picture_of_a_group_has_a_line_and_a_row_for_each(write, store):
    sims = [write(f"s{i}") for i in range(3)]
    for sim in sims:
        sim.record("loss", [1.0, 2.0])
        sim.end(SimState.SUCCEEDED)
    html = static_card(store, [sim.sim_id for sim in sims], title="seeds")
    assert html.count('class="gds-line"') == 3
    assert "3 succeeded" in html
    assert html.count("<tr>") == 1 + 3


def test_picture_of_what_recorded_nothing_has_no_chart(write, store):
    sim = write()
    sim.end(SimState.CANCELLED)
    html = static_card(store, [sim.sim_id], title=None)
    assert "Cancelled" in html
    assert "<figure" not in html


def test_chart_is_well_formed_and_leaves_gaps():
    x = np.arange(6.0)
    y = np.array([1.0, 2.0, np.nan, 3.0, np.inf, 4.0])
    svg = chart_svg([StaticLine(0, x, y)], 0.0, 560, "a < b")
    root = ET.fromstring(svg)  # noqa: S314 - our own
    (line,) = [each for each in root if each.get("class") == "gds-line"]
    assert line.get("d").count("M") == 3


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, -np.inf]])
def test_chart_of_nothing_finite_is_nothing(values):
    line = StaticLine(0, np.arange(float(len(values))), np.array(values, dtype=np.float64))
    assert chart_svg([line] if values else [], 0.5, 560, "") == ""


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 0), (7, 7), (1, 1 + 4e-16), (-3, 5), (0.97, 3.1), (-1e9, 1e9), (1e-12, 2e-12)],
)
def test_round_lines_enclose_the_range(low, high):
    lines = round_lines(low, high, 6)
    assert 2 <= len(lines) <= 6
    assert lines[0] <= low
    assert lines[-1] >= high
    np.testing.assert_allclose(np.diff(lines), lines[1] - lines[0])
