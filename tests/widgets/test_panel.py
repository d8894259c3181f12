from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from gymdash_jupyter import Project
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.sims_panel import SimsPanel
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Counting(SimsPanel):
    """Tells how often it was loaded, and what the browser asks."""

    stem = "counting"
    loads = 0

    def _load(self) -> None:
        self.loads += 1

    def _send_to(self, view: Any) -> None:
        if view.is_new:
            view.tell("whole", {"loads": self.loads, "key": view.shown.get("key")})

    def _do_double(self, content: dict[str, Any]) -> Any:
        return content["n"] * 2, [b"xy"]

    def _do_thread(self, _content: dict[str, Any]) -> str:
        return threading.current_thread().name

    def _do_fail(self, _content: dict[str, Any]) -> None:
        msg = "It has no bananas."
        raise InvalidArgumentError(msg)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(tmp_path / "p")


@pytest.fixture
def panel(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    made = Counting(project)
    yield made
    made.close()
    wait_until(lambda: not made._loop.is_running, what="end of the refresh loop")


def test_a_panel_that_nobody_sees_reads_nothing(panel):
    assert not panel._loop.is_running
    assert panel.loads == 0


def test_who_looks_gets_everything_and_what_it_shows_is_known(panel):
    browser = PanelBrowser(panel)
    browser.show(key="loss")
    assert browser.wait_for("whole")[0]["key"] == "loss"


def test_the_loop_rests_when_nobody_looks_any_more(panel):
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("whole")
    browser.look_away()
    wait_until(lambda: not panel._loop.is_running, what="rest")


def test_who_looks_again_gets_everything_anew(panel):
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("whole")
    browser.look_away()
    wait_until(lambda: not panel._loop.is_running, what="rest")
    browser.show()
    assert browser.wait_for("whole", 2)[0]["loads"] == 2


def test_a_question_is_answered_with_its_result_and_bytes(panel):
    said, buffers = PanelBrowser(panel).ask_whole("double", n=21)
    assert said["result"] == 42
    assert buffers == [b"xy"]


def test_a_question_is_answered_outside_the_thread_that_heard_it(panel):
    assert PanelBrowser(panel).ask("thread") == "gymdash-thread"


def test_what_goes_wrong_comes_back_in_words(panel):
    with pytest.raises(AssertionError, match="no bananas"):
        PanelBrowser(panel).ask("fail")


def test_an_unknown_question_is_refused(panel):
    with pytest.raises(AssertionError, match="dance"):
        PanelBrowser(panel).ask("dance")


def test_a_panel_of_a_read_only_project_says_so(project, monkeypatch):
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    assert Counting(Project.open(project.folder, read_only=True)).is_read_only


def test_something_that_is_no_project_is_refused(monkeypatch):
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    with pytest.raises(InvalidArgumentError, match="got int: 3"):
        Counting(3)


def test_unknown_simulations_are_refused(panel):
    with pytest.raises(UnknownSimulationError):
        panel.show_sims("00000000-0000-0000-0000-000000000001")


def test_ids_that_are_none_are_refused(panel):
    with pytest.raises(InvalidArgumentError, match="ids of simulations"):
        panel.sims = ["nonsense"]


def test_a_closed_panel_leaves_words_that_are_no_html(panel, monkeypatch):
    monkeypatch.setattr(Counting, "__repr__", lambda self: "<script>")
    assert "<script>" not in panel._static_bundle()["text/html"]
