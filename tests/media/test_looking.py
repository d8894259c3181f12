"""Recorded media as a frame, as a contact sheet and as players in a cell."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import IPython.display
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import gymdash_jupyter as gd
from gymdash_jupyter import current
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.frames import media_frame
from gymdash_jupyter.players import bundles, show_media
from gymdash_jupyter.plots import media_info, plot_media
from gymdash_jupyter.project import Project
from gymdash_jupyter.recorder import Recorder
from gymdash_jupyter.records import Batch, MediaItem, now_utc
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.tracker import SimulationTracker
from tests.media.conftest import RunSaying

COLUMNS = {
    "sim_id": "str",
    "key": "str",
    "step": "int64",
    "kind": "str",
    "path": "str",
    "time": "datetime64[us, UTC]",
    "info": "object",
}


@pytest.fixture(autouse=True)
def _draw_nowhere() -> Any:
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def shade(n: int) -> np.ndarray:
    return np.full((20, 30, 3), n, np.uint8)


def say_some(recorder: Recorder) -> None:
    for step in range(10):
        recorder.image("frame", shade(step), step * 100, **{"return": step - 2.5})
    recorder.video("film", [shade(0), shade(100), shade(200)], 50, episode=3)
    recorder.audio("beep", [0.0, 0.5], 60, sample_rate=8000)
    recorder.text("note", "<script>alert(1)</script>", 70)


@pytest.fixture
def simulation(run_saying: RunSaying) -> Simulation:
    return run_saying(say_some, "some")


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(kind).replace("string", "str") for name, kind in frame.dtypes.items()}


def test_the_frame_lists_every_file(project: Project, simulation: Simulation) -> None:
    frame = media_frame(project.store)
    assert list(frame.columns) == list(COLUMNS)
    assert {k: v for k, v in dtypes(frame).items() if k in ("step", "time")} == {
        "step": "int64",
        "time": "datetime64[us, UTC]",
    }
    assert list(frame["key"]) == ["beep", "film", *["frame"] * 10, "note"]
    assert list(frame["kind"].unique()) == ["audio", "video", "image", "text"]
    assert set(frame["sim_id"]) == {str(simulation.sim_id)}
    assert all(Path(path).is_file() and Path(path).is_absolute() for path in frame["path"])
    assert frame["info"][1]["episode"] == 3


def test_an_empty_project_has_the_same_columns(project: Project, simulation: Simulation) -> None:
    full = media_frame(project.store)
    empty = media_frame(project.store, sims=[])
    assert dtypes(empty) == dtypes(full)
    assert len(empty) == 0
    assert dtypes(media_frame(project.store, "nothing*")) == dtypes(full)


def test_keys_and_simulations_can_be_chosen(
    project: Project, simulation: Simulation, run_saying: RunSaying
) -> None:
    other = run_saying(say_some, "other")
    assert len(media_frame(project.store)) == 26
    assert len(media_frame(project.store, sims=other)) == 13
    assert set(media_frame(project.store, ["f*", "note"], simulation)["key"]) == {
        "frame",
        "film",
        "note",
    }
    with pytest.raises(InvalidArgumentError, match="Did you mean 'film'"):
        media_frame(project.store, "filn")
    with pytest.raises(UnknownSimulationError):
        media_frame(project.store, sims="ffffffff")


def test_media_of_one_simulation_are_given_by_itself(
    project: Project, simulation: Simulation
) -> None:
    assert simulation.media() == project.store.media([simulation.sim_id])
    seen = SimulationTracker(project=project).get_sim(simulation.sim_id)
    assert seen.media() == simulation.media()


def add(project: Project, item: MediaItem) -> None:
    project.store.write([Batch(item.sim_id, media=[item])])


def test_a_hostile_path_is_missing_and_hides_nothing_else(
    project: Project, simulation: Simulation
) -> None:
    item = MediaItem(simulation.sim_id, "evil", 1, "text", "../../../../etc/passwd", now_utc())
    add(project, item)
    add(project, replace(item, kind="image", path="/etc/passwd"))
    add(project, replace(item, kind="video", info={"thumbnail": "/etc/passwd"}))
    frame = media_frame(project.store)
    assert len(frame) == 16
    assert frame.loc[frame["key"] == "evil", "path"].isna().all()
    assert frame.loc[frame["key"] != "evil", "path"].notna().all()
    shown = bundles(project.store, "evil")
    assert sum("is refused" in bundle["text/plain"] for bundle in shown) == 3
    assert not any("root:" in text for bundle in shown for text in bundle.values())
    info = media_info(project.store, "evil")
    assert [picture.pixels for row in info.rows for picture in row] == [None, None]
    plot_media(project.store)


# Contact sheet


def test_a_sheet_has_a_row_a_series_spread_over_training(
    project: Project, simulation: Simulation
) -> None:
    info = media_info(project.store, columns=4)
    film, frame = info.rows
    assert [picture.item.step for picture in frame] == [0, 300, 600, 900]
    assert [picture.caption for picture in frame] == [
        "step 0, return \u22122.5",
        "step 300, return 0.5",
        "step 600, return 3.5",
        "step 900, return 6.5",
    ]
    assert [int(p.pixels.mean()) for p in frame if p.pixels is not None] == [0, 3, 6, 9]
    assert film[0].caption == "step 50"
    assert info.n_recorded == 11


@pytest.mark.parametrize(("at", "expected"), [(None, 100), (0.0, 0), (1.0, 200)])
def test_a_video_shows_its_middle_or_any_place(
    project: Project, simulation: Simulation, at: float | None, expected: int
) -> None:
    ((film,),) = media_info(project.store, "film", at=at).rows
    assert film.pixels is not None
    assert abs(float(film.pixels.mean()) - expected) < 6


def test_what_was_chosen_is_drawn(project: Project, simulation: Simulation) -> None:
    axes = plot_media(project.store, columns=3)
    assert len(axes) == 4
    assert [ax.get_title() for ax in axes[1:]] == [
        "step 0, return \u22122.5",
        "step 400, return 1.5",
        "step 900, return 6.5",
    ]
    assert all(len(ax.images) == 1 for ax in axes)
    assert axes[1].get_ylabel() == "frame\nsome"
    axes[0].figure.canvas.draw()


def test_given_axes_are_drawn_into(project: Project, simulation: Simulation) -> None:
    figure = Figure()
    given = figure.subplots(1, 3)
    drawn = plot_media(project.store, "frame", ax=given)
    assert list(drawn) == list(given)
    assert [ax.get_title().split(",")[0] for ax in given] == ["step 0", "step 400", "step 900"]
    one = plot_media(project.store, "frame", ax=figure.add_subplot())
    assert one.get_title().startswith("step 900")
    several = Figure().subplots(1, 11)
    plot_media(project.store, ax=several)
    assert several[0].get_title() == "film, some\nstep 50"


def test_a_project_without_pictures_says_so(project: Project) -> None:
    ax = plot_media(project.store)
    assert "No images or videos" in ax.texts[0].get_text()
    ax.figure.canvas.draw()


def test_a_file_that_is_gone_leaves_its_place(project: Project, simulation: Simulation) -> None:
    Path(media_frame(project.store, "frame")["path"][0]).unlink()
    axes = plot_media(project.store, "frame")
    assert axes[0].texts[0].get_text() == "file missing"
    assert len(axes[1].images) == 1


@pytest.mark.parametrize("options", [{"columns": 0}, {"columns": 1.5}, {"at": 2}, {"at": -0.1}])
def test_bad_arguments_are_refused(project: Project, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        plot_media(project.store, **options)


# Players


def test_players_hold_the_files_and_texts_stay_text(
    project: Project, simulation: Simulation
) -> None:
    shown = bundles(project.store, last=1)
    text = {b["text/plain"]: b.get("text/html", "") for b in shown}
    assert "<script>alert(1)</script>" in text
    assert text["<script>alert(1)</script>"] == ""
    assert "film, some, step 50, episode 3" in text
    assert "frame, some, step 900, return 6.5" in text
    path = Path(media_frame(project.store, "film")["path"][0])
    html = text[str(path)]
    assert html.startswith('<video controls muted loop playsinline src="data:video/mp4;base64,')
    assert base64.b64encode(path.read_bytes()).decode() in html
    assert (
        sum('<audio controls src="data:audio/wav;base64,' in html for html in text.values()) == 1
    )
    assert sum('<img src="data:image/png;base64,' in html for html in text.values()) == 1
    assert "4 of 13 files; last=... shows more." in text


def test_a_large_file_is_named_instead_of_copied(project: Project, simulation: Simulation) -> None:
    shown = bundles(project.store, "film", max_mb=0.0001)
    assert "show_media copies at most 0.0001 MB" in shown[1]["text/plain"]
    assert "text/html" not in shown[1]
    assert str(simulation.sim_path) in shown[1]["text/plain"]


def test_a_file_that_is_gone_is_said(project: Project, simulation: Simulation) -> None:
    Path(media_frame(project.store, "film")["path"][0]).unlink()
    assert "It cannot be shown" in bundles(project.store, "film")[1]["text/plain"]


def test_names_are_never_html(project: Project, run_saying: RunSaying) -> None:
    run_saying(lambda r: r.image("<b>&", shade(1), 1, episode="<i>"), "<img src=x onerror=y>")
    for bundle in bundles(project.store):
        assert "<b>" not in bundle.get("text/html", "")
        assert "onerror" not in bundle.get("text/html", "")


def test_nothing_recorded_is_said(project: Project) -> None:
    assert bundles(project.store) == [
        {"text/plain": "No images, videos, sounds or texts recorded yet."}
    ]


@pytest.mark.parametrize("last", [0, -1, 1.5, True])
def test_a_bad_count_is_refused(project: Project, last: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="last is a number"):
        show_media(project.store, last=last)


def test_the_door_has_all_of_it(
    project: Project, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(current, "_session", current._Session())
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: shown.append(bundle))
    gd.open_project(project.folder)
    assert len(gd.media("frame", simulation)) == 10
    assert len(gd.plot_media("frame", columns=2)) == 2
    gd.show_media("note")
    assert shown[1] == {"text/plain": "<script>alert(1)</script>"}
    assert gd.RecordVideo.__name__ == "RecordVideo"
