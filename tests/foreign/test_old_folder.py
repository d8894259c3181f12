"""A folder that GymDash 0.1.4 wrote opens as it is: everything in it is there, and none of it changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from matplotlib.figure import Figure

import gymdash_jupyter as gd
from gymdash_jupyter.__main__ import main
from gymdash_jupyter.plots.media import media_info
from gymdash_jupyter.video import probe_video
from gymdash_jupyter.widgets import panel as panel_module
from tests.foreign.conftest import content_of, event_folder, id_of
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("_apart")


@pytest.fixture(params=[False, True], ids=["writable", "read_only"])
def project(request: pytest.FixtureRequest, folder: Path) -> Iterator[gd.Project]:
    opened = gd.open_project(folder, read_only=request.param)
    yield opened
    opened.store.close()


def said_by_tensorboard(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(path), size_guidance={"scalars": 0})
    events.Reload()
    return {
        key: [(each.step, each.wall_time, each.value) for each in events.Scalars(key)]
        for key in events.Tags()["scalars"]
    }


@pytest.mark.parametrize("name", ["cartpole", "numbers", "digits", "stopped", "still running"])
def test_all_points_of_all_keys_are_there(project: gd.Project, name: str) -> None:
    sim_id = id_of(project.folder, name)
    expected = said_by_tensorboard(event_folder(project.folder, name))
    assert [info.key for info in project.store.series([sim_id])] == sorted(expected)
    for key, points in expected.items():
        found, cursor = project.store.read_scalars(sim_id, key)
        said = list(
            zip(found.steps.tolist(), found.times.tolist(), found.values.tolist(), strict=True)
        )
        assert (said, cursor) == (points, len(points))


def test_the_frame_holds_them_all(project: gd.Project) -> None:
    names = ["cartpole", "numbers", "digits", "stopped", "still running"]
    folders = [event_folder(project.folder, name) for name in names]
    n = sum(len(p) for folder in folders for p in said_by_tensorboard(folder).values())
    frame = gd.scalars()
    assert len(frame) == n
    assert frame["sim_id"].nunique() == len(names)


def test_all_videos_are_there_with_step_and_episode(project: gd.Project) -> None:
    frame = gd.media("episode_video", id_of(project.folder, "cartpole"))
    said = [
        (step, info["episode"]) for step, info in zip(frame["step"], frame["info"], strict=True)
    ]
    assert said == [(-1, 0), (0, 0), (150, 6), (216, 8), (300, 11), (395, 16)]
    assert set(frame["kind"]) == {"video"}


def test_videos_are_what_they_say(project: gd.Project) -> None:
    frame = gd.media("episode_video", id_of(project.folder, "cartpole"))
    for path, info in zip(frame["path"], frame["info"], strict=True):
        facts = probe_video(Path(path))
        assert (facts.width, facts.height) == (info["width"], info["height"])
        assert info["duration_s"] == pytest.approx(facts.duration_s, abs=2e-3)


def test_pictures_come_by_their_step(project: gd.Project) -> None:
    frame = gd.media("example_outputs")
    assert frame["step"].tolist() == [20, 100]
    assert [path.rsplit("/", 1)[1] for path in frame["path"]] == [
        "sample_20.png",
        "sample_100.png",
    ]


def test_pictures_in_event_files_are_there(project: gd.Project) -> None:
    from PIL import Image

    frame = gd.media("episode_video*", id_of(project.folder, "digits"))
    assert frame["key"].tolist() == ["episode_video", "episode_video_thumbnail"]
    pictures = [Image.open(path) for path in frame["path"]]
    assert [picture.format for picture in pictures] == ["GIF", "PNG"]
    assert [picture.size for picture in pictures] == [(60, 40), (60, 40)]
    assert not any(str(project.folder) in path for path in frame["path"])


def test_states_are_as_gymdash_left_them(project: gd.Project) -> None:
    frame = gd.simulations()
    assert dict(zip(frame["name"], frame["state"], strict=True)) == {
        "cartpole": "succeeded",
        "numbers": "succeeded",
        "digits": "succeeded",
        "no such env": "succeeded",
        "stopped": "cancelled",
        "still running": "running",
    }


def test_every_picture_of_a_contact_sheet_can_be_drawn(project: gd.Project) -> None:
    info = media_info(project.store)
    assert info.n_recorded == 10
    assert all(picture.pixels is not None for row in info.rows for picture in row)


def use_everything(project: gd.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    for frame in (gd.simulations(), gd.statuses(), gd.api_calls(), gd.scalars(), gd.media()):
        frame.to_dict()
    gd.plot_scalars("*", ax=Figure().subplots())
    gd.plot_media(ax=list(Figure().subplots(1, 3)))
    gd.show_media()
    for words in (["list"], ["show", str(id_of(project.folder, "cartpole"))]):
        assert main([*words, "--project-dir", str(project.folder)]) == 0


def test_reading_changes_no_byte_of_simulations(
    project: gd.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_of(project.folder / "sims")
    use_everything(project, monkeypatch)
    assert content_of(project.folder / "sims") == before


@pytest.mark.parametrize("project", [True], indirect=True, ids=["read_only"])
def test_reading_only_changes_no_byte_at_all(
    project: gd.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_of(project.folder)
    use_everything(project, monkeypatch)
    assert content_of(project.folder) == before


@pytest.mark.parametrize("project", [True], indirect=True, ids=["read_only"])
def test_a_dashboard_shows_keys_and_videos_and_changes_nothing(
    project: gd.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    before = content_of(project.folder)
    dashboard = gd.dashboard(sims=id_of(project.folder, "cartpole"))
    try:
        dashboard.tab = "media"
        charts, files = PanelBrowser(dashboard.analyze), PanelBrowser(dashboard.media)
        charts.show(charts=[{"id": "detail", "width": 400}])
        files.show()
        wait_until(lambda: n_listed(files) == 6, what="all videos in the panel")
        wait_until(lambda: "chart" in charts.kinds(), what="a chart")
        answer, buffers = files.ask_whole("thumbnail", number=0)
        assert answer["result"]["type"] == "image/png"
        assert bytes(buffers[0]).startswith(b"\x89PNG")
        assert files.ask("piece", number=0, offset=0)["type"] == "video/mp4"
    finally:
        dashboard.close()
    assert content_of(project.folder) == before


def n_listed(browser: PanelBrowser) -> int:
    return sum(content["count"] for content, _ in list(browser.got) if content["kind"] == "media")
