from __future__ import annotations

import struct
import wave
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import traitlets

from gymdash_jupyter import Project
from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.records import Batch, MediaItem, now_utc
from gymdash_jupyter.store import NewSimulation
from gymdash_jupyter.widgets import media_list, media_pieces
from gymdash_jupyter.widgets import panel as panel_module
from gymdash_jupyter.widgets.media_panel import MediaPanel
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SUFFIXES = {"video": ".mp4", "image": ".png", "text": ".txt", "audio": ".wav"}


class Recorded:
    """A project in which a test records files by hand."""

    def __init__(self, folder: Path) -> None:
        self.project = Project.open(folder)
        self.store = self.project.store

    def simulation(self, name: str = "one") -> UUID:
        sim_id = uuid4()
        config = SimulationStartConfig(name=name, sim_key="ppo")
        self.store.create(NewSimulation(sim_id, config, now_utc(), "ppo", "Ppo", "here"))
        return sim_id

    def add(
        self,
        sim_id: UUID,
        key: str = "film",
        step: int = 10,
        kind: str = "video",
        *,
        content: bytes | None = b"content",
        path: str = "",
        **info: Any,
    ) -> Path:
        path = path or f"media/{key}/{step}_0{SUFFIXES[kind]}"
        whole = self.project.folder / "sims" / str(sim_id) / path
        if content is not None:
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_bytes(content)
        item = MediaItem(sim_id, key, step, kind, path, now_utc(), info)
        self.store.write([Batch(sim_id, media=[item])])
        return whole


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path / "p")


