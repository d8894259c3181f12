"""Recorded histograms: a kind of their own, read from their files, and drawn from a bounded number of bars."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.media.histograms import Bars, bars_html, bars_of, read_bins
from gymdash_jupyter.records import Batch, MediaItem
from gymdash_jupyter.streams.tensorboard import writing
from gymdash_jupyter.widgets.media_panel import MediaPanel
from tests.streams.event_files import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def bins(*rows: tuple[float, float, float]) -> Any:
    return tuple(np.array(column, float) for column in zip(*rows, strict=True))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[gd.Project]:
    project = gd.open_project(tmp_path / "project")
    yield project
    project.store.close()


def imported(project: gd.Project, folder: Path) -> UUID:
    path = write_events(folder / "events.out.tfevents.1.x", [])
    with path.open("ab") as file:
        for step in (1, 2, 3):
            rows = np.array([[-1.0, 0.0, step], [0.0, 1.0, 3.0]])
            file.write(writing.histogram_record("w/a", step, 5.0, rows))
    gd.import_tensorboard(folder)
    return project.store.simulations()[0].sim_id


def test_bars_share_out_bins_by_width() -> None:
    bars = bars_of(bins((0, 2, 4), (2, 3, 6)), 3)
    assert (bars.low, bars.high, bars.total) == (0.0, 3.0, 10.0)
    assert np.allclose(bars.counts, [2, 2, 6])


@pytest.mark.parametrize(
    "given",
    [
        bins((3, 3, 5)),
        bins((0, 0, 2), (0, 1, 3)),
        bins((0, 1, 5), (np.nan, 1, 7), (0, np.inf, 9), (2, 3, -4), (8, 9, 0)),
    ],
)
def test_no_value_gets_lost_between_bars(given: Any) -> None:
    assert np.isclose(sum(bars_of(given, 7).counts), 5)


@pytest.mark.parametrize("given", [None, bins((0, 1, 0)), bins((-1.7e308, 1.7e308, 1))])
def test_what_cannot_be_drawn_has_no_bars(given: Any) -> None:
    assert bars_of(given).counts == ()
    assert bars_html(bars_of(given)) == ""


@pytest.mark.parametrize(
    "content", ["", "[1]", '{"left": [1]}', '{"left": [[1]], "right": [[2]], "counts": [[3]]}']
)
def test_other_content_is_no_histogram(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert read_bins(tmp_path / "a.json") is None


def test_a_drawing_holds_every_filled_bar_and_no_more() -> None:
    drawn = bars_html(Bars(-1.0, 1.0, 3.0, (1.0, 0.0, 2.0)))
    assert drawn.count("M") == 2
    assert "3 values from \u22121 to 1" in drawn


def test_imported_histograms_are_a_kind_of_their_own(opened: gd.Project, tmp_path: Path) -> None:
    imported(opened, tmp_path / "log")
    assert gd.media()["kind"].tolist() == ["histogram"] * 3
    assert gd.histograms()["counts"].map(list).tolist() == [[1, 3], [2, 3], [3, 3]]


def test_those_that_were_recorded_as_texts_count_as_histograms(
    opened: gd.Project, tmp_path: Path
) -> None:
    sim_id = imported(opened, tmp_path / "log")
    old = "media/old/1.json"
    path = opened.sim_folder(sim_id) / old
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"left": [0], "right": [1], "counts": [7]}))
    info = {"histogram": True, "n_letters": 3}
    opened.store.write([Batch(sim_id, media=[MediaItem(sim_id, "o", 1, "text", old, NOW, info)])])
    assert gd.media("o")["kind"].tolist() == ["histogram"]
    assert gd.histograms("o")["counts"].iloc[0].tolist() == [7]


def test_a_log_imported_when_they_were_texts_is_not_imported_twice(
    opened: gd.Project, tmp_path: Path
) -> None:
    imported(opened, tmp_path / "log")
    items = opened.store.media()
    opened.store.delete_media(items)
    texts = [
        MediaItem(item.sim_id, item.key, item.step, "text", item.path, item.time, dict(item.info))
        for item in items
    ]
    opened.store.write([Batch(items[0].sim_id, media=texts)])
    assert gd.import_tensorboard(tmp_path / "log").n_histograms == 0


def test_the_media_panel_gives_a_browser_few_numbers_of_one(
    opened: gd.Project, tmp_path: Path
) -> None:
    imported(opened, tmp_path / "log")
    panel = MediaPanel(opened, kind="histogram")
    assert panel.frame()["step"].tolist() == [3]
    panel._load()
    told = panel._do_bars({"number": 2, "n": 4})
    assert told == {"low": -1.0, "high": 1.0, "total": 6.0, "counts": (1.5, 1.5, 1.5, 1.5)}
    assert len(panel._do_bars({"number": 2, "n": 10**9})["counts"]) == 48
    assert "6 values from \u22121 to 1" in panel._static_html()
    panel.close()


def test_plot_media_draws_each_with_its_bars(opened: gd.Project, tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    imported(opened, tmp_path / "log")
    axes = gd.plot_media("w/a")
    heights = [sum(bar.get_height() for bar in ax.patches) for ax in axes]
    assert np.allclose(heights, [4, 5, 6])
    assert axes[0].get_title() == "step 1"
    plt.close("all")
