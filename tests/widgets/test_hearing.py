"""Panels and cards say that they hear, and how a terminal reaches their project."""

from __future__ import annotations

import shlex
import threading
from typing import TYPE_CHECKING

from gymdash_jupyter.project import Project
from gymdash_jupyter.widgets import LiveCard, SimulationsPanel
from tests.widgets.conftest import Browser
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from pathlib import Path

PING = {"id": "v-1", "kind": "ping", "view": "v"}


def test_a_panel_answers_a_ping_although_what_was_asked_before_takes_long(tmp_path: Path) -> None:
    panel = SimulationsPanel(Project.open(tmp_path / "p"))
    hold, holds = threading.Event(), threading.Event()
    panel._do_wait = lambda _content: (holds.set(), hold.wait(60))
    browser = PanelBrowser(panel)
    panel._on_message(panel, {"id": "v-0", "kind": "wait", "view": "v"}, [])
    assert holds.wait(60)
    panel._on_message(panel, PING, [])
    assert [content for content, _ in browser.got] == [
        {"id": "v-1", "kind": "ping", "result": None}
    ]
    hold.set()
    panel.close()


def test_a_card_answers_a_ping_in_the_thread_that_hears_it(write, make_card) -> None:
    card = make_card(write())
    browser = Browser(card)
    card._on_message(card, PING, [])
    assert {"id": "v-1", "kind": "ping", "result": None} in [content for content, _ in browser.got]


def test_the_command_line_of_a_project_works_from_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "it's $HOME"
    panel = SimulationsPanel(Project.open(folder))
    assert shlex.split(panel.command_line) == ["gymdash-jupyter", "-d", str(folder)]
    panel.close()


def test_a_card_without_a_project_names_no_command_line(write, store) -> None:
    card = LiveCard(store, [write().sim_id])
    assert card.command_line == ""
    card.close()