@pytest.fixture
def make(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    panels: list[MediaPanel] = []

    def made(*args: Any, **more: Any) -> MediaPanel:
        panels.append(MediaPanel(recorded.project, *args, **more))
        return panels[-1]

    yield made
    for panel in panels:
        panel.close()
        wait_until(lambda each=panel: not each._loop.is_running, what="end of the refresh loop")


@pytest.fixture
def look(make) -> Callable[..., PanelBrowser]:
    def looked(*args: Any, **more: Any) -> PanelBrowser:
        browser = PanelBrowser(make(*args, **more))
        browser.show()
        browser.wait_for("media")
        return browser

    return looked


def listed(browser: PanelBrowser, count: int = 1) -> list[tuple[str, str, float, float]]:
    """Read simulation, key, step and value of what a message listed."""
    content, buffers = browser.wait_for("media", count)
    n = content["count"]
    whole = np.frombuffer(buffers[0], np.int32).reshape(5, n)
    real = np.frombuffer(buffers[1], np.float64).reshape(4, n)
    return [
        (content["sims"][whole[0, i]], content["keys"][whole[1, i]], real[0, i], real[1, i])
        for i in range(n)
    ]


# What is shown


def test_frame_holds_the_nearest_at_or_before_the_step(recorded, make):
    sim_id = recorded.simulation()
    for step in (10, 20, 30):
        recorded.add(sim_id, step=step)
    panel = make(at_step=25)
    assert panel.frame()["step"].tolist() == [20]
    panel.every_step = True
    assert panel.frame()["step"].tolist() == [30, 20, 10]


def test_frame_follows_the_choice_of_simulations_keys_and_kind(recorded, make):
    one, two = recorded.simulation("one"), recorded.simulation("two")
    recorded.add(one, "film")
    recorded.add(two, "film")
    recorded.add(two, "notes", kind="text")
    assert make(two).frame()["sim_id"].tolist() == [str(two)] * 2
    assert make(two, "no*").frame()["key"].tolist() == ["notes"]
    assert make(kind="video").frame()["sim_id"].tolist() == [str(one), str(two)]


def test_a_deleted_simulation_among_the_chosen_is_left_out(recorded, make):
    one, two = recorded.simulation(), recorded.simulation()
    recorded.add(one)
    recorded.add(two)
    panel = make([one, two])
    recorded.store.delete([one])
    assert panel.frame()["sim_id"].tolist() == [str(two)]


def test_an_unknown_key_is_refused_with_those_that_there_are(recorded, make):
    recorded.add(recorded.simulation(), "film")
    with pytest.raises(InvalidArgumentError, match="Recorded: film"):
        make(None, "flim")


@pytest.mark.parametrize(
    "traits", [{"kind": "film"}, {"sort": "size"}, {"between": (1,)}, {"between": (5, 1)}]
)
def test_traits_are_checked(make, traits):
    with pytest.raises((traitlets.TraitError, InvalidArgumentError)):
        make(**traits)


def test_range_as_the_browser_gives_it_is_taken(make):
    panel = make()
    panel.set_state({"between": [1, 5]})
    assert panel.between == (1, 5)


# What the browser gets


def test_everything_is_listed_compactly_with_values_and_names(recorded, look):
    sim_id = recorded.simulation("ppo-s0")
    recorded.add(sim_id, "film", 10, **{"return": 24})
    recorded.add(sim_id, "notes", 5, "text")
    browser = look()
    assert listed(browser)[0] == (str(sim_id), "film", 10.0, 24.0)
    assert listed(browser)[1][:3] == (str(sim_id), "notes", 5.0)
    assert np.isnan(listed(browser)[1][3])
    assert browser.wait_for("media")[0]["is_all"]
    assert browser.wait_for("sims")[0]["sims"] == [[str(sim_id), "ppo-s0", 0, 1]]


def test_new_media_come_alone(recorded, look, monkeypatch):
    monkeypatch.setattr(media_list, "_LOOK_EVERY_S", 0.0)
    sim_id = recorded.simulation()
    recorded.add(sim_id, step=1)
    browser = look()
    recorded.add(sim_id, step=2)
    assert [step for _, _, step, _ in listed(browser, 2)] == [2.0]
    assert browser.wait_for("media", 2)[0]["start"] == 1


def test_many_come_in_several_messages(recorded, look, monkeypatch):
    monkeypatch.setattr(media_list, "MOST_AT_ONCE", 2)
    sim_id = recorded.simulation()
    for step in range(3):
        recorded.add(sim_id, step=step)
    browser = look()
    assert not browser.wait_for("media")[0]["is_all"]
    second = browser.wait_for("media", 2)[0]
    assert (second["start"], second["count"], second["is_all"]) == (2, 1, True)


def test_a_project_without_media_says_so(look):
    message = look().wait_for("media")[0]
    assert (message["count"], message["is_all"]) == (0, True)


def test_another_choice_of_simulations_brings_their_media(recorded, look):
    one, two = recorded.simulation(), recorded.simulation()
    recorded.add(one)
    recorded.add(two)
    browser = look([one])
    assert [sim for sim, *_ in listed(browser)] == [str(one)]
    browser.panel.sims = [str(two)]
    assert [sim for sim, *_ in listed(browser, 2)] == [str(two)]


def test_media_of_a_deleted_simulation_go(recorded, look):
    recorded.add(recorded.simulation())
    sim_id = recorded.simulation()
    recorded.add(sim_id)
    browser = look()
    recorded.store.delete([sim_id])
    assert browser.wait_for("gone")[0]["numbers"] == [1]


def test_media_that_were_removed_go_and_come_back_with_another_number(recorded, look, monkeypatch):
    monkeypatch.setattr(media_list, "_LOOK_EVERY_S", 0.0)
    sim_id = recorded.simulation()
    recorded.add(sim_id, step=1)
    recorded.add(sim_id, step=2)
    browser = look()
    first = recorded.store.media()[0]
    recorded.store.delete_media([first])
    assert browser.wait_for("gone")[0]["numbers"] == [0]
    recorded.add(sim_id, step=1)
    assert browser.wait_for("media", 2)[0]["start"] == 2
    assert browser.panel._list.number(sim_id, first.path) == 2


def test_who_looks_again_gets_everything_again(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, step=1)
    browser = look()
    browser.look_away()
    recorded.add(sim_id, step=2)
    browser.show()
    assert [step for _, _, step, _ in listed(browser, 2)] == [1.0, 2.0]


# Files


def test_file_comes_in_pieces(recorded, look, monkeypatch):
    monkeypatch.setattr(media_pieces, "PIECE", 4)
    recorded.add(recorded.simulation(), content=b"0123456")
    answer, buffers = look().ask_whole("piece", number=0, offset=4)
    assert answer["result"] == {"type": "video/mp4", "size": 7}
    assert buffers == [b"456"]


def test_small_picture_comes_on_demand(recorded, look):
    sim_id = recorded.simulation()
    recorded.add(sim_id, thumbnail="media/.thumbs/a.png")
    small = recorded.project.folder / "sims" / str(sim_id) / "media/.thumbs/a.png"
    small.parent.mkdir(parents=True)
    small.write_bytes(b"png")
    answer, buffers = look().ask_whole("thumbnail", number=0)
    assert (answer["result"], buffers) == ({"type": "image/png"}, [b"png"])


@pytest.mark.parametrize("path", ["../../../secret.mp4", "/etc/passwd", "media/link.mp4"])
@pytest.mark.parametrize("kind", ["piece", "text", "wave"])
def test_nothing_outside_the_folder_is_read(recorded, look, tmp_path, path, kind):
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    sim_id = recorded.simulation()
    recorded.add(sim_id)
    link = recorded.project.folder / "sims" / str(sim_id) / "media/link.mp4"
    link.symlink_to(tmp_path / "secret.mp4")
    recorded.add(sim_id, step=20, content=None, path=path)
    answer, buffers = look().ask_whole(kind, number=1, offset=0)
    assert "is refused" in answer["error"]
    assert buffers == []


def test_file_that_is_gone_is_said_to_be(recorded, look):
    recorded.add(recorded.simulation(), content=None)
    answer, _ = look().ask_whole("piece", number=0, offset=0)
    assert answer["error"] == "The file is not there any more."


def test_too_large_a_file_is_named_instead(recorded, look, monkeypatch):
    monkeypatch.setattr(media_pieces, "LARGEST", 3)
    recorded.add(recorded.simulation(), content=b"0123")
    assert "too large" in look().ask_whole("piece", number=0, offset=0)[0]["error"]


@pytest.mark.parametrize("number", [5, -1, "0", None, True])
def test_a_number_that_is_none_is_refused(recorded, look, number):
    recorded.add(recorded.simulation())
    assert "no media" in look().ask_whole("piece", number=number, offset=0)[0]["error"]


def test_beginning_of_a_text_is_told(recorded, look):
    recorded.add(recorded.simulation(), "notes", 1, "text", content=b"<b>" + b"x" * 1000)
    told = look().ask("text", number=0)
    assert told["text"].startswith("<b>xxx")
    assert not told["is_all"]


def test_shape_of_a_sound_is_told(recorded, look):
    path = recorded.add(recorded.simulation(), "hum", 1, "audio")
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        loud = [0] * 4000 + [20_000] * 2000 + [10_000] * 2000
        sound.writeframes(struct.pack(f"<{len(loud)}h", *loud))
    peaks = look().ask("wave", number=0)["peaks"]
    assert len(peaks) == 48
    assert peaks[:24] == [0] * 24
    assert peaks[24:36] == [1.0] * 12
    assert peaks[36:] == [0.5] * 12


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 5000])
def test_a_broken_sound_has_no_shape(recorded, look, content):
    recorded.add(recorded.simulation(), "hum", 1, "audio", content=content)
    assert look().ask("wave", number=0) == {"peaks": []}


