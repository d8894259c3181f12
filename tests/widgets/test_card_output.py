from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode
from gymdash_jupyter.widgets import card_output
from gymdash_jupyter.widgets.static_card import static_card
from tests.waiting import wait_until
from tests.widgets.conftest import Browser


@dataclass
class Folders:
    sims_folder: Path


@pytest.fixture
def project(tmp_path):
    return Folders(tmp_path / "sims")


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch):
    monkeypatch.setattr(card_output, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(card_output, "_LOOK_AT_ONE_S", 0.0)
    monkeypatch.setattr(card_output, "_READ_EVERY_S", 0.0)


@pytest.fixture
def printed(write, project):
    """Make a simulation that has printed something."""

    def make(text: str | None, name: str = "one"):
        sim = write(name)
        if text is not None:
            add(sim, text)
        return sim

    def add(sim, text: str) -> None:
        path = project.sims_folder / str(sim.sim_id) / "output.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(text)

    make.add = add
    return make


def test_card_knows_which_have_printed_something(printed, make_card, project):
    words, none, empty = printed("words\n"), printed(None), printed("")
    card = make_card(words, none, empty, project=project)
    assert card.with_output == [str(words.sim_id)]


def test_card_without_a_project_has_no_output(printed, make_card):
    assert make_card(printed("words\n")).with_output == []


def test_first_words_are_noticed(printed, make_card, project):
    sim = printed(None)
    card = make_card(sim, project=project)
    Browser(card).show("")
    printed.add(sim, "words\n")
    wait_until(lambda: card.with_output == [str(sim.sim_id)], what="the output in the card")


def test_nothing_is_sent_of_a_closed_output(printed, make_card, project):
    sim = printed("words\n")
    browser = Browser(make_card(sim, project=project))
    browser.show("", output="")
    browser.wait_for("values")
    sim.record("loss", [1.0])
    browser.wait_for("values", 2)
    assert "output" not in browser.kinds()


def test_open_output_is_sent_and_followed(printed, make_card, project):
    sim = printed("one\r\x1b[1mtwo\x1b[0m\n")
    browser = Browser(make_card(sim, project=project))
    browser.show("", output=str(sim.sim_id))
    message, _ = browser.wait_for("output")
    assert message == {
        "id": 0,
        "kind": "output",
        "view": "v",
        "sim_id": str(sim.sim_id),
        "text": "two",
    }
    printed.add(sim, "three\n")
    assert browser.wait_for("output", 2)[0]["text"] == "two\nthree"


def test_what_has_not_changed_is_not_sent_again(printed, make_card, project):
    sim = printed("words\n")
    browser = Browser(make_card(sim, project=project))
    browser.show("", output=str(sim.sim_id))
    browser.wait_for("output")
    sim.record("loss", [1.0])
    browser.wait_for("values", 2)
    assert browser.kinds().count("output") == 1


def test_output_that_is_opened_again_is_sent_again(printed, make_card, project):
    sim = printed("words\n")
    browser = Browser(make_card(sim, project=project))
    browser.show("", output=str(sim.sim_id))
    browser.wait_for("output")
    browser.show("", output="")
    browser.show("", output=str(sim.sim_id))
    browser.wait_for("output", 2)


@pytest.mark.parametrize("wish", ["../../secret", "00000000-0000-0000-0000-000000000000", 7, None])
def test_output_of_others_is_not_sent(printed, make_card, project, wish):
    sim = printed("words\n")
    browser = Browser(make_card(sim, project=project))
    browser.show("", output=wish)
    browser.wait_for("values")
    sim.record("loss", [1.0])
    browser.wait_for("values", 2)
    assert "output" not in browser.kinds()


def test_only_the_last_lines_are_sent(printed, make_card, project):
    sim = printed("".join(f"line {i}\n" for i in range(100_000)))
    browser = Browser(make_card(sim, project=project))
    browser.show("", output=str(sim.sim_id))
    lines = browser.wait_for("output")[0]["text"].split("\n")
    assert lines == [f"line {i}" for i in range(99_800, 100_000)]


# The static picture


def failed(sim, trace: str = "") -> None:
    sim.say("it went wrong", SimStatusCode.FAIL, trace)
    sim.end(SimState.FAILED)


def test_picture_has_the_last_words_of_one_that_failed(printed, store, project):
    sim = printed("".join(f"line {i}\n" for i in range(100)) + "<b>last</b>\n")
    failed(sim)
    html = static_card(store, [sim.sim_id], title=None, project=project)
    assert "<summary>Output, the last 20 lines</summary>" in html
    assert "line 81\n" in html
    assert "line 80\n" not in html
    assert "&lt;b&gt;last&lt;/b&gt;</pre>" in html
    assert "<b>last" not in html


@pytest.mark.parametrize("state", [SimState.SUCCEEDED, SimState.CANCELLED])
def test_picture_of_others_has_none(printed, store, project, state):
    sim = printed("words\n")
    sim.end(state)
    assert "Output" not in static_card(store, [sim.sim_id], title=None, project=project)


def test_last_words_are_open_where_there_is_no_trace(printed, store, project):
    lost, traced = printed("words\n"), printed("words\n")
    lost.end(SimState.LOST)
    failed(traced, "Traceback\nValueError: bad")
    opened = '<details class="gds-output" open>'
    assert opened in static_card(store, [lost.sim_id], title=None, project=project)
    assert opened not in static_card(store, [traced.sim_id], title=None, project=project)


def test_picture_of_a_group_names_whose_words_they_are(printed, store, project):
    sims = [printed("words\n", "<i>good</i>"), printed("words\n", "<i>bad</i>")]
    sims[0].end(SimState.SUCCEEDED)
    failed(sims[1])
    ids = [sim.sim_id for sim in sims]
    html = static_card(store, ids, title="both", project=project)
    assert html.count("Output of") == 1
    assert "Output of &lt;i&gt;bad&lt;/i&gt;, the last line</summary>" in html


def test_picture_stays_small_whatever_was_printed(printed, store, project):
    sim = printed("x" * 1_000_000)
    failed(sim)
    without = len(static_card(store, [sim.sim_id], title=None))
    html = static_card(store, [sim.sim_id], title=None, project=project)
    assert len(html) - without < 10_000
