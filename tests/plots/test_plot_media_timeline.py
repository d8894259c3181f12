"""``gd.plot_media_timeline``: which pictures are drawn, where, and to which points they are led."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import ConnectionPatch
from PIL import Image

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.plots import media_timeline_info, plot_media_timeline
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, MediaItem, ScalarSeries
from tests.store.makers import later, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from uuid import UUID


KEY = "rollout/ep_rew_mean"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project.open(tmp_path / "project")
    yield opened
    opened.store.close()


def recorded(project: Project, steps: Sequence[int], *, has_files: bool = True) -> UUID:
    """Add a simulation whose curve is twice its step, with images at some steps."""
    sim_id = running(project.store)
    at = np.arange(0, 1001, 10, dtype=np.int64)
    curve = ScalarSeries(at, at + 1.75e9, at * 2.0)
    items = []
    for step in steps:
        path = f"media/frames/{step}.png"
        file = project.sim_folder(sim_id) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if has_files:
            Image.new("RGB", (30, 20), (step % 256, 0, 0)).save(file)
        info = {"return": step / 2}
        items.append(MediaItem(sim_id, "frames", step, "image", path, later(step), info))
    project.store.write([Batch(sim_id, {KEY: curve}, media=items)])
    return sim_id


def pictures_of(ax: Any) -> list[Any]:
    """List the pictures of a figure that was drawn, from left to right."""
    figure = ax.figure
    figure.canvas.draw()
    return [child for one in figure.axes for child in one.child_axes]


def test_pictures_are_led_to_their_steps_on_the_curve(project: Project) -> None:
    sim_id = recorded(project, [0, 405, 1000])
    info = media_timeline_info(project.store, "frames", KEY, sim_id)
    # At 405 nothing was recorded: the value lies on the line between 400 and 410.
    assert info.points.tolist() == [[0, 0], [405, 810], [1000, 2000]]
    ax = plot_media_timeline(project.store, "frames", KEY, sim_id)
    leads = [each for each in ax.figure.artists if isinstance(each, ConnectionPatch)]
    assert [each.xy2 for each in leads] == [(0, 0), (405, 810), (1000, 2000)]
    assert [picture.images[0].get_array()[0, 0, 0] for picture in pictures_of(ax)] == [
        0,
        405 % 256,
        1000 % 256,
    ]


@pytest.mark.parametrize("n", [1, 2, 6, 11])
def test_pictures_cover_neither_one_another_nor_the_curve(project: Project, n: int) -> None:
    sim_id = recorded(project, [100 * i // 3 for i in range(n)])  # all at the left
    ax = plot_media_timeline(project.store, "frames", KEY, sim_id, columns=11)
    boxes = [picture.get_window_extent() for picture in pictures_of(ax)]
    assert len(boxes) == n
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    top_of_curve = ax.get_window_extent().y1
    figure = ax.figure.bbox
    assert all(box.y0 > top_of_curve and box.y1 <= figure.y1 for box in boxes)
    assert boxes[0].x0 >= figure.x0
    assert boxes[-1].x1 <= figure.x1


def test_captions_say_step_and_return(project: Project) -> None:
    sim_id = recorded(project, [500])
    figure = plot_media_timeline(project.store, "frames", KEY, sim_id).figure
    assert "step 500\nreturn 250" in [text.get_text() for one in figure.axes for text in one.texts]


def test_the_pictures_drawn_are_spread_over_the_steps(project: Project) -> None:
    # RecordVideo's usual schedule: episodes 0, 1, 8, 27... then every thousandth.
    sim_id = recorded(project, [0, 1, 8, 27, 64, 125, 216, 343, 512, 729, 1000])
    info = media_timeline_info(project.store, "frames", KEY, sim_id, columns=4)
    assert [picture.item.step for picture in info.pictures] == [0, 343, 729, 1000]
    assert info.n_recorded == 11
    info = media_timeline_info(project.store, "frames", KEY, sim_id, columns=1)
    assert [picture.item.step for picture in info.pictures] == [1000]


def test_as_many_pictures_are_drawn_as_asked_even_where_steps_repeat(project: Project) -> None:
    sim_id = recorded(project, [0, 0, 0, 0, 0, 1000])
    info = media_timeline_info(project.store, "frames", KEY, sim_id, columns=4)
    assert [picture.item.step for picture in info.pictures] == [0, 0, 0, 1000]


def test_smoothing_leads_to_the_smoothed_curve(project: Project) -> None:
    sim_id = recorded(project, [1000])
    info = media_timeline_info(project.store, "frames", KEY, sim_id, smoothing=0.9)
    assert info.points[0, 1] == info.smoothed[-1] < info.values[-1]


def test_a_file_that_is_gone_is_said(project: Project) -> None:
    sim_id = recorded(project, [500], has_files=False)
    (picture,) = pictures_of(plot_media_timeline(project.store, "frames", KEY, sim_id))
    assert picture.texts[0].get_text() == "file missing"


def test_given_axes_hold_the_curve_with_pictures_above(project: Project) -> None:
    sim_id = recorded(project, [0, 1000])
    figure = plt.figure()
    ax = figure.add_axes((0.1, 0.1, 0.8, 0.4))
    assert plot_media_timeline(project.store, "frames", KEY, sim_id, ax=ax) is ax
    figure.canvas.draw()
    assert all(child.get_window_extent().y0 > ax.bbox.y1 for child in ax.child_axes)


@pytest.mark.parametrize(
    ("words", "media_key", "key", "options"),
    [
        ("recorded the key 'frame'", "frame", KEY, {}),
        ("recorded the key 'loss'", "frames", "loss", {}),
        ("one key", "frames", "train/*", {}),
        ("from 1 up", "frames", KEY, {"columns": 0}),
        ("from 0 to 1", "frames", KEY, {"at": 2}),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    project: Project, words: str, media_key: str, key: str, options: dict[str, Any]
) -> None:
    sim_id = recorded(project, [0])
    with pytest.raises(InvalidArgumentError, match=words):
        plot_media_timeline(project.store, media_key, key, sim_id, **options)


def test_a_timeline_is_of_one_simulation(project: Project) -> None:
    ids = [recorded(project, [0]), recorded(project, [0])]
    for sims in (ids, None, []):
        with pytest.raises(InvalidArgumentError, match="of one simulation"):
            plot_media_timeline(project.store, "frames", KEY, sims)
    with pytest.raises(UnknownSimulationError):
        plot_media_timeline(project.store, "frames", KEY, "abcdef")