# Opening from Python


def test_show_opens_the_file_at_or_before_the_step(recorded, look):
    sim_id = recorded.simulation()
    for step in (10, 20, 30):
        recorded.add(sim_id, step=step)
    browser = look()
    browser.panel.show(sim_id, "film", 25)
    assert browser.wait_for("open")[0]["number"] == 1


def test_show_opens_what_is_not_among_the_chosen(recorded, look):
    one, two = recorded.simulation(), recorded.simulation()
    recorded.add(one)
    recorded.add(two, step=5)
    browser = look([one])
    browser.panel.show(str(two)[:8], "film")
    number = browser.wait_for("open")[0]["number"]
    assert browser.panel._list.item(number).sim_id == two


def test_show_before_somebody_looks_opens_when_they_do(recorded, make):
    sim_id = recorded.simulation()
    recorded.add(sim_id)
    panel = make()
    panel.show(sim_id, "film")
    browser = PanelBrowser(panel)
    browser.show()
    assert browser.wait_for("open")[0]["number"] == 0


def test_show_refuses_what_was_not_recorded(recorded, make):
    sim_id = recorded.simulation("ppo-s0")
    recorded.add(sim_id, "film")
    with pytest.raises(InvalidArgumentError, match=r"'ppo-s0' has recorded no media .* film"):
        make().show(sim_id, "flim")
    with pytest.raises(UnknownSimulationError):
        make().show(uuid4(), "film")


# Copies


def test_save_copies_what_is_shown(recorded, make, tmp_path):
    sim_id = recorded.simulation("../../Evil name")
    recorded.add(sim_id, step=10, content=b"old")
    recorded.add(sim_id, step=20, content=b"new")
    (copy,) = make().save(tmp_path / "out")
    assert copy.read_bytes() == b"new"
    assert copy.is_relative_to(tmp_path / "out")
    assert copy.name == "20_0.mp4"


def test_save_writes_nothing_over(recorded, make, tmp_path):
    recorded.add(recorded.simulation())
    panel = make()
    assert panel.save(tmp_path / "out") != panel.save(tmp_path / "out")


def test_save_leaves_out_what_is_gone_and_says_so(recorded, make, tmp_path, caplog):
    sim_id = recorded.simulation()
    recorded.add(sim_id, content=None)
    recorded.add(sim_id, "map", kind="image")
    assert [path.name for path in make().save(tmp_path / "out")] == ["10_0.png"]
    assert "Not copied" in caplog.text


# Places without widgets


def test_static_picture_is_small_and_names_are_text(recorded, make):
    sim_id = recorded.simulation("<script>alert(1)</script>")
    for number in range(40):
        key = f"k{number}<b>"
        recorded.add(sim_id, key, kind="image", thumbnail=f"media/.thumbs/{number}.png")
        small = recorded.project.folder / "sims" / str(sim_id) / f"media/.thumbs/{number}.png"
        small.parent.mkdir(parents=True, exist_ok=True)
        small.write_bytes(bytes(30_000))
    html = make()._static_html()
    assert "<script>alert" not in html
    assert "<b>k1&lt;b&gt;</b>" in html
    assert html.count("data:image/png") == 5  # 40,000 letters each
    assert len(html) < 300_000


def test_repr_says_how_many_files_are_shown(recorded, make):
    recorded.add(recorded.simulation())
    assert "1 file>" in repr(make())
