"""What a card shows of simulations that are silent or dead, although nothing of it is in the project."""

from __future__ import annotations

from uuid import UUID

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.heartbeats import HeartbeatWatch
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch
from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets import card_contents, card_traits
from gymdash_jupyter.widgets.card_contents import CardContents
from tests.launch.clean import clean_state
from tests.launch.dying import RUNNING, id_said
from tests.launch.other_process import OtherProcess
from tests.waiting import wait_until
from tests.widgets.conftest import OWNER, Browser


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def looked_at(store, clock, monkeypatch):
    """Give what a card shows of a simulation each time that it looks after it."""
    monkeypatch.setattr(card_contents, "_LOOK_AFTER_S", 0.0)

    def contents_of(sim):
        contents = CardContents(store, [sim.sim_id], HeartbeatWatch(clock=clock))
        contents.load()

        def look():
            contents.is_changed = False
            contents.look_after()
            return contents.shown(0.0)[0]["silent_s"], contents.is_changed

        return look

    return contents_of


def test_one_elsewhere_that_is_silent_says_so_once_a_minute(write, looked_at, clock):
    look = looked_at(write())  # its owner is in a domain of its own
    seen = []
    for clock.now in (0, 100, 180, 200, 240):
        seen.append(look())
    assert seen == [(None, False), (None, False), (180, True), (180, False), (240, True)]


def test_one_elsewhere_that_is_heard_again_says_nothing(write, looked_at, clock, store):
    sim = write()
    look = looked_at(sim)
    look()
    clock.now += 180
    assert look() == (180, True)
    store.write([Batch(sim.sim_id)], owner=OWNER)  # nothing but a heartbeat
    assert look() == (None, True)


def test_one_that_has_ended_is_not_silent(write, looked_at, clock):
    sim = write()
    look = looked_at(sim)
    look()
    clock.now += 180
    sim.end(SimState.SUCCEEDED)
    assert look() == (None, True)


def test_one_that_was_deleted_harms_no_look(write, looked_at, clock, store):
    sim = write()
    look = looked_at(sim)
    store.delete([sim.sim_id])
    assert look() == (None, False)


@pytest.fixture
def _session(monkeypatch):
    monkeypatch.setattr(card_traits, "bundle_text", lambda stem: "export default {}")
    with clean_state(monkeypatch):
        yield


def shown_state(card) -> str:
    return card.simulations[0]["state"]


@pytest.mark.usefixtures("_session")
@pytest.mark.parametrize("is_read_only", [False, True])
def test_a_card_shows_a_death_although_nobody_waits(tmp_path, is_read_only):
    Project.open(tmp_path)
    with OtherProcess(RUNNING, tmp_path) as running:
        sim_id: UUID = id_said(running)
        gd.open_project(tmp_path, read_only=is_read_only)
        card = gd.watch(sim_id)
        browser = Browser(card)
        browser.show("score")
        browser.wait_for("series")
        assert shown_state(card) == "running"
        running.kill()
        wait_until(lambda: shown_state(card) == "lost", what="the card to show the death")
    card.close()
