from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from gymdash_jupyter.records import Batch, MediaItem, now_utc
from gymdash_jupyter.widgets import media_pieces
from tests.waiting import wait_until
from tests.widgets.conftest import OWNER, Browser


@dataclass
class Folders:
    sims_folder: Path


@pytest.fixture
def filmed(write, make_card, store, tmp_path):
    """A simulation with a folder, and what adds a recorded file to it."""
    sim = write()
    folder = tmp_path / "sims" / str(sim.sim_id)
    folder.mkdir(parents=True)

    def add(path: str, content: bytes | None, kind: str = "video", **info) -> None:
        if content is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        item = MediaItem(sim.sim_id, "episode", 7, kind, path, now_utc(), info)
        store.write([Batch(sim.sim_id, media=[item])], owner=OWNER)

    def show() -> Browser:
        browser = Browser(make_card(sim, project=Folders(tmp_path / "sims")))
        browser.show("")
        return browser

    return add, show


def test_media_are_listed_with_what_is_known(filmed):
    add, show = filmed
    add(
        "media/a.mp4",
        b"",
        duration_s=2.0,
        episode=3,
        thumbnail="media/.thumbs/a.png",
        far=float("inf"),
    )
    message, _ = show().wait_for("media")
    (item,) = message["items"]
    assert item["info"] == {"duration_s": 2.0, "episode": 3}
    assert (item["number"], item["name"], item["kind"]) == (0, "a.mp4", "video")
    assert item["has_thumbnail"]


def test_new_media_come_alone(filmed, monkeypatch):
    add, show = filmed
    monkeypatch.setattr("gymdash_jupyter.widgets.live_card._MEDIA_S", 0.0)
    add("media/a.mp4", b"")
    browser = show()
    browser.wait_for("media")
    add("media/b.mp4", b"")
    message, _ = browser.wait_for("media", 2)
    assert [(each["number"], each["name"]) for each in message["items"]] == [(1, "b.mp4")]
    assert not message["is_new"]


def test_file_comes_in_pieces(filmed, monkeypatch):
    add, show = filmed
    monkeypatch.setattr(media_pieces, "PIECE", 4)
    add("media/a.mp4", b"0123456")
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=0, offset=0)
    answer, buffers = browser.wait_for("piece")
    assert answer["result"] == {"type": "video/mp4", "size": 7}
    assert buffers == [b"0123"]
    browser.say("piece", id="q", number=0, offset=4)
    assert browser.wait_for("piece", 2)[1] == [b"456"]


def test_small_picture_comes_on_demand(filmed):
    add, show = filmed
    add("media/.thumbs/a.png", b"png")
    add("media/a.mp4", b"", thumbnail="media/.thumbs/a.png")
    browser = show()
    browser.wait_for("media")
    wait_until(lambda: len(browser.card._media) == 2, what="both")
    browser.say("thumbnail", id="q", number=1)
    answer, buffers = browser.wait_for("thumbnail")
    assert (answer["result"], buffers) == ({"type": "image/png"}, [b"png"])


@pytest.mark.parametrize("path", ["../../secret.mp4", "/etc/passwd", "media/link.mp4"])
def test_nothing_outside_the_folder_is_read(filmed, tmp_path, path):
    add, show = filmed
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    add("media/a.mp4", b"")
    (folder,) = (tmp_path / "sims").iterdir()
    (folder / "media" / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    add(path, None)
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=1, offset=0)
    answer, buffers = browser.wait_for("piece")
    assert "is refused" in answer["error"]
    assert buffers == []


def test_what_a_file_is_comes_from_our_list(filmed):
    add, show = filmed
    add("media/a.html", b"<script>", kind="image")
    add("media/b.mp4", b"<script>", kind="image")
    browser = show()
    browser.wait_for("media")
    for number in (0, 1):
        browser.say("piece", id="q", number=number, offset=0)
        answer, _ = browser.wait_for("piece", number + 1)
        assert answer["result"]["type"] == "application/octet-stream"


def test_file_that_is_gone_is_said_to_be(filmed):
    add, show = filmed
    add("media/a.mp4", None)
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=0, offset=0)
    assert browser.wait_for("piece")[0]["error"] == "The file is not there any more."


def test_too_large_a_file_is_named_instead(filmed, monkeypatch):
    add, show = filmed
    monkeypatch.setattr(media_pieces, "LARGEST", 3)
    add("media/a.mp4", b"0123")
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=0, offset=0)
    assert "too large" in browser.wait_for("piece")[0]["error"]


@pytest.mark.parametrize(("number", "offset"), [(5, 0), (-1, 0), ("0", 0), (0, -1), (0, None)])
def test_nonsense_is_refused(filmed, number, offset):
    add, show = filmed
    add("media/a.mp4", b"x")
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=number, offset=offset)
    assert "error" in browser.wait_for("piece")[0]


def test_pipe_is_not_waited_for(filmed, tmp_path):
    add, show = filmed
    add("media/a.mp4", b"")
    (folder,) = (tmp_path / "sims").iterdir()
    (folder / "media" / "a.mp4").unlink()
    os.mkfifo(folder / "media" / "a.mp4")
    browser = show()
    browser.wait_for("media")
    browser.say("piece", id="q", number=0, offset=0)
    assert "error" in browser.wait_for("piece")[0]
